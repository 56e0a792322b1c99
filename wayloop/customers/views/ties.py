"""Relations: told, changed, taken away and brought back."""

from http import HTTPStatus
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from wayloop.accounts.api import Permission, permission_required
from wayloop.customers.enums import CustomerKind
from wayloop.customers.forms.ties import NewTieForm, TieForm
from wayloop.customers.models import Relation
from wayloop.customers.queries.cards import card_by_uuid, titles_of
from wayloop.customers.queries.lists import list_cards
from wayloop.customers.queries.ties import Tie, tie_for, tie_of, ties_of
from wayloop.customers.rules.ties import BY_CODE
from wayloop.customers.services import ties as services
from wayloop.customers.views.opened import Opened, back_to, opened
from wayloop.identity import api as identity
from wayloop.ui.toasts import notify

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY
MOST_LISTED = 200
MOST_FOUND = 8


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.CUSTOMERS_VIEW)
def tie_list(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Everybody who belongs together with a customer, and a form for one more.

    The other customer is looked for by `q` in the address and chosen among those found.
    """
    page = opened(request, uuid)
    is_sent = request.method == "POST"
    if is_sent and not page.may_change:
        raise PermissionDenied
    text = request.GET.get("q", "").strip()[:200]
    form = NewTieForm(request.POST if is_sent else None, kind=page.card.kind)
    if is_sent and form.is_valid():
        tie = _add(page, form)
        if tie is not None:
            undo = reverse("customers:remove_tie", args=[uuid, tie.pk])
            notify(request, _("Relation added"), undo_url=undo)
            return back_to(page, "ties")
    found = list_cards(scope=page.member.scope, text=text, limit=MOST_FOUND).rows if text else ()
    is_company = page.card.kind == CustomerKind.COMPANY
    context = {
        "page": page,
        "card": page.card,
        "ties": ties_of(page.handles, page.member.scope, limit=MOST_LISTED, by_last_seen=is_company),
        "form": form if page.may_change else None,
        "text": text,
        "found": [row for row in found if row.person != page.card.person],
    }
    return render(request, "customers/ties.html", context, status=REFUSED if is_sent else HTTPStatus.OK)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.CUSTOMERS_CHANGE)
def tie_page(request: HttpRequest, uuid: UUID, tie_id: int) -> HttpResponse:
    """Role and dates of one tie."""
    page = opened(request, uuid)
    tie = _tie(page, tie_id)
    shown = _shown(page, tie)
    before = {"role": tie.role, "since": tie.since, "until": tie.until}
    form = TieForm(request.POST if request.method == "POST" else None, initial=before)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_tie(tie_id=tie.pk, **form.cleaned_data)
        except services.TieRefused:
            form.add_error(None, _("This relation is there already."))
        else:
            notify(request, _("Saved"))
            return back_to(page, "ties")
    status = REFUSED if request.method == "POST" else HTTPStatus.OK
    context = {"page": page, "card": page.card, "tie": shown, "form": form}
    return render(request, "customers/tie.html", context, status=status)


@require_POST
@permission_required(Permission.CUSTOMERS_CHANGE)
def remove_tie(request: HttpRequest, uuid: UUID, tie_id: int) -> HttpResponse:
    """Takes a tie away that was told by mistake."""
    page = opened(request, uuid)
    tie = services.remove_tie(tie_id=_tie(page, tie_id).pk)
    notify(request, _("Relation removed"), undo_url=reverse("customers:restore_tie", args=[uuid, tie.pk]))
    return back_to(page, "ties")


@require_POST
@permission_required(Permission.CUSTOMERS_CHANGE)
def restore_tie(request: HttpRequest, uuid: UUID, tie_id: int) -> HttpResponse:
    """Brings a removed tie back."""
    page = opened(request, uuid)
    try:
        services.restore_tie(tie_id=_tie(page, tie_id, removed=True).pk)
    except services.TieRefused:
        notify(request, _("This relation is there already."), kind="info")
    return back_to(page, "ties")


def _add(page: Opened, form: NewTieForm) -> Relation | None:
    other = card_by_uuid(form.cleaned_data["other"], page.member.scope)
    side = BY_CODE[form.cleaned_data["side"]]
    if other is None:
        form.add_error("other", _("Find the other customer and choose them."))
        return None
    if other.kind != side.there:
        wanted = _("a company") if side.there == CustomerKind.COMPANY else _("a private person")
        form.add_error("other", _("For this, choose %(kind)s.") % {"kind": wanted})
        return None
    pair = (page.card.person, other.person) if side.is_first else (other.person, page.card.person)
    try:
        return services.add_tie(
            first=pair[0],
            second=pair[1],
            kind=side.kind,
            role=form.cleaned_data["role"],
            since=form.cleaned_data["since"],
            member_id=page.member.id,
        )
    except services.TieRefused:
        form.add_error("other", _("This relation is there already."))
        return None


def _tie(page: Opened, tie_id: int, *, removed: bool = False) -> Relation:
    """A tie of this customer with one the member sees; a removed one is no other in that. Raises `Http404`."""
    tie = tie_for(tie_id, page.handles, removed=removed)
    if tie is None:
        raise Http404
    there = tie.other if tie.handle in page.handles else tie.handle
    people = list(identity.people_of([there]).values())
    if not titles_of(people, page.member.scope):
        raise Http404
    return tie


def _shown(page: Opened, tie: Relation) -> Tie | None:
    """The tie as the card tells it; None when the other customer is hidden from the member."""
    return tie_of(tie.pk, page.handles, page.member.scope)
