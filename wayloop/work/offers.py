"""What the work adds to places it does not know: the card, Home, search, navigation, doctor and gauges."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wayloop.accounts.api import Permission
from wayloop.contracts.business import MoneyKeeper
from wayloop.contracts.customers import CardAction, CardPanel, Cell, EventNarrator, HealthSign, Sign
from wayloop.contracts.doctor import Check, Finding, broken, good
from wayloop.contracts.gauges import Gauge, Sample
from wayloop.contracts.home import AttentionLine, AttentionProvider
from wayloop.contracts.identity import HandleKeeper, Held
from wayloop.contracts.ledger import EventInfo, EventKind
from wayloop.contracts.scope import Scope
from wayloop.contracts.shell import NavItem, PaletteCommand, SearchHit, SearchProvider
from wayloop.contracts.voice import FeedbackSource
from wayloop.identity import api as identity
from wayloop.kernel import clock
from wayloop.kernel.registry import offer
from wayloop.ui import formats
from wayloop.work import words
from wayloop.work.feedback import SaidInCases
from wayloop.work.kinds import KINDS
from wayloop.work.models import Case, Playbook
from wayloop.work.queries import cases, todos
from wayloop.work.queries.cases import CaseFilter, CaseRow
from wayloop.work.queries.settings import stages
from wayloop.work.rules import Sight

ON_THE_CARD = 3
HELD = """
SELECT handle FROM work_case WHERE handle = ANY (%(handles)s)
UNION SELECT handle FROM work_task WHERE handle = ANY (%(handles)s)
"""
# Open cases and their holds are written in one transaction; what differs went around it.
APART = """
SELECT count(*) FROM work_case c WHERE c.closed_at IS NULL AND c.removed_at IS NULL AND c.handle IS NOT NULL
AND (c.deadline_at IS NOT NULL AND c.deadline_at < %(before)s AND c.overdue_told IS DISTINCT FROM c.deadline_at)
"""


class CaseNarrator:
    """Tells what happened to cases by their numbers, titles and stages."""

    kinds = tuple(kind.name for kind in KINDS)

    def narrate(self, events: Sequence[EventInfo]) -> Mapping[int, tuple[str, str, str]]:
        known = cases.case_words([event.subject_id for event in events])
        names = {stage.id: str(stage.name) for stage in stages()}
        told = {}
        for event in events:
            if event.subject_id in known:
                uuid, number, title = known[event.subject_id]
                stage = names.get(event.properties.get("to", 0), "")
                sentence = words.event_words(event.kind, number, title, stage, event.properties)
                told[event.id] = (*sentence, reverse("work:case", args=[uuid]))
        return told


class CasesPanel:
    """Open cases, the most urgent first."""

    label = gettext_lazy("Cases")
    order = 6

    def facts(self, person: int, scope: Scope) -> Sequence[tuple[object, Cell, str]]:
        found = cases.list_cases(sight=Sight(scope), wanted=CaseFilter("all", person=person)).rows
        if not found:
            return []
        names = {stage.id: str(stage.name) for stage in stages()}
        rows = sorted((row for row in found if row.closed_at is None), key=cases.urgency)[:ON_THE_CARD]
        facts: list[tuple[object, Cell, str]] = []
        for row in rows:
            standing = names[row.stage_id]
            shown = _("%(stage)s, overdue") % {"stage": standing} if row.is_late else standing
            facts.append((words.case_name(row.number), Cell("text", shown), reverse("work:case", args=[row.uuid])))
        if len(found) > len(facts):
            address = f"{reverse('work:cases')}?which=all&customer={identity.uuids_of([person])[person]}"
            facts.append((_("All cases"), Cell("number", len(found)), address))
        return facts


class OpenCase:
    """A case that is not closed is an open matter; an overdue one is a bad one."""

    def look(self, person: int, scope: Scope) -> Sign | None:
        rows = cases.open_cases_of(person, sight=Sight(scope), limit=1)
        return _sign_of(rows[0]) if rows else None


class WorkAttention:
    """Overdue cases and tasks of the member, those that wait for them, and cases nobody has."""

    permission = Permission.WORK_OWN

    def lines(self, member: Any) -> Sequence[AttentionLine]:
        sight = _sight(member)
        found = cases.waiting_for(member.pk, sight=sight)
        mine = reverse("work:cases") + "?mine=1"
        lines = []
        if found.late:
            text, detail = words.cases_overdue(found.late), _("Their deadline is over.")
            lines.append(AttentionLine("bad", "timer", text, detail, _("Look"), f"{mine}&which=late"))
        if found.mine > found.late:
            lines.append(_waiting_line(found.mine, mine))
        today = _end_of_today()
        due = todos.count_tasks(sight=sight, member=member.pk, due_before=today).number
        if due:
            text = ngettext("%(number)s task is due today", "%(number)s tasks are due today", due)
            detail = _("Yours, by the end of the day.")
            shown = text % {"number": formats.number(due)}
            lines.append(AttentionLine("warn", "list-checks", shown, detail, _("Look"), reverse("work:tasks")))
        if found.free and member.has_permission(Permission.WORK_OPEN):
            text = ngettext("%(number)s case has nobody", "%(number)s cases have nobody", found.free)
            shown, address = text % {"number": formats.number(found.free)}, reverse("work:cases") + "?which=free"
            lines.append(AttentionLine("warn", "inbox", shown, _("Take them, or give them away."), _("Look"), address))
        return lines


class CaseSearch:
    """Finds open cases by number or words of the title."""

    label = gettext_lazy("Cases")
    permission = Permission.WORK_OWN

    def search(self, member: Any, text: str, limit: int) -> Sequence[SearchHit]:
        rows = cases.list_cases(sight=_sight(member), wanted=CaseFilter("all", text=text), limit=limit).rows
        return [
            SearchHit(
                title=row.title,
                url=reverse("work:case", args=[row.uuid]),
                detail=words.case_name(row.number),
                icon="life-buoy",
            )
            for row in rows
        ]


class WorkKeeper:
    """Whoever has a case or a task stays, whatever import is undone."""

    def held(self, handles: Sequence[int], *, batch: str) -> Held:
        with connection.cursor() as cursor:
            cursor.execute(HELD, {"handles": list(handles)})
            return Held(frozenset(handle for (handle,) in cursor.fetchall()), frozenset())


class Compensations:
    """Limits of playbooks and what was given count in the business's currency."""

    def keeps_money(self) -> bool:
        return Playbook.objects.filter(limit__isnull=False).exists() or Case.objects.filter(given__gt=0).exists()


