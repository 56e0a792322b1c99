"""Kinds of customers and of what is known of them, and the names of jobs."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

TEND_TRAIT_INDEXES = "customers.tend_trait_indexes"
COMPUTE_TRAITS = "customers.compute_traits"
REFRESH_TRAITS = "customers.refresh_traits"
RUN_BULK = "customers.run_bulk"
UNDO_BULK = "customers.undo_bulk"
FORGET_BULKS = "customers.forget_bulks"
COUNT_WORDS = "customers.count_words"
LOOK_FOR_TRAITS = "customers.look_for_traits"


class CustomerKind(TextChoices):
    """A private person or a company."""

    PERSON = "person", _("Private person")
    COMPANY = "company", _("Company")


class Trait(StrEnum):
    """Traits that code names. All that ship with the program are in `defaults.py`."""

    COUNTRY = "country"
    TOWN = "town"
    LANGUAGE = "language"
    NAME = "name"  # the history of names; no definition, never shown as a trait


class TraitType(TextChoices):
    """What a value of a trait is."""

    TEXT = "text", _("Text")
    NUMBER = "number", pgettext_lazy("trait", "Number")
    DATE = "date", _("Date")
    YES_NO = "yes_no", _("Yes or no")
    CHOICE = "choice", _("One of a list")
    CHOICES = "choices", _("Several of a list")
    MONEY = "money", _("Money")
    PLACE = "place", pgettext_lazy("trait", "Place")
    COUNTRY = "country", _("Country")
    LANGUAGE = "language", _("Language")
    URL = "url", _("Web address")


class TraitGroup(TextChoices):
    """Where a trait stands on the card."""

    WHO = "who", _("Who they are")
    HABITS = "habits", _("Habits")
    MIND = "mind", _("What matters to them")
    MONEY = "money", _("Money")
    BOND = "bond", _("With us")
    OTHER = "other", _("More")


class Sight(TextChoices):
    """Who may see a trait."""

    EVERYBODY = "everybody", _("Everybody")
    STAFF = "staff", _("All but the front desk")
    MANAGERS = "managers", _("Owner and CX manager")
    OWNER = "owner", _("Owner only")


class About(TextChoices):
    """Whom a trait is about."""

    ALL = "all", _("All customers")
    PERSON = "person", _("People")
    COMPANY = "company", _("Companies")


class RelationKind(StrEnum):
    """What the first of two customers is to the second; `rules.ties` has the words for either side."""

    WORKS_AT = "works_at"
    PART_OF = "part_of"
    HOUSEHOLD = "household"
    PARTNER = "partner"
    PARENT = "parent"
    BROUGHT = "brought"
    KNOWS = "knows"


class BulkKind(TextChoices):
    """What can be done to many customers at once."""

    TAG = "tag", _("Add a tag")
    UNTAG = "untag", _("Take a tag away")
    STAR = "star", _("Star")
    UNSTAR = "unstar", _("Take the star away")
    TRAIT = "trait", _("Set a trait")
