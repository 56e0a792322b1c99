"""The list of customers."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db import connection

from wayloop.contracts.scope import Scope
from wayloop.customers.queries.finding import find_people, found_by_text
from wayloop.customers.titles import title_of
from wayloop.kernel.paging import Page, Total, count_rows, cut_page, read_key

Order = Literal["seen", "name"]
COLUMNS = "person, uuid, name, handle_text, traits::text, first_seen_at, seen_at, sort_key"
FROM_SEEN = "ORDER BY seen_at DESC, person DESC"
FROM_NAME = "ORDER BY sort_key, person"


@dataclass(frozen=True)
class CardRow:
    """One line of the list."""

    person: int
    uuid: UUID
    name: str
    known_as: str
    traits: dict[str, str]
    first_seen_at: datetime
    seen_at: datetime
    sort_key: bytes

    @property
    def title(self) -> str:
        """The name, or what they are known by."""
        return title_of(self.name, self.known_as)


def list_cards(
    *, scope: Scope, text: str = "", order: Order = "seen", after: str | None = None, limit: int = 50
) -> Page[CardRow]:
    """A page of the customers that the scope lets see and whose words begin with those of `text`.

    `after`: the key that the page before ended with; a key that cannot be read begins at the top.
    """
    where, values = _conditions(scope, text)
    key = read_key(after, datetime if order == "seen" else bytes, int)
    if key and order == "seen":
        where += " AND (seen_at, person) < (%(moment)s, %(last)s)"
        values |= {"moment": key[0], "last": key[1]}
    elif key:
        where += " AND (sort_key, person) > (%(sort_key)s, %(last)s)"
        values |= {"sort_key": key[0], "last": key[1]}
    tail = FROM_SEEN if order == "seen" else FROM_NAME
    rows = _rows(f"WHERE {where} {tail} LIMIT %(limit)s", values | {"limit": limit + 1})
    return cut_page(rows, limit, lambda row: (row.seen_at.isoformat() if order == "seen" else row.sort_key, row.person))


def find_cards(*, scope: Scope, text: str, limit: int) -> list[CardRow]:
    """At most so many customers who are meant by `text` and whom the scope lets see, the likeliest first."""
    people = find_people(text, scope, limit)
    rows = {row.person: row for row in _rows("WHERE person = ANY (%(people)s)", {"people": people})} if people else {}
    return [rows[person] for person in people if person in rows]


def count_cards(*, scope: Scope, text: str = "", exact: bool = False) -> Total:
    """How many customers `list_cards` has in all."""
    where, values = _conditions(scope, text)
    return count_rows(f"SELECT 1 FROM customers_card c WHERE {where}", values, exact=exact)  # noqa: S608


def _rows(tail: str, values: dict[str, Any]) -> list[CardRow]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM customers_card c {tail}", values)  # noqa: S608
        return [
            CardRow(person, uuid, name, known_as, json.loads(traits), first_seen_at, seen_at, bytes(sorted_by))
            for person, uuid, name, known_as, traits, first_seen_at, seen_at, sorted_by in cursor.fetchall()
        ]


def _conditions(scope: Scope, text: str) -> tuple[str, dict[str, Any]]:
    where = ["true"]
    values: dict[str, Any] = {}
    if scope.locations is not None:
        where.append("(location_ids = '{}' OR location_ids && %(locations)s::bigint[])")
        values["locations"] = list(scope.locations)
    if text.strip():

        def bind(value: Any) -> str:
            name = f"text_{len(values)}"
            values[name] = value
            return f"%({name})s"

        where.append(f"({found_by_text(text, scope, bind)})")
    return " AND ".join(where), values
