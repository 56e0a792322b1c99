"""How numbers, money, dates and times are written in the language of the page.

Pure functions over Babel's locale data. `language` is a code of the interface (ru, uk, en); without it the active
language of Django counts. English is written the way most of its readers outside the United States expect: day before
month and a clock of 24 hours.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_skeleton, format_time, format_timedelta
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_symbol
from django.utils.translation import get_language, gettext

from wayloop.kernel.money import to_decimal

_BABEL = {"en": "en_GB", "ru": "ru", "uk": "uk"}
Number = int | float | Decimal
# The system that rows of the sample business say they come from.
SAMPLE = "sample"
_Unit = Literal["day", "hour", "minute", "second"]


@cache
def _parse(language: str) -> Locale:
    try:
        return Locale.parse(_BABEL.get(language, language.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(_BABEL["en"])


def locale_of(language: str | None = None) -> Locale:
    """The locale data of a language; English for one that is not known."""
    return _parse(language or get_language() or "en")


def number(value: Number, digits: int | None = None, language: str | None = None) -> str:
    """Groups thousands and writes the decimal sign: 12,345.67 or 12 345,67.

    `digits` fixes the number of decimals; without it integers have none and others up to two. The minus is a real one.
    """
    pattern = "#,##0" + ("." + "0" * digits if digits else "") if digits is not None else "#,##0.##"
    return _true_minus(format_decimal(value, format=pattern, locale=locale_of(language)))


def money(amount: int, currency: str, language: str | None = None, *, whole: bool = False) -> str:
    """Writes minor units of a currency: £12,345.67 or 12 345,67 £. `whole` leaves the minor units out (rounded)."""
    locale = locale_of(language)
    value = to_decimal(amount, currency)
    text = (
        format_currency(value, currency, locale=locale, currency_digits=True)
        if not whole
        else _whole(value, currency, locale)
    )
    code, sign = get_currency_symbol(currency, locale=locale), currency_sign(currency, locale)
    return _true_minus(text.replace(code, sign) if code != sign else text)


def _whole(value: Decimal, currency: str, locale: Locale) -> str:
    pattern = locale.currency_formats["standard"].pattern.replace("0.00", "0").replace("0,00", "0")
    return format_currency(value, currency, format=pattern, locale=locale, currency_digits=False)


@cache
def currency_sign(currency: str, locale: Locale) -> str:
    """The shortest unmistakable sign: the locale's own, else the one of the currency's home, else the code."""
    own = get_currency_symbol(currency, locale=locale)
    if own != currency:
        return own
    for other in ("en_GB", "uk", "ru"):
        sign = get_currency_symbol(currency, locale=other)
        if len(sign) == 1:
            return sign
    return currency


def percent(share: Number, digits: int = 0, language: str | None = None) -> str:
    """Writes a share (0.62) as a percentage: 62%, 62 %."""
    locale = locale_of(language)
    pattern = locale.percent_formats[None].pattern
    pattern = pattern.replace("#,##0", "#,##0." + "0" * digits) if digits else pattern
    return _true_minus(format_percent(share, format=pattern, locale=locale))


def delta(value: Number, digits: int | None = None, language: str | None = None) -> str:
    """A change with its sign: +6, −25, 0."""
    text = number(value, digits, language)
    return f"+{text}" if value > 0 else text


def clock(moment: datetime, language: str | None = None) -> str:
    """Hours and minutes of an aware moment in its own zone: 14:05."""
    return str(format_time(moment.timetz(), "HH:mm", locale=locale_of(language)))


def calendar_day(day: date, today: date, language: str | None = None) -> str:
    """A day as a heading: today, yesterday, tomorrow, 3 November, 3 November 2024 when the year is another."""
    names = {0: gettext("today"), -1: gettext("yesterday"), 1: gettext("tomorrow")}
    return names.get((day - today).days) or plain_date(day, today, language)


def plain_date(day: date, today: date, language: str | None = None) -> str:
    """The date in words, with its year only when it is not this one."""
    locale = locale_of(language)
    skeleton = "MMMMd" if day.year == today.year else "yMMMMd"
    if skeleton == "MMMMd":
        return str(format_skeleton(skeleton, datetime(day.year, day.month, day.day), locale=locale))  # noqa: DTZ001
    return str(format_date(day, "long", locale=locale))


def relative(moment: datetime, now: datetime, language: str | None = None) -> str:
    """How long ago, in words people use: just now, 5 minutes ago, yesterday, 14:05, 3 November.

    Both moments are aware and in the zone of the reader. Within an hour it counts minutes, within today hours; from
    yesterday on it gives the day, because "26 hours ago" makes people calculate.
    """
    passed = now - moment
    days = (moment.date() - now.date()).days
    if abs(passed) < timedelta(seconds=45):
        return gettext("just now")
    if abs(passed) < timedelta(hours=1) or (days == 0 and abs(passed) < timedelta(hours=12)):
        return str(format_timedelta(-passed, add_direction=True, threshold=0.99, locale=locale_of(language)))
    day = calendar_day(moment.date(), now.date(), language)
    return f"{day}, {clock(moment, language)}" if abs(days) <= 1 else day


def exact(moment: datetime, language: str | None = None) -> str:
    """The full date and time with the zone, for the title that shows on hover: 3 November 2026, 14:05 EET."""
    locale = locale_of(language)
    day = format_date(moment.date(), "long", locale=locale)
    zone = format_datetime(moment, "OOOO", locale=locale)
    return f"{day}, {clock(moment, language)} {zone}"


def greeting(moment: datetime) -> str:
    """What people say to each other at this hour of an aware moment's own zone, in the active language."""
    if 5 <= moment.hour < 12:
        return gettext("Good morning")
    if 12 <= moment.hour < 18:
        return gettext("Good afternoon")
    # "Good night" would send people to bed.
    return gettext("Good evening") if 18 <= moment.hour < 23 else gettext("Hello")


