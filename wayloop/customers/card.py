"""What the 360 card says: who this is, how things stand, and the timeline in sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wayloop.contracts.customers import EventNarrator
from wayloop.contracts.ledger import EventInfo, EventKind
from wayloop.customers.models import Card
from wayloop.customers.queries.definitions import all_definitions
from wayloop.customers.queries.traits import current_values
from wayloop.customers.rules.values import value_in_words
from wayloop.identity import api as identity
from wayloop.kernel import clock, registry
from wayloop.ledger import api as ledger

# Somebody not seen for this many days is called "not here for long", until their own rhythm is known.
LONG_AGO_DAYS = 180


@dataclass(frozen=True)
class Entry:
    """One event in words."""

    event: EventInfo
    kind: EventKind | None
    title: str
    detail: str
    url: str

    @property
    def icon(self) -> str:
        """The icon of its kind."""
        return self.kind.icon if self.kind else "circle-dot"

    @property
    def tone(self) -> str:
        """The colour of the dot; empty when nobody needs to notice."""
        return "" if self.kind is None or self.kind.tone == "neutral" else self.kind.tone


@dataclass(frozen=True)
class Fact:
    """One thing that is known, with where it comes from and since when it is so."""

    label: Any
    value: str
    source: str
    since: Any


@dataclass(frozen=True)
class Health:
    """The one line: the first thing that is not good, else that all is well."""

    tone: str
    word: str
    sentence: str
    since: Any


def tell_events(events: Sequence[EventInfo]) -> list[tuple[date, list[Entry]]]:
    """Events in sentences, grouped by the day they fell on in the active zone."""
    told: dict[int, tuple[str, str, str]] = {}
    for narrator in registry.offers(EventNarrator):  # type: ignore[type-abstract]
        mine = [event for event in events if event.kind in narrator.kinds]
        if mine:
            told |= narrator.narrate(mine)
    kinds = ledger.kinds()
    days: dict[date, list[Entry]] = {}
    for event in events:
        kind = kinds.get(event.kind)
        title, detail, url = told.get(event.id, (str(kind.label) if kind else event.kind, "", ""))
        day = timezone.localtime(event.occurred_at).date()
        days.setdefault(day, []).append(Entry(event, kind, title, detail, url))
    return list(days.items())


def health_line(card: Card) -> Health:
    """How things stand with this customer. Rule: not seen for half a year comes first, else the last contact."""
    days = (clock.now() - card.seen_at).days
    if days > LONG_AGO_DAYS:
        return Health("warn", _("Long away"), _("Was last here"), card.seen_at)
    return Health("good", _("In touch"), _("Was last here"), card.seen_at)


def known_facts(card: Card, handles: list[int]) -> list[Fact]:
    """Identifiers and the current value of each trait, each with its source and time."""
    facts = [
        Fact(
            _("Number in %(system)s") % {"system": one.namespace} if one.namespace else one.kind.label,
            one.value,
            "",
            one.seen_at,
        )
        for one in identity.identifiers_of(handles)
    ]
    known = current_values(handles)
    for trait in all_definitions().values():
        if trait.key in known and known[trait.key].value is not None:
            value = known[trait.key]
            facts.append(Fact(trait.title, value_in_words(trait, value.value), value.source, value.valid_from))
    return facts
