"""Cases opened by hand, and written anew."""

from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from wayloop.accounts.api import Permission, member_of, permission_required
from wayloop.customers import api as customers
from wayloop.ui.toasts import notify
from wayloop.work.enums import EntryKind
from wayloop.work.forms.cases import CaseForm, initial_of
from wayloop.work.models import CaseEntry
from wayloop.work.queries.settings import playbooks
from wayloop.work.rules import WorkRefused
from wayloop.work.services import opening, writing
from wayloop.work.services.writing import CaseChanged
from wayloop.work.views.shown import case_of

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.WORK_OPEN)
def new_case(request: HttpRequest, customer: UUID | None = None) -> HttpResponse:
    """A form for a case; the customer is found first when the address names none, or is nobody (`nobody=1`)."""
    member = member_of(request)
    if customer is None and request.GET.get("nobody") != "1":
        asking = customers.Asking(
            _("New case"),
            _("Whose complaint is it?"),
            "work:new_case_for",
            nobody_url=f"{reverse('work:new_case')}?nobody=1",
            nobody=_("Nobody known: open it without a customer"),
        )
        return customers.ask_whom(request, member.scope, asking)
    whose = customers.customer_of(customer, member.scope) if customer else None
    books = playbooks()
    form = CaseForm(
        request.POST if request.method == "POST" else None,
        scope=member.scope,
        playbooks=[(str(one.pk), one.name) for one in books],
        initial={"playbook": books[0].pk if len(books) == 1 else ""},
    )
    if request.method == "POST" and form.is_valid():
        try:
            case = opening.open_case(
                person=whose.person if whose else None,
                details=form.details,
                playbook_id=form.playbook_id,
                by=member.id,
            )
        except WorkRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            entry = CaseEntry.objects.filter(case=case, kind=EntryKind.MOVED).earliest("pk")
            notify(request, _("The case is open"), undo_url=reverse("work:undo_move", args=[entry.pk]))
            return redirect("work:case", uuid=case.uuid)
    status = REFUSED if request.method == "POST" else HTTPStatus.OK
    return render(request, "work/case_edit.html", {"form": form, "customer": whose}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.WORK_OPEN)
def edit_case(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What is known of a case, written anew; refused when somebody else did meanwhile."""
    member = member_of(request)
    case = case_of(uuid, member)
    form = CaseForm(
        request.POST if request.method == "POST" else None, scope=member.scope, case=case, initial=initial_of(case)
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            writing.change_case(
                case_id=case.pk,
                seen=given["seen"] or 0,
                title=given["title"],
                said=given["said"],
                kind=given["kind"] or case.kind,
                severity=given["severity"] or case.severity,
                location_id=form.location_id if "location" in form.fields else case.location_id,
                promised_minutes=form.minutes,
                by=member.id,
            )
        except CaseChanged:
            form.add_error(None, _("Somebody has changed this case meanwhile. Open it anew, then write your change."))
        except WorkRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            notify(request, _("Saved"))
            return redirect("work:case", uuid=uuid)
    context = {"form": form, "customer": customers.customer_of_handle(case.handle), "case": case}
    status = REFUSED if request.method == "POST" else HTTPStatus.OK
    return render(request, "work/case_edit.html", context, status=status)
