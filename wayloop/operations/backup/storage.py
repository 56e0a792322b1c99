"""Object storage as a place: the S3 protocol's four verbs, signed (version 4), through the one outbound client.

Only public https addresses are reached, as by everything here; a storage inside one's own network is mounted as a
folder instead.
"""

import hashlib
import hmac
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import unescape
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from wayloop.kernel import http
from wayloop.operations.backup.places import Found, Missing, PlaceUnreachable
from wayloop.operations.errors import OperationError
from wayloop.operations.errors import gettext_noop as sentence

NOTHING = hashlib.sha256(b"").hexdigest()
LIMITS = http.Limits(connect=10, silence=60, total=300, body=64_000_000)
PAUSES = (0.5, 2.0, 8.0)  # seconds before the second, third, fourth try; a part of it by chance
# What the usual refusals mean, and what to do.
MEANINGS = {
    "InvalidAccessKeyId": sentence("it does not know this access key"),
    "SignatureDoesNotMatch": sentence("the secret key is not that of the access key"),
    "AccessDenied": sentence("these keys may not read and write there (AccessDenied)"),
    "NoSuchBucket": sentence("it has no such bucket (NoSuchBucket)"),
    "RequestTimeTooSkewed": sentence("the clock of this machine is wrong: set it, then it goes on by itself"),
    "AuthorizationHeaderMalformed": sentence("the bucket is in another region"),
    "PermanentRedirect": sentence("the bucket is in another region"),
    "QuotaExceeded": sentence("it is full"),
    "EntityTooLarge": sentence("it does not take objects of this size"),
}
# Why there is no answer. The reason's own label is a translation, which a bare machine has not loaded.
SILENCES = {
    http.Reason.ADDRESS: sentence("this is no address"),
    http.Reason.SCHEME: sentence("this is no address"),
    http.Reason.CREDENTIALS: sentence("this is no address"),
    http.Reason.PORT: sentence("only the usual ports, 80 and 443, are reached"),
    http.Reason.REQUEST: sentence("a name or a key holds letters that cannot be sent"),
    http.Reason.REDIRECTS: sentence("it sends us elsewhere"),
    http.Reason.DOWNGRADE: sentence("it sends us elsewhere"),
    http.Reason.TOO_LARGE: sentence("its answer is too large"),
    http.Reason.UNREADABLE: sentence("its answer broke off or cannot be understood"),
    http.Reason.UNKNOWN_NAME: sentence("no server has this name"),
    http.Reason.NOT_PUBLIC: sentence("its address is not public; mount it as a folder instead"),
    http.Reason.UNREACHABLE: sentence("it takes no connection"),
    http.Reason.CERTIFICATE: sentence("its certificate is not valid"),
    http.Reason.TIME: sentence("it took too long"),
}
KEY = re.compile(r"<Contents>(.*?)</Contents>", re.DOTALL)


@dataclass(frozen=True)
class Access:
    """Where the bucket is and who we are there. `endpoint` is like https://s3.eu-central-1.amazonaws.com."""

    endpoint: str
    bucket: str
    region: str
    key: str
    secret: str
    prefix: str = ""

    def __repr__(self) -> str:
        return f"<access to {self.bucket}>"

    @property
    def address(self) -> str:
        """All but the secret in one line, as the command line takes it."""
        host, inside = self.endpoint.removeprefix("https://"), f"/{self.prefix}" if self.prefix else ""
        return f"s3://{quote(self.key, '')}@{host}/{self.bucket}{inside}?region={quote(self.region, '')}"

    @classmethod
    def read(cls, address: str, secret: str) -> "Access":
        """What `address` wrote. Raises `OperationError`."""
        parts = urlsplit(address)
        bucket, _, prefix = parts.path.strip("/").partition("/")
        region = dict(parse_qsl(parts.query)).get("region", "")
        if parts.scheme != "s3" or not (parts.hostname and parts.username and bucket and region):
            raise OperationError("a storage is written like s3://ACCESSKEY@s3.example.com/bucket/folder?region=eu.")
        host = parts.netloc.rpartition("@")[2]
        return cls(f"https://{host}", bucket, region, unquote(parts.username), secret, prefix)


