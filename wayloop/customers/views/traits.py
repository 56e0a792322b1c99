"""One trait of one customer: written on the card, undone, looked back at."""

from http import HTTPStatus
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wayloop.accounts.api import Permission, permission_required
from wayloop.customers.card import TraitRow, trait_rows
from wayloop.customers.forms.values import TraitValueForm
from wayloop.customers.models import TraitDefinition, TraitValue
from wayloop.customers.queries.definitions import definition_for
from wayloop.customers.queries.traits import history_of
from wayloop.customers.rules.values import value_in_words
from wayloop.customers.services.traits import TraitChanged, set_trait, undo_trait
from wayloop.customers.views.card import card_page
from wayloop.customers.views.opened import Opened, back_to, opened
from wayloop.customers.views.panels import traits_panel, value_form
from wayloop.ui.requests import asks_for
from wayloop.ui.toasts import notify

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


@require_safe
@permission_required(Permission.CUSTOMERS_VIEW)
def trait_history(request: HttpRequest, uuid: UUID, key: str) -> HttpResponse:
    """Every value a trait has had, with source and time."""
    page = opened(request, uuid)
    trait = _trait(page, key)
    (row,) = trait_rows(page.card, page.handles, [trait])
    values = [(one, value_in_words(trait, one.value)) for one in history_of(page.handles, trait.key)]
    context = {"page": page, "card": page.card, "row": row, "values": values}
    return render(request, "customers/trait.html", context)


@require_POST
@permission_required(Permission.CUSTOMERS_CHANGE)
def write_trait(request: HttpRequest, uuid: UUID, key: str) -> HttpResponse:
    """Writes what a member says of one customer. Whoever saw another value than the one that counts now is told."""
    page = opened(request, uuid)
    trait = _trait(page, key)
    if trait.is_computed:
        raise Http404
    (row,) = trait_rows(page.card, page.handles, [trait])
    form = value_form(row, request.POST)
    if not form.is_valid():
        return _panel(request, page, form)
    try:
        written = set_trait(
            person=page.card.person,
            trait=trait,
            value=form.stored,
            seen=form.cleaned_data["seen"],
            member_id=page.member.id,
        )
    except TraitChanged as refusal:
        return _panel(request, page, _told_of_change(request, row, refusal))
    if written != form.cleaned_data["seen"]:
        undo = reverse("customers:undo_trait", args=[uuid, written])
        notify(request, _("%(trait)s: saved") % {"trait": trait.title}, undo_url=undo)
    page.card.refresh_from_db()
    if asks_for(request, "traits"):
        return render(request, "customers/_traits.html", traits_panel(page, request, saved=key))
    return back_to(page, "traits")


@require_POST
@permission_required(Permission.CUSTOMERS_CHANGE)
def undo(request: HttpRequest, uuid: UUID, value_id: int) -> HttpResponse:
    """Takes back what this member wrote last."""
    page = opened(request, uuid)
    try:
        row = undo_trait(person=page.card.person, value_id=value_id, member_id=page.member.id)
    except TraitValue.DoesNotExist:
        raise Http404 from None
    except TraitChanged:
        notify(request, _("Somebody has changed it since. It stays as it is."), kind="warn")
        return back_to(page, "traits")
    trait = TraitDefinition.objects.filter(key=row.trait).first()
    notify(request, _("%(trait)s: as before") % {"trait": trait.title if trait else row.trait}, kind="info")
    return back_to(page, "traits")


def _trait(page: Opened, key: str) -> TraitDefinition:
    trait = definition_for(key, page.member.role, page.member.scope)
    if trait is None:
        raise Http404
    return trait


def _told_of_change(request: HttpRequest, row: TraitRow, refusal: TraitChanged) -> TraitValueForm:
    """The form with what was typed, and with the version that stands there now: saving again is meant."""
    current = refusal.current
    words = value_in_words(row.trait, current.value) if current else ""
    data = request.POST.copy()
    data["trait-seen"] = str(current.pk if current else 0)
    form = value_form(row, data)
    form.is_valid()
    message = _("Somebody has written “%(value)s” meanwhile. Save again if yours is right.")
    form.add_error("value", message % {"value": words or "–"})
    return form


def _panel(request: HttpRequest, page: Opened, form: TraitValueForm) -> HttpResponse:
    context = traits_panel(page, request, form=form)
    if asks_for(request, "traits"):
        return render(request, "customers/_traits.html", context, status=REFUSED)
    return card_page(request, page, status=REFUSED, panel=context)
