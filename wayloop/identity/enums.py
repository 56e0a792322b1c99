"""Kinds of identifiers, and how well one matches what was typed."""

from enum import IntEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class IdentifierKind(TextChoices):
    """What a person can be recognised by. All but a cookie tell a person apart."""

    EXTERNAL = "external", _("Number in another system")
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")
    CARD = "card", _("Loyalty card")
    TELEGRAM = "telegram", _("Telegram")
    WHATSAPP = "whatsapp", _("WhatsApp")
    VIBER = "viber", _("Viber")
    VK = "vk", _("VK")
    INSTAGRAM = "instagram", _("Instagram")
    FACEBOOK = "facebook", _("Facebook")
    COOKIE = "cookie", _("Browser")


# Kinds that are an address somebody can be written to or called at.
CONTACTABLE = frozenset(
    {
        IdentifierKind.EMAIL,
        IdentifierKind.PHONE,
        IdentifierKind.TELEGRAM,
        IdentifierKind.WHATSAPP,
        IdentifierKind.VIBER,
        IdentifierKind.VK,
        IdentifierKind.INSTAGRAM,
        IdentifierKind.FACEBOOK,
    }
)
# Kinds whose numbers are read as they are written in the country of the business.
BY_COUNTRY = (IdentifierKind.PHONE, IdentifierKind.WHATSAPP)
# Kinds whose last digits people tell each other.
TOLD_BY_THEIR_END = (IdentifierKind.PHONE, IdentifierKind.WHATSAPP, IdentifierKind.CARD)


class Match(IntEnum):
    """How an identifier matches what was typed; the smaller, the better."""

    WHOLE = 0
    BEGINNING = 1
    ENDING = 2
