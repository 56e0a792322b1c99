"""Cases are opened: many at once, each once for ever by what it is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from django.db import connection, transaction
from django.utils.translation import gettext as _

from wayloop.business import api as business
from wayloop.business.api import Hours
from wayloop.contracts.work import CaseColumns, CaseOpened, OpenedCases
from wayloop.kernel import clock
from wayloop.kernel.due.table import schedule_many
from wayloop.kernel.ids import uuid7
from wayloop.kernel.stream.announce import announce
from wayloop.privacy import api as privacy
from wayloop.work.clocks import deadline_of
from wayloop.work.enums import CASE_DEADLINES, CASE_OPENED, CaseKind, EntryKind, Severity, State
from wayloop.work.models import Case, CaseEntry, CaseStep, Playbook, Stage
from wayloop.work.rules import LONGEST_NOTE, LONGEST_TITLE, WorkRefused
from wayloop.work.services.owners import choose_owners
from wayloop.work.services.telling import SUBJECT, Told, is_news, tell

BY_HAND = "hand"
NUMBERS = "SELECT nextval('work_case_number') FROM generate_series(1, %s)"


@dataclass(frozen=True)
class CaseDetails:
    """What somebody writes of a case; None: as the playbook has it, or as usual.

    `said`: what the customer said; `deadline_minutes`: business minutes from opening.
    """

    title: str
    said: str = ""
    kind: str | None = None
    severity: str | None = None
    location_id: int | None = None
    member_id: int | None = None
    deadline_minutes: int | None = None


@transaction.atomic
def open_cases(*, columns: CaseColumns, playbook_id: int | None = None, by: int | None = None) -> OpenedCases:
    """Opens a case for each place in the columns, by a playbook; what is open, or was, about the same is left alone.

    Each new case gets its number, owner, deadline in business hours and checklist by the playbook; surveys and offers
    keep away from its customer until it is closed. All in the caller's transaction, with a fixed number of statements;
    a thousand at once is a good step. Announces `CaseOpened`. Raises `Playbook.DoesNotExist`, `WorkRefused` for
    columns that cannot be.
    """
    _check(columns)
    return _open(columns, playbook_id, by)


@transaction.atomic
def open_case(*, person: int | None, details: CaseDetails, playbook_id: int | None, by: int | None) -> Case:
    """Opens one case by hand, for a customer or for nobody known; what is written wins over the playbook.

    Raises `WorkRefused` with one line, `Playbook.DoesNotExist`.
    """
    if not details.title.strip() or "\0" in details.title + details.said:
        raise WorkRefused(_("Write in one line what happened."))
    columns = CaseColumns(
        source=BY_HAND,
        abouts=[""],
        handles=[person],
        titles=[details.title],
        said=[details.said],
        location_ids=[details.location_id],
    )
    return Case.objects.select_related("stage").get(pk=_open(columns, playbook_id, by, details).ids[0])


def _open(
    columns: CaseColumns, playbook_id: int | None, by: int | None, details: CaseDetails | None = None
) -> OpenedCases:
    playbook = None if playbook_id is None else Playbook.objects.get(pk=playbook_id)
    abouts = [about[:120] or None for about in columns.abouts]
    places = _new_places(abouts, _known(abouts))
    made = _make(columns, places, playbook, details)
    Case.objects.bulk_create(made, ignore_conflicts=True)
    # Whoever was quicker by a moment has the case; ours was not written then.
    rows = dict(Case.objects.filter(uuid__in=[one.uuid for one in made]).values_list("uuid", "pk"))
    written = [case for case in made if case.uuid in rows]
    for case in written:
        case.pk = rows[case.uuid]
    _follow(written, playbook, by, is_history=columns.is_history)
    known = _known(abouts)
    own = {place: case.pk for place, case in zip(places, made, strict=True) if case.uuid in rows}
    ids = [own[place] if place in own else known[about or ""] for place, about in enumerate(abouts)]
    return OpenedCases(ids, frozenset(own))


def _make(
    columns: CaseColumns, places: Sequence[int], playbook: Playbook | None, details: CaseDetails | None
) -> list[Case]:
    if not places:
        return []
    now = clock.now()
    stage = _first_stage(State.NEW)
    locations = [columns.location_ids[place] if columns.location_ids else None for place in places]
    hours = business.hours_of(sorted(set(filter(None, locations))), as_of=now)
    if details and details.member_id:
        owners: Sequence[int | None] = [details.member_id]
    else:
        owners = choose_owners(playbook=playbook, location_ids=locations)
    currency = business.profile().currency
    numbers = _numbers(len(places))
    made = []
    for place, location, owner, number in zip(places, locations, owners, numbers, strict=True):
        opened_at = columns.opened_at[place] if columns.opened_at else now
        case = Case(
            uuid=uuid7(),
            number=number,
            about=columns.abouts[place][:120] or None,
            handle=columns.handles[place],
            location_id=location,
            source=columns.source,
            kind=playbook.kind if playbook else CaseKind.COMPLAINT,
            severity=playbook.severity if playbook else Severity.NORMAL,
            title=" ".join(columns.titles[place].split())[:LONGEST_TITLE],
            said=(columns.said[place] if columns.said else "").replace("\r\n", "\n").strip()[:LONGEST_NOTE],
            playbook=playbook,
            stage=stage,
            state=State.NEW,
            stage_since=opened_at,
            member_id=owner,
            opened_at=opened_at,
            promised_minutes=playbook.deadline_minutes if playbook else None,
            hours_as_of=now,
            limit=playbook.limit if playbook else None,
            currency=currency,
            recovery_survey=playbook.recovery_survey if playbook else None,
        )
        if details:
            case.kind = details.kind or case.kind
            case.severity = details.severity or case.severity
            case.promised_minutes = details.deadline_minutes or case.promised_minutes
        case.deadline_at = _first_deadline(case, hours[location])
        made.append(case)
    return made


def _first_deadline(case: Case, hours: Hours) -> datetime | None:
    if case.promised_minutes is None:
        return None
    return deadline_of(hours, case.opened_at, timedelta(minutes=case.promised_minutes))


def _first_stage(state: State) -> Stage:
    found = list(Stage.objects.filter(state=state).order_by("position", "pk"))
    return next((stage for stage in found if stage.archived_at is None), found[0])


def _follow(cases: Sequence[Case], playbook: Playbook | None, by: int | None, *, is_history: bool) -> None:
    """What comes with new cases: history, checklist, holds, deadlines, facts and events."""
    entries = CaseEntry.objects.bulk_create(
        CaseEntry(
            case=case, kind=EntryKind.MOVED, at=case.opened_at, member_id=by, to_stage_id=case.stage_id,
            to_member_id=case.member_id, event=CASE_OPENED,
        )
        for case in cases
    )  # fmt: skip
    steps = playbook.steps if playbook else []
    CaseStep.objects.bulk_create(
        CaseStep(case=case, position=number, text=text) for case in cases for number, text in enumerate(steps, 1)
    )
    keep_apart(cases=cases)
    schedule_many(
        CASE_DEADLINES, [(case.pk, case.deadline_at, {"case": case.pk}) for case in cases if case.deadline_at]
    )
    announce(
        *(
            CaseOpened(
                case=case.pk,
                handle=case.handle,
                playbook=case.playbook_id,
                location=case.location_id,
                member=case.member_id,
                deadline=case.deadline_at,
                is_news=is_news(at=case.opened_at, is_history=is_history),
            )
            for case in cases
        )
    )
    tell(
        kind=CASE_OPENED,
        events=[
            Told(
                entry.case,
                str(entry.pk),
                entry.at,
                properties={"what": entry.case.kind, "promised": entry.case.deadline_at},
            )
            for entry in entries
        ],
        is_history=is_history,
    )


def keep_apart(*, cases: Sequence[Case]) -> None:
    """Nobody asks or offers the customers of these open cases anything until they are closed."""
    known = [case for case in cases if case.handle is not None]
    if known:
        privacy.hold(
            reason=privacy.HoldReason.CASE,
            subject_kind=SUBJECT,
            handles=[case.handle or 0 for case in known],
            subject_ids=[case.pk for case in known],
        )


def _known(abouts: Sequence[str | None]) -> dict[str, int]:
    wanted = {about for about in abouts if about}
    rows = Case.objects.filter(about__in=wanted).values_list("about", "pk") if wanted else ()
    return {about: number for about, number in rows if about}


def _new_places(abouts: Sequence[str | None], known: dict[str, int]) -> list[int]:
    seen = set(known)
    places = []
    for place, about in enumerate(abouts):
        if about is None or about not in seen:
            places.append(place)
            seen.add(about or "")
    return places


def _check(columns: CaseColumns) -> None:
    lengths = [len(columns.abouts), len(columns.handles), len(columns.titles)]
    lengths += [len(one) for one in (columns.said, columns.location_ids, columns.opened_at) if one]
    if any(one != other for one, other in pairwise(lengths)):
        raise WorkRefused(_("The columns are not equally long."))
    if any("\0" in text for column in (columns.titles, columns.said, columns.abouts) for text in column):
        raise WorkRefused(_("There is a character in it that cannot be kept."))
    if not all(title.strip() for title in columns.titles):
        raise WorkRefused(_("Write in one line what happened."))


def _numbers(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(NUMBERS, [count])
        return [int(number) for (number,) in cursor.fetchall()]
