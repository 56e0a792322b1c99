"""Changes of many customers at once: pressed, done step by step, stopped, gone on with, taken back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from wayloop.contracts.conditions import Condition
from wayloop.customers.enums import RUN_BULK, UNDO_BULK, BulkKind
from wayloop.customers.fields.base import Eyes
from wayloop.customers.fields.known import Fields
from wayloop.customers.models import BulkAction, BulkStep
from wayloop.customers.queries.conditions import compile_condition
from wayloop.customers.services.bulk_kinds import KINDS
from wayloop.kernel import clock, progress
from wayloop.kernel.jobs import enqueue

# People of one transaction: far below a second also on a slow disk.
STEP = 2_000
# So many are done while the member waits; more are left to the worker.
AT_ONCE = 1_000
GATHER_SECONDS = 60
GATHER = """
INSERT INTO customers_bulkstep (action_id, number, people)
SELECT %(action)s, (place - 1) / %(step)s, array_agg(person ORDER BY person) FROM (
    SELECT c.person, row_number() OVER (ORDER BY c.person) AS place FROM customers_card c WHERE {where}
) matched GROUP BY 2
"""
TOTAL = "SELECT coalesce(sum(cardinality(people)), 0) FROM customers_bulkstep WHERE action_id = %s"
DONE = f"{TOTAL} AND changed IS NOT NULL"
NEXT_ID = "SELECT nextval(pg_get_serial_sequence('customers_bulkaction', 'id'))"


class BulkRefused(ValueError):
    """Why it cannot be done; one line for people."""


@dataclass(frozen=True)
class Pressed:
    """What was set going: how many customers it concerns, and whether it is over already."""

    id: int
    total: int
    is_done: bool


def press_bulk(
    *, kind: BulkKind, detail: Mapping[str, Any], condition: Condition, eyes: Eyes, fields: Fields
) -> Pressed:
    """Fixes whom it concerns, as they match now, and does it: at once when they are few, else in the worker.

    `detail`: what `bulk_kinds` asks of this kind. Raises `BulkRefused` when nobody matches or the detail is none,
    `ConditionRefused` for a condition that makes no sense.
    """
    if problem := KINDS[kind].problem(detail, eyes):
        raise BulkRefused(problem)
    where, values = compile_condition(condition, eyes, fields)
    with connection.cursor() as cursor:
        # Before the transaction: its number would hold back all readers of the stream while millions are gathered.
        cursor.execute(NEXT_ID)
        (action_id,) = cursor.fetchone()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{GATHER_SECONDS}s"])
            cursor.execute(GATHER.replace("{where}", where), values | {"action": action_id, "step": STEP})
            cursor.execute(TOTAL, [action_id])
            total = int(cursor.fetchone()[0])
        if not total:
            raise BulkRefused(_("Nobody matches any more."))
        work = progress.begin(RUN_BULK, total=total, started_by=eyes.member)
        BulkAction.objects.create(
            id=action_id,
            kind=kind,
            detail=dict(detail),
            member_id=eyes.member,
            total=total,
            pressed_at=clock.now(),
            work=work,
        )
        if total > AT_ONCE:
            enqueue(RUN_BULK, lock=_lock(action_id), action_id=action_id)
    if total <= AT_ONCE:
        run_bulk(action_id=action_id)
    return Pressed(action_id, total, total <= AT_ONCE)


def run_bulk(*, action_id: int) -> None:
    """Does what was pressed, or goes on with it. Each step is one transaction together with what is noted of it."""
    action = BulkAction.objects.filter(pk=action_id).first()
    if action is None:
        return
    kind = KINDS[BulkKind(action.kind)]
    with progress.at_work(action.work) as work:
        while work and _do_step(action, work, kind.apply, is_undo=False):
            pass


def stop_bulk(*, action_id: int, member: int) -> None:
    """Asks to stop after the current step, of doing or of taking back; what is done stays done."""
    action = _own_action(action_id, member)
    progress.stop(action.undo_work or action.work)


@transaction.atomic
def resume_bulk(*, action_id: int, member: int) -> None:
    """Lets what was stopped go on where it stopped."""
    action = _own_action(action_id, member)
    is_undo = action.undo_work is not None
    shown = progress.show(action.undo_work or action.work)
    if shown is None or shown.state not in (progress.Stage.STOPPED, progress.Stage.FAILED):
        return
    name = UNDO_BULK if is_undo else RUN_BULK
    work = progress.begin(name, total=(shown.total or 0) - shown.done, started_by=member)
    setattr(action, "undo_work" if is_undo else "work", work)
    action.save(update_fields=["undo_work", "work"])
    enqueue(name, lock=_lock(action_id), action_id=action_id)


def undo_bulk(*, action_id: int, member: int) -> Pressed:
    """Puts back exactly what the action changed: at once when it was little, else in the worker.

    What somebody has changed since stays as it is. Doing it again changes nothing. Raises `BulkRefused` for somebody
    else's action.
    """
    with transaction.atomic():
        action = _own_action(action_id, member)
        if action.undo_work is not None:
            return Pressed(action.pk, action.total, False)
        progress.stop(action.work)
        action.undo_work = progress.begin(UNDO_BULK, total=_done(action.pk), started_by=member)
        action.save(update_fields=["undo_work"])
        if action.total > AT_ONCE:
            enqueue(UNDO_BULK, lock=_lock(action_id), action_id=action_id)
    if action.total <= AT_ONCE:
        take_back_bulk(action_id=action_id)
    return Pressed(action.pk, action.total, action.total <= AT_ONCE)


def take_back_bulk(*, action_id: int) -> None:
    """Takes back the steps that were done, the last one first, or goes on with that."""
    action = BulkAction.objects.filter(pk=action_id).first()
    if action is None or action.undo_work is None:
        return
    kind = KINDS[BulkKind(action.kind)]
    with progress.at_work(action.undo_work) as work:
        while work and _do_step(action, work, kind.undo, is_undo=True):
            pass


def forget_old_bulks(*, before: Any, most: int = 20) -> int:
    """Removes the notes of actions pressed before that instant, so that they cannot be undone; answers how many."""
    old = list(BulkAction.objects.filter(pressed_at__lt=before).order_by("id").values_list("id", flat=True)[:most])
    BulkStep.objects.filter(action_id__in=old).delete()
    BulkAction.objects.filter(id__in=old).delete()
    return len(old)


@transaction.atomic
def _do_step(action: BulkAction, work: progress.Work, do: Callable[..., Any], *, is_undo: bool) -> bool:
    """The next step, if there is one and nobody asked to stop; answers whether to go on."""
    steps = BulkStep.objects.select_for_update().filter(action=action)
    if is_undo:
        step = steps.filter(changed__isnull=False, undone_at=None).order_by("-number").first()
    else:
        step = steps.filter(changed__isnull=True).order_by("number").first()
    if step is None or not work.keep_going(done=len(step.people)):
        return False
    mine = BulkStep.objects.filter(action=action, number=step.number)
    if is_undo:
        do(action, step.changed)
        mine.update(undone_at=clock.now())
    else:
        mine.update(changed=do(action, step.people))
    return True


def _own_action(action_id: int, member: int) -> BulkAction:
    action = BulkAction.objects.select_for_update().filter(pk=action_id, member_id=member).first()
    if action is None:
        raise BulkRefused(_("This was done by somebody else, or too long ago to undo."))
    return action


def _done(action_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(DONE, [action_id])
        return int(cursor.fetchone()[0])


def _lock(action_id: int) -> str:
    return f"customers.bulk.{action_id}"
