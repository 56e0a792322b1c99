"""What is written of a case: its words, owner, deadline, notes, checklist, cause, compensation, recovery."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from wayloop.accounts import api as accounts
from wayloop.accounts.api import Permission
from wayloop.contracts.work import CaseGiven
from wayloop.kernel import clock
from wayloop.kernel.stream.announce import announce
from wayloop.ui import formats
from wayloop.work.enums import CASE_COMPENSATED, CaseKind, EntryKind, Severity
from wayloop.work.models import Case, CaseEntry, CaseStep, Cause
from wayloop.work.rules import LARGEST_AMOUNT, LONGEST_NOTE, LONGEST_PROMISE, LONGEST_TITLE, WorkRefused, sees
from wayloop.work.services.moving import count, locked, settle
from wayloop.work.services.telling import Told, tell, untell


class CaseChanged(Exception):
    """Somebody has written the case anew since it was shown."""


@transaction.atomic
def change_case(
    *,
    case_id: int,
    seen: int,
    title: str,
    said: str,
    kind: str,
    severity: str,
    location_id: int | None,
    promised_minutes: int | None,
    by: int | None = None,
) -> Case:
    """Writes what is known of a case anew; another promise or place gives another deadline.

    `seen`: the version the member saw. Raises `CaseChanged` when there is a newer one, `WorkRefused` when it cannot be.
    """
    case = locked(case_id=case_id)
    if not title.strip() or "\0" in title + said:
        raise WorkRefused(_("Write in one line what happened."))
    if promised_minutes is not None and not 0 < promised_minutes <= LONGEST_PROMISE:
        raise WorkRefused(_("A deadline lies between a minute and a year of business hours."))
    wanted: dict[str, Any] = {
        "title": " ".join(title.split())[:LONGEST_TITLE],
        "said": said.replace("\r\n", "\n").strip()[:LONGEST_NOTE],
        "kind": CaseKind(kind).value,
        "severity": Severity(severity).value,
        "location_id": location_id,
        "promised_minutes": promised_minutes,
    }
    if all(getattr(case, name) == value for name, value in wanted.items()):
        return case
    if case.version != seen:
        raise CaseChanged
    is_promised_anew = (case.promised_minutes, case.location_id) != (promised_minutes, location_id)
    for name, value in wanted.items():
        setattr(case, name, value)
    if is_promised_anew and case.closed_at is None:
        before = case.deadline_at
        case.deadline_at = None
        count(case=case)
        if case.deadline_at != before:
            CaseEntry.objects.create(
                case=case, kind=EntryKind.DEADLINE, at=clock.now(), member_id=by, moment=case.deadline_at
            )
    case.version += 1
    case.save()
    settle(case=case)
    return case


@transaction.atomic
def give_case(
    *, case_id: int, member_id: int | None, by: int | None = None, seen: int | None = None
) -> CaseEntry | None:
    """Gives a case to a member, or (None) to nobody. Answers the line of the history, None when they have it already.

    `seen`: who had it when it was shown, 0 for nobody; None: whoever has it. Announces `CaseGiven`. Raises
    `CaseChanged` when somebody else has it by now, `WorkRefused` for a member who cannot work on it.
    """
    case = locked(case_id=case_id)
    if case.member_id == member_id:
        return None
    if seen is not None and (case.member_id or 0) != seen:
        raise CaseChanged
    if member_id is not None:
        people = {one.id: one for one in accounts.members_who_may(Permission.WORK_CHANGE)}
        if member_id not in people or not sees(people[member_id], case.location_id):
            raise WorkRefused(_("They cannot work on cases of this location. Choose somebody else."))
    entry = CaseEntry.objects.create(
        case=case, kind=EntryKind.GIVEN, at=clock.now(), member_id=by, to_member_id=member_id
    )
    _hand_over(case, member_id, by)
    return entry


@transaction.atomic
def note_case(*, case_id: int, text: str, by: int | None = None, at: datetime | None = None) -> CaseEntry:
    """Writes a note for the team; `at`: when, aware, where it is noted afterwards.

    Raises `WorkRefused` for an empty one.
    """
    case = locked(case_id=case_id)
    words = _words(text)
    if not words:
        raise WorkRefused(_("Write the note first."))
    return CaseEntry.objects.create(case=case, kind=EntryKind.NOTE, at=at or clock.now(), member_id=by, said=words)


@transaction.atomic
def compensate(
    *,
    case_id: int,
    amount: int,
    cost: int | None = None,
    what: str = "",
    by: int | None = None,
    at: datetime | None = None,
) -> CaseEntry:
    """Notes what the customer was given: `amount` is its worth to them, `cost` what it costs us (the same, if None).

    Minor units of the case's currency. `at`: when, aware, where it is noted afterwards, which is history.
    Raises `WorkRefused` when the playbook allows none, or less.
    """
    case = locked(case_id=case_id)
    paid = amount if cost is None else cost
    if not 0 < amount < LARGEST_AMOUNT or not 0 <= paid < LARGEST_AMOUNT:
        raise WorkRefused(_("Write how much it is worth."))
    if case.limit is None:
        raise WorkRefused(_("The playbook of this case allows no compensation."))
    if case.given + amount > case.limit:
        left = formats.money(max(case.limit - case.given, 0), case.currency)
        raise WorkRefused(_("That is more than the playbook allows: %(left)s are left.") % {"left": left})
    entry = CaseEntry.objects.create(
        case=case, kind=EntryKind.COMPENSATION, at=at or clock.now(), member_id=by, said=_words(what), amount=amount,
        cost=paid, event=CASE_COMPENSATED,
    )  # fmt: skip
    case.given, case.cost = case.given + amount, case.cost + paid
    case.save(update_fields=["given", "cost"])
    told = Told(case, str(entry.pk), entry.at, amount=amount)
    tell(kind=CASE_COMPENSATED, events=[told], is_history=at is not None)
    return entry


@transaction.atomic
def name_cause(
    *, case_id: int, cause_id: int | None, by: int | None = None, at: datetime | None = None
) -> CaseEntry | None:
    """Says why it went wrong in the end; None: not known. Answers None when that was said already.

    `at`: when, aware, where it is noted afterwards. Raises `WorkRefused` for a cause that is gone.
    """
    case = locked(case_id=case_id)
    if case.cause_id == cause_id:
        return None
    cause = None if cause_id is None else Cause.objects.filter(pk=cause_id).first()
    if cause_id is not None and cause is None:
        raise WorkRefused(_("This root cause is gone. Choose another one."))
    case.cause = cause
    case.save(update_fields=["cause"])
    return CaseEntry.objects.create(case=case, kind=EntryKind.CAUSE, at=at or clock.now(), member_id=by, cause=cause)


@transaction.atomic
def tick_step(*, case_id: int, step_id: int, is_done: bool, by: int | None = None) -> CaseStep:
    """Ticks a point of the checklist, or takes the tick off. The same again changes nothing.

    Raises `CaseStep.DoesNotExist`.
    """
    case = locked(case_id=case_id)
    step = CaseStep.objects.get(pk=step_id, case=case)
    if (step.done_at is not None) != is_done:
        step.done_at, step.done_by_id = (clock.now(), by) if is_done else (None, None)
        step.save(update_fields=["done_at", "done_by"])
    return step


@transaction.atomic
def undo_entry(*, entry_id: int, by: int | None = None) -> bool:
    """Takes a note, a compensation, a cause or a handing over back, unless it is gone already or something of the same
    sort followed. Moves are undone by `moving.undo_move`.
    """
    entry = CaseEntry.objects.filter(pk=entry_id).first()
    case = Case.objects.select_for_update().filter(pk=entry.case_id, removed_at=None).first() if entry else None
    if entry is None or case is None or entry.kind not in UNDONE:
        return False
    before = CaseEntry.objects.filter(case=case, kind=entry.kind).order_by("-pk")[:2]
    if entry.kind in (EntryKind.GIVEN, EntryKind.CAUSE) and before[0].pk != entry.pk:
        return False
    entry.delete()
    if entry.kind == EntryKind.COMPENSATION:
        case.given, case.cost = case.given - (entry.amount or 0), case.cost - (entry.cost or 0)
        case.save(update_fields=["given", "cost"])
        untell(kind=CASE_COMPENSATED, message=str(entry_id), case=case, at=entry.at)
    elif entry.kind == EntryKind.GIVEN:
        _hand_over(case, _owner_before(case), by)
    elif entry.kind == EntryKind.CAUSE:
        last = CaseEntry.objects.filter(case=case, kind=EntryKind.CAUSE).order_by("-pk").first()
        case.cause_id = last.cause_id if last else None
        case.save(update_fields=["cause"])
    return True


UNDONE = frozenset({EntryKind.NOTE, EntryKind.COMPENSATION, EntryKind.GIVEN, EntryKind.CAUSE})


@transaction.atomic
def note_recovery(
    *,
    case_ids: Sequence[int],
    responses: Sequence[int],
    are_recovered: Sequence[bool | None],
    at: datetime | None = None,
) -> None:
    """What the recovery surveys said: for each case the response, and whether the customer is content again.

    None while it is only asked. The newest word counts. `at`: when, aware, where it is noted afterwards.
    """
    told = {case: (response, word) for case, response, word in zip(case_ids, responses, are_recovered, strict=True)}
    cases = list(Case.objects.select_for_update().filter(pk__in=case_ids, removed_at=None).order_by("pk"))
    now = at or clock.now()
    for case in cases:
        case.recovery, case.is_recovered = told[case.pk]
    Case.objects.bulk_update(cases, ["recovery", "is_recovered"])
    CaseEntry.objects.bulk_create(
        CaseEntry(case=case, kind=EntryKind.RECOVERY, at=now, is_recovered=case.is_recovered) for case in cases
    )


def _hand_over(case: Case, member_id: int | None, by: int | None) -> None:
    case.member_id = member_id
    case.save(update_fields=["member"])
    announce(CaseGiven(case.pk, case.handle, member_id, by))


def _owner_before(case: Case) -> int | None:
    """Who had it before the handing over that is gone: by the one before that, or from the beginning."""
    kinds = (EntryKind.GIVEN, EntryKind.MOVED)
    rows = CaseEntry.objects.filter(case=case, kind__in=kinds).order_by("-pk")
    return next((row.to_member_id for row in rows if row.kind == EntryKind.GIVEN or row.from_stage_id is None), None)


def _words(text: str) -> str:
    if "\0" in text:
        raise WorkRefused(_("There is a character in it that cannot be kept."))
    found = text.replace("\r\n", "\n").strip()
    if len(found) > LONGEST_NOTE:
        told = {"most": formats.number(LONGEST_NOTE), "now": formats.number(len(found))}
        raise WorkRefused(_("At most %(most)s characters, now %(now)s. Shorten it.") % told)
    return found
