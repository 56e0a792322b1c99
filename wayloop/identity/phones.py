"""Phone numbers: one form for all the ways people write the same number."""

import re
from functools import cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, ValidationResult

_EXTENSION = re.compile(r"\s*(?:;ext=|,|ext\.?|x|доб\.?|вн\.?|дод\.?)\s*\d{1,6}$", re.IGNORECASE)
_SIGNS = re.compile(r"[0-9\s()+./·–-]+")
_NOISE = re.compile(r"[\s()./·–-]+")
_PLAIN = re.compile(r"\+?[0-9]{5,15}")
# In countries of the former Union the long-distance 8 is still written before the 0 of today.
_OLD_TRUNK = "8"
# Shorter ones are numbers of this country that only look foreign.
_SHORTEST_FOREIGN = 11
# As many last digits tell a number apart, whatever codes were written before them.
_TELLING = 9
_SHORTEST_END = 4


def phone_form(text: str, country: str) -> str | None:
    """The number in E.164 ("+380441234567"), or what was written as digits when it cannot be a number there.

    `country` (ISO 3166, "" for none) reads numbers without a country code. What counts is the length the country's
    plan allows, not today's list of operators: the form must be the same after the list has grown. None: no phone.
    """
    written = _EXTENSION.sub("", text.strip())
    if not _SIGNS.fullmatch(written):
        return None
    digits = _NOISE.sub("", written)
    digits = f"+{digits[2:]}" if digits.startswith("00") else digits
    if not _PLAIN.fullmatch(digits):
        return None
    readings = [digits]
    if digits.startswith(_OLD_TRUNK):
        readings.append(digits[1:])
    if len(digits) >= _SHORTEST_FOREIGN and not digits.startswith("+"):
        readings.append(f"+{digits}")
    return next((form for reading in readings if (form := _read(reading, country))), digits)


def typed_forms(text: str, country: str) -> tuple[list[str], list[str]]:
    """For a part of a number as somebody types it: beginnings of full numbers, and endings; digits only.

    Codes and trunk digits may be there or not: "067 12", "8 067 12", "+380 67 12" and "67 12" begin the same number.
    Both are empty when the text is no part of a number.
    """
    if not _SIGNS.fullmatch(text.strip()) or "+" in text.strip()[1:]:
        return [], []
    digits = "".join(sign for sign in text if sign.isdigit())
    if not digits:
        return [], []
    is_international = text.strip().startswith(("+", "00"))
    digits = digits[2:] if text.strip().startswith("00") else digits
    code, trunks = _codes(country)
    without_trunk = [] if is_international else [digits[len(it) :] for it in trunks if digits.startswith(it)]
    beginnings = [digits, *(code + rest for rest in without_trunk)]
    if code and not is_international:
        beginnings.append(code + digits)
    endings = [digits, *without_trunk]
    if len(digits) > _TELLING:
        endings.append(digits[-_TELLING:])
    return _distinct(beginnings), [it for it in _distinct(endings) if len(it) >= _SHORTEST_END]


def _read(digits: str, country: str) -> str | None:
    try:
        number = phonenumbers.parse(digits, country or None)
    except NumberParseException:
        return None
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@cache
def _codes(country: str) -> tuple[str, tuple[str, ...]]:
    """The country's calling code, and what people write before a number inside the country, longest first."""
    found = PhoneMetadata.metadata_for_region(country, None) if country else None
    if found is None:
        return "", ()
    trunk = found.national_prefix or ""
    return str(found.country_code), (f"{_OLD_TRUNK}0", "0") if trunk == "0" else (trunk,) if trunk else ()


def _distinct(texts: list[str]) -> list[str]:
    return list(dict.fromkeys(texts))
