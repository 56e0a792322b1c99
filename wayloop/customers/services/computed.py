"""Traits that follow from rows of others: computed in batches, for those whose rows have changed."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from wayloop.contracts.customers import TraitSource
from wayloop.customers.enums import COMPUTE_TRAITS
from wayloop.customers.models import TraitDefinition, TraitsDue
from wayloop.identity import api as identity
from wayloop.kernel import clock, jobs, registry
from wayloop.kernel.bulk import stage_rows

# So many people in one transaction of well under a second.
BATCH = 400
# What an event could not tell (a year has passed since another) is made right after this time.
STALE = timedelta(days=30)
MOST_STALE = 100_000
MARK = "INSERT INTO customers_traitsdue (person) SELECT unnest(%s::bigint[]) ORDER BY 1 ON CONFLICT DO NOTHING"
# Taken before anything is read: whoever marks the same person meanwhile waits for us and marks them again.
TAKE = """
DELETE FROM customers_traitsdue WHERE person IN (
    SELECT person FROM customers_traitsdue ORDER BY person LIMIT %s FOR UPDATE SKIP LOCKED
) RETURNING person
"""
WRITE = """
UPDATE customers_card c SET computed = v.values, computed_at = %(now)s
FROM (SELECT * FROM customers_computed ORDER BY person) v
WHERE c.person = v.person AND (c.computed <> v.values OR c.computed_at IS NULL OR c.computed_at < %(old)s)
"""
MARK_STALE = """
INSERT INTO customers_traitsdue (person)
SELECT person FROM customers_card WHERE computed_at IS NULL OR computed_at < %(old)s LIMIT %(most)s
ON CONFLICT DO NOTHING
"""


@transaction.atomic
def mark_for_computing(*, handles: Sequence[int]) -> None:
    """Notes that the computed traits of these customers may be others.

    The job that computes is asked for once a minute (`ask_for_computing`): so a customer of a large import is computed
    once for many events.
    """
    people = sorted(set(identity.people_of(handles).values()))
    if people:
        with connection.cursor() as cursor:
            cursor.execute(MARK, [people])


@transaction.atomic
def mark_stale() -> int:
    """Marks those whose computed traits are a month old or were never made, at most 100,000; answers how many."""
    with connection.cursor() as cursor:
        cursor.execute(MARK_STALE, {"old": clock.now() - STALE, "most": MOST_STALE})
        return int(cursor.rowcount)


@transaction.atomic
def ask_for_computing() -> bool:
    """Enqueues the job when somebody is marked; answers whether anybody is."""
    is_wanted = TraitsDue.objects.exists()
    if is_wanted:
        jobs.enqueue(COMPUTE_TRAITS, once=COMPUTE_TRAITS, priority=jobs.Priority.MARKETING)
    return is_wanted


@transaction.atomic
def compute_marked(*, limit: int = BATCH) -> int:
    """Computes the traits of some who are marked; answers how many. Several workers may do so at once."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [limit])
        people = [person for (person,) in cursor.fetchall()]
    if people:
        compute_traits(people=people)
    return len(people)


@transaction.atomic
def compute_traits(*, people: Sequence[int]) -> None:
    """Computes the traits of these people now. Cards on which nothing changes are not written."""
    wanted = set(TraitDefinition.objects.filter(is_computed=True, archived_at=None).values_list("key", flat=True))
    found: dict[int, dict[str, Any]] = {person: {} for person in people}
    for source in registry.offers(TraitSource):  # type: ignore[type-abstract]
        if wanted.isdisjoint(source.keys):
            continue
        for person, values in source.values(people).items():
            found[person] |= {key: value for key, value in values.items() if key in wanted and not _is_empty(value)}
    _write(found)


def _write(found: Mapping[int, Mapping[str, Any]]) -> None:
    now = clock.now()
    stage_rows(
        "customers_computed",
        "person bigint, values jsonb",
        ((person, json.dumps(values, sort_keys=True)) for person, values in found.items()),
    )
    with connection.cursor() as cursor:
        cursor.execute(WRITE, {"now": now, "old": now - STALE / 2})


def _is_empty(value: Any) -> bool:
    return value is None or value == [] or value == ""
