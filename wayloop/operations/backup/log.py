"""The log of the database (WAL): which part is written, and bringing it to a place segment by segment.

A replication slot makes the server keep what was not brought away yet, so nothing is lost while the place or we are
away. The server itself is told nothing: no archive command, no setting that needs a restart.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from wayloop.operations.backup.repository import Reach, Repository

SLOT = "wayloop_backup"
LOST = "lost"


@dataclass(frozen=True)
class History:
    """One uninterrupted history of a database: its cluster and the timeline in it."""

    system: str
    timeline: int
    segment_bytes: int

    def name(self, number: int) -> str:
        """The name PostgreSQL gives the segment of this number (counted from the very first byte)."""
        per_log = 0x1_0000_0000 // self.segment_bytes
        return f"{self.timeline:08X}{number // per_log:08X}{number % per_log:08X}"

    def number(self, name: str) -> int:
        """The number of a segment by its name."""
        return int(name[8:16], 16) * (0x1_0000_0000 // self.segment_bytes) + int(name[16:], 16)

    def containing(self, position: str) -> str:
        """The segment in which a position such as `0/2000028` lies."""
        high, low = (int(part, 16) for part in position.split("/"))
        return self.name(((high << 32) + low) // self.segment_bytes)


def history_of(admin: "psycopg.Connection[Any]") -> History:
    """Asks the living server."""
    row = admin.execute(
        "SELECT (SELECT system_identifier::text FROM pg_control_system()),"
        " left(pg_walfile_name(pg_current_wal_insert_lsn()), 8),"
        " (SELECT setting::bigint FROM pg_settings WHERE name = 'wal_segment_size')"
    ).fetchone()
    assert row is not None  # noqa: S101 - a SELECT without FROM has one row
    return History(row[0], int(row[1], 16), int(row[2]))


def keep_log(admin: "psycopg.Connection[Any]", *, slot: str = SLOT, only_now: bool = False) -> bool:
    """Makes the server keep its log for us from here on; answers whether it did so before without a gap.

    `only_now`: for as long as this connection lives.
    """
    found = admin.execute("SELECT wal_status FROM pg_replication_slots WHERE slot_name = %s", [slot]).fetchone()
    if found and found[0] != LOST:
        return True
    if found:
        drop_log(admin, slot=slot)
    admin.execute("SELECT pg_create_physical_replication_slot(%s, true, %s)", [slot, only_now])
    return False


def drop_log(admin: "psycopg.Connection[Any]", *, slot: str = SLOT) -> None:
    """Lets the server forget its log as it would without us."""
    admin.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = %s", [slot])


def close_segment(admin: "psycopg.Connection[Any]") -> datetime:
    """Begins a new segment, so that all of the former one can be brought away; answers a moment (of the server's clock)
    before which every commit lies in it.

    A commit of our own comes last: going to a moment stops at the first commit after it, and there has to be one.
    """
    row = admin.execute("SELECT clock_timestamp(), pg_current_xact_id()").fetchone()
    admin.execute("SELECT pg_switch_wal()")
    assert row is not None  # noqa: S101 - for the type checker
    assert isinstance(row[0], datetime)  # noqa: S101 - the same
    return row[0] - timedelta(milliseconds=1)


def bring_away(
    admin: "psycopg.Connection[Any]", data: Path, repository: Repository, life: str, *, slot: str = SLOT
) -> tuple[str, int]:
    """Brings every finished segment to the place and lets the server forget it; answers the last one and the bytes.

    What was brought before and not noted by the server is written again, to the same name: no harm.
    """
    history = history_of(admin)
    size, written = history.segment_bytes, 0
    row = admin.execute(
        "SELECT restart_lsn - '0/0'::pg_lsn, pg_current_wal_flush_lsn() - '0/0'::pg_lsn"
        " FROM pg_replication_slots WHERE slot_name = %s",
        [slot],
    ).fetchone()
    if row is None or row[0] is None:
        return "", 0
    first, current = int(row[0]) // size, int(row[1]) // size
    for number in range(first, current):
        name = history.name(number)
        written += repository.write(f"lives/{life}/wal/{name}", (data / "pg_wal" / name).read_bytes())
        admin.execute(
            "SELECT pg_replication_slot_advance(%s, '0/0'::pg_lsn + %s::numeric)", [slot, (number + 1) * size]
        )
    return history.name(current - 1), written


def reaches(repository: Repository, life: str, until: datetime, segment: str) -> None:
    """Notes that the log of a life is at the place up to `until`."""
    repository.write_reach(life, Reach(until, segment))
