"""Writes of the business."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction
from django.utils.translation import gettext as _

from wayloop.business.enums import Trade
from wayloop.business.models import Business, Location
from wayloop.kernel import clock, money
from wayloop.kernel.localised import Localised


class BusinessRefused(ValueError):
    """What was given cannot be a business; `field` names the part, the text says why."""

    def __init__(self, part: str, reason: str) -> None:
        super().__init__(reason)
        self.part = part


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
    """Makes the business with its first locations.

    `zone`: an IANA name; `currency`: ISO 4217. Raises `BusinessRefused` when a part cannot be used or the business
    exists already. Writes one business row and a row per location.
    """
    if Business.objects.exists():
        raise BusinessRefused("name", _("The business exists already."))
    if trade not in Trade.values:
        raise BusinessRefused("trade", _("This trade is not known."))
    for checked in (zone, *(place.zone for place in locations if place.zone)):
        _check_zone(checked)
    if not money.is_currency(currency):
        raise BusinessRefused("currency", _("This currency is not known."))
    Business.objects.create(
        id=1,
        name=name,
        trade=trade,
        zone=zone,
        currency=currency,
        content_languages=list(content_languages),
        is_sample=is_sample,
        created_at=clock.now(),
    )
    Location.objects.bulk_create(
        Location(name=place.name, zone=place.zone or zone, town=place.town, position=position)
        for position, place in enumerate(locations)
    )


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BusinessRefused("zone", _("This time zone is not known.")) from error
