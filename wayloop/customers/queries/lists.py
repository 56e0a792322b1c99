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
# What the planner hopes to find soon (walking in order until a page is full) gets this long. Where tags and times hang
# together, that walk would pass millions; then all matches are gathered first, which has a bound.
SOON, AT_LAST, COUNTED = 150, 4_000, 150


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


def list_customers(
    *,
    condition: Condition,
    eyes: Eyes,
    fields: Fields,
    sort: Sort,
    after: str | None = None,
    before: str | None = None,
    limit: int = 50,
) -> Page[CardRow]:
    """A page of the customers that the condition keeps and the eyes may see.

    `after` and `before`: keys of the page before and after; one that cannot be read begins at the top. Raises
    `ConditionRefused`, and `TooSlow` when the database gave up.
    """
    where, bound = compile_condition(condition, eyes, fields)
    reader = _Reader(where, bound, sort, is_guarded=is_large("customers_card"))
    end = _read_place(before, sort)
    if end:
        found = reader.places(end, limit + 1, is_backwards=True)[::-1]
        if len(found) > limit:
            return _page(found[1:], sort, has_next=True, has_previous=True)
    # Where no full page comes before, the top is meant.
    start = None if end else _read_place(after, sort)
    found = reader.places(start, limit + 1)
    return _page(found[:limit], sort, has_next=len(found) > limit, has_previous=start is not None)


def count_customers(*, condition: Condition, eyes: Eyes, fields: Fields, exact: bool = False) -> Total:
    """How many customers the condition keeps: exactly below 10,000 or when asked to, else about.

    What cannot be counted in the time a reader waits for is told as about, too. Raises `ConditionRefused`.
    """
    where, values = compile_condition(condition, eyes, fields)
    matches = f"SELECT 1 FROM customers_card c WHERE {where}"  # noqa: S608
    counted = f"SELECT count(*) FROM ({matches}{'' if exact else f' LIMIT {EXACT_BELOW}'}) counted"  # noqa: S608
    rows = _fetch(counted, values, (AT_LAST if exact else COUNTED) if is_large("customers_card") else None)
    if rows is not None and (exact or rows[0][0] < EXACT_BELOW):
        return Total(rows[0][0], True)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {matches}", values)
        (plan,) = cursor.fetchone() or ([{"Plan": {"Plan Rows": EXACT_BELOW}}],)
    parsed = json.loads(plan) if isinstance(plan, str) else plan
    estimate = max(int(parsed[0]["Plan"]["Plan Rows"]), EXACT_BELOW if rows else 1)
    return Total(round(estimate, 2 - len(str(estimate))), False)


def list_cards(
    *, scope: Scope, text: str = "", order: str = STANDARD, after: str | None = None, limit: int = 50
) -> Page[CardRow]:
    """The page of a list without filters but a text, for those who know no more of the reader than the scope."""
    eyes = plain_eyes(scope)
    condition = _typed(text)
    sort = read_sort(order, known_sorts())
    return list_customers(
        condition=condition, eyes=eyes, fields=known_fields(eyes), sort=sort, after=after, limit=limit
    )


def find_cards(*, scope: Scope, text: str, limit: int) -> list[CardRow]:
    """At most so many customers who are meant by `text` and whom the scope lets see, the likeliest first."""
    return _rows(find_people(text, scope, limit))


def count_cards(*, scope: Scope, text: str = "", exact: bool = False) -> Total:
    """How many customers `list_cards` has in all."""
    eyes = plain_eyes(scope)
    condition = _typed(text)
    return count_customers(condition=condition, eyes=eyes, fields=known_fields(eyes), exact=exact)


def _typed(text: str) -> Condition:
    if not text.strip():
        return EVERYBODY
    wanted = fitting(text, LONGEST_TEXT)
    # What holds nothing that could be found finds nobody.
    return Where("text", "is", (wanted,)) if wanted else AnyOf()


class _Reader:
    """Reads places of a list in its order, part by part."""

    def __init__(self, where: str, bound: dict[str, Any], sort: Sort, *, is_guarded: bool) -> None:
        self._where = where
        self._bound = bound
        self._sort = sort
        self._is_guarded = is_guarded

    def places(self, start: _Place | None, most: int, *, is_backwards: bool = False) -> list[_Place]:
        """At most so many places after `start` (before it when backwards), the nearest first."""
        parts = [0, 1] if self._sort.is_partial else [0]
        if is_backwards:
            parts.reverse()
        found: list[_Place] = []
        for part in parts[parts.index(start.part) :] if start else parts:
            if len(found) < most:
                beside = start if start and start.part == part else None
                found += self._part(part, beside, most - len(found), is_backwards=is_backwards)
        return found

    def _part(self, part: int, beside: _Place | None, most: int, *, is_backwards: bool) -> list[_Place]:
        is_falling = (self._sort.is_falling and part == 0) != is_backwards
        turn, sign = ("DESC", "<") if is_falling else ("ASC", ">")
        value, matches = self._matches(part)
        values = self._bound | {"most": most}
        if beside:
            matches += f" AND ({value}, c.person) {sign} (%(value)s, %(person)s)"
            values |= {"value": beside.value, "person": beside.person}
        in_order = f"{matches} ORDER BY {value} {turn}, c.person {turn} LIMIT %(most)s"
        rows = _fetch(in_order, values, SOON if self._is_guarded else None)
        if rows is None:
            # The border keeps the planner from walking in order once more.
            gathered = f"SELECT * FROM ({matches} OFFSET 0) g ORDER BY value {turn}, person {turn} LIMIT %(most)s"  # noqa: S608
            rows = _fetch(gathered, values, AT_LAST)
        if rows is None:
            raise TooSlow
        return [
            _Place(part, bytes(row[1]) if self._sort.kind is bytes and part == 0 else row[1], row[0]) for row in rows
        ]

    def _matches(self, part: int) -> tuple[str, str]:
        """The value that one part is sorted by, and the SELECT of its people, without order and borders."""
        value = self._sort.expression
        where = self._where
        if self._sort.is_partial:
            where += f" AND {value} IS {'NOT ' if part == 0 else ''}NULL"
        if part == 1:
            # Those without a value stand in the order they came to us.
            value = "c.person"
        return value, f"SELECT c.person AS person, {value} AS value FROM customers_card c WHERE {where}"  # noqa: S608


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
