"""The list of customers: whoever a condition keeps, in an order, page by page in both directions."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from wayloop.contracts.conditions import EVERYBODY, AnyOf, Condition, Where
from wayloop.contracts.scope import Scope
from wayloop.customers.fields.base import Eyes
from wayloop.customers.fields.eyes import plain_eyes
from wayloop.customers.fields.known import Fields, known_fields
from wayloop.customers.fields.orders import STANDARD, Sort, known_sorts, read_sort
from wayloop.customers.queries.conditions import LONGEST_TEXT, compile_condition
from wayloop.customers.queries.finding import find_people
from wayloop.customers.rules.words import fitting
from wayloop.customers.titles import title_of
from wayloop.kernel.paging import EXACT_BELOW, Page, Total, read_key, write_key
from wayloop.kernel.patience import fetch_within, is_large

COLUMNS = "person, uuid, kind, name, handle_text, traits::text, computed::text, first_seen_at, seen_at, location_ids"
ROWS = f"SELECT {COLUMNS} FROM customers_card WHERE person = ANY (%s)"  # noqa: S608
# Where the planner expects so few matches, they are gathered and sorted at once; of more a page is met soon by walking
# in order. Where tags and times hang together that walk would pass millions, so it gets so many milliseconds; then all
# matches are gathered after all, which has a bound.
FEW, SOON, AT_LAST, COUNTED = 10_000, 150, 4_000, 150
# Two traits that hang together, as a town and its country do, keep many times more than the planner expects: to go on
# gathering costs less than to begin anew in another way.
GATHERED_AT_MOST = 6 * FEW
GATHERED = """
WITH gathered AS MATERIALIZED ({matches} LIMIT {most})
SELECT person, value, (SELECT count(*) FROM gathered) FROM gathered ORDER BY value {turn}, person {turn} LIMIT %(most)s
"""
# So many times more than are counted exactly are not counted at all: the estimate is told without it.
SURELY_MORE = 5


class TooSlow(Exception):
    """The database could not answer in time; fewer or other filters help."""


@dataclass(frozen=True)
class CardRow:
    """One line of the list."""

    person: int
    uuid: UUID
    kind: str
    name: str
    known_as: str
    traits: Mapping[str, Any]
    computed: Mapping[str, Any]
    first_seen_at: datetime
    seen_at: datetime
    location_ids: tuple[int, ...]

    @property
    def title(self) -> str:
        """The name, or what they are known by."""
        return title_of(self.name, self.known_as)


@dataclass(frozen=True)
class _Place:
    """Where a row stands: in the part with values (0) or without (1), beside which value, and whose it is."""

    part: int
    value: Any
    person: int


class CustomerList:
    """The customers that a condition keeps and the eyes may see: looked up once, read and counted as often as needed.

    Raises `ConditionRefused`.
    """

    def __init__(self, *, condition: Condition, eyes: Eyes, fields: Fields) -> None:
        self._where, self._values = compile_condition(condition, eyes, fields)
        self._is_guarded = is_large("customers_card")
        self._estimate: int | None = None
        # What reading a page told of the number: it, or that there are too many to gather.
        self._number: int | None = None
        self._is_many = False

    def page(
        self, *, sort: Sort, after: str | None = None, before: str | None = None, limit: int = 50
    ) -> Page[CardRow]:
        """A page in this order.

        `after` and `before`: keys of the page before and after; one that cannot be read begins at the top. Raises
        `TooSlow` when the database gave up.
        """
        end = _read_place(before, sort)
        if end:
            found = self._places(sort, end, limit + 1, is_backwards=True)[::-1]
            if len(found) > limit:
                return _page(found[1:], sort, has_next=True, has_previous=True)
        # Where no full page comes before, the top is meant.
        start = None if end else _read_place(after, sort)
        found = self._places(sort, start, limit + 1)
        return _page(found[:limit], sort, has_next=len(found) > limit, has_previous=start is not None)

    def count(self, *, exact: bool = False) -> Total:
        """How many there are: exactly below 10,000 or when asked to, else about.

        What cannot be counted in the time a reader waits for is told as about, too.
        """
        if self._number is not None:
            return Total(self._number, True)
        matches = f"SELECT 1 FROM customers_card c WHERE {self._where}"  # noqa: S608
        counted = f"SELECT count(*) FROM ({matches}{'' if exact else f' LIMIT {EXACT_BELOW}'}) counted"  # noqa: S608
        rows = None
        if not self._is_guarded:
            rows = _fetch(counted, self._values, None)
        elif exact or not (self._is_many or self._expected() > SURELY_MORE * EXACT_BELOW):
            rows = _fetch(counted, self._values, AT_LAST if exact else COUNTED)
        if rows is not None and (exact or rows[0][0] < EXACT_BELOW):
            return Total(rows[0][0], True)
        return _about(max(self._expected(), EXACT_BELOW if rows or self._is_many else 1))

    def _expected(self) -> int:
        """How many the database expects, without looking at one."""
        if self._estimate is None:
            with connection.cursor() as cursor:
                statement = f"EXPLAIN (FORMAT JSON) SELECT 1 FROM customers_card c WHERE {self._where}"  # noqa: S608
                cursor.execute(statement, self._values)
                (plan,) = cursor.fetchone() or ([{"Plan": {"Plan Rows": EXACT_BELOW}}],)
            parsed = json.loads(plan) if isinstance(plan, str) else plan
            self._estimate = int(parsed[0]["Plan"]["Plan Rows"])
        return self._estimate

    def _places(self, sort: Sort, start: _Place | None, most: int, *, is_backwards: bool = False) -> list[_Place]:
        """At most so many places after `start` (before it when backwards), the nearest first."""
        parts = [0, 1] if sort.is_partial else [0]
        if is_backwards:
            parts.reverse()
        found: list[_Place] = []
        for part in parts[parts.index(start.part) :] if start else parts:
            if len(found) < most:
                beside = start if start and start.part == part else None
                found += self._part(sort, part, beside, most - len(found), is_backwards=is_backwards)
        return found

    def _part(self, sort: Sort, part: int, beside: _Place | None, most: int, *, is_backwards: bool) -> list[_Place]:
        is_falling = (sort.is_falling and part == 0) != is_backwards
        turn, sign = ("DESC", "<") if is_falling else ("ASC", ">")
        value, matches = self._matches(sort, part)
        values = self._values | {"most": most}
        if beside:
            matches += f" AND ({value}, c.person) {sign} (%(value)s, %(person)s)"
            values |= {"value": beside.value, "person": beside.person}
        rows = None
        if self._is_guarded and not self._is_many and self._expected() < FEW:
            rows = self._few(matches, values, turn, is_all=not (sort.is_partial or beside))
        if rows is None:
            in_order = f"{matches} ORDER BY {value} {turn}, c.person {turn} LIMIT %(most)s"
            rows = _fetch(in_order, values, SOON if self._is_guarded else None)
        if rows is None:
            # The border keeps the planner from walking in order once more.
            gathered = f"SELECT * FROM ({matches} OFFSET 0) g ORDER BY value {turn}, person {turn} LIMIT %(most)s"  # noqa: S608
            rows = _fetch(gathered, values, AT_LAST)
        if rows is None:
            raise TooSlow
        return [_Place(part, bytes(row[1]) if sort.kind is bytes and part == 0 else row[1], row[0]) for row in rows]

    def _few(self, matches: str, values: Mapping[str, Any], turn: str, *, is_all: bool) -> list[tuple[Any, ...]] | None:
        """The page from all matches; None when they are more than the planner foretold."""
        rows = _fetch(GATHERED.format(matches=matches, most=GATHERED_AT_MOST + 1, turn=turn), values, AT_LAST)
        if rows is None:
            return None
        number = rows[0][2] if rows else 0
        self._is_many = number > GATHERED_AT_MOST
        if is_all and not self._is_many:
            self._number = number
        return None if self._is_many else rows

    def _matches(self, sort: Sort, part: int) -> tuple[str, str]:
        """The value that one part is sorted by, and the SELECT of its people, without order and borders."""
        value = sort.expression
        where = self._where
        if sort.is_partial:
            where += f" AND {value} IS {'NOT ' if part == 0 else ''}NULL"
        if part == 1:
            # Those without a value stand in the order they came to us.
            value = "c.person"
        return value, f"SELECT c.person AS person, {value} AS value FROM customers_card c WHERE {where}"  # noqa: S608


def _about(estimate: int) -> Total:
    return Total(round(estimate, 2 - len(str(estimate))), False)


def list_cards(
    *, scope: Scope, text: str = "", order: str = STANDARD, after: str | None = None, limit: int = 50
) -> Page[CardRow]:
    """The page of a list without filters but a text, for those who know no more of the reader than the scope."""
    eyes = plain_eyes(scope)
    found = CustomerList(condition=_typed(text), eyes=eyes, fields=known_fields(eyes))
    return found.page(sort=read_sort(order, known_sorts()), after=after, limit=limit)


def find_cards(*, scope: Scope, text: str, limit: int) -> list[CardRow]:
    """At most so many customers who are meant by `text` and whom the scope lets see, the likeliest first."""
    return _rows(find_people(text, scope, limit))


def count_cards(*, scope: Scope, text: str = "", exact: bool = False) -> Total:
    """How many customers `list_cards` has in all."""
    eyes = plain_eyes(scope)
    return CustomerList(condition=_typed(text), eyes=eyes, fields=known_fields(eyes)).count(exact=exact)


def _typed(text: str) -> Condition:
    if not text.strip():
        return EVERYBODY
    wanted = fitting(text, LONGEST_TEXT)
    # What holds nothing that could be found finds nobody.
    return Where("text", "is", (wanted,)) if wanted else AnyOf()


def _rows(people: Sequence[int]) -> list[CardRow]:
    """The cards of these people, in the order of the people; without those who have gone by now."""
    if not people:
        return []
    with connection.cursor() as cursor:
        cursor.execute(ROWS, [list(people)])
        rows = {
            row[0]: CardRow(*row[:5], json.loads(row[5]), json.loads(row[6]), row[7], row[8], tuple(row[9]))  # type: ignore[call-arg]
            for row in cursor.fetchall()
        }
    return [rows[person] for person in people if person in rows]


def _page(found: Sequence[_Place], sort: Sort, *, has_next: bool, has_previous: bool) -> Page[CardRow]:
    return Page(
        rows=tuple(_rows([place.person for place in found])),
        next_key=_write_place(found[-1], sort) if found and has_next else None,
        previous_key=_write_place(found[0], sort) if found and has_previous else None,
    )


def _write_place(place: _Place, sort: Sort) -> str:
    if place.part == 1:
        return write_key((place.person,))
    return write_key((place.value.isoformat() if sort.kind is datetime else place.value, place.person))


def _read_place(text: str | None, sort: Sort) -> _Place | None:
    if key := read_key(text, sort.kind, int):
        return _Place(0, key[0], key[1])
    if sort.is_partial and (key := read_key(text, int)):
        return _Place(1, key[0], key[0])
    return None


def _fetch(statement: str, values: Mapping[str, Any], milliseconds: int | None) -> list[tuple[Any, ...]] | None:
    """The rows; None when they did not come in time. Without a limit of time they always come."""
    if milliseconds is not None:
        return fetch_within(milliseconds, statement, values)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
