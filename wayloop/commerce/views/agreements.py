"""Agreements as a list, and one of them with its steps and documents."""

from http import HTTPStatus
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wayloop.accounts.api import MemberInfo, Permission, member_of, permission_required
from wayloop.business import api as business
from wayloop.commerce.document_links import link_to
from wayloop.commerce.enums import (
    AGREEMENT_CANCELLED,
    AgreementKind,
    AgreementState,
    Renewal,
)
from wayloop.commerce.forms.agreements import AgreementForm, DayForm, DocumentForm, initial_for, initial_of
from wayloop.commerce.models import NO_END, Agreement, AgreementStep
from wayloop.commerce.queries.agreements import (
    STATES,
    AgreementFilter,
    State,
    agreement_by_uuid,
    count_agreements,
    documents_of,
    list_agreements,
    steps_of,
    today,
)
from wayloop.commerce.rules import CommerceRefused
from wayloop.commerce.service_words import by_day, step_words
from wayloop.commerce.services import agreements as services
from wayloop.commerce.services.agreements import AgreementChanged
from wayloop.commerce.terms import SOON_DAYS, next_end, state_on
from wayloop.customers import api as customers
from wayloop.identity import api as identity
from wayloop.ui.requests import number_in
from wayloop.ui.toasts import notify

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


@require_safe
@permission_required(Permission.SERVICE_VIEW)
def agreement_list(request: HttpRequest) -> HttpResponse:
    """Agreements as they stand today; state, kind, location, customer, text and page are in the address."""
    member = member_of(request)
    wanted, day = _filter(request), today()
    page = list_agreements(scope=member.scope, wanted=wanted, day=day, after=request.GET.get("after"))
    titles = customers.titles_of([row.person for row in page.rows if row.person is not None])
    context = {
        "rows": [{"agreement": row, "customer": titles.get(row.person or 0)} for row in page.rows],
        "total": count_agreements(scope=member.scope, wanted=wanted, day=day, exact="exact" in request.GET),
        "next_key": page.next_key,
        "is_first_page": not request.GET.get("after"),
        "wanted": wanted,
        "states": [(state, _state_words()[state]) for state in STATES],
        "kind_choices": AgreementKind.choices,
        "place_choices": [(place.id, place.name) for place in business.locations(scope=member.scope)],
        "customer": customers.titles_of([wanted.person], member.scope).get(wanted.person) if wanted.person else None,
        "kept": {name: request.GET.get(name, "") for name in ("state", "customer")},
        "is_filtered": wanted != AgreementFilter(wanted.state),
        "may_change": member.may(Permission.SERVICE_CHANGE),
    }
    return render(request, "commerce/agreements.html", context)


@require_safe
@permission_required(Permission.SERVICE_VIEW)
def agreement_page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One agreement: how it stands, what happened to it, its documents."""
    return show_agreement(request, uuid)


def show_agreement(
    request: HttpRequest, uuid: UUID, *, form: DocumentForm | None = None, status: int = HTTPStatus.OK
) -> HttpResponse:
    """The page of an agreement; `form`: a document that was refused."""
    member = member_of(request)
    row = _agreement(uuid, member)
    day = today()
    state = state_on(day, starts_on=row.starts_on, last_on=row.last_on, cancelled_from=row.cancelled_from)
    steps = steps_of(row.pk)
    person = identity.people_of([row.handle]).get(row.handle)
    is_over, may_change = row.last_on < day, member.may(Permission.SERVICE_CHANGE)
    left = (row.last_on - day).days
    context = {
        "agreement": row,
        "state": state,
        "renews_itself": row.renewal == Renewal.BY_ITSELF and row.cancelled_from is None,
        "days_left": left if state == AgreementState.ACTIVE and left <= SOON_DAYS else None,
        "steps": by_day([(step, step_words(step)) for step in steps], lambda told: told[0].at),
        "documents": [(one, link_to(one.pk) if may_change else "") for one in documents_of(row.pk)],
        "document_form": form or DocumentForm(),
        "customer": customers.titles_of([person]).get(person) if person is not None else None,
        "place": next((one.name for one in business.locations(with_archived=True) if one.id == row.location_id), None),
        "may_change": may_change,
        "may_renew": row.cancelled_from is None and row.ends_on is not None,
        "may_cancel": row.cancelled_from is None and not is_over,
        "cancellation": steps[0] if steps and steps[0].event == AGREEMENT_CANCELLED and not is_over else None,
        "has_end": row.last_on != NO_END,
    }
    return render(request, "commerce/agreement.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.SERVICE_CHANGE)
def new_agreement(request: HttpRequest, customer: UUID | None = None) -> HttpResponse:
    """A form for an agreement; the customer is found first when the address names none."""
    member = member_of(request)
    if customer is None:
        return customers.ask_whom(
            request, member.scope, customers.Asking(_("New agreement"), _("For whom?"), "service:new_agreement_for")
        )
    whose = customers.customer_of(customer, member.scope)
    data = request.POST if request.method == "POST" else None
    form = AgreementForm(data, scope=member.scope, initial=initial_for(today()) | {"member": member.id})
    if data is not None and form.is_valid():
        try:
            row = services.add_agreement(person=whose.person, terms=form.terms, by=member.id)
        except CommerceRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            step = steps_of(row.pk)[-1]
            notify(request, _("The agreement is noted"), undo_url=reverse("service:undo_step", args=[step.pk]))
            return redirect("service:agreement", uuid=row.uuid)
    context = {"form": form, "customer": whose}
    return render(request, "commerce/agreement_edit.html", context, status=_status(request))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.SERVICE_CHANGE)
def edit_agreement(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Other terms; refused when somebody else changed them meanwhile."""
    member = member_of(request)
    row = _agreement(uuid, member)
    data = request.POST if request.method == "POST" else None
    form = AgreementForm(data, scope=member.scope, agreement=row, initial=initial_of(row))
    if data is not None and form.is_valid():
        try:
            step = services.change_agreement(
                agreement_id=row.pk, terms=form.terms, seen=form.cleaned_data["seen"] or 0, by=member.id
            )
        except (AgreementChanged, CommerceRefused) as refusal:
            form.add_error(None, _in_words(refusal))
        else:
            notify(request, _("Saved"), undo_url=reverse("service:undo_step", args=[step.pk]) if step else "")
            return redirect("service:agreement", uuid=uuid)
    context = {"form": form, "agreement": row}
    return render(request, "commerce/agreement_edit.html", context, status=_status(request))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.SERVICE_CHANGE)
