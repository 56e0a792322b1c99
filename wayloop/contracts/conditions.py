"""Conditions on customers: typed trees that lists, counts, bulk actions and audiences share.

A tree says what somebody wants to see; it holds no SQL. `customers.api` checks it against the fields that exist and
compiles it, in one place for all who use it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, Protocol, TypeAlias

from wayloop.contracts.customers import Cell, CustomerColumn
from wayloop.contracts.scope import Scope

Value: TypeAlias = str | int | Decimal | bool | date
# is: one of the values; not: none of them; all: each of them. from and to include their border; within and beyond
# count days back from now; begins: the beginning of a text; known: has any value at all (True) or none (False).
Operator = Literal["is", "not", "all", "from", "to", "within", "beyond", "begins", "known"]


@dataclass(frozen=True)
class Where:
    """One sentence: a field, how it compares, with which values."""

    field: str
    operator: Operator
    values: tuple[Value, ...]


@dataclass(frozen=True)
class AllOf:
    """Every part holds; without parts everybody."""

    parts: tuple["Condition", ...] = ()


@dataclass(frozen=True)
class AnyOf:
    """At least one part holds; without parts nobody."""

    parts: tuple["Condition", ...] = ()


@dataclass(frozen=True)
class NotSo:
    """The part does not hold."""

    part: "Condition"


Condition: TypeAlias = Where | AllOf | AnyOf | NotSo
EVERYBODY = AllOf()


class Bind(Protocol):
    """Puts a value beside the statement; answers the text that stands for it, a place and nothing else."""

    def __call__(self, value: Any) -> str: ...


class CustomerMeasure(CustomerColumn, Protocol):
    """A column whose figure conditions can be about, for readers who see some locations only.

    Those who see everything filter by the computed trait instead (`CustomerColumn.trait`), which has an index.
    `kind`: how a value is written; money is in minor units of the business's currency.
    """

    kind: Literal["number", "money", "moment"]

    def figure(self, person: str, scope: Scope, bind: Bind) -> str:
        """The figure of one person as a scalar in SQL; `person` is the column that names them. Null or 0: nothing."""
        ...

    def cells(self, people: Sequence[int], scope: Scope) -> Mapping[int, Cell]: ...
