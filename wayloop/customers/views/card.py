"""The 360 card."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from wayloop.accounts.api import Permission, member_of, permission_required
from wayloop.contracts.customers import CardPanel
from wayloop.customers.card import health_line, known_facts, tell_events
from wayloop.customers.queries.cards import card_by_uuid
from wayloop.identity import api as identity
from wayloop.kernel import registry
from wayloop.kernel.paging import read_key, write_key
from wayloop.ledger import api as ledger
from wayloop.ui.requests import asks_for

GROUPS = (
    ("", _("Everything")),
    ("purchases", _("Purchases")),
    ("talks", _("Conversations")),
    ("scores", _("Scores")),
    ("sent", _("What we sent")),
)
EVENTS_PER_PAGE = 40


@require_safe
@permission_required(Permission.CUSTOMERS_VIEW)
def customer_card(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One customer with everything that happened; older events load by the key of the last one shown."""
    member = member_of(request)
    card = card_by_uuid(uuid, member.scope)
    if card is None:
        raise Http404
    handles = identity.handles_of(card.person)
    group = request.GET.get("show", "")
    kinds = (
        [kind.name for kind in ledger.kinds().values() if kind.group == group] if group in dict(GROUPS[1:]) else None
    )
    events = ledger.timeline(
        handles=handles,
        scope=member.scope,
        kinds=kinds,
        before=read_key(request.GET.get("before"), datetime, int),
        limit=EVENTS_PER_PAGE + 1,
    )
    shown = events[:EVENTS_PER_PAGE]
    context = {
        "card": card,
        "days": tell_events(shown),
        "older": write_key((shown[-1].occurred_at.isoformat(), shown[-1].id)) if len(events) > len(shown) else None,
        "group": group,
        "groups": _groups_in_use(),
    }
    if asks_for(request, "timeline-more"):
        return render(request, "customers/_events.html", context)
    panels = sorted(registry.offers(CardPanel), key=lambda panel: panel.order)  # type: ignore[type-abstract]
    context |= {
        "health": health_line(card),
        "facts": known_facts(card, handles),
        "panels": [(panel, facts) for panel in panels if (facts := panel.facts(card.person, member.scope))],
    }
    return render(request, "customers/card.html", context)


def _groups_in_use() -> list[tuple[str, Any]]:
    """Only the filters for which some kind of event exists; one alone is no choice."""
    used = {kind.group for kind in ledger.kinds().values()}
    shown: list[tuple[str, Any]] = [(key, label) for key, label in GROUPS if not key or key in used]
    return shown if len(used) > 1 else []
