"""The weeks of the table of facts: made ahead, dropped whole when everybody has read them and thirty days went by."""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from psycopg import sql

from wayloop.kernel import clock
from wayloop.kernel.stream.listeners import Listener

KEPT = timedelta(days=30)
WEEK = timedelta(days=7)
WEEKS_AHEAD = 4
REST = "kernel_fact_rest"
# Serialises the making and dropping; any number that no other part uses.
PARTITION_LOCK = 5_201_301
# Everybody who announces waits behind us while we wait for the table, so we do not wait for long.
PATIENCE = "2s"

logger = logging.getLogger("wayloop.stream")


def ensure_weeks() -> list[str]:
    """Makes the weeks (UTC, from Monday) from now on that are missing, each in its own transaction; names them."""
    monday = _monday(clock.now())
    made = [_make_week(monday + WEEK * number) for number in range(WEEKS_AHEAD + 1)]
    return [name for name in made if name]


def drop_old_weeks(listeners: Iterable[Listener]) -> list[str]:
    """Drops the weeks that ended more than thirty days ago and that all these listeners have passed; names them.

    Rows outside of all weeks are deleted under the same conditions.
    """
    names = [one.name for one in listeners]
    before = clock.now() - KEPT
    old = [week for week in sorted(_weeks()) if _start_of(week) + WEEK <= before]
    dropped = [week for week in old if _drop_week(week, names)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM kernel_fact_rest WHERE announced_at < %s AND NOT EXISTS (SELECT FROM kernel_streamcursor AS c"
            " WHERE c.listener = ANY(%s) AND (c.epoch, c.xid, c.id)"
            " < (kernel_fact_rest.epoch, kernel_fact_rest.xid, kernel_fact_rest.id))",
            [before, names],
        )
    return dropped


def _monday(moment: datetime) -> datetime:
    day = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())


def _start_of(week: str) -> datetime:
    return datetime.strptime(week.removeprefix("kernel_fact_"), "%Y_%m_%d").replace(tzinfo=UTC)


def _weeks() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'kernel_fact'::regclass")
        return {name for (name,) in cursor.fetchall()} - {REST}


def _make_week(start: datetime) -> str | None:
    name = f"kernel_fact_{start:%Y_%m_%d}"
    if name in _weeks():
        return None
    parts = {"week": sql.Identifier(name), "start": sql.Literal(start), "end": sql.Literal(start + WEEK)}
    with transaction.atomic(), connection.cursor() as cursor:
        if not _turn(name, wanted=False):
            return None
        cursor.execute(
            sql.SQL(
                "LOCK TABLE kernel_fact IN SHARE ROW EXCLUSIVE MODE;"
                "CREATE TABLE {week} (LIKE kernel_fact INCLUDING DEFAULTS INCLUDING CONSTRAINTS);"
                "WITH moved AS (DELETE FROM kernel_fact_rest WHERE announced_at >= {start} AND announced_at < {end}"
                " RETURNING *) INSERT INTO {week} SELECT * FROM moved;"
                "ALTER TABLE kernel_fact ATTACH PARTITION {week} FOR VALUES FROM ({start}) TO ({end})"
            ).format(**parts)
        )
    return name


def _drop_week(name: str, listeners: list[str]) -> bool:
    week = sql.Identifier(name)
    with transaction.atomic(), connection.cursor() as cursor:
        if not _turn(name, wanted=True):
            return False
        cursor.execute(
            sql.SQL(
                "SELECT EXISTS (SELECT FROM {week} AS f, kernel_streamcursor AS c WHERE c.listener = ANY(%s)"
                " AND (c.epoch, c.xid, c.id) < (f.epoch, f.xid, f.id))"
            ).format(week=week),
            [listeners],
        )
        if cursor.fetchone() == (True,):
            logger.warning("%s is older than %s days and still waits for a listener", name, KEPT.days)
            return False
        cursor.execute(sql.SQL("DROP TABLE {week}").format(week=week))
    return True


def _turn(name: str, *, wanted: bool) -> bool:
    """Whether it is our turn, and the week is there (or not) as it has to be."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s), to_regclass(%s) IS NOT NULL", [PARTITION_LOCK, name])
        return bool(cursor.fetchone() == (True, wanted))
