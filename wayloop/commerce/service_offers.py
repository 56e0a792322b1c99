"""What agreements and service jobs add to places they do not know: the card, Home, search, navigation."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wayloop.accounts.api import Permission
from wayloop.commerce import service_words as words
from wayloop.commerce.queries import agreements, job_kinds, jobs
from wayloop.commerce.queries.agreements import AgreementFilter
from wayloop.commerce.queries.jobs import JobFilter, JobRow
from wayloop.commerce.service_kinds import SERVICE_KINDS
from wayloop.contracts.customers import CardAction, CardPanel, Cell, EventNarrator, HealthSign, Sign
from wayloop.contracts.home import AttentionLine, AttentionProvider
from wayloop.contracts.ledger import EventInfo
from wayloop.contracts.scope import Scope
from wayloop.contracts.shell import NavItem, PaletteCommand, SearchHit, SearchProvider
from wayloop.identity import api as identity

ON_THE_CARD = 3


class AgreementNarrator:
    """Tells what happened to agreements by their titles and days."""

    kinds = words.AGREEMENT_EVENTS

    def narrate(self, events: Sequence[EventInfo]) -> Mapping[int, tuple[str, str, str]]:
        known = agreements.agreement_words([event.subject_id for event in events])
        told = {}
        for event in events:
            if event.subject_id in known:
                uuid, title, _kind = known[event.subject_id]
                told[event.id] = (
                    *words.agreement_words(event.kind, title, event.properties),
                    reverse("service:agreement", args=[uuid]),
                )
        return told


class JobNarrator:
    """Tells what happened to service jobs by their kinds, numbers and stages."""

    kinds = tuple(kind.name for kind in SERVICE_KINDS if kind.name not in words.AGREEMENT_EVENTS)

    def narrate(self, events: Sequence[EventInfo]) -> Mapping[int, tuple[str, str, str]]:
        known = jobs.job_words([event.subject_id for event in events])
        kinds = job_kinds.kinds_with_stages()
        names = {kind.id: kind.name for kind in kinds}
        stages = {stage.id: stage.name for kind in kinds for stage in kind.stages}
        told = {}
        for event in events:
            if event.subject_id in known:
                uuid, number, title, kind_id = known[event.subject_id]
                job = words.job_word(names[kind_id], number)
                stage = stages.get(event.properties.get("to", 0), "")
                sentence = words.job_words(event.kind, job, title, stage, event.properties)
                told[event.id] = (*sentence, reverse("service:job", args=[uuid]))
        return told


class AgreementsPanel:
    """Agreements in force, those first that end first."""

    label = gettext_lazy("Agreements")
    order = 20

    def facts(self, person: int, scope: Scope) -> Sequence[tuple[object, Cell, str]]:
        day = agreements.today()
        wanted = AgreementFilter("all", person=person)
        rows = agreements.list_agreements(scope=scope, wanted=wanted, day=day, limit=50).rows
        holding = [row for row in rows if row.last_on >= day]
        facts: list[tuple[object, Cell, str]] = [
            (row.title, Cell("text", _until(row)), reverse("service:agreement", args=[row.uuid]))
            for row in sorted(holding, key=lambda row: row.last_on)[:ON_THE_CARD]
        ]
        if len(rows) > len(facts):
            facts.append((_("All agreements"), Cell("number", len(rows)), _of(person, "service:agreements")))
        return facts


class JobsPanel:
    """Open jobs, the most urgent first."""

    label = gettext_lazy("Service jobs")
    order = 15

    def facts(self, person: int, scope: Scope) -> Sequence[tuple[object, Cell, str]]:
        found = jobs.list_jobs(scope=scope, wanted=JobFilter("all", person=person)).rows
        if not found:
            return []
        rows = sorted((row for row in found if row.closed_at is None), key=jobs.urgency)[:ON_THE_CARD]
        kinds = job_kinds.kinds_with_stages()
        names = {kind.id: kind.name for kind in kinds}
        stages = {stage.id: str(stage.name) for kind in kinds for stage in kind.stages}
        facts: list[tuple[object, Cell, str]] = []
        for row in rows:
            standing = stages[row.stage_id]
            shown = _("%(stage)s, late") % {"stage": standing} if row.is_late else standing
            address = reverse("service:job", args=[row.uuid])
            facts.append((words.job_word(names[row.kind_id], row.number), Cell("text", shown), address))
        if len(found) > len(facts):
            facts.append((_("All jobs"), Cell("number", len(found)), _of(person, "service:jobs")))
        return facts


class OpenJob:
    """A job that is not done is an open matter; a late one is a bad one."""

    def look(self, person: int, scope: Scope) -> Sign | None:
        rows = jobs.open_jobs_of(person, scope=scope, limit=1)
        return _sign_of(rows[0]) if rows else None


class EndingAgreement:
    """An agreement ends soon, and nobody has agreed on the next term yet."""

    def look(self, person: int, scope: Scope) -> Sign | None:
        rows = agreements.ending_unrenewed(scope=scope, day=agreements.today(), person=person, limit=1)
        if not rows:
            return None
        left = words.days_left_words((rows[0].last_on - rows[0].today).days, renews=False)
        address = reverse("service:agreement", args=[rows[0].uuid])
        return Sign("matter", "warn", _("Ends soon"), f"{left}: {rows[0].title}", address, _("Open"))


class ServiceAttention:
    """Late jobs, and agreements that end while nobody has agreed on the next term."""

    permission = Permission.SERVICE_VIEW

    def lines(self, member: Any) -> Sequence[AttentionLine]:
        lines = []
        late = jobs.count_jobs(scope=member.scope, wanted=JobFilter("late")).number
        if late:
            text = ngettext("%(number)s service job is late", "%(number)s service jobs are late", late)
            detail = _("Their promised time is over.")
            address = reverse("service:jobs") + "?state=late"
            lines.append(AttentionLine("bad", "timer", text % {"number": late}, detail, _("Look"), address))
        ending = agreements.count_ending_unrenewed(scope=member.scope, day=agreements.today())
        if ending:
            text = ngettext("%(number)s agreement ends soon", "%(number)s agreements end soon", ending)
            detail = _("Within 30 days, and no next term is agreed on.")
            address = reverse("service:agreements") + "?state=unrenewed"
            lines.append(AttentionLine("warn", "hourglass", text % {"number": ending}, detail, _("Look"), address))
        return lines


class JobSearch:
    """Finds jobs by number, title or item."""

    label = gettext_lazy("Service jobs")
    permission = Permission.SERVICE_VIEW

    def search(self, member: Any, text: str, limit: int) -> Sequence[SearchHit]:
        rows = jobs.list_jobs(scope=member.scope, wanted=JobFilter("open", text=text), limit=limit).rows
        names = {kind.id: kind.name for kind in job_kinds.kinds_with_stages()} if rows else {}
        return [
            SearchHit(
                title=row.title,
                url=reverse("service:job", args=[row.uuid]),
                detail=words.job_word(names[row.kind_id], row.number),
                icon="wrench",
            )
            for row in rows
        ]


class AgreementSearch:
    """Finds agreements by number or title."""

    label = gettext_lazy("Agreements")
    permission = Permission.SERVICE_VIEW

    def search(self, member: Any, text: str, limit: int) -> Sequence[SearchHit]:
        wanted = AgreementFilter("active", text=text)
        page = agreements.list_agreements(scope=member.scope, wanted=wanted, day=agreements.today(), limit=limit)
        return [
            SearchHit(
                title=row.title,
                url=reverse("service:agreement", args=[row.uuid]),
                detail=f"{row.kind_label} {row.number}",
                icon="file-text",
            )
            for row in page.rows
        ]


def _until(row: agreements.AgreementRow) -> str:
    if row.days_left is not None:
        return words.days_left_words(row.days_left, renews=row.renews_itself)
    if not row.has_end:
        return _("no end")
    return _("until %(day)s") % {"day": words.day_words(row.last_on)}


def _of(person: int, url_name: str) -> str:
    return f"{reverse(url_name)}?customer={identity.uuids_of([person])[person]}"


def _sign_of(row: JobRow) -> Sign:
    address = reverse("service:job", args=[row.uuid])
    if row.is_late and row.promised_at is not None:
        told = {"title": row.title, "when": words.promise_words(row.promised_at)}
        return Sign("matter", "bad", _("Late"), _("%(title)s: promised by %(when)s") % told, address, _("Open"))
    if row.promised_at is not None:
        told = {"title": row.title, "when": words.promise_words(row.promised_at)}
        return Sign("matter", "warn", _("Open job"), _("%(title)s: promised by %(when)s") % told, address, _("Open"))
    return Sign("matter", "warn", _("Open job"), row.title, address, _("Open"))


VIEW, CHANGE = Permission.SERVICE_VIEW, Permission.SERVICE_CHANGE
OFFERS: tuple[tuple[Any, Any], ...] = (
    (NavItem, NavItem("know", gettext_lazy("Service jobs"), "service:board", "wrench", "g w", VIEW, 22)),
    (NavItem, NavItem("know", gettext_lazy("Agreements"), "service:agreements", "file-text", "g a", VIEW, 24)),
    (
        NavItem,
        NavItem(
            "settings", gettext_lazy("Service jobs"), "service:kinds", "wrench", None, Permission.SETTINGS_CHANGE, 45,
            "business", gettext_lazy("Kinds of jobs and their stages"),
        ),
    ),
    (PaletteCommand, PaletteCommand(gettext_lazy("New job"), "service:new_job", "wrench", permission=CHANGE)),
    (
        PaletteCommand,
        PaletteCommand(gettext_lazy("New agreement"), "service:new_agreement", "file-text", permission=CHANGE),
    ),
    (SearchProvider, JobSearch()),
    (SearchProvider, AgreementSearch()),
    (EventNarrator, AgreementNarrator()),
    (EventNarrator, JobNarrator()),
    (CardPanel, JobsPanel()),
    (CardPanel, AgreementsPanel()),
    (HealthSign, OpenJob()),
    (HealthSign, EndingAgreement()),
    (CardAction, CardAction(gettext_lazy("New job"), "wrench", "service:new_job_for", CHANGE, 40, is_aside=True)),
    (
        CardAction,
        CardAction(
            gettext_lazy("New agreement"), "file-text", "service:new_agreement_for", CHANGE, 50, is_aside=True
        ),
    ),
    (AttentionProvider, ServiceAttention()),
)  # fmt: skip
