"""The normal form of identifiers: what makes two spellings the same."""

import re
import unicodedata
from collections.abc import Callable, Mapping

from wayloop.identity.enums import IdentifierKind
from wayloop.identity.phones import phone_form, typed_forms

LONGEST = 254
_ADDRESS = r"^(?:https?://)?(?:www\.|m\.)?(?:{hosts})/"
_NOT_TELLING = re.compile(r"[\W_]+")


def normal_form(kind: IdentifierKind, value: str, country: str = "") -> str | None:
    """The form that is stored and compared, or None when the text cannot be such an identifier.

    Outer spaces go, compatibility forms are folded (NFKC); e-mails and names in messengers are compared without
    capitals; phones are read as somebody in `country` (ISO 3166) writes them, see `phone_form`.
    """
    text = unicodedata.normalize("NFKC", value).strip()
    if not text or len(text) > LONGEST or "\x00" in text:
        return None
    form = _FORMS.get(kind)
    found = text if form is None else form(text, country)
    return found if found and len(found) <= LONGEST else None


def search_form(kind: IdentifierKind, form: str) -> str:
    """What search compares: of a normal form only letters and digits, in small letters; e-mails stay as they are."""
    if kind == IdentifierKind.EMAIL:
        return form
    # Letters may grow when they are made small; the column is as long as that of the value.
    return (_NOT_TELLING.sub("", form.casefold()) or form)[:LONGEST]


def typed_search_forms(text: str, country: str) -> tuple[list[str], list[str], list[str]]:
    """For what somebody typed: search forms that would be the whole, beginnings, and endings of phones and cards."""
    # NUL cannot be in a text of the database.
    plain = unicodedata.normalize("NFKC", text.replace("\0", "")).strip()[:LONGEST]
    if not plain:
        return [], [], []
    wholes = {normal_form(IdentifierKind.EMAIL, plain) or "", _NOT_TELLING.sub("", plain.casefold())}
    if phone := normal_form(IdentifierKind.PHONE, plain, country):
        wholes.add(search_form(IdentifierKind.PHONE, phone))
    beginnings, endings = typed_forms(plain, country)
    if " " not in plain:
        # An e-mail, or a code of signs that are no letters.
        beginnings.append(plain.lower())
    wholes.discard("")
    # One letter begins too many to tell anybody apart.
    return sorted(wholes), sorted(form for form in {*beginnings, *wholes} if len(form) > 1), endings


def _email(text: str, _country: str) -> str | None:
    local, at, domain = text.rpartition("@")
    return text.lower() if at and local and "." in domain and " " not in text else None


def _whatsapp(text: str, country: str) -> str | None:
    """WhatsApp knows people by their phone."""
    text = text.removesuffix("@s.whatsapp.net").removesuffix("@c.us")
    return phone_form(text, country)


def _name_at(*hosts: str, prefix: str = "") -> Callable[[str, str], str | None]:
    """Names and numbers in a messenger, written with its address, with @ or plain."""
    address = re.compile(_ADDRESS.replace("{hosts}", "|".join(map(re.escape, hosts))), re.IGNORECASE)

    def form(text: str, _country: str) -> str | None:
        name = address.sub("", text).removeprefix("profile.php?id=").partition("?")[0].strip("/").lstrip("@").lower()
        if prefix and name.removeprefix(prefix).isdigit():
            name = name.removeprefix(prefix)
        return name if name and not re.search(r"[\s/]", name) else None

    return form


_FORMS: Mapping[IdentifierKind, Callable[[str, str], str | None]] = {
    IdentifierKind.EMAIL: _email,
    IdentifierKind.PHONE: phone_form,
    IdentifierKind.WHATSAPP: _whatsapp,
    IdentifierKind.TELEGRAM: _name_at("t.me", "telegram.me"),
    IdentifierKind.VK: _name_at("vk.com", "vk.ru", prefix="id"),
    IdentifierKind.INSTAGRAM: _name_at("instagram.com"),
    IdentifierKind.FACEBOOK: _name_at("facebook.com", "fb.com", "m.me"),
}