def deadlines_are_told() -> Finding:
    """Whether each deadline that passed was told."""
    with connection.cursor() as cursor:
        cursor.execute(APART, {"before": clock.now() - timedelta(minutes=10)})
        (number,) = cursor.fetchone()
    if number:
        return broken(f"{number} cases are overdue and nobody was told: is the worker running?")
    return good("every deadline that passed was told")


def read_open_cases() -> Iterable[Sample]:
    """Open cases by whether they are overdue."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE deadline_at < %s), count(*) FROM work_case "
            "WHERE closed_at IS NULL AND removed_at IS NULL",
            [clock.now()],
        )
        late, number = cursor.fetchone()
    yield Sample(late, {"overdue": "yes"})
    yield Sample(number - late, {"overdue": "no"})


def _sight(member: Any) -> Sight:
    """What the member of a request sees."""
    return Sight(member.scope, None if member.has_permission(Permission.WORK_VIEW) else member.pk)


def _waiting_line(number: int, address: str) -> AttentionLine:
    text = ngettext("%(number)s case waits for you", "%(number)s cases wait for you", number)
    return AttentionLine("info", "life-buoy", text % {"number": formats.number(number)}, "", _("Look"), address)


def _end_of_today() -> Any:
    today = timezone.localtime(clock.now())
    return today.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def _sign_of(row: CaseRow) -> Sign:
    address = reverse("work:case", args=[row.uuid])
    if row.is_late and row.deadline_at is not None:
        told = {"title": row.title, "when": words.deadline_words(row.deadline_at)}
        return Sign(
            "matter", "bad", _("Overdue"), _("%(title)s: was to be solved by %(when)s") % told, address, _("Open")
        )
    return Sign("matter", "warn", _("Open case"), row.title, address, _("Open"))


OWN, VIEW, CHANGE = Permission.WORK_OWN, Permission.WORK_VIEW, Permission.WORK_CHANGE
OPEN, SET = Permission.WORK_OPEN, Permission.WORK_SET
offer(NavItem, NavItem("act", gettext_lazy("Cases"), "work:board", "life-buoy", "g e", OWN, 5, aside=True))
offer(NavItem, NavItem("act", gettext_lazy("Tasks"), "work:tasks", "list-checks", "g k", OWN, 6, aside=True))
offer(NavItem, NavItem("understand", gettext_lazy("What goes wrong"), "work:loop", "route", None, VIEW, 30))
offer(
    NavItem,
    NavItem(
        "settings", gettext_lazy("Cases"), "work:playbooks", "life-buoy", None, SET, 46, "business",
        gettext_lazy("Playbooks, stages and root causes"),
    ),
)  # fmt: skip
offer(PaletteCommand, PaletteCommand(gettext_lazy("New case"), "work:new_case", "life-buoy", permission=OPEN))
offer(PaletteCommand, PaletteCommand(gettext_lazy("New task"), "work:new_task", "list-checks", permission=CHANGE))
for kind in KINDS:
    offer(EventKind, kind)
offer(EventNarrator, CaseNarrator())
offer(CardPanel, CasesPanel())  # type: ignore[type-abstract]
offer(HealthSign, OpenCase())  # type: ignore[type-abstract]
offer(AttentionProvider, WorkAttention())
offer(SearchProvider, CaseSearch())
offer(HandleKeeper, WorkKeeper())  # type: ignore[type-abstract]
offer(MoneyKeeper, Compensations())  # type: ignore[type-abstract]
offer(CardAction, CardAction(gettext_lazy("New case"), "life-buoy", "work:new_case_for", OPEN, 35, is_aside=True))
offer(
    Check,
    Check(
        "deadlines",
        deadlines_are_told,
        gettext_lazy("Overdue cases are told"),
        gettext_lazy("The worker tells who has a case when its deadline is over. Look whether it runs."),
    ),
)
offer(Gauge, Gauge("wayloop_open_cases", "Cases that are open, by whether they are overdue.", read_open_cases))
offer(FeedbackSource, SaidInCases())  # type: ignore[type-abstract]
