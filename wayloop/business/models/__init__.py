"""Tables of the business, one module per topic."""

from wayloop.business.models.currencies import Rate, UsedCurrency
from wayloop.business.models.hours import HoursVersion, SpecialDays
from wayloop.business.models.places import Brand, Location
from wayloop.business.models.profile import Business, ZoneVersion

__all__ = ["Brand", "Business", "HoursVersion", "Location", "Rate", "SpecialDays", "UsedCurrency", "ZoneVersion"]
