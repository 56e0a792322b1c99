"""Customers: lists, search, one, new ones, names and contacts."""

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import Field

from wayloop.accounts.api import Permission, audit_search, caller_of
from wayloop.business import api as business
from wayloop.contracts.conditions import AllOf, AnyOf, Condition, Where
from wayloop.customers.endpoints.shapes import (
    LONGEST_IDENTIFIER,
    Asked,
    ContactGiven,
    CustomerChange,
    CustomerGiven,
    CustomersTold,
    CustomerTold,
    FoundTold,
    card_in,
    eyes_in,
    note_opened,
    note_taken,
    told_card,
    told_cards,
)
from wayloop.customers.enums import CustomerKind
from wayloop.customers.fields.known import known_fields
from wayloop.customers.fields.orders import STANDARD, known_sorts, read_sort
from wayloop.customers.fields.traits import seen_traits
from wayloop.customers.forms.people import BAD_EMAIL, BAD_PHONE
from wayloop.customers.queries.cards import titles_of
from wayloop.customers.queries.conditions import ConditionRefused, from_json
from wayloop.customers.queries.lists import CustomerList, TooSlow
from wayloop.customers.rules.words import fitting
from wayloop.customers.services import people as services
from wayloop.customers.services.people import AlreadyKnown, NewCustomer
from wayloop.identity import api as identity
from wayloop.identity.api import IdentifierKind
from wayloop.kernel.rest.pages import PageGiven, cursor_for, key_in, next_link
from wayloop.kernel.rest.problems import Fault, Problem, refused_value
from wayloop.kernel.rest.routes import Routes, check_version, etag_of
from wayloop.kernel.rest.schemas import Given, TotalTold

routes = Routes("Customers")


class CustomersAsked(PageGiven):
    """Which customers, in which order."""

    kind: Annotated[Literal["person", "company"] | None, Field(description="Only people, or only companies.")] = None
    location: Annotated[int | None, Field(ge=1, le=2**63 - 1, description="Seen at this location.")] = None
    sort: Annotated[
        str, Field(max_length=60, description="`name`, `seen`, `first` or `trait_…`; with `-` before it falling.")
    ] = STANDARD


class SearchGiven(Given):
    """What is looked for. `q` and values stand in the body, so that no log keeps them."""

    q: Annotated[str, Field(max_length=254, description="Words of a name, a phone, an address, a number.")] = ""
    condition: Asked | None = None
    sort: Annotated[str, Field(max_length=60)] = STANDARD
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str | None, Field(max_length=3000)] = None
    total: bool = False


class ContactGone(Given):
    """The phone or e-mail that is taken off."""

    kind: Literal["phone", "email"]
    value: Annotated[str, Field(min_length=1, max_length=LONGEST_IDENTIFIER)]


@routes.get("customers", needs=Permission.CUSTOMERS_VIEW, answer=CustomersTold, problems=())
def list_customers(request: HttpRequest, asked: Query[CustomersAsked]) -> CustomersTold:
    """A page of customers.

    For words and conditions use `POST /customers/search`: what is looked for is personal and belongs into no address.
    """
    parts: list[Condition] = []
    if asked.kind:
        parts.append(Where("kind", "is", (asked.kind,)))
    if asked.location:
        parts.append(Where("location", "is", (str(asked.location),)))
    found, sort = _found(request, AllOf(tuple(parts)), asked.sort)
    page = _page(found, sort, key_in(request, asked.cursor), asked.limit)
    note_taken(page.rows)
    return CustomersTold(
        items=told_cards(request, page.rows),
        next=next_link(request, page.next_key),
        total=TotalTold.of(found.count()) if asked.total else None,
    )


@routes.post("customers/search", needs=Permission.CUSTOMERS_VIEW, answer=FoundTold, status=200, is_read=True)
def search_customers(request: HttpRequest, asked: SearchGiven) -> FoundTold:
    """Customers by words and conditions: the same trees that filters of the screen are made of."""
    parts: list[Condition] = []
    eyes = eyes_in(request)
    if asked.condition is not None:
        try:
            fields = known_fields(eyes)
            parts.append(from_json(asked.condition.model_dump(mode="json", by_alias=True), fields))
        except ConditionRefused as refused:
            raise refused_value(str(refused), "/condition") from None
    if asked.q.strip():
        wanted = fitting(asked.q, LONGEST_IDENTIFIER)
        parts.append(Where("text", "is", (wanted,)) if wanted else AnyOf())
    found, sort = _found(request, AllOf(tuple(parts)), asked.sort)
    page = _page(found, sort, key_in(request, asked.cursor), asked.limit)
    if asked.q.strip():
        audit_search(text=asked.q, found=len(page.rows))
    else:
        note_taken(page.rows)
    return FoundTold(
        items=told_cards(request, page.rows),
        cursor=cursor_for(request, page.next_key),
        total=TotalTold.of(found.count()) if asked.total else None,
    )


@routes.get("customers/{uuid:customer}", needs=Permission.CUSTOMERS_VIEW, answer=CustomerTold)
def read_customer(request: HttpRequest, response: HttpResponse, customer: UUID) -> CustomerTold:
    """One customer; the header `ETag` names the version."""
    card = card_in(request, customer)
    note_opened(card)
    told = told_card(request, card)
    response.headers["ETag"] = etag_of(told)
    return told


