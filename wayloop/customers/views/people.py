"""Customers that members add by hand; their names, phones and addresses."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from wayloop.accounts.api import MemberInfo, Permission, member_of, permission_required
from wayloop.customers.card import contacts_of
from wayloop.customers.enums import CustomerKind, RelationKind
from wayloop.customers.forms.people import ContactForm, NameForm, NewCustomerForm
from wayloop.customers.models import Card, TraitValue
from wayloop.customers.queries.cards import card_by_uuid, titles_of
from wayloop.customers.services import people as services
from wayloop.customers.services.people import AlreadyKnown, NewCustomer
from wayloop.customers.services.ties import add_tie
from wayloop.customers.services.traits import TraitChanged
from wayloop.customers.views.opened import back_to, opened
from wayloop.identity import api as identity
from wayloop.identity.api import IdentifierKind
from wayloop.ui.toasts import notify

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY
# What was taken away last, so that it can come back: it belongs neither into an address nor into a page.
REMOVED = "customers_removed_contact"
MOST_REMOVED = 20
REMOVABLE = (IdentifierKind.PHONE, IdentifierKind.EMAIL)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.CUSTOMERS_CHANGE)
def new_customer(request: HttpRequest) -> HttpResponse:
    """Adds a person or a company; proposes the cards of those who have the phone or e-mail already.

    `company` in the address: the company the new person is a contact of.
    """
    member = member_of(request)
    company = _company(request, member)
    kind = CustomerKind.COMPANY if request.GET.get("kind") == "company" else CustomerKind.PERSON
    initial = {"kind": kind, "name": request.GET.get("name", "")[:200]}
    form = NewCustomerForm(request.POST if request.method == "POST" else None, scope=member.scope, initial=initial)
    known: list[Any] = []
    is_hidden = False
    if request.method == "POST" and form.is_valid():
        try:
            person = services.add_customer(new=_new(form), is_somebody_else="is_somebody_else" in request.POST)
        except AlreadyKnown as refusal:
            known = list(titles_of(refusal.people, member.scope).values())
            is_hidden = not known
        else:
            if company is not None:
                kinds = RelationKind.WORKS_AT
                add_tie(first=person, second=company.person, kind=kinds, member_id=member.id)
            notify(request, _("The card is ready"))
            return redirect("customers:card", identity.uuids_of([person])[person])
    context = {"form": form, "known": known, "is_hidden": is_hidden, "company": company}
    status = REFUSED if request.method == "POST" else HTTPStatus.OK
    return render(request, "customers/new.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.CUSTOMERS_CHANGE)
def rename(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What the customer is called."""
    page = opened(request, uuid)
    form = NameForm(request.POST if request.method == "POST" else None, initial={"name": page.card.name})
    if request.method == "POST" and form.is_valid():
        written = services.rename_customer(
            person=page.card.person, name=form.cleaned_data["name"], member_id=page.member.id
        )
        if written:
            notify(request, _("Saved"), undo_url=reverse("customers:undo_rename", args=[uuid, written]))
        return back_to(page)
    status = REFUSED if request.method == "POST" else HTTPStatus.OK
    return render(request, "customers/rename.html", {"page": page, "card": page.card, "form": form}, status=status)


@require_POST
@permission_required(Permission.CUSTOMERS_CHANGE)
def undo_rename(request: HttpRequest, uuid: UUID, value_id: int) -> HttpResponse:
    """Takes back the name this member gave last."""
    page = opened(request, uuid)
    try:
        services.undo_rename(person=page.card.person, value_id=value_id, member_id=page.member.id)
    except TraitValue.DoesNotExist:
        raise Http404 from None
    except TraitChanged:
        notify(request, _("Somebody has changed it since. It stays as it is."), kind="warn")
    return back_to(page)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.CUSTOMERS_CHANGE)
def new_contact(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Adds a phone or an e-mail to a card."""
    page = opened(request, uuid)
    form = ContactForm(request.POST if request.method == "POST" else None)
    known: list[Any] = []
    is_hidden = False
    if request.method == "POST" and form.is_valid():
        try:
            services.add_contact(
                person=page.card.person,
                kind=IdentifierKind(form.cleaned_data["kind"]),
                value=form.cleaned_data["value"],
                is_shared="is_somebody_else" in request.POST,
            )
        except AlreadyKnown as refusal:
            known = list(titles_of(refusal.people, page.member.scope).values())
            is_hidden = not known
        else:
            notify(request, _("Saved"))
            return back_to(page, "contacts")
    context = {
        "page": page,
        "card": page.card,
        "form": form,
        "known": known,
        "is_hidden": is_hidden,
        "contacts": contacts_of(page.handles),
        "removable": [kind.value for kind in REMOVABLE],
    }
    status = REFUSED if request.method == "POST" else HTTPStatus.OK
    return render(request, "customers/contact.html", context, status=status)


@require_POST
@permission_required(Permission.CUSTOMERS_CHANGE)
def remove_contact(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Takes a phone or an e-mail off a card."""
    page = opened(request, uuid)
    kind, value = request.POST.get("kind", ""), request.POST.get("value", "")
    held = {(one.kind, one.value) for one in identity.identifiers_of(page.handles)}
    if kind not in REMOVABLE or (kind, value) not in held:
        raise Http404
    identity.remove_identifier(kind=IdentifierKind(kind), handles=page.handles, value=value)
    # One for each card: an undo pressed on another page meanwhile is still good.
    kept = {**request.session.get(REMOVED, {}), str(page.card.person): {"kind": kind, "value": value}}
    request.session[REMOVED] = dict(list(kept.items())[-MOST_REMOVED:])
    notify(request, _("Taken off the card"), undo_url=reverse("customers:restore_contact", args=[uuid]))
    return back_to(page, "contacts")


@require_POST
@permission_required(Permission.CUSTOMERS_CHANGE)
def restore_contact(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Brings back the phone or e-mail that this member took off this card last."""
    page = opened(request, uuid)
    kept = dict(request.session.get(REMOVED, {}))
    removed = kept.pop(str(page.card.person), None)
    if removed is None:
        notify(request, _("There is nothing to undo any more."), kind="info")
        return back_to(page, "contacts")
    request.session[REMOVED] = kept
    identity.add_identifiers(
        kind=IdentifierKind(removed["kind"]), handles=[page.card.person], values=[removed["value"]]
    )
    return back_to(page, "contacts")


def _company(request: HttpRequest, member: MemberInfo) -> Card | None:
    try:
        uuid = UUID(request.GET.get("company", ""))
    except ValueError:
        return None
    card = card_by_uuid(uuid, member.scope)
    return card if card and card.kind == CustomerKind.COMPANY else None


def _new(form: NewCustomerForm) -> NewCustomer:
    given = form.cleaned_data
    return NewCustomer(
        kind=CustomerKind(given["kind"]),
        name=given["name"],
        phone=given["phone"],
        email=given["email"],
        location_id=int(given["location"]) if given.get("location") else None,
    )
