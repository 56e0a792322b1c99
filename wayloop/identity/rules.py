"""The normal form of identifiers: what makes two spellings the same."""

import re
import unicodedata

from wayloop.identity.enums import IdentifierKind

_PHONE_NOISE = re.compile(r"[\s()./·–-]+")
_LONGEST = 254


def normal_form(kind: IdentifierKind, value: str) -> str | None:
    """The form that is stored and compared, or None when the text cannot be such an identifier.

    Outer spaces go, compatibility forms are folded (NFKC); e-mails are compared without capitals; phones are kept as
    a plus and digits.
    """
    text = unicodedata.normalize("NFKC", value).strip()
    if not text or len(text) > _LONGEST or "\x00" in text:
        return None
    if kind == IdentifierKind.EMAIL:
        local, at, domain = text.rpartition("@")
        return text.lower() if at and local and "." in domain and " " not in text else None
    if kind == IdentifierKind.PHONE:
        digits = _PHONE_NOISE.sub("", text)
        digits = f"+{digits[2:]}" if digits.startswith("00") else digits
        return digits if re.fullmatch(r"\+?[0-9]{5,15}", digits) else None
    return text
