"""Who works on a run: a lock of the database tells, which goes with the process that holds it, however that ends.

And whose turn it is: nothing comes in while something is taken back.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

from django.db import Error, connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from wayloop.imports.enums import RUN_IMPORT, RUN_UNDO, UNFINISHED, WAITS_FOR, ImportState
from wayloop.imports.models import Import
from wayloop.kernel import clock, jobs

# With the number of an import behind it; no other part uses it.
ATTENDED = 5_201_310
# In place of a number: held while somebody looks whether their turn has come.
TURNS = 0
# A run that was just made may not have been taken up yet, and a job that failed waits a little before it comes again.
PATIENCE = timedelta(minutes=1)
# What ended so often without a word ends its process; a person decides whether it goes on.
MOST_ATTEMPTS = 25
LEFT = """
SELECT i.id, i.state, i.attempt, i.language FROM imports_import i
WHERE i.state = ANY (%s) AND coalesce(i.undone_at, i.created_at) < %s AND NOT EXISTS (
    SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.objsubid = 2 AND l.classid = %s AND l.objid = i.id::oid
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))
ORDER BY i.id
"""


@contextmanager
def attended(import_id: int) -> Iterator[None]:
    """While inside, this process is known to work on the run; several may, until the older ones notice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock_shared(%s, %s)", [ATTENDED, import_id])
    try:
        yield
    finally:
        # A connection that is gone has given it back already.
        with suppress(Error), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_shared(%s, %s)", [ATTENDED, import_id])


def is_its_turn(state: str) -> bool:
    """Whether a run in this state may begin; the answer holds to the end of the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ATTENDED, TURNS])
    return not Import.objects.filter(state__in=WAITS_FOR.get(ImportState(state), ())).exists()


@transaction.atomic
def hand_on() -> None:
    """Hands those to the worker that waited for what is over now."""
    for import_id, state, _attempt, _language in _left([*WAITS_FOR], clock.now()):
        _enqueue(import_id, state)


@transaction.atomic
def take_up_left() -> int:
    """Hands runs nobody works on to the worker: their process was killed without a word; answers how many.

    What was begun by a command, which has no job, goes on so too. One that ended too often is given to a person.
    """
    now = clock.now()
    left = _left(UNFINISHED, now - PATIENCE)
    for import_id, state, attempt, language in left:
        if attempt >= MOST_ATTEMPTS:
            with translation.override(language):
                problem = _("This was broken off again and again. What came in stays; try to go on, or undo it.")
            Import.objects.filter(id=import_id, attempt=attempt, state__in=UNFINISHED).update(
                state=ImportState.FAILED, problem=problem, finished_at=now
            )
            continue
        _enqueue(import_id, state)
    return len(left)


def _left(states: Iterable[ImportState], before: datetime) -> list[tuple[int, str, int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(LEFT, [[str(state) for state in states], before, ATTENDED])
        found: list[tuple[int, str, int, str]] = cursor.fetchall()
    # Whose turn it is not would only come back.
    return [one for one in found if is_its_turn(one[1])]


def _enqueue(import_id: int, state: str) -> None:
    job = RUN_UNDO if state == ImportState.UNDOING else RUN_IMPORT
    jobs.enqueue(job, import_id=import_id, lock=f"import {import_id}", once=f"{job} {import_id}")
