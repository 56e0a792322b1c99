"""Changes of what the business is."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise

from django.db import transaction
from django.utils.translation import gettext as _

from wayloop.business.models import Business, Location, UsedCurrency, ZoneVersion
from wayloop.business.queries.profile import currency_is_fixed, report_clock
from wayloop.business.rules.clocks import ZoneSpan
from wayloop.business.rules.parts import (
    check_country,
    check_currency,
    check_languages,
    check_name,
    check_trade,
    check_zone,
)
from wayloop.business.rules.refusals import BusinessRefused
from wayloop.contracts.business import ZoneChanged
from wayloop.kernel.stream.announce import announce


@transaction.atomic
def change_profile(
    *, name: str, trade: str, country: str, currency: str, content_languages: Sequence[str], by: int | None
) -> None:
    """Writes name, trade, country (ISO 3166 or empty), currency (ISO 4217) and content languages, the main one first.

    Raises `BusinessRefused` for a part that cannot be used; the currency stays as soon as money is counted in it.
    """
    row = _locked()
    check_name(name)
    check_trade(trade)
    check_country(country)
    check_currency(currency)
    check_languages(content_languages)
    if currency != row.currency and currency_is_fixed():
        raise BusinessRefused(
            "currency", _("The currency cannot be changed: orders or rates are counted in it already.")
        )
    row.name, row.trade, row.country, row.currency = name.strip(), trade, country, currency
    row.content_languages = list(dict.fromkeys(content_languages))
    row.save(update_fields=["name", "trade", "country", "currency", "content_languages"])
    UsedCurrency.objects.filter(code=currency).delete()


@transaction.atomic
def change_zone(*, zone: str, from_day: date | None, by: int | None) -> None:
    """Lets the business live in another zone from a day on, or (None) as if it had always lived there.

    A move on a day that has one already replaces it. Announces `ZoneChanged`. Raises `BusinessRefused` for a zone that
    does not exist.
    """
    _locked()
    check_zone(zone)
    before = report_clock()
    if from_day is None:
        # The mistake was made for the locations too; those that were given another zone on purpose keep it.
        Location.objects.filter(zone=before.spans[0].zone).update(zone=zone)
        ZoneVersion.objects.all().delete()
        added = ZoneSpan(None, zone)
    else:
        added = before.with_change(zone, from_day)
        moves = [span.starts_at for span in before.spans if span.starts_at]
        same_day = [starts_at for starts_at in moves if before.day_of(starts_at) == from_day]
        ZoneVersion.objects.filter(starts_at__in=same_day).delete()
    ZoneVersion.objects.create(starts_at=added.starts_at, zone=zone)
    _drop_moves_that_move_nothing()
    announce(ZoneChanged(starts_at=added.starts_at, by=by))


@transaction.atomic
def forget_zone_change(*, starts_at: datetime, by: int | None) -> None:
    """Removes one move; the zone before it goes on. The zone of the beginning stays. Announces `ZoneChanged`."""
    _locked()
    if ZoneVersion.objects.filter(starts_at=starts_at).delete()[0]:
        _drop_moves_that_move_nothing()
        announce(ZoneChanged(starts_at=starts_at, by=by))


def _drop_moves_that_move_nothing() -> None:
    spans = report_clock().spans
    idle = [one.starts_at for before, one in pairwise(spans) if one.zone == before.zone]
    ZoneVersion.objects.filter(starts_at__in=idle).delete()


def _locked() -> Business:
    """The business, for this transaction alone: two changes at once come one after the other."""
    return Business.objects.select_for_update().get(id=1)
