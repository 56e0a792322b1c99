"""What the parts of a business may be. Each check raises `BusinessRefused`."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from wayloop.business.enums import Trade
from wayloop.business.rules.refusals import BusinessRefused
from wayloop.business.zones import countries
from wayloop.kernel import money
from wayloop.kernel.localised import Localised


def check_trade(trade: str) -> None:
    """A trade of our list."""
    if trade not in Trade.values:
        raise BusinessRefused("trade", _("This trade is not known."))


def check_zone(zone: str) -> None:
    """An IANA name."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BusinessRefused("zone", _("This time zone is not known.")) from error


def check_country(country: str) -> None:
    """An ISO 3166 code of a country that has a zone, or nothing."""
    if country and country not in dict(countries("en")):
        raise BusinessRefused("country", _("This country is not known."))


def check_currency(currency: str) -> None:
    """An ISO 4217 code."""
    if not money.is_currency(currency):
        raise BusinessRefused("currency", _("This currency is not known."))


def check_languages(languages: Sequence[str]) -> None:
    """At least one: every text needs a language."""
    if not languages:
        raise BusinessRefused("content_languages", _("Choose at least one language."))


def check_name(name: Localised | str) -> None:
    """A name in at least one language."""
    texts = name.texts.values() if isinstance(name, Localised) else [name]
    if not any(text.strip() for text in texts):
        raise BusinessRefused("name", _("Write a name."))
