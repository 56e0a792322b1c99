"""Cases as a list, and one of them: what was said, its clock, its checklist, what happened."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from wayloop.accounts import api as accounts
from wayloop.accounts.api import Permission, member_of, permission_required
from wayloop.business import api as business
from wayloop.business.api import Interval
from wayloop.customers import api as customers
from wayloop.kernel import clock
from wayloop.ui import formats
from wayloop.ui.requests import day_in, number_in
from wayloop.work.clocks import counted
from wayloop.work.enums import CaseKind, Severity
from wayloop.work.forms.choices import owner_choices
from wayloop.work.models import Case
from wayloop.work.queries.cases import ALL_WHICH, TOLD, CaseFilter, Which, count_cases, is_late, list_cases
from wayloop.work.queries.history import entries_of, steps_of, stops_of
from wayloop.work.queries.origins import origin_of
from wayloop.work.queries.settings import StageInfo, causes, causes_for, playbooks, stages
from wayloop.work.queries.todos import list_tasks
from wayloop.work.rules import sight_of
from wayloop.work.views.shown import case_of
from wayloop.work.words import business_time, case_name, entry_words

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Counted:
    """One day of the clock: the times that counted, as the wall of the place showed them, and how long they are."""

    day: date
    times: str
    seconds: int


@require_safe
@permission_required(Permission.WORK_OWN)
def case_list(request: HttpRequest) -> HttpResponse:
    """Cases in all stages; what is shown, and the page, are in the address."""
    member = member_of(request)
    sight = sight_of(member)
    wanted = asked_cases(request, member.id)
    page = list_cases(sight=sight, wanted=wanted, after=request.GET.get("after"))
    titles = customers.titles_of([row.person for row in page.rows if row.person is not None])
    names = accounts.names_of(row.member_id for row in page.rows if row.member_id is not None)
    places = {place.id: place.name for place in business.locations(with_archived=True)}
    every = {stage.id: stage for stage in stages()}
    by_cause = {cause.pk: cause.name for cause in causes(with_archived=True)}
    context = {
        "rows": [
            {
                "case": row,
                "name": case_name(row.number),
                "stage": every[row.stage_id],
                "customer": titles.get(row.person or 0),
                "member": names.get(row.member_id or 0, ""),
                "place": places.get(row.location_id or 0),
                "cause": by_cause.get(row.cause_id or 0),
                "took": "" if row.spent_seconds is None else business_time(row.spent_seconds),
            }
            for row in page.rows
        ],
        "total": count_cases(sight=sight, wanted=wanted, exact="exact" in request.GET),
        "next_key": page.next_key,
        "is_first_page": not request.GET.get("after"),
        "wanted": wanted,
        "tabs": [(which, words) for which, words in _which_words().items() if which != "free" or sight.own is None],
        "stage_choices": [(one.id, one.name) for one in every.values()],
        "book_choices": [(one.pk, one.name) for one in playbooks(with_archived=True)],
        "cause_choices": [(0, _("not known yet")), *((pk, name) for pk, name in by_cause.items())],
        "severity_choices": Severity.choices,
        "place_choices": [(place.id, place.name) for place in business.locations(scope=member.scope)],
        "customer": customers.titles_of([wanted.person], member.scope).get(wanted.person) if wanted.person else None,
        "kept": {name: request.GET.get(name, "") for name in KEPT},
        "is_mine": wanted.member == member.id,
        "is_filtered": wanted != CaseFilter(wanted.which),
        "chips": _chips(wanted, member.id),
        "narrowed": dict.fromkeys(NARROWED),
        "everything": dict.fromkeys((*NARROWED, *FIELDS)),
        "may_open": member.may(Permission.WORK_OPEN),
        "sees_all": sight.own is None,
        "sees_customers": member.may(Permission.CUSTOMERS_VIEW),
    }
    return render(request, "work/cases.html", context)


@require_safe
@permission_required(Permission.WORK_OWN)
def case_page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One case with its history."""
    member = member_of(request)
    case = case_of(uuid, member)
    every = stages()
    now = clock.now()
    steps = steps_of(case.pk)
    following = _following(every, case)
    may_change = member.may(Permission.WORK_CHANGE)
    context = {
        "case": case,
        "name": case_name(case.number),
        "stage": next(one for one in every if one.id == case.stage_id),
        "following": following,
        "others": [
            one for one in every
            if not one.is_archived and one.id not in (case.stage_id, following.id if following else 0)
        ],
        "is_late": is_late(case.deadline_at, case.closed_at, now),
        "is_waiting": case.state == "waiting" and case.promised_minutes is not None and case.deadline_at is None,
        "customer": customers.customer_of_handle(case.handle),
        "sees_customers": member.may(Permission.CUSTOMERS_VIEW),
        "place": _place(case.location_id),
        "steps": steps,
        "done": sum(step.done_at is not None for step in steps),
        "history": _by_day(entry_words(entry, case.currency) for entry in entries_of(case.pk)),
        "tasks": list_tasks(sight=sight_of(member), case=case.pk, limit=20).rows,
        "cause_choices": [
            ("", _("not known yet")),
            *((cause.pk, cause.name) for cause in causes_for(case.playbook, case.cause_id)),
        ],
        "owner_choices": owner_choices(case.location_id, case.member_id),
        "limit_left": None if case.limit is None else max(case.limit - case.given, 0),
        "given_words": formats.money(case.given, case.currency) if case.currency else "",
        "limit_words": formats.money(case.limit or 0, case.currency) if case.currency else "",
        "spent": "" if case.spent_seconds is None else business_time(case.spent_seconds),
        "waited": "" if not case.waited_seconds else business_time(case.waited_seconds),
        "kind": CaseKind(case.kind).label,
        "severity": Severity(case.severity),
        "counted": _counted(case, now),
        "took": int(((case.closed_at or now) - case.opened_at).total_seconds()),
        "may_change": may_change,
        "may_open": member.may(Permission.WORK_OPEN),
        "is_mine": case.member_id == member.id,
        "member_id": member.id,
        "origin": origin_of(case.about) if member.may(Permission.SCORES_VIEW) else None,
    }  # fmt: skip
    return render(request, "work/case.html", context)


