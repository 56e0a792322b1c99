"""Taking back a whole import: in short steps, killed anywhere, begun again, until nothing of it is left."""

import time
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from wayloop.contracts.imports import BatchUndo
from wayloop.imports.attending import attended, hand_on, is_its_turn
from wayloop.imports.enums import RUN_UNDO, UNDOABLE, UNFINISHED, ImportState
from wayloop.imports.models import BroughtThings, Import
from wayloop.imports.rules import ImportRefused, undoers
from wayloop.kernel import clock, jobs

# Rows of the first step and of the largest; those between take about `SECONDS` each.
STEPS = (1_000, 20_000)
SECONDS = 0.4
# Attempts after which a person is told that it does not work.
MOST_ATTEMPTS = 20


@transaction.atomic
def undo_import(*, import_id: int, in_worker: bool = True) -> None:
    """Takes an import back that is over, stopped or failed; the worker does it unless the caller runs it itself.

    From here on it cannot go on. Raises `ImportRefused` when there is none, it still runs, or it was only a trial; what
    is being taken back already, or is gone, is left alone.
    """
    row = Import.objects.select_for_update().filter(id=import_id, is_trial=False).first()
    if row is None:
        raise ImportRefused(_("There is no import %(number)s.") % {"number": import_id})
    if row.state in (ImportState.UNDOING, ImportState.UNDONE):
        return
    if row.state not in UNDOABLE:
        raise ImportRefused(_("This import still runs. Stop it first, then take it back."))
    Import.objects.filter(id=import_id).update(
        state=ImportState.UNDOING, attempt=F("attempt") + 1, problem="", undone_at=clock.now(), finished_at=None
    )
    if in_worker:
        jobs.enqueue(RUN_UNDO, import_id=import_id, lock=f"import {import_id}")


def run_undo(*, import_id: int, tell: Callable[[Import], None] = lambda _: None) -> Import:
    """Goes on taking an import back until nothing is left; answers the row as it then stands.

    While another one comes in it waits, and is handed on when that is over.
    May be called again at any time, also while another process does the same: the older one notices at its next step
    and leaves. Each step is one transaction of well under a second.
    """
    with attended(import_id):
        return _run(import_id, tell)


def _run(import_id: int, tell: Callable[[Import], None]) -> Import:
    with transaction.atomic():
        has_turn = is_its_turn(ImportState.UNDOING)
        row = Import.objects.select_for_update().get(id=import_id)
        if row.state != ImportState.UNDOING or not has_turn:
            return row
        row.attempt += 1
        row.save(update_fields=["attempt"])
    attempt = row.attempt
    with translation.override(row.language):
        try:
            is_mine = all(_take_back(undo, import_id, attempt, tell) for undo in undoers())
        except (OperationalError, InterfaceError):
            # The database went away, or somebody waited for the same rows: the job comes again.
            raise
        except Exception:
            if attempt >= MOST_ATTEMPTS:
                problem = _("Something broke on our side while this was taken back. Try to undo it again.")
                _end(import_id, attempt, ImportState.FAILED, problem)
            raise
    if is_mine:
        BroughtThings.objects.filter(table__run=import_id).delete()
        _end(import_id, attempt, ImportState.UNDONE)
    row.refresh_from_db()
    tell(row)
    return row


def _take_back(undo: BatchUndo, import_id: int, attempt: int, tell: Callable[[Import], None]) -> bool:
    """Whether all of this one is gone; False when somebody else has taken over."""
    limit, most = STEPS
    while True:
        begun = time.perf_counter()
        with transaction.atomic():
            current = Import.objects.select_for_update().get(id=import_id)
            if current.attempt != attempt or current.state != ImportState.UNDOING:
                return False
            gone = undo.undo_step(batch=f"import:{import_id}", limit=limit)
            current.rows_undone += gone
            current.save(update_fields=["rows_undone"])
        if not gone:
            return True
        tell(current)
        wanted = limit * SECONDS / max(time.perf_counter() - begun, 0.001)
        # Never more than twice as many: the next rows may be others.
        limit = round(min(max(wanted, limit / 4, 1), limit * 2, most))


def _end(import_id: int, attempt: int, state: ImportState, problem: str = "") -> None:
    Import.objects.filter(id=import_id, attempt=attempt, state__in=UNFINISHED).update(
        state=state, problem=problem, finished_at=clock.now()
    )
    hand_on()
