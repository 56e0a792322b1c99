"""Cases over the API: the list, one, opened, changed, moved on, notes."""

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import Field

from wayloop.accounts.api import Permission, caller_of
from wayloop.business import api as business
from wayloop.contracts.work import CaseColumns
from wayloop.customers import api as customers
from wayloop.identity import api as identity
from wayloop.kernel import clock
from wayloop.kernel.rest.batches import check_past
from wayloop.kernel.rest.pages import PageGiven, key_in, next_link
from wayloop.kernel.rest.problems import Fault, Problem, missing, refused_value
from wayloop.kernel.rest.routes import Routes, check_version, etag_of
from wayloop.kernel.rest.schemas import Chosen, Given, Instant, MoneyTold, Told, TotalTold
from wayloop.work.enums import EntryKind
from wayloop.work.models import Case, Playbook
from wayloop.work.queries.cases import CaseFilter, CaseRow, case_by_uuid, count_cases, is_late, list_cases
from wayloop.work.queries.history import entries_of
from wayloop.work.queries.settings import stages
from wayloop.work.rules import LONGEST_NOTE, LONGEST_TITLE, WorkRefused, sight_of
from wayloop.work.services.moving import CaseMovedOn, move_case
from wayloop.work.services.opening import open_cases
from wayloop.work.services.writing import CaseChanged, change_case, note_case

routes = Routes("Cases")
SOURCE = "api"
StateName = Literal["new", "working", "waiting", "solved", "unsolved"]
KindName = Literal["complaint", "score", "other"]
SeverityName = Literal["high", "normal", "low"]
RowNumber = Annotated[int, Field(ge=1, le=2**63 - 1)]
Title = Annotated[str, Field(min_length=1, max_length=LONGEST_TITLE)]
Words = Annotated[str, Field(max_length=LONGEST_NOTE)]


class CasesAsked(PageGiven):
    """Which cases."""

    which: Annotated[
        Literal["open", "late", "free", "closed", "all"], Field(description="How far they are; free: nobody has them.")
    ] = "open"
    customer: Annotated[UUID | None, Field(description="Of this customer.")] = None
    since: Annotated[Instant | None, Field(description="Opened (closed ones: closed) from this instant on.")] = None
    until: Annotated[Instant | None, Field(description="Before this instant.")] = None


class CaseTold(Chosen):
    """One case. `customer` null: nobody is known, or this key does not see them. `business_seconds`: of closed ones."""

    id: UUID
    number: int
    title: str
    kind: str
    severity: str
    source: str
    state: str
    stage: int
    customer: UUID | None
    location: int | None
    member: int | None
    playbook: int | None
    cause: int | None
    opened_at: Instant
    deadline_at: Instant | None
    is_late: bool
    closed_at: Instant | None
    business_seconds: int | None
    given: MoneyTold | None


class NoteTold(Told):
    """A note of the team."""

    text: str
    written_at: Instant
    member: int | None


class StageTold(Told):
    """A stage of cases; `state`: what standing there means."""

    id: int
    name: str
    state: str


class WholeCaseTold(CaseTold):
    """One case with what was said, its notes, and the stages it can go into."""

    said: str
    notes: list[NoteTold]
    stages: list[StageTold]


class CasesTold(Told):
    """A page of cases: open ones the most urgent first, closed ones the last closed first."""

    items: list[CaseTold]
    next: str | None
    total: TotalTold | None = None


class NewCase(Given):
    """A case. `about`: what makes it this one, once for ever ("ticket:512")."""

    title: Title
    said: Words = ""
    about: Annotated[str, Field(max_length=100)] = ""
    customer: UUID | None = None
    location: RowNumber | None = None
    playbook: RowNumber | None = None
    opened_at: Instant | None = None


class CaseChange(Given):
    """What is to be other; what is left out stays. `deadline_minutes`: business minutes from opening."""

    title: Title | None = None
    said: Words | None = None
    kind: KindName | None = None
    severity: SeverityName | None = None
    deadline_minutes: Annotated[int | None, Field(ge=1, le=366 * 24 * 60)] = None


