"""A field of conditions, and who asks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from wayloop.contracts.conditions import Bind, Operator, Value
from wayloop.contracts.scope import Scope


@dataclass(frozen=True)
class Eyes:
    """Who asks and when: “starred by me”, “the last 30 days” and what is visible at all depend on it.

    `role` decides which traits may be seen; `zone` where days begin and end; `currency` what amounts mean.
    """

    member: int
    role: str
    scope: Scope
    zone: ZoneInfo
    currency: str
    now: datetime


class Kind(StrEnum):
    """How values of a field are typed, written and compared."""

    CHOICE = "choice"
    FLAG = "flag"
    NUMBER = "number"
    MONEY = "money"  # minor units of the business's currency
    DATE = "date"
    MOMENT = "moment"  # an instant, compared by days of the business
    TEXT = "text"


OPERATORS: dict[Kind, tuple[Operator, ...]] = {
    Kind.CHOICE: ("is", "not"),
    Kind.FLAG: ("is",),
    Kind.NUMBER: ("from", "to", "is"),
    Kind.MONEY: ("from", "to", "is"),
    Kind.DATE: ("from", "to", "is"),
    Kind.MOMENT: ("within", "beyond", "from", "to"),
    Kind.TEXT: ("is", "not", "begins"),
}
Compile = Callable[[Operator, tuple[Value, ...], Eyes, Bind], str]
Options = Callable[[Eyes], Sequence[tuple[Value, str]]]


@dataclass(frozen=True)
class Field:
    """One thing conditions can be about.

    `compile` answers a condition in SQL on the card `c`; its values have been checked. `options`: the values of a
    choice with their names. `has_many`: a customer may have several of them. `may_be_unknown`: some have none.
    `without`: operators of its kind that it lacks. `param`: the name in addresses where it is not the key.
    """

    key: str
    label: Any
    kind: Kind
    group: Any
    compile: Compile
    options: Options | None = None
    has_many: bool = False
    may_be_unknown: bool = False
    without: tuple[Operator, ...] = ()
    param: str = ""

    @property
    def operators(self) -> tuple[Operator, ...]:
        """How values can be compared; the first is meant when none is named."""
        more: tuple[Operator, ...] = ("all",) if self.has_many else ()
        known: tuple[Operator, ...] = ("known",) if self.may_be_unknown else ()
        return tuple(one for one in OPERATORS[self.kind] + more + known if one not in self.without)


def compare(expression: str, operator: Operator, values: tuple[Value, ...], bind: Bind) -> str:
    """The comparison of an expression of our own with the values: true where it holds, false or unknown elsewhere.

    Whoever turns it round asks whether it IS TRUE first. Here that would keep the database from its indexes.
    """
    if operator == "known":
        return f"{expression} IS {'NOT ' if values[0] else ''}NULL"
    if operator == "is":
        return f"{expression} = ANY ({bind(list(values))})"
    if operator == "not":
        return f"({expression} = ANY ({bind(list(values))})) IS NOT TRUE"
    (value,) = values
    sign = {"from": ">=", "to": "<="}[operator]
    return f"{expression} {sign} {bind(value)}"


def compare_moment(expression: str, operator: Operator, values: tuple[Value, ...], eyes: Eyes, bind: Bind) -> str:
    """The same for an instant: days back from now, or days of the business; `to` includes the whole day."""
    (value,) = values
    if operator in ("within", "beyond"):
        border = eyes.now - timedelta(days=int(value))  # type: ignore[arg-type]
        return f"{expression} {'>=' if operator == 'within' else '<'} {bind(border)}"
    if operator == "known":
        return f"{expression} IS {'NOT ' if value else ''}NULL"
    day = datetime.fromisoformat(str(value)).replace(tzinfo=eyes.zone)
    if operator == "to":
        # Calendar arithmetic: the day after may begin 23 or 25 hours later.
        return f"{expression} < {bind(day + timedelta(days=1))}"
    return f"{expression} >= {bind(day)}"