def duration(seconds: int, language: str | None = None) -> str:
    """A length of time in its two largest parts: 3 hr 10 min, 3 ч 10 мин."""
    locale = locale_of(language)
    minutes = round(seconds / 60)
    if seconds < 60:
        return _unit(seconds, "second", locale)
    if minutes < 24 * 60:
        large, small = divmod(minutes, 60)
        parts = [_unit(large, "hour", locale)] * bool(large) + [_unit(small, "minute", locale)] * bool(small)
    else:
        large, small = divmod(round(seconds / 3600), 24)
        parts = [_unit(large, "day", locale)] + [_unit(small, "hour", locale)] * bool(small)
    return " ".join(parts)


def _unit(value: int, name: _Unit, locale: Locale) -> str:
    length = timedelta(**{f"{name}s": value})
    text = format_timedelta(length, granularity=name, threshold=10_000, format="short", locale=locale)
    return str(text).replace(" ", "\N{NO-BREAK SPACE}")


def territory(code: str, language: str | None = None) -> str:
    """The name of a country by its ISO 3166 code; a text that is no such code stays as it is."""
    return str(locale_of(language).territories.get(code.upper(), code)) if len(code) == 2 else code


def language_name(code: str, language: str | None = None) -> str:
    """The name of a language by its ISO 639 code, in the language of the page; anything else stays as it is."""
    return str(locale_of(language).languages.get(code, code))


def source(name: str) -> str:
    """The system a row comes from: by its own name, what the sample made up in the reader's words."""
    return gettext("sample data") if name == SAMPLE else name


def initials(name: str) -> str:
    """Up to two letters that stand for a name: Оксана Коваль → ОК; one word gives its first letter, digits none."""
    words = [word for word in name.replace("«", " ").replace("»", " ").replace('"', " ").split() if word[0].isalpha()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


def _true_minus(text: str) -> str:
    return text.replace("-", "−", 1) if text.startswith("-") else text
