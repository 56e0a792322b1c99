"""Money: integers in minor units with a currency. Unit prices are decimals of six places; a line is rounded once."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import get_currency_precision, list_currencies


@dataclass(frozen=True)
class Money:
    """An amount in minor units (cents, kopiykas) of an ISO 4217 currency."""

    amount: int
    currency: str


def is_currency(code: str) -> bool:
    """Whether `code` is an ISO 4217 code that the locale data knows."""
    return code in list_currencies()


def minor_digits(currency: str) -> int:
    """How many decimal digits the currency has: 2 for EUR, 0 for JPY, 3 for KWD."""
    return int(get_currency_precision(currency))


def to_minor(value: Decimal, currency: str) -> int:
    """Rounds a decimal amount to minor units, half away from zero."""
    return int(value.scaleb(minor_digits(currency)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def to_decimal(amount: int, currency: str) -> Decimal:
    """The amount in whole units, as people write it."""
    return Decimal(amount).scaleb(-minor_digits(currency))
