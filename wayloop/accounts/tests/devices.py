"""An authenticator app and a security key made of nothing but arithmetic."""

import hashlib
import json
import os
import time
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode


def code_of(secret: str, *, steps: int = 0) -> str:
    """What the app shows now, or so many half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


class SecurityKey:
    """Answers what a browser would after a touch."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.id = os.urandom(16)
        self.private = ec.generate_private_key(ec.SECP256R1())

    def create(self, options: dict[str, Any]) -> str:
        """The answer to a registration."""
        public = cbor.encode(dict(ES256.from_cryptography_key(self.private.public_key())))
        data = self._data(options["rp"]["id"], flags=0x45)
        data += bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        client = self._client("webauthn.create", options["challenge"])
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(
            {"clientDataJSON": websafe_encode(client), "attestationObject": websafe_encode(attestation)}
        )

    def get(self, options: dict[str, Any]) -> str:
        """The answer to a sign-in."""
        data = self._data(options["rpId"], flags=0x05)
        client = self._client("webauthn.get", options["challenge"])
        signature = self.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        parts = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        return self._answer({name: websafe_encode(part) for name, part in parts.items()})

    def _data(self, place: str, *, flags: int) -> bytes:
        return hashlib.sha256(place.encode()).digest() + bytes([flags]) + bytes(4)

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, response: dict[str, str]) -> str:
        number = websafe_encode(self.id)
        told = {"id": number, "rawId": number, "type": "public-key", "response": response}
        return json.dumps(told | {"clientExtensionResults": {}, "authenticatorAttachment": "cross-platform"})
