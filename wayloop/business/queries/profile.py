"""What everyone may know of the business, and the zones it lived in."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import F, Q, Subquery

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


def profile() -> BusinessProfile:
    """The business, or `NOT_SET_UP` before the first run."""
    begun = ZoneVersion.objects.filter(Q(starts_at__isnull=True) | Q(starts_at__lte=clock.now()))
    zone = begun.order_by(F("starts_at").desc(nulls_last=True)).values("zone")[:1]
    row = Business.objects.filter(id=1).annotate(zone=Subquery(zone)).first()
    if row is None:
        return NOT_SET_UP
    return BusinessProfile(
        name=row.name,
        trade=row.trade,
        country=row.country,
        zone=row.zone or NOT_SET_UP.zone,
        currency=row.currency,
        content_languages=tuple(row.content_languages),
        is_sample=row.is_sample,
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
