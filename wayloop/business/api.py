"""The face of the business for other contexts."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from wayloop.business.enums import Trade
from wayloop.business.models import Business, Location
from wayloop.business.periods import PERIODS, NamedPeriod, borders, named_period
from wayloop.business.services import BusinessRefused, NewLocation, set_up_business
from wayloop.business.zones import Currency, Zone, country_of, currencies, zones
from wayloop.business.zones import guess as guess_zone_and_currency
from wayloop.kernel.localised import Localised

__all__ = [
    "PERIODS",
    "BusinessProfile",
    "BusinessRefused",
    "Currency",
    "NamedPeriod",
    "NewLocation",
    "Place",
    "Trade",
    "Zone",
    "borders",
    "country_of",
    "currencies",
    "guess_zone_and_currency",
    "locations",
    "named_period",
    "profile",
    "set_up_at",
    "set_up_business",
    "zones",
]


@dataclass(frozen=True)
class BusinessProfile:
    """What everyone may know of the business. Before the first run: UTC, euro, no name."""

    name: str
    trade: str
    zone: str
    currency: str
    content_languages: tuple[str, ...]
    is_sample: bool

    @property
    def zone_info(self) -> ZoneInfo:
        """The zone that reports use."""
        return ZoneInfo(self.zone)

    @property
    def country(self) -> str:
        """The country of that zone (ISO 3166, "" for none): how phones without a country code are read."""
        return country_of(self.zone)


@dataclass(frozen=True)
class Place:
    """One location."""

    id: int
    name: Localised
    zone: str
    town: str


NOT_SET_UP = BusinessProfile(
    name="", trade="other", zone="UTC", currency="EUR", content_languages=("en",), is_sample=False
)


def profile() -> BusinessProfile:
    """The business, or `NOT_SET_UP` before the first run."""
    row = Business.objects.filter(id=1).first()
    if row is None:
        return NOT_SET_UP
    return BusinessProfile(
        name=row.name,
        trade=row.trade,
        zone=row.zone,
        currency=row.currency,
        content_languages=tuple(row.content_languages),
        is_sample=row.is_sample,
    )


def set_up_at() -> datetime | None:
    """When the business was set up, or None before the first run."""
    return Business.objects.filter(id=1).values_list("created_at", flat=True).first()


def locations() -> tuple[Place, ...]:
    """All locations in the order the business gave them."""
    return tuple(
        Place(id=row.pk, name=row.name, zone=row.zone, town=row.town)
        for row in Location.objects.order_by("position", "id")
    )
