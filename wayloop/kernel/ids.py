"""Identifiers: addresses people see, keys that decide what is new."""

import hashlib
import secrets
import time
import uuid


def uuid7() -> uuid.UUID:
    """A UUID of version 7 (RFC 9562, 5.7): 48 bits of Unix milliseconds, then random bits. For addresses."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & ((1 << 48) - 1)) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    return uuid.UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


def digest_key(*parts: str) -> uuid.UUID:
    """A 128-bit key of the parts, the same for ever and on every machine.

    Each part is preceded by its length, so that ("ab", "c") and ("a", "bc") differ. Holds no personal data: the parts
    cannot be read back.
    """
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        raw = part.encode()
        digest.update(len(raw).to_bytes(4, "big") + raw)
    return uuid.UUID(bytes=digest.digest())
