"""The 360 card: identity at the top, one line of health, one timeline, panels beside it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from wayloop.accounts.api import Permission, audit, permission_required
from wayloop.contracts.customers import CardAction, CardBadges, CardPanel
from wayloop.customers import health, timeline
from wayloop.customers.acts import CUSTOMER_OPENED
from wayloop.customers.card import contacts_of
from wayloop.customers.enums import CustomerKind
from wayloop.customers.queries.cards import titles_of
from wayloop.customers.queries.tags import active_tags, starred_among, tags_of
from wayloop.customers.queries.ties import contacts_of as people_of_company
from wayloop.customers.views.opened import Opened, opened
from wayloop.customers.views.panels import notes_panel, ties_panel, traits_panel
from wayloop.identity import api as identity
from wayloop.kernel import registry
from wayloop.ui.requests import asks_for

PARTS = ("timeline", "timeline-more", "traits", "notes")


@require_safe
@permission_required(Permission.CUSTOMERS_VIEW)
def customer_card(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One customer with everything that happened; a part of the page when only that is asked for.

    In the address: `show` (a group of the timeline), `before` (older entries), `people=no` (a company without its
    people), `edit` (the trait in hand), `note` (a new note) or `note=ID` (the note in hand).
    """
    page = opened(request, uuid)
    wanted = next((part for part in PARTS if asks_for(request, part)), "")
    if wanted:
        panels: dict[str, Callable[[Opened, HttpRequest], dict[str, Any]]]
        panels = {"traits": traits_panel, "notes": notes_panel}
        make = panels.get(wanted, _timeline)
        name = {"timeline-more": "entries"}.get(wanted, wanted)
        return render(request, f"customers/_{name}.html", make(page, request))
    audit(act=CUSTOMER_OPENED, kind="customer", subject=page.card.person)
    return card_page(request, page)


def card_page(
    request: HttpRequest, page: Opened, *, status: int = 200, panel: Mapping[str, Any] | None = None
) -> HttpResponse:
    """The whole card; `panel`: one with a form that was refused."""
    panels = sorted(registry.offers(CardPanel), key=lambda panel: panel.order)  # type: ignore[type-abstract]
    filled = [(panel, facts) for panel in panels if (facts := panel.facts(page.card.person, page.member.scope))]
    people = _people(page)
    seen_at = max([page.card.seen_at, *people.values()])
    whole = {
        "health": health.look_at(page.card.person, seen_at, page.member.scope),
        "badges": _badges(page),
        "is_starred": bool(starred_among([page.card.person], page.member.id)),
        **_tags(page),
        "actions": _actions(page),
        "contacts": contacts_of(page.handles),
        "panels": filled,
        **_timeline(page, request, people),
        **notes_panel(page, request),
        **ties_panel(page),
        **traits_panel(page, request),
        **(panel or {}),
    }
    return render(request, "customers/card.html", whole, status=status)


def _people(page: Opened) -> dict[int, datetime]:
    """Those who speak for a company, with when they were seen last; a person speaks alone."""
    if page.card.kind != CustomerKind.COMPANY:
        return {}
    return people_of_company(page.handles, page.member.scope)


def _timeline(page: Opened, request: HttpRequest, people: Mapping[int, datetime] | None = None) -> dict[str, Any]:
    group = request.GET.get("show", "")
    groups = timeline.groups_in_use()
    is_company = page.card.kind == CustomerKind.COMPANY
    with_people = is_company and request.GET.get("people") != "no"
    asked = timeline.Asked(
        handles=page.handles,
        scope=page.member.scope,
        group=group if group in dict(groups) else "",
        after=request.GET.get("before"),
    )
    if with_people:
        asked = _with_people(asked, page, list(_people(page) if people is None else people))
    shown = timeline.tell(asked)
    return {
        "page": page,
        "card": page.card,
        "days": shown.days,
        "older": shown.older,
        "group": asked.group,
        "groups": groups,
        "is_company": is_company,
        "with_people": with_people,
    }


def _with_people(asked: timeline.Asked, page: Opened, people: list[int]) -> timeline.Asked:
    """The same with the events of those who work there: at most a hundred people, so that the read stays bounded."""
    if not people:
        return asked
    titles = titles_of(people, page.member.scope)
    theirs = identity.person_of_handles(people)
    names = {handle: titles[person].title for handle, person in theirs.items() if person in titles}
    return timeline.Asked([*asked.handles, *names], asked.scope, asked.group, asked.after, names)


def _tags(page: Opened) -> dict[str, Any]:
    """The tags of the customer, and those that could be put on them."""
    mine = tags_of([page.card.person]).get(page.card.person, [])
    known = {tag.id for tag in mine}
    others = [tag for tag in active_tags() if tag.id not in known] if page.may_change else []
    return {"tags": mine, "other_tags": others, "may_tag": page.may_change and bool(mine or others)}


def _badges(page: Opened) -> list[Any]:
    offered = sorted(registry.offers(CardBadges), key=lambda one: one.order)  # type: ignore[type-abstract]
    return [badge for one in offered for badge in one.badges(page.card.person, page.member.scope)]


def _actions(page: Opened) -> list[CardAction]:
    offered = sorted(registry.offers(CardAction), key=lambda one: (one.is_aside, one.order))
    return [one for one in offered if page.member.may(Permission(one.permission))]
