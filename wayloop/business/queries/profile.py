"""What everyone may know of the business, and the zones it lived in."""

import json
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection

from wayloop.business.models import Business, Rate, ZoneVersion
from wayloop.business.rules.clocks import ReportClock, ZoneSpan, clock_of
from wayloop.contracts.business import MoneyKeeper
from wayloop.kernel import clock, registry


@dataclass(frozen=True)
class BusinessProfile:
    """What everyone may know of the business. Before the first run: UTC, euro, no name and no country.

    `zone`: the one it lives in now. `country`: ISO 3166, or empty.
    """

    name: str
    trade: str
    country: str
    zone: str
    currency: str
    content_languages: tuple[str, ...]
    is_sample: bool

    @property
    def zone_info(self) -> ZoneInfo:
        """The zone of today; for past days see `report_clock`."""
        return ZoneInfo(self.zone)

    @property
    def is_set_up(self) -> bool:
        """Whether the first run is over."""
        return bool(self.name)


NOT_SET_UP = BusinessProfile(
    name="", trade="other", country="", zone="UTC", currency="EUR", content_languages=("en",), is_sample=False
)


# Every request asks for it: written by hand, it costs a fifth of what a queryset takes to be put together.
PROFILE = """
SELECT name, trade, country, (
    SELECT zone FROM business_zoneversion WHERE starts_at IS NULL OR starts_at <= %s
    ORDER BY starts_at DESC NULLS LAST LIMIT 1
), currency, content_languages, is_sample FROM business_business WHERE id = 1
"""


def profile() -> BusinessProfile:
    """The business, or `NOT_SET_UP` before the first run."""
    with connection.cursor() as cursor:
        cursor.execute(PROFILE, [clock.now()])
        row = cursor.fetchone()
    if row is None:
        return NOT_SET_UP
    name, trade, country, zone, currency, languages, is_sample = row
    return BusinessProfile(
        name=name,
        trade=trade,
        country=country,
        zone=zone or NOT_SET_UP.zone,
        currency=currency,
        content_languages=tuple(json.loads(languages)),
        is_sample=is_sample,
    )


def set_up_at() -> datetime | None:
    """When the business was set up, or None before the first run."""
    return Business.objects.filter(id=1).values_list("created_at", flat=True).first()


def report_clock() -> ReportClock:
    """The clock of reports: the zones the business lived in, planned moves too."""
    return clock_of([ZoneSpan(*row) for row in ZoneVersion.objects.values_list("starts_at", "zone")])


def currency_is_fixed() -> bool:
    """Whether amounts or rates are counted in the business's currency, so that it cannot change any more."""
    keepers = registry.offers(MoneyKeeper)  # type: ignore[type-abstract]
    return Rate.objects.exists() or any(keeper.keeps_money() for keeper in keepers)
