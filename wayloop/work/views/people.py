"""Whose case it is: the customer of the address, or one to be found first."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest

from wayloop.accounts.api import MemberInfo
from wayloop.customers import api as customers
from wayloop.identity import api as identity

MOST_FOUND = 8


@dataclass(frozen=True)
class Customer:
    """A customer the member may see."""

    person: int
    uuid: UUID
    title: str


def customer_of(uuid: UUID, member: MemberInfo) -> Customer:
    """The customer at this address. Raises `Http404` when there is none that the member sees."""
    person = identity.person_by_uuid(uuid)
    title = customers.titles_of([person], member.scope).get(person) if person is not None else None
    if person is None or title is None:
        raise Http404
    return Customer(person, title.uuid, title.title)


def person_of_filter(request: HttpRequest) -> int | None:
    """The customer a list is filtered by; one that does not exist has no rows."""
    text = request.GET.get("customer", "")
    if not text:
        return None
    try:
        return identity.person_by_uuid(UUID(text)) or -1
    except ValueError:
        return -1


def customer_of_handle(handle: int | None) -> Customer | None:
    """Today's customer behind a handle, for a row the member sees; None when nobody is known."""
    if handle is None:
        return None
    person = identity.people_of([handle]).get(handle)
    title = customers.titles_of([person]).get(person) if person is not None else None
    return Customer(person, title.uuid, title.title) if person is not None and title else None


def number_in(text: str) -> int | None:
    """The whole number somebody sent, or None."""
    return int(text) if text.isdecimal() and len(text) < 16 else None