class Storage:
    """A bucket, or a folder in one."""

    def __init__(self, access: Access, *, pause: Callable[[float], None] = time.sleep) -> None:
        self._pause = pause
        if urlsplit(access.endpoint).scheme != "https":
            raise OperationError(sentence("the address of the storage must begin with https://."))
        self._access = replace(access, endpoint=access.endpoint.rstrip("/"), prefix=access.prefix.strip("/"))

    @property
    def label(self) -> str:
        """See `Place`."""
        host = urlsplit(self._access.endpoint).hostname
        return "/".join(part for part in (f"{host}", self._access.bucket, self._access.prefix) if part)

    def put(self, name: str, data: bytes) -> None:
        """See `Place`. A storage shows an object whole or not at all."""
        self._asked("PUT", self._path(name), body=data)

    def get(self, name: str) -> bytes:
        """See `Place`."""
        answer = self._asked("GET", self._path(name), missing=True)
        if answer.status == 404:
            raise Missing(name)
        return answer.body

    def names(self, prefix: str) -> Iterator[Found]:
        """See `Place`."""
        inside = f"{self._access.prefix}/" if self._access.prefix else ""
        query = {"list-type": "2", "prefix": inside + prefix}
        while True:
            text = self._asked("GET", f"/{self._access.bucket}", query).body.decode()
            for entry in KEY.findall(text):
                at = datetime.fromisoformat(_in(entry, "LastModified")).timestamp()
                yield Found(_in(entry, "Key").removeprefix(inside), int(_in(entry, "Size")), at)
            following = _in(text, "NextContinuationToken")
            if not following:
                return
            query["continuation-token"] = following

    def delete(self, name: str) -> None:
        """See `Place`."""
        self._asked("DELETE", self._path(name), missing=True)

    def _path(self, name: str) -> str:
        parts = (self._access.bucket, self._access.prefix, name)
        return "/" + "/".join(part for part in parts if part)

    def _asked(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        body: bytes = b"",
        missing: bool = False,
    ) -> http.Answer:
        for following in (*PAUSES, None):
            headers = signed(self._access, method, path, query or {}, body, datetime.now(UTC))
            text = "&".join(f"{quote(name, '')}={quote(value, '')}" for name, value in sorted((query or {}).items()))
            url = f"{self._access.endpoint}{quote(path)}{f'?{text}' if text else ''}"
            try:
                answer = http.send(http.Request(url, method=method, headers=headers, body=body, limits=LIMITS))
            except http.OutboundRefused as error:
                raise PlaceUnreachable(
                    sentence("the storage %(place)s cannot be reached: %(reason)s."),
                    place=self.label,
                    reason=SILENCES[error.reason],
                ) from error
            except http.OutboundFailed as error:
                if following is None:
                    raise PlaceUnreachable(
                        sentence("the storage %(place)s does not answer: %(reason)s."),
                        place=self.label,
                        reason=SILENCES[error.reason],
                    ) from error
            else:
                if answer.is_good or (
                    missing and answer.status == 404 and "NoSuchBucket" not in answer.body[:500].decode()
                ):
                    return answer
                if following is None or (answer.status < 500 and answer.status != 429):
                    break
            self._pause(following * random.uniform(0.5, 1))  # noqa: S311 - so that many do not come at once
        code = _in(answer.body[:4000].decode(errors="replace"), "Code")
        reason = MEANINGS.get(code, code) or f"status {answer.status}"
        raise PlaceUnreachable(sentence("the storage %(place)s refuses: %(reason)s."), place=self.label, reason=reason)


def signed(
    access: Access, method: str, path: str, query: Mapping[str, str], body: bytes, now: datetime, **further: str
) -> dict[str, str]:
    """The headers that prove who asks (AWS Signature Version 4). `further` headers are signed as well."""
    day, moment = f"{now:%Y%m%d}", f"{now:%Y%m%dT%H%M%SZ}"
    digest = hashlib.sha256(body).hexdigest() if body else NOTHING
    own = {"x-amz-content-sha256": digest, "x-amz-date": moment} | further
    every = own | {"host": urlsplit(access.endpoint).netloc}
    names = ";".join(sorted(every))
    asked = "\n".join(
        [
            method,
            quote(path),
            "&".join(f"{quote(name, '')}={quote(value, '')}" for name, value in sorted(query.items())),
            *(f"{name}:{every[name]}" for name in sorted(every)),
            "",
            names,
            digest,
        ]
    )
    scope = f"{day}/{access.region}/s3/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashlib.sha256(asked.encode()).hexdigest()}"
    key = f"AWS4{access.secret}".encode()
    for part in (day, access.region, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    credential = f"Credential={access.key}/{scope},SignedHeaders={names},Signature={signature}"
    return own | {"Authorization": f"AWS4-HMAC-SHA256 {credential}"}


def _in(text: str, tag: str) -> str:
    """The text of the first element of a name. A full reader of XML would follow what a stranger wrote into it."""
    found = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
    return unescape(found[1]) if found else ""
