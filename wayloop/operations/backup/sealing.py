"""The key of a backup: sealing, opening, names nobody can guess back, and the recovery code people keep.

A sealed object (AES-256-GCM) opens only under its own name and with every bit as it was. The code is the key: 128
random bits and a checksum of 32, written so that reading it aloud makes no mistakes.
"""

import hashlib
import os
import secrets
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from wayloop.operations.errors import OperationError
from wayloop.operations.errors import gettext_noop as sentence

MARK = b"WLB1"
PLAIN, ZSTD = 0, 1
SECRET_BYTES, CHECK_BYTES, NONCE_BYTES, ID_BYTES = 16, 4, 12, 20
HEAD_BYTES = len(MARK) + 1 + 8
# Crockford's: without I, L, O and U.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD = str.maketrans("OIL", "011", " -–—\t\r\n")


class BackupDamaged(OperationError):
    """An object of the backup is missing or not as it was written; `name` says which."""

    def __init__(self, name: str, *, is_missing: bool = False) -> None:
        told = (
            sentence("%(name)s is missing in the backup. Restore an earlier moment, or from another copy.")
            if is_missing
            else sentence("%(name)s is damaged in the backup. Restore an earlier moment, or from another copy.")
        )
        super().__init__(told, name=name)
        self.name = name


class Key:
    """The key of one backup, made from 128 random bits."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._cipher = AESGCM(self._derived(b"objects"))
        self._names = self._derived(b"names")
        # Tells a wrong key before anything is opened, and says nothing about the right one.
        self.check = self._derived(b"check").hex()[:32]

    def __repr__(self) -> str:
        return "<key of a backup>"

    @classmethod
    def make(cls) -> "Key":
        """A new key."""
        return cls(secrets.token_bytes(SECRET_BYTES))

    @classmethod
    def read(cls, code: str) -> "Key":
        """The key of a recovery code, however it was typed. Raises `OperationError`."""
        text = code.strip().upper().translate(MISREAD)
        if len(text) != 32 or not set(text) <= set(LETTERS):
            raise OperationError("a recovery code has 32 letters and digits in groups of four. Look at it again.")
        number = 0
        for letter in text:
            number = number * 32 + LETTERS.index(letter)
        raw = number.to_bytes(SECRET_BYTES + CHECK_BYTES, "big")
        if _checksum(raw[:SECRET_BYTES]) != raw[SECRET_BYTES:]:
            raise OperationError("this recovery code has a typing mistake. Look at it again.")
        return cls(raw[:SECRET_BYTES])

    @property
    def code(self) -> str:
        """The recovery code: whoever has it can read the backup."""
        number = int.from_bytes(self._secret + _checksum(self._secret), "big")
        letters = "".join(LETTERS[number >> shift & 31] for shift in range(155, -1, -5))
        return "-".join(letters[at : at + 4] for at in range(0, 32, 4))

    def name_of(self, data: bytes) -> str:
        """The name of a content. Without the key nobody can tell whether a content they know is there."""
        return hashlib.blake2b(data, digest_size=ID_BYTES, key=self._names).hexdigest()

    def seal(self, name: str, data: bytes) -> bytes:
        """Packs and seals an object that will lie under `name`."""
        packed = bytes(_codec().compress(data)) if data else b""
        packing, body = (ZSTD, packed) if len(packed) < len(data) * 0.95 else (PLAIN, data)
        head = MARK + bytes([packing]) + len(data).to_bytes(8, "big")
        nonce = os.urandom(NONCE_BYTES)
        return head + nonce + self._cipher.encrypt(nonce, body, head + name.encode())

    def open(self, name: str, sealed: bytes) -> bytes:
        """The content of the object. Raises `BackupDamaged` when a single bit is not as it was written."""
        head, nonce = sealed[:HEAD_BYTES], sealed[HEAD_BYTES : HEAD_BYTES + NONCE_BYTES]
        if len(sealed) < HEAD_BYTES + NONCE_BYTES or head[: len(MARK)] != MARK:
            raise BackupDamaged(name)
        try:
            body = self._cipher.decrypt(nonce, sealed[HEAD_BYTES + NONCE_BYTES :], head + name.encode())
        except InvalidTag:
            raise BackupDamaged(name) from None
        if head[len(MARK)] == PLAIN:
            return body
        return bytes(_codec().decompress(body, int.from_bytes(head[len(MARK) + 1 :], "big")))

    def _derived(self, use: bytes) -> bytes:
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"wayloop backup " + use).derive(self._secret)


def _checksum(secret: bytes) -> bytes:
    return hashlib.sha256(b"wayloop recovery code " + secret).digest()[:CHECK_BYTES]


def _codec() -> Any:
    # slow import: a third of a second, which a command that only asks for the code need not wait
    import pyarrow

    # One for each call: several threads pack at once.
    return pyarrow.Codec("zstd", compression_level=1)
