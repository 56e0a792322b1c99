"""Codes that customers carry: shown as a QR or bar code, read by a scanner at the counter.

A code is a signed token for this one purpose, written in digits: scanners that play keyboard type digits rightly
whatever layout is on, and a QR code of digits is small. Whoever reads it with a telephone learns nothing.
"""

import base64
import binascii
from datetime import timedelta
from uuid import UUID

from wayloop.kernel import signing

GUEST_CODE = signing.purpose("commerce.guest_code", timedelta(days=5 * 365))
# No phone and no card number is as long; a code of ours is never shorter.
SHORTEST, LONGEST = 100, 200


def guest_code(uuid: UUID) -> str:
    """The code of a customer, by the UUID of their card; good for five years."""
    token = signing.sign(GUEST_CODE, _text(uuid.bytes))
    return str(int.from_bytes(_bytes(token), "big"))


def is_guest_code(text: str) -> bool:
    """Whether this looks like a code, whoever made it."""
    return SHORTEST <= len(text) <= LONGEST and text.isascii() and text.isdecimal()


def read_guest_code(text: str) -> UUID | None:
    """Whose code it is; None for what is no code, or none of ours, or one whose time is over."""
    if not is_guest_code(text):
        return None
    number = int(text)
    try:
        token = _text(number.to_bytes((number.bit_length() + 7) // 8, "big"))
        return UUID(bytes=_bytes(signing.unsign(GUEST_CODE, token)))
    except (signing.BadToken, ValueError, binascii.Error):
        return None


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
