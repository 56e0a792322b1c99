"""The face of the business for other contexts."""

from wayloop.business.enums import Trade
from wayloop.business.periods import PERIODS, NamedPeriod, borders, named_period
from wayloop.business.queries.currencies import RateRow, currencies_used, latest_rates, list_rates, rates_at
from wayloop.business.queries.places import BrandInfo, Place, brands, locations
from wayloop.business.queries.profile import (
    NOT_SET_UP,
    BusinessProfile,
    currency_is_fixed,
    profile,
    report_clock,
    set_up_at,
)
from wayloop.business.rules.clocks import ReportClock, ZoneSpan
from wayloop.business.rules.refusals import BusinessRefused
from wayloop.business.services.currencies import enter_rates, remove_rate, stop_using_currency, use_currency
from wayloop.business.services.places import (
    LocationDetails,
    add_brand,
    add_location,
    archive_brand,
    archive_location,
    change_brand,
    change_location,
    move_brand,
    move_location,
    restore_brand,
    restore_location,
)
from wayloop.business.services.profile import change_profile, change_zone, forget_zone_change
from wayloop.business.services.setup import NewLocation, set_up_business
from wayloop.business.zones import Currency, Zone, countries, currencies, zones
from wayloop.business.zones import guess as guess_zone_and_currency

__all__ = [
    "NOT_SET_UP",
    "PERIODS",
    "BrandInfo",
    "BusinessProfile",
    "BusinessRefused",
    "Currency",
    "LocationDetails",
    "NamedPeriod",
    "NewLocation",
    "Place",
    "RateRow",
    "ReportClock",
    "Trade",
    "Zone",
    "ZoneSpan",
    "add_brand",
    "add_location",
    "archive_brand",
    "archive_location",
    "borders",
    "brands",
    "change_brand",
    "change_location",
    "change_profile",
    "change_zone",
    "countries",
    "currencies",
    "currencies_used",
    "currency_is_fixed",
    "enter_rates",
    "forget_zone_change",
    "guess_zone_and_currency",
    "latest_rates",
    "list_rates",
    "locations",
    "move_brand",
    "move_location",
    "named_period",
    "profile",
    "rates_at",
    "remove_rate",
    "report_clock",
    "restore_brand",
    "restore_location",
    "set_up_at",
    "set_up_business",
    "stop_using_currency",
    "use_currency",
    "zones",
]
