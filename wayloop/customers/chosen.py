"""Whom a page is for: the customer of its address, and the one a list is narrowed to."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from wayloop.contracts.scope import Scope
from wayloop.customers.queries.cards import titles_of
from wayloop.customers.queries.finding import find_people
from wayloop.identity import api as identity

MOST_FOUND = 8


@dataclass(frozen=True)
class ChosenCustomer:
    """A customer the member may see."""

    person: int
    uuid: UUID
    title: str


def customer_of(uuid: UUID, scope: Scope) -> ChosenCustomer:
    """The customer at this address. Raises `Http404` when there is none that the scope lets see."""
    person = identity.person_by_uuid(uuid)
    title = titles_of([person], scope).get(person) if person is not None else None
    if person is None or title is None:
        raise Http404
    return ChosenCustomer(person, title.uuid, title.title)


def person_of_filter(text: str) -> int | None:
    """The customer a list is filtered by, from its address; None for nobody; one that does not exist has no rows."""
    if not text:
        return None
    try:
        return identity.person_by_uuid(UUID(text)) or -1
    except ValueError:
        return -1


def customer_of_handle(handle: int | None) -> ChosenCustomer | None:
    """Today's customer behind a handle, for a row the member sees; None when nobody is known."""
    if handle is None:
        return None
    person = identity.people_of([handle]).get(handle)
    title = titles_of([person]).get(person) if person is not None else None
    return ChosenCustomer(person, title.uuid, title.title) if person is not None and title else None


@dataclass(frozen=True)
class Asking:
    """What a page that finds the customer first says, and where it leads.

    `url_name`: the address of the form, which takes the customer's UUID; what else the page was asked with goes along.
    `nobody_url`, `nobody`: where to go on without a customer, and in which words.
    """

    heading: str
    lead: str
    url_name: str
    nobody_url: str = ""
    nobody: str = ""


def ask_whom(request: HttpRequest, scope: Scope, asking: Asking) -> HttpResponse:
    """The page that finds the customer something is for, by `q`."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:200]
    kept = [(name, value) for name, value in request.GET.items() if name != "q"]
    people = find_people(text, scope, MOST_FOUND) if text else []
    titles = titles_of(people, scope)
    query = f"?{urlencode(kept)}" if kept else ""
    found = [
        (titles[person], reverse(asking.url_name, args=[titles[person].uuid]) + query)
        for person in people
        if person in titles
    ]
    context = {
        "heading": asking.heading,
        "lead": asking.lead,
        "nobody_url": asking.nobody_url,
        "nobody": asking.nobody,
        "text": text,
        "kept": kept,
        "found": found,
    }
    return render(request, "customers/whom.html", context)
