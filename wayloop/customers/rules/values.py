"""What a value of a trait may be, how it is read from text, and what it says on the screen.

Stored as JSON: text, place, country, language, address and the code of a list as a text; a number as a number; a date
as its ISO text; yes and no as a boolean; money as `{"amount": minor units, "currency": code}`; several as a list of
texts.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from babel import Locale
from django.utils.translation import gettext as _

from wayloop.customers.enums import TraitType
from wayloop.customers.models import TraitDefinition
from wayloop.customers.rules.words import fitting
from wayloop.kernel import money
from wayloop.ui import formats

LONGEST_TEXT = 254
LONGEST_ADDRESS = 500
MOST_VALUES = 30
LARGEST_NUMBER = Decimal(10) ** 12
DECIMALS = 6
YEARS = (1850, 2200)
YES = frozenset({"yes", "true", "1", "on", "да", "так", "+"})
NO = frozenset({"no", "false", "0", "off", "нет", "ні", "-"})


class ValueRefused(ValueError):
    """What was given is no value of the trait; the text says what to do, in the active language."""


def read_value(trait: TraitDefinition, given: str | Sequence[str], *, currency: str = "") -> Any:
    """The stored form of what was typed or told; None for nothing.

    `given`: one text or several; `currency`: of money that names none. Raises `ValueRefused`.
    """
    texts = [given] if isinstance(given, str) else list(given)
    if trait.has_many and len(texts) == 1:
        texts = re.split(r"[\n;]", texts[0])
    parts = [part for text in texts if (part := fitting(text, LONGEST_ADDRESS + 1))]
    if not parts:
        return None
    reader = _READERS[TraitType(trait.type)]
    if not trait.has_many:
        return reader(trait, parts[0], currency)
    if len(parts) > MOST_VALUES:
        raise ValueRefused(_("At most %(most)s values.") % {"most": MOST_VALUES})
    return list(dict.fromkeys(reader(trait, part, currency) for part in parts))


def value_in_words(trait: TraitDefinition, value: Any, words: Mapping[str, str] | None = None) -> str:
    """A stored value in the reader's language. `words`: what codes are called that are in no list of the trait."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(value_in_words(trait, part, words) for part in value)
    kind = TraitType(trait.type)
    if kind in (TraitType.CHOICE, TraitType.CHOICES):
        known = {option.code: option.label for option in trait.choices} | dict(words or {})
        return str(known.get(value, value))
    if kind == TraitType.NUMBER and isinstance(value, int | float):
        return trait.counted(formats.number(Decimal(str(value))), value)
    if kind == TraitType.MONEY and isinstance(value, Mapping):
        return formats.money(int(value["amount"]), str(value["currency"]))
    if kind == TraitType.YES_NO:
        return _("yes") if value else _("no")
    if kind == TraitType.DATE:
        return _date_in_words(str(value))
    return {TraitType.COUNTRY: formats.territory, TraitType.LANGUAGE: formats.language_name}.get(kind, str)(str(value))


def typed_form(value: Any) -> str | list[str]:
    """A stored value as a form shows it."""
    if isinstance(value, list):
        return [str(part) for part in value]
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return str(money.to_decimal(int(value["amount"]), str(value["currency"])))
    return "" if value is None else str(value)


def age_on(day: date, born: str) -> int | None:
    """Whole years since the date; None for one that is not over yet or cannot be read."""
    try:
        birth = date.fromisoformat(born)
    except ValueError:
        return None
    years = day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
    return years if years >= 0 else None


def _date_in_words(text: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    # A year that differs from today's is always written.
    return formats.plain_date(day, date(1, 1, 1))


def _text(trait: TraitDefinition, text: str, currency: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise ValueRefused(_("At most %(most)s characters.") % {"most": LONGEST_TEXT})
    return text


def _number(trait: TraitDefinition, text: str, currency: str = "") -> int | float:
    found = _decimal(text)
    whole = found.to_integral_value()
    return int(whole) if whole == found else float(found)


def _decimal(text: str) -> Decimal:
    plain = re.sub(r"[\s\u00a0\u202f]", "", text).replace("\N{MINUS SIGN}", "-")
    if "," in plain and "." not in plain:
        plain = plain.replace(",", ".")
    try:
        found = Decimal(plain)
    except InvalidOperation:
        raise ValueRefused(_("Write a number, for example 12.5.")) from None
    if not found.is_finite() or abs(found) >= LARGEST_NUMBER:
        raise ValueRefused(_("Write a number, for example 12.5."))
    return round(found, DECIMALS)


def _day(trait: TraitDefinition, text: str, currency: str) -> str:
    plain = re.fullmatch(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", text)
    try:
        day = date(int(plain[3]), int(plain[2]), int(plain[1])) if plain else date.fromisoformat(text[:10])
    except ValueError:
        raise ValueRefused(_("Write a date, for example 31.12.1990.")) from None
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise ValueRefused(_("Write a date, for example 31.12.1990."))
    return day.isoformat()


def _yes_no(trait: TraitDefinition, text: str, currency: str) -> bool:
    word = text.casefold()
    if word not in YES | NO:
        raise ValueRefused(_("Say yes or no."))
    return word in YES


def _code(trait: TraitDefinition, text: str, currency: str) -> str:
    """The code, or the label in any language: files of people hold labels."""
    wanted = text.casefold()
    for one in trait.options:
        labels = ((one.get("label") or {}).get("texts") or {}).values()
        if wanted == str(one["code"]).casefold() or wanted in (str(label).casefold() for label in labels):
            return str(one["code"])
    for option in trait.choices:
        if wanted == option.label.casefold():
            return option.code
    raise ValueRefused(_("Choose from the list."))


def _money(trait: TraitDefinition, text: str, currency: str) -> dict[str, Any]:
    named = re.search(r"\b[A-Z]{3}\b", text)
    code = named[0] if named else currency
    if not money.is_currency(code):
        raise ValueRefused(_("Name a currency, for example EUR."))
    amount = _decimal(text.replace(named[0], "") if named else text)
    return {"amount": money.to_minor(amount, code), "currency": code}


def _country(trait: TraitDefinition, text: str, currency: str) -> str:
    return text.upper() if len(text) == 2 else _text(trait, text, currency)


def _language(trait: TraitDefinition, text: str, currency: str) -> str:
    code = text.lower()
    if code not in Locale("en").languages:
        raise ValueRefused(_("Choose from the list."))
    return code


def _address(trait: TraitDefinition, text: str, currency: str) -> str:
    whole = text if re.match(r"[a-z]+:", text, re.IGNORECASE) else f"https://{text}"
    try:
        parts = urlsplit(whole)
        is_good = parts.scheme in ("http", "https") and "." in (parts.hostname or "")
    except ValueError:
        is_good = False
    if not is_good or len(whole) > LONGEST_ADDRESS or re.search(r"\s", whole):
        raise ValueRefused(_("Write a web address, for example https://example.com."))
    return whole


_READERS: Mapping[TraitType, Callable[[TraitDefinition, str, str], Any]] = {
    TraitType.TEXT: _text,
    TraitType.NUMBER: _number,
    TraitType.DATE: _day,
    TraitType.YES_NO: _yes_no,
    TraitType.CHOICE: _code,
    TraitType.CHOICES: _code,
    TraitType.MONEY: _money,
    TraitType.PLACE: _text,
    TraitType.COUNTRY: _country,
    TraitType.LANGUAGE: _language,
    TraitType.URL: _address,
}
