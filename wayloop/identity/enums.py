"""Kinds of identifiers."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class IdentifierKind(TextChoices):
    """What a person can be recognised by."""

    EXTERNAL = "external", _("Number in another system")
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")
    CARD = "card", _("Loyalty card")
