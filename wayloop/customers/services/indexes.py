"""Indexes of traits: made and removed in the background, without stopping anybody who writes."""

import logging

from django.db import connection, transaction
from psycopg import sql

from wayloop.customers.enums import TEND_TRAIT_INDEXES
from wayloop.customers.models import TraitDefinition
from wayloop.customers.queries.indexes import existing_indexes, index_name
from wayloop.customers.queries.trait_sql import index_definition
from wayloop.kernel import jobs

# One at a time: two builds on one table would wait for each other. Any number that no other part uses.
LOCK = 5_201_301

logger = logging.getLogger("wayloop.customers")


def ask_for_tending() -> bool:
    """Enqueues the job when an index is missing, incomplete or unwanted; answers whether one is."""
    existing = existing_indexes()
    wanted = {index_name(one.pk) for one in _wanted()}
    if existing.keys() == wanted and all(existing.values()):
        return False
    jobs.enqueue(TEND_TRAIT_INDEXES, once=TEND_TRAIT_INDEXES, priority=jobs.Priority.MARKETING)
    return True


def tend_trait_indexes() -> None:
    """Brings the indexes into line with what the traits want. Call it outside of a transaction.

    An incomplete index (its build was killed) is removed and made anew. Does nothing while another process is at it.
    """
    if transaction.get_connection().in_atomic_block:
        raise RuntimeError("an index is made without stopping others only outside of a transaction")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if cursor.fetchone() != (True,):
            return
        try:
            _tend()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _tend() -> None:
    existing = existing_indexes()
    wanted = {index_name(one.pk): one for one in _wanted()}
    for name, is_complete in existing.items():
        if name not in wanted or not is_complete:
            _drop(name)
    for name, trait in wanted.items():
        if not existing.get(name):
            _make(name, trait)


def _wanted() -> list[TraitDefinition]:
    return [one for one in TraitDefinition.objects.filter(archived_at=None) if one.wants_index]


def _drop(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP INDEX CONCURRENTLY IF EXISTS {}").format(sql.Identifier(name)))


def _make(name: str, trait: TraitDefinition) -> None:
    logger.info("the index of the trait %s is being made", trait.key)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("CREATE INDEX CONCURRENTLY IF NOT EXISTS {} ON customers_card {}").format(
                sql.Identifier(name), index_definition(trait)
            )
        )