# What stands in the address of the list beside what its form has fields for; chips tell it, and a tab drops it.
NARROWED = ("since", "until", "solved", "late", "well", "took", "paid", "told", "member", "open_at", "trait")
KEPT = ("which", "mine", "customer", *NARROWED)
FIELDS = ("q", "stage", "location", "mine", "customer", "playbook", "cause", "severity")
YES_NO = {"1": True, "0": False}
# Ten years of business seconds and more are a mistake.
LONGEST_TOOK = 10**9


def _which_words() -> dict[Which, str]:
    return {
        "open": _("Open cases"),
        "late": _("Overdue"),
        "free": _("Without anybody"),
        "closed": _("Closed cases"),
        "all": _("All"),
    }


def _told_words() -> dict[str, str]:
    return {
        "promised": _("with a deadline"),
        "in_time": _("closed in time"),
        "asked": _("the customer has said how it is"),
        "recovered": _("all is well again"),
        "settled": _("one can say whether it was settled"),
        "at_once": _("settled at once"),
        "complaints": _("complaints and bad scores"),
        "given": _("something was given"),
    }


def _name_of(member: int | None) -> str:
    return accounts.names_of([member] if member else []).get(member or 0, _("nobody"))


def asked_cases(request: HttpRequest, member: int | None) -> CaseFilter:
    """What the address narrows the list to; `member`: whose cases "mine" are (id)."""
    asked, given = request.GET.get("which", ""), request.GET
    person = customers.person_of_filter(request.GET.get("customer", ""))
    which: Which = next((one for one in ALL_WHICH if one == asked), "all" if person is not None else "open")
    severity, took = given.get("severity", ""), number_in(given.get("took", ""))
    report = business.report_clock()
    since, until = (day_in(given.get(name, "")) for name in ("since", "until"))
    return CaseFilter(
        which=which,
        stage=number_in(given.get("stage", "")),
        member=member if given.get("mine") == "1" else number_in(given.get("member", "")),
        location=number_in(given.get("location", "")),
        person=person,
        playbook=number_in(given.get("playbook", "")),
        cause=number_in(given.get("cause", "")),
        severity=severity if severity in Severity.values else "",
        text=given.get("q", "").replace("\0", "").strip()[:120],
        since=report.start_of(since) if since else None,
        until=report.start_of(until + DAY) if until else None,
        is_solved=YES_NO.get(given.get("solved", "")),
        is_late=YES_NO.get(given.get("late", "")),
        is_recovered=YES_NO.get(given.get("well", "")),
        took=took if took is not None and took < LONGEST_TOOK else None,
        has_cost=given.get("paid") == "1",
        told=told if (told := given.get("told", "")) in TOLD else "",
        open_at=report.start_of(open_at) if (open_at := day_in(given.get("open_at", ""))) else None,
        trait=customers.asked_trait(request),
    )


