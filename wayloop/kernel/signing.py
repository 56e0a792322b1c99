"""Signed links: a value, a purpose and an end, which nobody but us can make.

Each purpose has a key of its own, so a token made for one purpose never passes at another. The signing key of the home
signs; keys of `SECRET_KEY_FALLBACKS` are still believed, so that the key can be changed while links are on their way.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings

from wayloop.kernel import clock

SECRET_BYTES = 16
_TAG_BYTES = 32
_END_BYTES = 5
_VERSION = 1
_purposes: dict[str, "Purpose"] = {}


class BadToken(Exception):
    """The token was not made by us, not for this purpose, or its time is over."""


class Expired(BadToken):
    """The token is ours and its time is over."""


@dataclass(frozen=True)
class Purpose:
    """What links are for, and how long they are good for unless the maker says otherwise."""

    name: str
    lifetime: timedelta


def purpose(name: str, lifetime: timedelta) -> Purpose:
    """Declares a purpose, once, as a constant of the context that makes the links.

    Raises `ValueError` when the name is taken or is not small letters, digits and dots.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_.]{2,60}", name) or name in _purposes:
        raise ValueError(f"purpose {name!r} is taken or badly written")
    _purposes[name] = made = Purpose(name, lifetime)
    return made


def purposes() -> tuple[Purpose, ...]:
    """All purposes there are."""
    return tuple(_purposes.values())


def sign(purpose: Purpose, value: str, *, expires: datetime | None = None) -> str:
    """A token that carries `value` (readable by whoever holds it) until `expires` (aware), fit for an address."""
    end = int((expires or clock.now() + purpose.lifetime).timestamp())
    content = bytes([_VERSION]) + end.to_bytes(_END_BYTES, "big") + value.encode()
    return _text(content + _tag(settings.SECRET_KEY, purpose, content))


def unsign(purpose: Purpose, token: str) -> str:
    """The value of a token made for this purpose.

    Raises `Expired` or `BadToken`.
    """
    raw = _bytes(token)
    content, tag = raw[:-_TAG_BYTES], raw[-_TAG_BYTES:]
    keys = [str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    # All keys are tried whatever the first one says, so that time tells nothing.
    found = [hmac.compare_digest(_tag(key, purpose, content), tag) for key in keys]
    if not any(found) or content[:1] != bytes([_VERSION]) or len(content) <= _END_BYTES:
        raise BadToken("this link is not valid")
    if datetime.fromtimestamp(int.from_bytes(content[1 : 1 + _END_BYTES], "big"), UTC) <= clock.now():
        raise Expired("the time of this link is over")
    return content[1 + _END_BYTES :].decode()


def random_secret() -> str:
    """A text nobody guesses: 128 random bits in 22 letters fit for an address. For links that are looked up."""
    return secrets.token_urlsafe(SECRET_BYTES)


def _tag(key: str, purpose: Purpose, content: bytes) -> bytes:
    own = hmac.digest(key.encode(), b"wayloop link\0" + purpose.name.encode(), hashlib.sha256)
    return hmac.digest(own, content, hashlib.sha256)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _bytes(token: str) -> bytes:
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        raise BadToken("this link is not valid") from None
    # One token has one form only; unused bits of the last letter would allow others.
    if _text(raw) != token:
        raise BadToken("this link is not valid")
    return raw
