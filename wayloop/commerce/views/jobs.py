"""Service jobs as a list, and one of them: what it is, which stages it went through, who did it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from wayloop.accounts import api as accounts
from wayloop.accounts.api import MemberInfo, Permission, member_of, permission_required
from wayloop.business import api as business
from wayloop.commerce.forms.jobs import JobForm, initial_of
from wayloop.commerce.lateness import is_late
from wayloop.commerce.models import Job, JobMove
from wayloop.commerce.queries.agreements import AgreementFilter, list_agreements, today
from wayloop.commerce.queries.job_kinds import KindInfo, StageInfo, kinds_with_stages
from wayloop.commerce.queries.jobs import STATES, JobFilter, State, count_jobs, job_by_uuid, list_jobs, moves_of
from wayloop.commerce.rules import CommerceRefused
from wayloop.commerce.service_words import by_day, job_word
from wayloop.commerce.services import jobs as services
from wayloop.commerce.services.jobs import JobChanged
from wayloop.commerce.views.board import stage_names
from wayloop.customers import api as customers
from wayloop.identity import api as identity
from wayloop.kernel import clock
from wayloop.ui.requests import number_in
from wayloop.ui.toasts import notify

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY
MOST_AGREEMENTS = 20


@dataclass(frozen=True)
class Stay:
    """One line of the history: the move, its stage, and how long the job stood there (seconds; None: it still does)."""

    move: JobMove
    stage: StageInfo | None
    seconds: int | None


@require_safe
@permission_required(Permission.SERVICE_VIEW)
def job_list(request: HttpRequest) -> HttpResponse:
    """Jobs over all kinds; state, kind, stage, location, customer, "mine", text and page are in the address."""
    member = member_of(request)
    kinds = kinds_with_stages()
    wanted = _filter(request, member, kinds)
    page = list_jobs(scope=member.scope, wanted=wanted, after=request.GET.get("after"))
    titles = customers.titles_of([row.person for row in page.rows if row.person is not None])
    names = accounts.names_of(row.member_id for row in page.rows if row.member_id is not None)
    places = {place.id: place.name for place in business.locations(with_archived=True)}
    stages, by_id = stage_names(kinds), {kind.id: kind for kind in kinds}
    context = {
        "rows": [
            {
                "job": row,
                "name": job_word(by_id[row.kind_id].name, row.number),
                "stage": stages[row.stage_id],
                "customer": titles.get(row.person or 0),
                "member": names.get(row.member_id or 0, ""),
                "place": places.get(row.location_id or 0),
            }
            for row in page.rows
        ],
        "total": count_jobs(scope=member.scope, wanted=wanted, exact="exact" in request.GET),
        "next_key": page.next_key,
        "is_first_page": not request.GET.get("after"),
        "wanted": wanted,
        "states": [(state, _state_words()[state]) for state in STATES],
        "kind_choices": [(kind.id, kind.name) for kind in kinds],
        "stage_choices": [(one.id, one.name) for one in by_id[wanted.kind].stages] if wanted.kind else [],
        "place_choices": [(place.id, place.name) for place in business.locations(scope=member.scope)],
        "customer": customers.titles_of([wanted.person], member.scope).get(wanted.person) if wanted.person else None,
        "kept": {name: request.GET.get(name, "") for name in ("state", "mine", "customer")},
        "is_filtered": wanted != JobFilter(wanted.state),
        "may_change": member.may(Permission.SERVICE_CHANGE),
    }
    return render(request, "commerce/jobs.html", context)


@require_safe
@permission_required(Permission.SERVICE_VIEW)
def job_page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One job with its history."""
    member = member_of(request)
    job = _job(uuid, member)
    kind = next(one for one in kinds_with_stages() if one.id == job.kind_id)
    stages = {stage.id: stage for stage in kind.stages}
    person = identity.people_of([job.handle]).get(job.handle)
    now = clock.now()
    following = _following(kind, job)
    context = {
        "job": job,
        "kind": kind,
        "stage": stages[job.stage_id],
        "stages": _way(kind, job),
        "name": job_word(kind.name, job.number),
        "others": [one for one in kind.in_use if one.id not in (job.stage_id, following.id if following else 0)],
        "following": following,
        "is_late": is_late(job.promised_at, job.closed_at, now),
        "history": by_day(_history(moves_of(job.pk), stages), lambda stay: stay.move.at),
        "customer": customers.titles_of([person]).get(person) if person is not None else None,
        "place": _place(job.location_id),
        "may_change": member.may(Permission.SERVICE_CHANGE),
        "took": int(((job.closed_at or now) - job.opened_at).total_seconds()),
    }
    return render(request, "commerce/job.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.SERVICE_CHANGE)
def new_job(request: HttpRequest, customer: UUID | None = None) -> HttpResponse:
    """A form for a job; the customer is found first when the address names none."""
    member = member_of(request)
    kinds = [kind for kind in kinds_with_stages() if not kind.is_archived]
    if customer is None:
        return customers.ask_whom(
            request, member.scope, customers.Asking(_("New job"), _("For whom?"), "service:new_job_for")
        )
    whose = customers.customer_of(customer, member.scope)
    chosen = next((kind for kind in kinds if str(kind.id) == request.GET.get("kind", "")), kinds[0] if kinds else None)
    form = JobForm(
        request.POST if request.method == "POST" else None,
        scope=member.scope,
        kinds=[(str(kind.id), str(kind.name)) for kind in kinds],
        agreements=_agreements(whose, member),
        initial={"kind": chosen.id if chosen else "", "member": member.id, **_promise(chosen)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            move = services.open_job(
                person=whose.person, kind_id=int(form.cleaned_data["kind"]), details=form.details, by=member.id
            )
        except CommerceRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            notify(request, _("The job is open"), undo_url=reverse("service:undo_move", args=[move.pk]))
            return redirect("service:job", uuid=move.job.uuid)
    context = {"form": form, "customer": whose, "has_kinds": bool(kinds)}
    status = REFUSED if request.method == "POST" else HTTPStatus.OK
    return render(request, "commerce/job_edit.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.SERVICE_CHANGE)
def edit_job(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What is known of a job, written anew; refused when somebody else did meanwhile."""
    member = member_of(request)
    job = _job(uuid, member)
    whose = customers.customer_of_handle(job.handle)
    form = JobForm(
        request.POST if request.method == "POST" else None,
        scope=member.scope,
        job=job,
        agreements=_agreements(whose, member, job),
        initial=initial_of(job),
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.change_job(job_id=job.pk, details=form.details, seen=form.cleaned_data["seen"] or 0, by=member.id)
        except JobChanged:
            form.add_error(None, _("Somebody has changed this job meanwhile. Open it anew, then write your change."))
        except CommerceRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            notify(request, _("Saved"))
            return redirect("service:job", uuid=uuid)
    context = {"form": form, "customer": whose, "job": job, "has_kinds": True}
    status = REFUSED if request.method == "POST" else HTTPStatus.OK
    return render(request, "commerce/job_edit.html", context, status=status)


def _filter(request: HttpRequest, member: MemberInfo, kinds: tuple[KindInfo, ...]) -> JobFilter:
    person = customers.person_of_filter(request.GET.get("customer", ""))
    asked = request.GET.get("state", "")
    state: State = next((one for one in STATES if one == asked), "all" if person is not None else "open")
    kind = next((one for one in kinds if str(one.id) == request.GET.get("kind", "")), None)
    stages = kind.stages if kind else ()
    location = request.GET.get("location", "")
    return JobFilter(
        state=state,
        kind=kind.id if kind else None,
        stage=next((one.id for one in stages if str(one.id) == request.GET.get("stage", "")), None),
        member=member.id if request.GET.get("mine") == "1" else None,
        location=number_in(location),
        person=person,
        text=request.GET.get("q", "").strip()[:120],
    )


def _state_words() -> dict[State, str]:
    return {"open": _("Open jobs"), "late": _("Late"), "closed": _("Ended jobs"), "all": _("All")}


def _following(kind: KindInfo, job: Job) -> StageInfo | None:
    """The stage behind the one the job stands in: what the button proposes."""
    places = [stage.id for stage in kind.stages]
    if job.closed_at is not None:
        return None
    behind = kind.stages[places.index(job.stage_id) + 1 :]
    return next((stage for stage in behind if not stage.is_archived), None)


def _way(kind: KindInfo, job: Job) -> list[tuple[StageInfo, bool, bool]]:
    """The stages in their order: each, whether the job stands there, and whether that lies behind it."""
    stages = [one for one in kind.stages if not one.is_archived or one.id == job.stage_id]
    here = next(place for place, one in enumerate(stages) if one.id == job.stage_id)
    return [(one, place == here, place < here) for place, one in enumerate(stages)]


def _history(moves: list[JobMove], stages: dict[int, StageInfo]) -> list[Stay]:
    """The latest first; a stage the job still stands in has no length yet, an end has none at all."""
    ends: list[datetime | None] = [None, *(move.at for move in moves)]
    return [
        Stay(move, stages.get(move.to_stage_id), int((end - move.at).total_seconds()) if end else None)
        for move, end in zip(moves, ends, strict=False)
    ]


def _agreements(
    whose: customers.ChosenCustomer | None, member: MemberInfo, job: Job | None = None
) -> list[tuple[str, object]]:
    if whose is None:
        return []
    wanted = AgreementFilter("active", person=whose.person)
    rows = list_agreements(scope=member.scope, wanted=wanted, day=today(), limit=MOST_AGREEMENTS).rows
    found: list[tuple[str, object]] = [(str(row.id), f"{row.title} ({row.number})") for row in rows]
    if job and job.agreement and str(job.agreement_id) not in dict(found):
        found.append((str(job.agreement_id), job.agreement.title))
    return found


def _promise(kind: KindInfo | None) -> dict[str, Any]:
    if kind is None or kind.usual_hours is None:
        return {}
    promised = timezone.localtime(clock.now() + timedelta(hours=kind.usual_hours))
    return {"promised_on": promised.date(), "promised_time": promised.replace(minute=0).time()}


def _place(location_id: int | None) -> object:
    return next((one.name for one in business.locations(with_archived=True) if one.id == location_id), None)


def _job(uuid: UUID, member: MemberInfo) -> Job:
    job = job_by_uuid(uuid, member.scope)
    if job is None:
        raise Http404
    return job