@routes.post("customers", needs=Permission.CUSTOMERS_CHANGE, answer=CustomerTold)
def create_customer(request: HttpRequest, response: HttpResponse, new: CustomerGiven) -> CustomerTold:
    """A new customer.

    409 when somebody has the phone or e-mail already; `same` lists those of them that this key sees.
    """
    caller = caller_of(request)
    if not (new.name.strip() or new.phone.strip() or new.email.strip()):
        raise Problem("invalid", faults=[Fault(_("Give a name, a phone or an e-mail."), pointer="")])
    if new.location and new.location not in {one.id for one in business.locations(scope=caller.scope)}:
        raise refused_value(_("There is no such location."), "/location")
    _must_have_form("phone", new.phone, "/phone")
    _must_have_form("email", new.email, "/email")
    wanted = NewCustomer(
        kind=CustomerKind(new.kind),
        name=fitting(new.name, 200),
        phone=new.phone.strip(),
        email=new.email.strip(),
        location_id=new.location,
    )
    try:
        person = services.add_customer(new=wanted, is_somebody_else=new.is_somebody_else)
    except AlreadyKnown as known:
        raise _known(request, known) from None
    told = told_card(request, card_in(request, identity.uuids_of([person])[person]))
    response.headers["Location"] = f"{request.path}/{told.id}"
    response.headers["ETag"] = etag_of(told)
    return told


@routes.patch("customers/{uuid:customer}", needs=Permission.CUSTOMERS_CHANGE, answer=CustomerTold)
def change_customer(
    request: HttpRequest, response: HttpResponse, customer: UUID, change: CustomerChange
) -> CustomerTold:
    """Gives a customer another name; the former ones are kept. `If-Match` with the `ETag` guards against others."""
    card = card_in(request, customer, for_change=True)
    check_version(request, etag_of(told_card(request, card)))
    services.rename_customer(person=card.person, name=change.name, member_id=caller_of(request).member.id)
    told = told_card(request, card_in(request, customer))
    response.headers["ETag"] = etag_of(told)
    return told


@routes.post(
    "customers/{uuid:customer}/contacts", needs=Permission.CUSTOMERS_CHANGE, answer=CustomerTold, problems=(404,)
)
def add_contact(request: HttpRequest, customer: UUID, new: ContactGiven) -> CustomerTold:
    """Notes a phone or an e-mail of a customer."""
    card = card_in(request, customer)
    _must_have_form(new.kind, new.value, "/value")
    try:
        services.add_contact(
            person=card.person, kind=IdentifierKind(new.kind), value=new.value, is_shared=new.is_shared
        )
    except AlreadyKnown as known:
        raise _known(request, known) from None
    return told_card(request, card)


@routes.post(
    "customers/{uuid:customer}/contacts/remove",
    needs=Permission.CUSTOMERS_CHANGE,
    answer=CustomerTold,
    status=200,
    problems=(404,),
)
def remove_contact(request: HttpRequest, customer: UUID, gone: ContactGone) -> CustomerTold:
    """Takes a phone or an e-mail off a customer; noting it again brings it back."""
    card = card_in(request, customer)
    _must_have_form(gone.kind, gone.value, "/value")
    identity.remove_identifier(
        kind=IdentifierKind(gone.kind), handles=identity.handles_of(card.person), value=gone.value
    )
    return told_card(request, card)


def _found(request: HttpRequest, condition: Condition, sort: str) -> tuple[CustomerList, Any]:
    eyes = eyes_in(request)
    traits = seen_traits(eyes)
    sorts = known_sorts(traits)
    if sort.removeprefix("-") not in sorts:
        detail = _("Known orders: %(names)s.") % {"names": ", ".join(sorts)}
        raise Problem("invalid", faults=[Fault(detail, parameter="sort")])
    try:
        found = CustomerList(condition=condition, eyes=eyes, fields=known_fields(eyes, traits))
    except ConditionRefused as refused:
        raise Problem("invalid", faults=[Fault(str(refused), parameter="location")]) from None
    return found, read_sort(sort, sorts)


def _page(found: CustomerList, sort: Any, key: str | None, limit: int) -> Any:
    try:
        return found.page(sort=sort, after=key, limit=limit)
    except TooSlow:
        detail = _("That takes too long. Ask for fewer, by more conditions.")
        raise Problem("unavailable", detail, headers={"Retry-After": "30"}) from None


def _must_have_form(kind: str, value: str, pointer: str) -> None:
    if value.strip() and identity.normal_forms(IdentifierKind(kind), [value.strip()]) == [None]:
        raise refused_value(str(BAD_PHONE if kind == "phone" else BAD_EMAIL), pointer)


def _known(request: HttpRequest, known: AlreadyKnown) -> Problem:
    same = titles_of(known.people, caller_of(request).scope)
    return Problem(
        "conflict",
        _("Somebody has this phone or e-mail already."),
        more={"same": [str(one.uuid) for one in same.values()]},
    )
