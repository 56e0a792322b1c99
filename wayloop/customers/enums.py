"""Kinds of customers and the traits that ship with the program."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CustomerKind(TextChoices):
    """A private person or a company."""

    PERSON = "person", _("Private person")
    COMPANY = "company", _("Company")


class Trait(TextChoices):
    """Traits that every installation knows."""

    COUNTRY = "country", _("Country")
    TOWN = "town", _("Town")
    LANGUAGE = "language", _("Language")
