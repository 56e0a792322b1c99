"""What numbers can be cut by and narrowed to, as SQL over published relations."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from wayloop.business.api import ReportClock
from wayloop.contracts.scope import Scope
from wayloop.customers.api import TraitCut
from wayloop.metrics.grains import GRAINS

# How cuts by a trait of the customer begin; what follows is its key. Every number is one of customers.
TRAIT = "trait."
# Twelve parts of equal length, for small pictures.
PARTS = 12


@dataclass(frozen=True)
class Question:
    """What is asked: instants from `start` to `end` (left out), over what the scope lets see.

    `currency`: the business's. `where`: field → the values it may have; an empty one is "not stated". `by`: what it is
    cut by; "part" cuts the period into twelve, "turn" into what lies from `turn[0]` on and what lies before `turn[1]`
    (what lies between belongs to neither). Locations, products, causes and members are named by their ids; traits by
    `TRAIT` and their key, and `traits` are those it may name.
    """

    scope: Scope
    currency: str
    days: ReportClock
    start: datetime | None = None
    end: datetime | None = None
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    by: str = ""
    turn: tuple[datetime, datetime] | None = None
    traits: tuple[TraitCut, ...] = ()

    @property
    def asks_for_traits(self) -> bool:
        """Whether a trait is cut by or narrowed to."""
        return any(name.startswith(TRAIT) for name in (self.by, *(name for name, _values in self.where)))

    def trait(self, name: str) -> TraitCut:
        """The trait of a dimension. Raises `KeyError` for one the question may not name."""
        for one in self.traits:
            if name == TRAIT + one.key:
                return one
        raise KeyError(name)

    def asks_for(self, *dimensions: str) -> bool:
        """Whether one of these is cut by or narrowed to."""
        return bool({self.by, *(name for name, _values in self.where)} & set(dimensions))

    @property
    def borders(self) -> tuple[datetime, datetime]:
        """Start and end; a question without one of them has no parts of equal length."""
        if self.start is None or self.end is None:
            raise ValueError("the question has no borders")
        return self.start, self.end


@dataclass
class Sql:
    """Values of a statement, bound by name."""

    values: dict[str, Any] = field(default_factory=dict)

    def bind(self, value: Any) -> str:
        """The place of a value in the statement."""
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f"%({name})s"


# Where a dimension lies: the rows that are asked are `d`, their product `p`, what is known of their delivery `v`, of
# their customer `c`, their traits `t`.
COLUMNS = {
    "location": "d.location_id",
    "channel": "nullif(d.channel, '')",
    "currency": "d.currency",
    "product": "p.id",
    "category": "nullif(p.category, '')",
    "town": "c.town",
    "country": "c.country",
    "late": "CASE WHEN v.late THEN 'late' WHEN NOT v.late THEN 'on_time' END",
    "cause": "d.cause_id",
    "member": "d.member_id",
    "severity": "d.severity",
    "survey": "d.survey_id",
}
TOWNS = " LEFT JOIN api_customers_towns c ON c.person = d.person "
TRAITS = " LEFT JOIN api_customers_traits t ON t.person = d.person "
IS_NUMBER = ("location", "product", "cause", "member", "survey")
# Whether the orders came on a later calendar day than promised. One that was cancelled all the same did neither. All at
# once, or order by order: those of a period are few among those of all time.
LATE = """
LEFT JOIN {lateral} (SELECT order_id, bool_or(done_day > promised_day) AS late FROM api_commerce_deliveries
    WHERE done_day IS NOT NULL AND promised_day IS NOT NULL AND order_status <> 'cancelled' {alone}
    GROUP BY order_id) v ON v.order_id = {order}
"""


def joins(question: Question, order: str = "") -> str:
    """What is joined to the rows `d` for what the question asks: their customers, and whether `order` came late."""
    found = TOWNS if question.asks_for("town", "country") else ""
    found += TRAITS if question.asks_for_traits else ""
    if not order or not question.asks_for("late"):
        return found
    if question.start is None:
        return found + LATE.format(order=order, lateral="", alone="")
    return found + LATE.format(order=order, lateral="LATERAL", alone=f"AND order_id = {order}")


def part_of(question: Question, sql: Sql, *, at: str = "d.happened_at", is_day: bool = False) -> str:
    """The expression that says which part of the cut a row belongs to. `is_day`: `at` is a calendar day already."""
    if not question.by:
        return "NULL::int"
    if question.by in GRAINS:
        return f"date_trunc('{question.by}', {at if is_day else local(question, sql, at)}::timestamp)::date"
    if question.by == "part":
        start, end = (sql.bind(moment.timestamp()) for moment in question.borders)
        moment = f"extract(epoch FROM {at})::float8"
        return f"greatest(1, least({PARTS}, width_bucket({moment}, {start}, {end}, {PARTS})))"
    if question.by == "turn" and question.turn:
        now, before = (sql.bind(question.days.day_of(one) if is_day else one) for one in question.turn)
        return f"CASE WHEN {at} >= {now} THEN 'now' WHEN {at} < {before} THEN 'before' END"
    return column_of(question, question.by, sql)


def column_of(question: Question, name: str, sql: Sql) -> str:
    """Where a dimension that is no time lies."""
    return question.trait(name).part(sql.bind) if name.startswith(TRAIT) else COLUMNS[name]


def local(question: Question, sql: Sql, at: str) -> str:
    """An instant as the wall of the business showed it then."""
    first, *later = question.days.spans
    zone = f"{sql.bind(first.zone)}::text"
    for span in later:
        zone = f"CASE WHEN {at} >= {sql.bind(span.starts_at)} THEN {sql.bind(span.zone)}::text ELSE {zone} END"
    return f"({at} AT TIME ZONE {zone})"


def conditions(
    question: Question, sql: Sql, *, at: str = "d.happened_at", location: str = "d.location_id", in_period: bool = True
) -> str:
    """What rows must fulfil: the scope, the period and what the question is narrowed to."""
    found = ["true"]
    if question.scope.locations is not None:
        found.append(f"({location} IS NULL OR {location} = ANY ({sql.bind(list(question.scope.locations))}::bigint[]))")
    if in_period and question.start:
        found.append(f"{at} >= {sql.bind(question.start)}")
    if in_period and question.end:
        found.append(f"{at} < {sql.bind(question.end)}")
    found.extend(
        narrowed(location if name == "location" else column_of(question, name, sql), name, values, sql)
        for name, values in question.where
    )
    return " AND ".join(found)


def narrowed(column: str, name: str, values: Sequence[str], sql: Sql) -> str:
    """One field and the values it may have."""
    stated = [int(value) if name in IS_NUMBER else value for value in values if value]
    kind = "bigint" if name in IS_NUMBER else "text"
    told = f"{column} = ANY ({sql.bind(stated)}::{kind}[])"
    return f"({told} OR {column} IS NULL)" if "" in values else f"({told})"