def renew(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Until when an agreement goes on."""
    member = member_of(request)
    row = _agreement(uuid, member)
    proposed = next_end(row.ends_on, row.term_months or 12) if row.ends_on else today()
    form = DayForm(
        request.POST if request.method == "POST" else None,
        label=_("New last day"),
        hint=_("Proposed: another term."),
        initial={"day": proposed, "seen": row.version},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            step = services.renew_agreement(agreement_id=row.pk, ends_on=given["day"], seen=given["seen"], by=member.id)
        except (AgreementChanged, CommerceRefused) as refusal:
            form.add_error(None, _in_words(refusal))
        else:
            notify(request, _("Renewed"), undo_url=reverse("service:undo_step", args=[step.pk]))
            return redirect("service:agreement", uuid=uuid)
    context = {"form": form, "agreement": row, "heading": _("Renew"), "submit": _("Renew"), "kind": "primary"}
    return render(request, "commerce/agreement_day.html", context, status=_status(request))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.SERVICE_CHANGE)
def cancel(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """From when on an agreement no longer holds."""
    member = member_of(request)
    row = _agreement(uuid, member)
    form = DayForm(
        request.POST if request.method == "POST" else None,
        label=_("Does not hold from"),
        hint=_("Today: at once. The day after its last one: it ends and is not renewed."),
        initial={"day": max(today(), row.starts_on), "seen": row.version},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            step = services.cancel_agreement(
                agreement_id=row.pk, from_day=given["day"], seen=given["seen"], by=member.id
            )
        except (AgreementChanged, CommerceRefused) as refusal:
            form.add_error(None, _in_words(refusal))
        else:
            notify(request, _("The agreement is cancelled"), undo_url=reverse("service:undo_step", args=[step.pk]))
            return redirect("service:agreement", uuid=uuid)
    context = {"form": form, "agreement": row, "heading": _("Cancel the agreement"),
               "submit": _("Cancel the agreement"), "kind": "danger"}  # fmt: skip
    return render(request, "commerce/agreement_day.html", context, status=_status(request))


@require_POST
@permission_required(Permission.SERVICE_CHANGE)
def undo(request: HttpRequest, step_id: int) -> HttpResponse:
    """Takes the latest step of an agreement back, unless another followed."""
    member = member_of(request)
    step = AgreementStep.objects.select_related("agreement").filter(pk=step_id).first()
    row = agreement_by_uuid(step.agreement.uuid, member.scope) if step else None
    if row is None:
        notify(request, _("There is nothing to undo any more."), kind="info")
        return redirect("service:agreements")
    if services.undo_step(step_id=step_id):
        notify(request, _("Undone"))
    else:
        notify(request, _("Something else happened to this agreement since, so nothing was undone."), kind="warn")
    if agreement_by_uuid(row.uuid, member.scope) is None:
        return redirect("service:agreements")
    return redirect("service:agreement", uuid=row.uuid)


def _filter(request: HttpRequest) -> AgreementFilter:
    person = customers.person_of_filter(request.GET.get("customer", ""))
    asked, kind, location = (request.GET.get(name, "") for name in ("state", "kind", "location"))
    state: State = next((one for one in STATES if one == asked), "all" if person is not None else "active")
    return AgreementFilter(
        state=state,
        kind=kind if kind in AgreementKind.values else "",
        location=number_in(location),
        person=person,
        text=request.GET.get("q", "").strip()[:120],
    )


def _state_words() -> dict[State, str]:
    return {
        "active": _("In force"),
        "ending": _("Ends within 30 days"),
        "unrenewed": _("Next term open"),
        "planned": _("Begins later"),
        "ended": _("Over"),
        "all": _("All"),
    }


def _in_words(refusal: Exception) -> str:
    if isinstance(refusal, AgreementChanged):
        return _("Somebody has changed this agreement meanwhile. Open it anew, then write your change.")
    return str(refusal)


def _status(request: HttpRequest) -> int:
    return REFUSED if request.method == "POST" else HTTPStatus.OK


def _agreement(uuid: UUID, member: MemberInfo) -> Agreement:
    row = agreement_by_uuid(uuid, member.scope)
    if row is None:
        raise Http404
    return row
