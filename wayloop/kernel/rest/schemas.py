"""Shapes that all resources share: strict input, money as decimal text, instants with their offset."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

from django.utils.translation import gettext as _
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StrictBool,
    StrictInt,
)
from pydantic.json_schema import WithJsonSchema

from wayloop.kernel import clock
from wayloop.kernel.money import is_currency, minor_digits, to_decimal, to_minor
from wayloop.kernel.paging import Total

FIRST_YEAR, LAST_YEAR = 1900, 2199
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_AMOUNT = r"^-?(0|[1-9]\d{0,12})(\.\d{1,6})?$"
_NUMBER = r"^-?\d{1,12}(\.\d{1,6})?$"


class Given(BaseModel):
    """What is sent: a field nobody knows is refused."""

    model_config = ConfigDict(extra="forbid")


class Told(BaseModel):
    """What is answered."""

    model_config = ConfigDict(from_attributes=True)


class Chosen(Told):
    """What is answered by resources that take `?fields=`: `id` always stands, the rest may be left out."""


def read_instant(value: Any) -> datetime:
    """An RFC 3339 text as an aware instant that keeps its offset. Raises `ValueError` with a line for people."""
    wrong = _("This should be a time with its offset, as in 2026-05-04T09:30:00+03:00.")
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value
    found = _INSTANT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(wrong)
    day, time, fraction, zone = found.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{time}{(fraction or '')[:7]}{zone.upper().replace('Z', '+00:00')}")
        year = moment.astimezone(UTC).year
    except (ValueError, OverflowError):
        raise ValueError(wrong) from None
    if not FIRST_YEAR <= year <= LAST_YEAR or abs(clock.offset_minutes(moment)) > 18 * 60:
        raise ValueError(wrong)
    return moment


def _our_time(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(_("This should be a date, as in 2026-05-04."))
    return day


def _whole(value: Any) -> Any:
    # JSON has one kind of numbers: 5.0 is a whole one.
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value


Instant = Annotated[
    datetime,
    BeforeValidator(read_instant),
    PlainSerializer(lambda moment: moment.isoformat(), return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-05-04T09:30:00+03:00"]}),
]
Day = Annotated[date, AfterValidator(_our_time)]
Whole = Annotated[StrictInt, BeforeValidator(_whole)]
Flag = StrictBool
CurrencyCode = Annotated[str, Field(pattern="^[A-Z]{3}$", examples=["EUR"])]
# Exact numbers travel as text: a float would lose the last digit.
DecimalText = Annotated[str, Field(pattern=_NUMBER, examples=["1.5"])]
Count = Annotated[int, Field(ge=0)]


class MoneyGiven(Given):
    """An amount in whole units of a currency, as text: `{"amount": "12.50", "currency": "EUR"}`."""

    amount: Annotated[str, Field(pattern=_AMOUNT, examples=["12.50"])]
    currency: CurrencyCode

    def minor(self) -> int:
        """The amount in minor units. Raises `ValueError` for an unknown currency or digits it does not have."""
        check_currency(self.currency)
        exact = Decimal(self.amount)
        if exact != round(exact, minor_digits(self.currency)):
            raise ValueError(_("This currency has fewer decimal digits."))
        return to_minor(exact, self.currency)


class MoneyTold(Told):
    """An amount in whole units of a currency, as text."""

    amount: Annotated[str, Field(examples=["12.50"])]
    currency: str

    @classmethod
    def of(cls, amount: int, currency: str) -> "MoneyTold":
        """From minor units."""
        return cls(amount=str(to_decimal(amount, currency)), currency=currency)


def check_currency(code: str) -> None:
    """Raises `ValueError` with a line for people when nobody knows the currency."""
    if not is_currency(code):
        raise ValueError(_("There is no such currency."))


def plain_decimal(value: Decimal) -> str:
    """A decimal as text, without zeros that say nothing."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class TotalTold(Told):
    """How many there are; `is_exact` is false for an estimate."""

    number: Count
    is_exact: bool

    @classmethod
    def of(cls, total: Total) -> "TotalTold":
        """The same of a list."""
        return cls(number=total.number, is_exact=total.is_exact)


class FaultTold(Told):
    """What is wrong with one value."""

    detail: str
    pointer: str | None = None
    parameter: str | None = None


class ProblemTold(Told):
    """A refusal (RFC 9457). `code` is stable; `title` and `detail` are in the language of the request."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    code: str
    detail: str | None = None
    errors: list[FaultTold] | None = None


class RefusedItem(Told):
    """An item of a batch that did not come in, by its place in the list (from 0)."""

    index: int
    detail: str