def _chips(wanted: CaseFilter, me: int) -> list[tuple[str, dict[str, None]]]:
    """What the list is narrowed by beside its fields: in words, and what of the address says it. `me`: who looks."""
    found: list[tuple[str, tuple[str, ...]]] = []
    if wanted.since or wanted.until:
        found.append((_period_words(wanted), ("since", "until")))
    if wanted.is_solved is not None:
        words = pgettext("cases", "solved") if wanted.is_solved else pgettext("cases", "not solved")
        found.append((words, ("solved",)))
    if wanted.is_late is not None:
        words = _("after the deadline") if wanted.is_late else _("within the deadline")
        found.append((words, ("late",)))
    if wanted.is_recovered is not None:
        found.append((_("Content again") if wanted.is_recovered else _("Still not content"), ("well",)))
    if wanted.took is not None:
        found.append((_("took %(time)s or longer") % {"time": business_time(wanted.took)}, ("took",)))
    if wanted.has_cost:
        found.append((_("cost us something"), ("paid",)))
    if wanted.told:
        found.append((_told_words()[wanted.told], ("told",)))
    if wanted.trait:
        found.append((wanted.trait.text, ("trait",)))
    if wanted.open_at:
        last = business.report_clock().day_of(wanted.open_at - timedelta.resolution)
        day = formats.plain_date(last, business.report_clock().day_of(clock.now()))
        found.append((_("open at the end of %(day)s") % {"day": day}, ("open_at",)))
    if wanted.member not in (None, me):
        found.append((_name_of(wanted.member), ("member",)))
    return [(words, dict.fromkeys(names)) for words, names in found]


def _period_words(wanted: CaseFilter) -> str:
    report, today = business.report_clock(), business.report_clock().day_of(clock.now())
    first = formats.plain_date(report.day_of(wanted.since), today) if wanted.since else ""
    last = formats.plain_date(report.day_of(wanted.until - timedelta(seconds=1)), today) if wanted.until else ""
    return f"{first} – {last}"


def _following(every: tuple[StageInfo, ...], case: Case) -> StageInfo | None:
    """What the button proposes: from new into work, from work to solved."""
    wanted = {"new": "working", "working": "solved", "waiting": "working"}.get(case.state, "")
    return next((one for one in every if one.state == wanted and not one.is_archived), None)


def _counted(case: Case, now: datetime) -> list[Counted]:
    """What the clock of the case opens into: the times that counted, by days."""
    if case.promised_minutes is None:
        return []
    hours = business.hours(case.location_id, as_of=case.hours_as_of)
    until = case.closed_at or (max(case.deadline_at, now) if case.deadline_at else now)
    days: dict[date, list[Interval]] = {}
    for one in counted(hours, case.opened_at, min(until, case.deadline_at or until), stops_of(case.pk).all):
        days.setdefault(hours.clock.day_of(one.start), []).append(one)
    return [
        Counted(
            day,
            ", ".join(f"{hours.clock.local(one.start):%H:%M}–{hours.clock.local(one.end):%H:%M}" for one in found),
            int(sum((one.length for one in found), timedelta()).total_seconds()),
        )
        for day, found in days.items()
    ]


def _by_day(entries: Any) -> list[tuple[date, list[Any]]]:
    report = business.report_clock()
    days: dict[date, list[Any]] = {}
    for one in entries:
        days.setdefault(report.day_of(one.entry.at), []).append(one)
    return list(days.items())


def _place(location_id: int | None) -> object:
    return next((one.name for one in business.locations(with_archived=True) if one.id == location_id), None)
