"""Cases go from stage to stage, are closed and opened anew, run late.

A move says which stage it starts from: when somebody else was quicker, it is refused and they are named. What depends
on where a case stands – its deadline, the hold on its customer – is settled with each move, in its transaction.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from wayloop.business import api as business
from wayloop.contracts.work import CaseChange, CaseMoved, CaseOverdue
from wayloop.kernel import clock
from wayloop.kernel.due.table import cancel, schedule
from wayloop.kernel.stream.announce import announce
from wayloop.privacy import api as privacy
from wayloop.work.clocks import deadline_of, time_spent, time_waited
from wayloop.work.enums import (
    CASE_DEADLINES,
    CASE_MOVED,
    CASE_OVERDUE,
    CASE_REOPENED,
    CASE_SOLVED,
    CASE_UNSOLVED,
    CLOSED_STATES,
    EntryKind,
    State,
)
from wayloop.work.models import Case, CaseEntry, Stage
from wayloop.work.queries.history import stops_of
from wayloop.work.rules import WorkRefused
from wayloop.work.services.opening import keep_apart
from wayloop.work.services.telling import SUBJECT, Told, is_news, tell, untell

CHANGES = {
    CASE_MOVED: CaseChange.MOVED,
    CASE_SOLVED: CaseChange.SOLVED,
    CASE_UNSOLVED: CaseChange.UNSOLVED,
    CASE_REOPENED: CaseChange.REOPENED,
}


class CaseMovedOn(Exception):
    """Somebody else has moved the case since it was shown; `entry` is the latest move."""

    def __init__(self, entry: CaseEntry) -> None:
        super().__init__("moved on")
        self.entry = entry


@transaction.atomic
def move_case(
    *, case_id: int, stage_id: int, seen_stage_id: int, by: int | None = None, at: datetime | None = None
) -> CaseEntry | None:
    """Moves a case into another stage; one that means closed closes it, from there it is opened anew.

    `seen_stage_id`: where the member saw it. `at`: when it happened, aware, where it is noted afterwards, which is
    history. While it
    waits for the customer its clock stands still. Answers None when it stands there already. Announces `CaseMoved`.
    Raises `CaseMovedOn` when it stands elsewhere by now, `WorkRefused` for a stage that is put away,
    `Case.DoesNotExist`.
    """
    case = locked(case_id=case_id)
    if case.stage_id == stage_id:
        return None
    if case.stage_id != seen_stage_id:
        raise CaseMovedOn(latest_move(case=case))
    # Its lock keeps the stage from being put away at the same moment.
    stage = Stage.objects.select_for_update().filter(pk=stage_id, archived_at=None).first()
    if stage is None:
        raise WorkRefused(_("This stage is gone. Load the page again and choose another one."))
    moment = at or clock.now()
    event = _event_of(State(case.state), State(stage.state))
    entry = CaseEntry.objects.create(
        case=case,
        kind=EntryKind.MOVED,
        at=moment,
        member_id=by,
        from_stage_id=case.stage_id,
        to_stage=stage,
        event=event,
    )
    case.times_reopened += event == CASE_REOPENED
    stand_in(case=case, stage=stage, since=moment)
    properties = {"came_from": entry.from_stage_id, "to": stage.pk}
    if event in (CASE_SOLVED, CASE_UNSOLVED):
        properties["minutes"] = (case.spent_seconds or 0) // 60
    is_history = at is not None
    told = Told(case, str(entry.pk), moment, properties=properties)
    tell(kind=event, events=[told], is_history=is_history)
    _announce(case, CHANGES[event], by, is_news=is_news(at=moment, is_history=is_history))
    return entry


@transaction.atomic
def undo_move(*, entry_id: int, by: int | None = None) -> bool:
    """Takes the latest move of a case back: it stands where it stood, and the event no longer counts.

    Of the one that opened it, this takes the case itself away. Answers False when the case was moved since, or it is
    undone already; of the one that opened it, also when anything else was written since. Announces `CaseMoved`.
    """
    found = CaseEntry.objects.filter(pk=entry_id, kind=EntryKind.MOVED).values_list("case_id", flat=True)
    case = Case.objects.select_for_update().filter(pk__in=found, removed_at=None).first()
    if case is None:
        return False
    moves = list(
        CaseEntry.objects.filter(case=case, kind=EntryKind.MOVED).select_related("to_stage").order_by("-pk")[:2]
    )
    if moves[0].pk != entry_id:
        return False
    last = moves[0]
    if len(moves) == 1 and (case.version > 1 or CaseEntry.objects.filter(case=case).count() > 1):
        return False
    untell(kind=last.event, message=str(last.pk), case=case, at=last.at)
    if len(moves) == 1:
        case.removed_at = clock.now()
        case.save(update_fields=["removed_at"])
        settle(case=case)
    else:
        case.times_reopened -= last.event == CASE_REOPENED
        last.delete()
        before = moves[1].to_stage
        if before is None:
            raise AssertionError("a move leads somewhere")
        stand_in(case=case, stage=before, since=moves[1].at)
    _announce(case, CaseChange.TAKEN_BACK, by, is_news=True)
    return True


@transaction.atomic
def settle_deadlines(*, case_ids: Sequence[int]) -> None:
    """Tells for each of these that is open and whose deadline is over that it is overdue, once for each deadline.

    Announces `CaseOverdue`.
    """
    now = clock.now()
    rows = Case.objects.select_for_update().filter(
        pk__in=case_ids, closed_at=None, removed_at=None, deadline_at__lte=now
    )
    late = [case for case in rows.order_by("pk") if case.overdue_told != case.deadline_at]
    entries = []
    for case in late:
        case.overdue_told = case.deadline_at
        entries.append(
            CaseEntry(case=case, kind=EntryKind.OVERDUE, at=now, moment=case.deadline_at, event=CASE_OVERDUE)
        )
    Case.objects.bulk_update(late, ["overdue_told"])
    CaseEntry.objects.bulk_create(entries)
    told = [
        Told(
            case, _overdue_message(case, case.deadline_at), case.deadline_at, properties={"promised": case.deadline_at}
        )
        for case in late
        if case.deadline_at is not None
    ]
    tell(kind=CASE_OVERDUE, events=told)
    announce(
        *(
            CaseOverdue(case.pk, case.handle, case.location_id, case.member_id, case.deadline_at)
            for case in late
            if case.deadline_at is not None
        )
    )


def _overdue_message(case: Case, deadline: datetime) -> str:
    return f"{case.pk}:{deadline.isoformat()}"


def locked(*, case_id: int) -> Case:
    """The case, for this transaction alone. Raises `Case.DoesNotExist`."""
    return Case.objects.select_for_update().get(pk=case_id, removed_at=None)


def latest_move(*, case: Case) -> CaseEntry:
    """Where the case went last, with who moved it."""
    moves = CaseEntry.objects.filter(case=case, kind=EntryKind.MOVED).select_related("member", "to_stage")
    return moves.latest("pk")


def stand_in(*, case: Case, stage: Stage, since: datetime) -> None:
    """Lets the case stand in a stage since an instant, and settles what depends on it. Its move is written already."""
    case.stage, case.state, case.stage_since = stage, stage.state, since
    case.closed_at = since if stage.state in CLOSED_STATES else None
    count(case=case)
    case.save(
        update_fields=[
            "stage", "state", "stage_since", "closed_at", "deadline_at", "spent_seconds", "waited_seconds",
            "times_reopened",
        ]
    )  # fmt: skip
    settle(case=case)


def count(*, case: Case) -> None:
    """Finds deadline and spent time anew, by the hours as they were known when the case was opened. Saves nothing."""
    hours = business.hours(case.location_id, as_of=case.hours_as_of)
    stops = stops_of(case.pk)
    if case.promised_minutes is not None and case.closed_at is None:
        promised = timedelta(minutes=case.promised_minutes)
        case.deadline_at = deadline_of(hours, case.opened_at, promised, stops.all)
    case.spent_seconds = case.waited_seconds = None
    if case.closed_at is not None:
        case.spent_seconds = int(time_spent(hours, case.opened_at, case.closed_at).total_seconds())
        case.waited_seconds = int(time_waited(hours, case.opened_at, case.closed_at, stops.waits).total_seconds())


def settle(*, case: Case) -> None:
    """The due-table knows the deadline of an open case, and its customer is kept apart for as long as it is open."""
    is_open = case.closed_at is None and case.removed_at is None
    if is_open and case.deadline_at is not None and case.overdue_told != case.deadline_at:
        schedule(CASE_DEADLINES, case.pk, case.deadline_at, case=case.pk)
    else:
        cancel(CASE_DEADLINES, case.pk)
    if is_open:
        keep_apart(cases=[case])
    else:
        privacy.release_holds(reason=privacy.HoldReason.CASE, subject_kind=SUBJECT, subject_ids=[case.pk])


def _announce(case: Case, change: CaseChange, by: int | None, *, is_news: bool) -> None:
    announce(CaseMoved(case.pk, case.handle, change, case.stage_id, str(case.state), case.location_id, by, is_news))


def _event_of(before: State, after: State) -> str:
    if after in CLOSED_STATES:
        return CASE_SOLVED if after == State.SOLVED else CASE_UNSOLVED
    return CASE_REOPENED if before in CLOSED_STATES else CASE_MOVED
