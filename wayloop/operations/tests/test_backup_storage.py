"""Object storage: signatures as their inventor publishes them, and the four verbs against a bucket in memory."""

from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

import pytest

from wayloop.kernel import http
from wayloop.operations.backup.places import Missing, PlaceUnreachable
from wayloop.operations.backup.repository import Repository
from wayloop.operations.backup.sealing import Key
from wayloop.operations.backup.storage import PAUSES, Access, Storage, signed
from wayloop.operations.errors import OperationError

ACCESS = Access("https://storage.example.com", "shop", "eu-central-1", "key", "secret", "backups/wayloop")
EXAMPLE = Access(
    "https://examplebucket.s3.amazonaws.com", "", "us-east-1", "AKIAIOSFODNN7EXAMPLE",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
)  # fmt: skip


class Bucket:
    """A storage that lives in memory and gives two names a page; it may fail for a while."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.failing: list[http.Answer | http.OutboundFailed] = []

    def check(self, target: http.Target, request: http.Request) -> None:
        """See `Carrier`."""

    def exchange(self, target: http.Target, request: http.Request, deadline: float) -> http.Answer:
        """See `Carrier`."""
        if self.failing:
            trouble = self.failing.pop(0)
            if isinstance(trouble, http.OutboundFailed):
                raise trouble
            return trouble
        assert request.headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=key/")
        assert request.headers["x-amz-content-sha256"] == sha256(request.body).hexdigest()
        parts = urlsplit(target.url)
        name = unquote(parts.path.removeprefix("/shop/"))
        if request.method == "PUT":
            self.objects[name] = request.body
        elif request.method == "DELETE":
            self.objects.pop(name, None)
        elif parts.path == "/shop":
            return http.Answer(200, {}, self._page(parse_qs(parts.query)).encode(), target.url)
        elif name not in self.objects:
            return http.Answer(404, {}, b"<Error><Code>NoSuchKey</Code></Error>", target.url)
        return http.Answer(200, {}, self.objects.get(name, b""), target.url)

    def _page(self, query: dict[str, list[str]]) -> str:
        after = query.get("continuation-token", [""])[0]
        names = sorted(name for name in self.objects if name.startswith(query["prefix"][0]) and name > after)
        told = "".join(
            f"<Contents><Key>{escape(name)}</Key><LastModified>2026-11-22T10:00:00.000Z</LastModified>"
            f"<Size>{len(self.objects[name])}</Size></Contents>"
            for name in names[:2]
        )
        following = f"<NextContinuationToken>{escape(names[1])}</NextContinuationToken>" if len(names) > 2 else ""
        return f"<?xml version='1.0'?><ListBucketResult>{told}{following}</ListBucketResult>"


@pytest.mark.parametrize(
    ("path", "query", "further", "signature"),
    [
        (
            "/test.txt", {}, {"range": "bytes=0-9"},
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ),
        (
            "/", {"max-keys": "2", "prefix": "J"}, {},
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        ),
    ],
)  # fmt: skip
def test_signatures_are_those_of_the_published_examples(
    path: str, query: dict[str, str], further: dict[str, str], signature: str
) -> None:
    headers = signed(EXAMPLE, "GET", path, query, b"", datetime(2013, 5, 24, tzinfo=UTC), **further)
    assert headers["Authorization"].rpartition("Signature=")[2] == signature


def test_it_keeps_gives_lists_and_removes() -> None:
    bucket, storage = Bucket(), Storage(ACCESS)
    with http.using(bucket):
        for name in ("blobs/a", "blobs/b&c", "blobs/d", "lives/e"):
            storage.put(name, name.encode())
        listed = [(found.name, found.size, found.at) for found in storage.names("blobs/")]
        assert storage.get("blobs/b&c") == b"blobs/b&c"
        storage.delete("blobs/a")
        storage.delete("blobs/a")
        with pytest.raises(Missing):
            storage.get("blobs/a")
    moment = datetime(2026, 11, 22, 10, tzinfo=UTC).timestamp()
    assert listed == [("blobs/a", 7, moment), ("blobs/b&c", 9, moment), ("blobs/d", 7, moment)]
    assert sorted(bucket.objects) == [f"backups/wayloop/{name}" for name in ("blobs/b&c", "blobs/d", "lives/e")]


def test_a_repository_lies_in_it_as_in_a_folder() -> None:
    with http.using(Bucket()):
        key = Key.make()
        repository = Repository.make(Storage(ACCESS), key)
        repository.write("lives/a/wal/1", b"log")
        assert Repository.open(Storage(ACCESS), key).read("lives/a/wal/1") == b"log"


def test_what_fails_for_a_moment_is_tried_again_and_what_is_refused_is_told_without_secrets() -> None:
    waited: list[float] = []
    bucket, storage = Bucket(), Storage(ACCESS, pause=waited.append)
    busy = http.Answer(503, {}, b"", "")
    with http.using(bucket):
        bucket.failing = [busy, http.OutboundFailed(http.Reason.TIME), busy]
        storage.put("a", b"a")
        # Longer each time: who is overrun is not hammered at.
        assert [low / 2 <= pause <= low for pause, low in zip(waited, PAUSES, strict=True)] == [True, True, True]
        told = []
        refusals = [
            [_refusal(code)] for code in ("AccessDenied", "RequestTimeTooSkewed", "SignatureDoesNotMatch", "Odd")
        ]
        for trouble in ([busy] * 4, [http.OutboundFailed(http.Reason.TIME)] * 4, *refusals):
            bucket.failing = list(trouble)
            with pytest.raises(PlaceUnreachable) as refused:
                storage.put("b", b"b")
            told.append(str(refused.value))
    place = "the storage storage.example.com/shop/backups/wayloop"
    assert told == [
        f"{place} refuses: status 503.",
        f"{place} does not answer: it took too long.",
        f"{place} refuses: these keys may not read and write there (AccessDenied).",
        f"{place} refuses: the clock of this machine is wrong: set it, then it goes on by itself.",
        f"{place} refuses: the secret key is not that of the access key.",
        f"{place} refuses: Odd.",
    ]
    assert list(bucket.objects) == ["backups/wayloop/a"]


def test_a_bucket_that_is_not_there_is_not_an_empty_one() -> None:
    bucket = Bucket()
    bucket.failing = [http.Answer(404, {}, b"<Error><Code>NoSuchBucket</Code></Error>", "")]
    with http.using(bucket), pytest.raises(PlaceUnreachable, match="NoSuchBucket"):
        Storage(ACCESS).get("wayloop-backup.json")


def test_its_address_is_one_line_without_the_secret() -> None:
    assert (ACCESS.address, Access.read(ACCESS.address, "secret")) == (
        "s3://key@storage.example.com/shop/backups/wayloop?region=eu-central-1",
        ACCESS,
    )
    for wrong in ("s3://storage.example.com/shop?region=eu", "s3://key@storage.example.com/shop", "s3://", "s3:///x"):
        with pytest.raises(OperationError, match="written like"):
            Access.read(wrong, "secret")


def test_secrets_do_not_print_themselves_and_do_not_travel_in_the_clear() -> None:
    assert "secret" not in repr(ACCESS)
    with pytest.raises(OperationError, match="https://"):
        Storage(Access("http://storage.example.com", "shop", "r", "key", "secret"))


def _refusal(code: str) -> http.Answer:
    return http.Answer(403, {}, f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode(), "")
