"""Whom an agreement or a job is for: the customer of the address, or one to be found first."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

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


def ask_whom(request: HttpRequest, member: MemberInfo, **context: Any) -> HttpResponse:
    """A page that finds the customer by `q`; `heading` and `url_name` (which takes the customer) are given."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:200]
    people = customers.find_people(text, member.scope, MOST_FOUND) if text else []
    titles = customers.titles_of(people, member.scope)
    found = [titles[person] for person in people if person in titles]
    return render(request, "commerce/whom.html", {"text": text, "found": found, **context})