class MoveGiven(Given):
    """Where the case goes: a stage by its id, or the first one of a state."""

    stage: RowNumber | None = None
    state: StateName | None = None


class NoteGiven(Given):
    """A note for the team."""

    text: Annotated[str, Field(min_length=1, max_length=LONGEST_NOTE)]


@routes.get("cases", needs=Permission.WORK_VIEW, answer=CasesTold, problems=())
def read_cases(request: HttpRequest, asked: Query[CasesAsked]) -> CasesTold:
    """A page of cases."""
    sight = sight_of(caller_of(request))
    person = _person(request, asked.customer, "customer") if asked.customer else None
    wanted = CaseFilter(asked.which, person=person, since=asked.since, until=asked.until)
    page = list_cases(sight=sight, wanted=wanted, after=key_in(request, asked.cursor), limit=asked.limit)
    people = [row.person for row in page.rows if row.person is not None]
    titles = customers.titles_of(people, caller_of(request).scope)
    items = [CaseTold(**_fields(row, titles.get(row.person or 0), is_late=row.is_late)) for row in page.rows]
    total = TotalTold.of(count_cases(sight=sight, wanted=wanted)) if asked.total else None
    return CasesTold(items=items, next=next_link(request, page.next_key), total=total)


@routes.get("cases/{uuid:case}", needs=Permission.WORK_VIEW, answer=WholeCaseTold)
def read_case(request: HttpRequest, response: HttpResponse, case: UUID) -> WholeCaseTold:
    """One case; the header `ETag` names the version."""
    told = _told(request, _case(request, case))
    response.headers["ETag"] = etag_of(told)
    return told


@routes.post("cases", needs=Permission.WORK_OPEN, answer=WholeCaseTold, status=200)
def open_case(request: HttpRequest, new: NewCase) -> WholeCaseTold:
    """Opens a case, once by what it is about; the same again answers the one that is here."""
    key = caller_of(request)
    person = _person(request, new.customer, "/customer", is_pointer=True) if new.customer else None
    if new.location is not None and new.location not in {one.id for one in business.locations(scope=key.scope)}:
        raise refused_value(_("There is no such location."), "/location")
    if new.playbook is not None and not Playbook.objects.filter(pk=new.playbook, archived_at=None).exists():
        raise refused_value(_("There is no such playbook."), "/playbook")
    if new.opened_at is not None:
        try:
            check_past(new.opened_at)
        except ValueError as error:
            raise refused_value(str(error), "/opened_at") from error
    try:
        opened = open_cases(
            columns=CaseColumns(
                source=SOURCE,
                abouts=[f"{SOURCE}:{new.about}" if new.about else ""],
                handles=[person],
                titles=[new.title],
                said=[new.said],
                location_ids=[new.location],
                opened_at=[new.opened_at] if new.opened_at else (),
            ),
            playbook_id=new.playbook,
            by=key.member.id,
        )
    except WorkRefused as refusal:
        raise refused_value(str(refusal), "") from refusal
    found = Case.objects.filter(pk=opened.ids[0], removed_at=None).first()
    # It may be here already, at a place this key does not see.
    return _told(request, _case(request, found.uuid if found else UUID(int=0)))


@routes.patch("cases/{uuid:case}", needs=Permission.WORK_OPEN, answer=WholeCaseTold)
def write_case(request: HttpRequest, case: UUID, change: CaseChange) -> WholeCaseTold:
    """Writes some fields of a case anew."""
    row = _case(request, case)
    check_version(request, etag_of(_told(request, row)))
    given = change.model_dump(exclude_unset=True)
    try:
        change_case(
            case_id=row.pk,
            seen=row.version,
            title=given.get("title") or row.title,
            said=row.said if given.get("said") is None else given["said"],
            kind=given.get("kind") or row.kind,
            severity=given.get("severity") or row.severity,
            location_id=row.location_id,
            promised_minutes=given.get("deadline_minutes", row.promised_minutes),
            by=caller_of(request).member.id,
        )
    except WorkRefused as refusal:
        raise refused_value(str(refusal), "") from refusal
    except CaseChanged as refusal:
        raise Problem("version_differs", _("Read it again, then change it.")) from refusal
    return _told(request, _case(request, case))


