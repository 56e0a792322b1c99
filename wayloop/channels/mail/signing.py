"""DKIM (RFC 6376, RFC 8301): rsa-sha256 over header and body in their relaxed forms."""

import base64
import hashlib
import re
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

BITS = 2048
# In the order they are signed. What is absent and named once more cannot be added by anybody on the way.
SIGNED = (
    "From", "To", "Subject", "Date", "Message-ID", "Reply-To", "MIME-Version", "Content-Type", "List-Unsubscribe",
    "List-Unsubscribe-Post",
)  # fmt: skip
OVERSIGNED = ("From", "To", "Subject", "Reply-To", "List-Unsubscribe", "List-Unsubscribe-Post")
_FOLD, _SPACE = re.compile(rb"\r\n(?=[ \t])"), re.compile(rb"[ \t]+")


@dataclass(frozen=True)
class Signature:
    """With what a domain signs: `private` is the key in PEM."""

    domain: str
    selector: str
    private: str


def make_key() -> tuple[str, str]:
    """A new key: private in PEM, public as the DNS wants it (base64 of DER)."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), base64.b64encode(public).decode()


def dns_line(public: str) -> str:
    """The value of the TXT record that lets everybody check the signatures."""
    return f"v=DKIM1; k=rsa; p={public}"


def signed(message: bytes, signature: Signature) -> bytes:
    """The message (lines end with CRLF) with its signature on top."""
    head, _empty, body = message.partition(b"\r\n\r\n")
    fields: dict[str, list[bytes]] = {}
    for line in _FOLD.sub(b"", head).split(b"\r\n"):
        name, _colon, value = line.partition(b":")
        fields.setdefault(name.decode("ascii").lower(), []).append(_relaxed(name, value))
    names = [name for name in SIGNED if name.lower() in fields] + list(OVERSIGNED)
    digest = base64.b64encode(hashlib.sha256(_relaxed_body(body)).digest()).decode()
    unsigned = (
        f"v=1; a=rsa-sha256; c=relaxed/relaxed; d={signature.domain}; s={signature.selector};\r\n"
        f" h={':'.join(names)};\r\n bh={digest};\r\n b="
    )
    # The second mention of a name stands for a field that is not there: it adds nothing.
    hashed = b"".join(fields[name.lower()][-1] + b"\r\n" for name in SIGNED if name.lower() in fields)
    hashed += _relaxed(b"DKIM-Signature", _FOLD.sub(b"", unsigned.encode()))
    key = serialization.load_pem_private_key(signature.private.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)  # noqa: S101  # we make no other
    raw = base64.b64encode(key.sign(hashed, padding.PKCS1v15(), hashes.SHA256())).decode()
    folded = "\r\n ".join(raw[place : place + 72] for place in range(0, len(raw), 72))
    return f"DKIM-Signature: {unsigned}{folded}\r\n".encode() + message


def _relaxed(name: bytes, value: bytes) -> bytes:
    return name.strip().lower() + b":" + _SPACE.sub(b" ", value).strip(b" \t")


def _relaxed_body(body: bytes) -> bytes:
    lines = [_SPACE.sub(b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    return b"".join(line + b"\r\n" for line in lines)
