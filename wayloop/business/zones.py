"""Time zones and currencies as people choose them: a city with its country, not a code.

The list is tzdata's own table of zones by country; names of cities and countries come from the Unicode locale data,
which still files some cities under their former name (Kyiv under Europe/Kiev), so former names are looked up too.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from babel.core import Locale, get_global
from babel.numbers import get_territory_currencies

from wayloop.ui.sorting import sort_key


@dataclass(frozen=True)
class Zone:
    """One time zone: IANA name, country (ISO 3166, empty for UTC), its usual currency, former names, name to read."""

    name: str
    country: str
    currency: str
    former_names: tuple[str, ...]
    label: str


@dataclass(frozen=True)
class Currency:
    """One currency in use today: ISO 4217 code and name to read."""

    code: str
    label: str


@cache
def zones(language: str) -> tuple[Zone, ...]:
    """All zones of today's countries, named in `language`, in the order of their names; UTC comes last."""
    locale, former = Locale.parse(language), _former_names()
    found = [
        Zone(
            name=name,
            country=country,
            currency=_currency_of(country),
            former_names=former.get(name, ()),
            label=_label(_city(locale, name, former.get(name, ())), locale.territories.get(country, "")),
        )
        for name, country in _countries().items()
    ]
    found.sort(key=lambda zone: sort_key(zone.label))
    return (*found, Zone(name="UTC", country="", currency="", former_names=("Etc/UTC", "Etc/GMT", "GMT"), label="UTC"))


@cache
def currencies(language: str) -> tuple[Currency, ...]:
    """All currencies that are money somewhere today, named in `language`, by code."""
    locale = Locale.parse(language)
    in_use = {code for country in get_global("territory_currencies") for code in get_territory_currencies(country)}
    return tuple(Currency(code=code, label=f"{code} · {locale.currencies.get(code, code)}") for code in sorted(in_use))


def country_of(zone: str) -> str:
    """The country of a zone (ISO 3166), also under a former name of the zone; "" for UTC and unknown ones."""
    now = next((name for name, former in _former_names().items() if zone in former), zone)
    return _countries().get(now, "")


@cache
def countries(language: str) -> tuple[tuple[str, str], ...]:
    """All countries that have a zone: code and name in `language`, in the order of the names."""
    names = Locale.parse(language).territories
    found = {country: names.get(country, country) for country in _countries().values()}
    return tuple(sorted(found.items(), key=lambda pair: sort_key(pair[1])))


def guess(languages: Iterable[str]) -> tuple[str, str]:
    """The zone and currency that somebody with these browser languages ("uk", "en-GB") most likely wants.

    The first language that tells a country wins: by name, or because most of its speakers live there. English alone
    tells none. Nothing told: UTC and EUR.
    """
    for country in filter(None, map(_country_of, languages)):
        for name, place in (*_MAIN_ZONES.items(), *_countries().items()):
            if place == country:
                return name, _currency_of(country) or "EUR"
    return "UTC", "EUR"


def _country_of(language: str) -> str:
    main, *parts = language.split("-")
    told = next((part.upper() for part in parts if len(part) == 2), "")
    if told or main == "en":
        return told
    return str(get_global("likely_subtags").get(main, "")).rpartition("_")[2]


# Where a country has several zones, the one most of its people live in; tzdata lists them by longitude.
_MAIN_ZONES = {
    "Europe/Kyiv": "UA",
    "Europe/Moscow": "RU",
    "Asia/Almaty": "KZ",
    "America/New_York": "US",
    "America/Toronto": "CA",
    "America/Sao_Paulo": "BR",
    "Australia/Sydney": "AU",
    "Europe/Madrid": "ES",
    "Europe/Lisbon": "PT",
    "Europe/Berlin": "DE",
    "Asia/Shanghai": "CN",
    "Asia/Jakarta": "ID",
    "Pacific/Auckland": "NZ",
    "America/Mexico_City": "MX",
}


def _table(name: str) -> list[str]:
    return files("tzdata").joinpath("zoneinfo", name).read_text(encoding="utf-8").splitlines()


@cache
def _countries() -> dict[str, str]:
    rows = (line.split("\t") for line in _table("zone.tab") if line and not line.startswith("#"))
    return {row[2]: row[0] for row in rows}


@cache
def _former_names() -> dict[str, tuple[str, ...]]:
    names: dict[str, list[str]] = defaultdict(list)
    for line in _table("tzdata.zi"):
        if line.startswith("L "):
            _, now, former = line.split()
            if former not in _countries():
                names[now].append(former)
    return {now: tuple(former) for now, former in names.items()}


def _label(city: str, country: str) -> str:
    # "Singapore" says it once.
    return country if city in country else f"{city}, {country}"


def _city(locale: Locale, name: str, former_names: tuple[str, ...]) -> str:
    for candidate in (name, *former_names):
        city = locale.time_zones.get(candidate, {}).get("city")
        if city:
            return str(city)
    return name.rsplit("/", 1)[-1].replace("_", " ")


def _currency_of(country: str) -> str:
    used = get_territory_currencies(country)
    return str(used[0]) if used else ""
