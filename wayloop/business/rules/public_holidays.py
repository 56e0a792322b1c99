"""Public holidays by country and region, from the library `holidays`. Pure: the same version gives the same days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

# What the library knows; other years have no holidays.
YEARS = range(1970, 2101)


@dataclass(frozen=True)
class PublicHoliday:
    """One holiday. `key`: its name in the country's own language, which stays the same from year to year.

    `is_day_off`: whether the law gives the day off; some are marked in the calendar and worked.
    """

    day: date
    key: str
    is_day_off: bool


@dataclass(frozen=True)
class HolidayCalendar:
    """Whose holidays count: a country (ISO 3166; empty: nobody's) and its region as the library calls it, or empty."""

    country: str = ""
    region: str = ""


NO_HOLIDAYS = HolidayCalendar()


@cache
def holiday_countries() -> frozenset[str]:
    """The countries whose holidays are known."""
    return frozenset(code for code in _library().list_supported_countries() if len(code) == 2)


@cache
def holiday_regions(country: str) -> tuple[tuple[str, str], ...]:
    """The regions of a country that have holidays of their own: code and name, in the order of the names."""
    if country not in holiday_countries():
        return ()
    kind = type(_library().country_holidays(country))
    names = {code: name for name, code in getattr(kind, "subdivisions_aliases", {}).items()}
    return tuple(sorted(((code, names.get(code, code)) for code in kind.subdivisions), key=lambda pair: pair[1]))


def is_calendar(calendar: HolidayCalendar) -> bool:
    """Whether the library has such a country and region."""
    if not calendar.country:
        return not calendar.region
    known = calendar.country in holiday_countries()
    return known and (not calendar.region or calendar.region in dict(holiday_regions(calendar.country)))


@lru_cache(maxsize=1024)
def holidays_of(calendar: HolidayCalendar, year: int) -> Mapping[date, PublicHoliday]:
    """The holidays of a year by day."""
    if not calendar.country or year not in YEARS:
        return MappingProxyType({})
    known = _read(calendar, year, "")
    return MappingProxyType(
        {day: PublicHoliday(day, name, is_day_off) for day, (name, is_day_off) in sorted(known.items())}
    )


@lru_cache(maxsize=1024)
def holiday_names(calendar: HolidayCalendar, year: int, language: str) -> Mapping[str, str]:
    """Key → the name for a reader of `language`; in the country's own language when there is no such translation."""
    spoken = {"en": "en_US"}.get(language, language)
    names = {day: name for day, (name, _) in _read(calendar, year, spoken).items()}
    return MappingProxyType({one.key: names.get(day, one.key) for day, one in holidays_of(calendar, year).items()})


def _read(calendar: HolidayCalendar, year: int, language: str) -> dict[date, tuple[str, bool]]:
    """Day → name and whether it is off. Days off win over those that are only marked."""
    library = _library()
    kind = type(library.country_holidays(calendar.country))
    spoken = [code for code in (language, kind.default_language, "en_US") if code in kind.supported_languages]
    found: dict[date, tuple[str, bool]] = {}
    for category, is_day_off in (("workday", False), ("public", True)):
        if category in kind.supported_categories:
            days = library.country_holidays(
                calendar.country,
                subdiv=calendar.region or None,
                years=year,
                expand=False,
                language=spoken[0] if spoken else None,
                categories=category,
            )
            found |= {day: (name, is_day_off) for day, name in days.items()}
    return found


def _library() -> Any:
    import holidays  # slow import: half a second, and most requests need none

    return holidays
