"""The beginning: the business and its first locations."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from wayloop.business.models import Business, Location, ZoneVersion
from wayloop.business.rules.parts import check_currency, check_trade, check_zone
from wayloop.business.rules.refusals import BusinessRefused
from wayloop.business.zones import country_of
from wayloop.kernel import clock
from wayloop.kernel.localised import Localised


@dataclass(frozen=True)
class NewLocation:
    """A location to be made: name in one or more languages, its zone (empty: the business's), its town."""

    name: Localised
    zone: str = ""
    town: str = ""


@transaction.atomic
def set_up_business(
    *,
    name: str,
    trade: str,
    zone: str,
    currency: str,
    content_languages: Sequence[str],
    locations: Sequence[NewLocation],
    is_sample: bool = False,
) -> None:
    """Makes the business with its first locations; its country is the one of its zone.

    `zone`: an IANA name; `currency`: ISO 4217. Raises `BusinessRefused` when a part cannot be used or the business
    exists already. Writes one business row, its zone, and a row per location.
    """
    if Business.objects.exists():
        raise BusinessRefused("name", _("The business exists already."))
    check_trade(trade)
    for checked in (zone, *(place.zone for place in locations if place.zone)):
        check_zone(checked)
    check_currency(currency)
    Business.objects.create(
        id=1,
        name=name,
        trade=trade,
        country=country_of(zone),
        currency=currency,
        content_languages=list(content_languages),
        is_sample=is_sample,
        created_at=clock.now(),
    )
    ZoneVersion.objects.create(starts_at=None, zone=zone)
    Location.objects.bulk_create(
        Location(name=place.name, zone=place.zone or zone, town=place.town, position=position)
        for position, place in enumerate(locations)
    )