@routes.post(
    "cases/{uuid:case}/moves", needs=Permission.WORK_CHANGE, answer=WholeCaseTold, status=200, problems=(404, 412)
)
def move(request: HttpRequest, case: UUID, given: MoveGiven) -> WholeCaseTold:
    """Moves a case into another stage; with `If-Match` only from where it was read."""
    row = _case(request, case)
    check_version(request, etag_of(_told(request, row)))
    shown = [one for one in stages() if not one.is_archived]
    stage = next(
        (one.id for one in shown if one.id == given.stage or (given.stage is None and one.state == given.state)), 0
    )
    if not stage:
        raise refused_value(_("There is no such stage."), "/stage" if given.stage else "/state")
    try:
        move_case(case_id=row.pk, stage_id=stage, seen_stage_id=row.stage_id, by=caller_of(request).member.id)
    except (WorkRefused, CaseMovedOn) as refusal:
        raise Problem("conflict", _("Read it again, then change it.")) from refusal
    return _told(request, _case(request, case))


@routes.post("cases/{uuid:case}/notes", needs=Permission.WORK_CHANGE, answer=WholeCaseTold, problems=(404,))
def write_note(request: HttpRequest, case: UUID, note: NoteGiven) -> WholeCaseTold:
    """Writes a note for the team."""
    row = _case(request, case)
    try:
        note_case(case_id=row.pk, text=note.text, by=caller_of(request).member.id)
    except WorkRefused as refusal:
        raise refused_value(str(refusal), "/text") from refusal
    return _told(request, row)


def _case(request: HttpRequest, uuid: UUID) -> Case:
    row = case_by_uuid(uuid, sight_of(caller_of(request)))
    if row is None:
        raise missing()
    return row


def _person(request: HttpRequest, uuid: UUID, place: str, *, is_pointer: bool = False) -> int:
    person = identity.person_by_uuid(uuid)
    if person is None or not customers.titles_of([person], caller_of(request).scope):
        detail = _("There is no such customer.")
        raise (
            refused_value(detail, place) if is_pointer else Problem("invalid", faults=[Fault(detail, parameter=place)])
        )
    return person


def _told(request: HttpRequest, row: Case) -> WholeCaseTold:
    person = None if row.handle is None else identity.people_of([row.handle]).get(row.handle)
    titles = {} if person is None else customers.titles_of([person], caller_of(request).scope)
    every = [one for one in stages() if not one.is_archived]
    return WholeCaseTold(
        **_fields(row, titles.get(person or 0), is_late=is_late(row.deadline_at, row.closed_at, clock.now())),
        said=row.said,
        notes=[
            NoteTold(text=one.said, written_at=one.at, member=one.member_id)
            for one in entries_of(row.pk)
            if one.kind == EntryKind.NOTE
        ],
        stages=[StageTold(id=one.id, name=str(one.name), state=one.state.value) for one in every],
    )


def _fields(row: Case | CaseRow, customer: customers.Title | None, *, is_late: bool) -> dict[str, Any]:
    """What a list tells of a case, and its page too."""
    return {
        "id": row.uuid,
        "number": row.number,
        "title": row.title,
        "kind": row.kind,
        "severity": row.severity,
        "source": row.source,
        "state": row.state,
        "stage": row.stage_id,
        "customer": customer.uuid if customer else None,
        "location": row.location_id,
        "member": row.member_id,
        "playbook": row.playbook_id,
        "cause": row.cause_id,
        "opened_at": row.opened_at,
        "deadline_at": row.deadline_at,
        "is_late": is_late,
        "closed_at": row.closed_at,
        "business_seconds": row.spent_seconds,
        "given": MoneyTold.of(row.given, row.currency) if row.given else None,
    }
