"""How far an import is and what it brought, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from wayloop.contracts.imports import CountTold
from wayloop.imports.enums import ImportState
from wayloop.imports.queries import ImportInfo, TableInfo, waited_for
from wayloop.imports.rules import entity_named
from wayloop.kernel import clock


@dataclass(frozen=True)
class Progress:
    """Share done (0 to 100), rows per second and seconds left; None where nobody can know yet."""

    percent: int | None
    rows_per_second: int | None
    seconds_left: int | None


def progress_of(run: ImportInfo) -> Progress:
    """How far it is. Nothing is guessed before rows have been written for a second."""
    if not run.rows_total or run.state == ImportState.UNDOING:
        return Progress(None, None, None)
    percent = run.rows_seen * 100 // run.rows_total
    if not run.is_unfinished or run.started_at is None:
        return Progress(percent, None, None)
    seconds = (clock.now() - run.started_at).total_seconds()
    if seconds < 1 or not run.rows_done:
        return Progress(percent, None, None)
    speed = run.rows_seen / seconds
    return Progress(percent, round(speed), round((run.rows_total - run.rows_seen) / speed))


def told_waiting(run: ImportInfo) -> str:
    """What has to be over before the turn of this one comes; empty when it waits for nothing."""
    other = waited_for(run.state)
    if not other:
        return ""
    if run.state == ImportState.UNDOING:
        return _("until “%(name)s” is in") % {"name": other}
    return _("until “%(name)s” is taken back") % {"name": other}


def told_counts(run: ImportInfo) -> Sequence[tuple[int, CountTold]]:
    """What came in and what was here already: the position of its table, and the sentence with what it opens."""
    return [(table.position, one) for table in run.tables for one in counts_of(table)]


def told_table(table: TableInfo) -> Sequence[str]:
    """The sentences of one table."""
    return [one.sentence for one in counts_of(table)]


def counts_of(table: TableInfo) -> Sequence[CountTold]:
    """The counters of one table. What no context offers any more has nothing to tell."""
    try:
        return entity_named(table.entity).told(table.counts)
    except KeyError:
        return ()
