"""The timeline of the card: events and notes in sentences, grouped by day; and what came of what was sent."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from wayloop.contracts.customers import EventNarrator
from wayloop.contracts.ledger import EventInfo, EventKind, TimelinePage
from wayloop.contracts.scope import Scope
from wayloop.customers.models import Note
from wayloop.customers.queries.notes import notes_before
from wayloop.kernel import registry
from wayloop.kernel.paging import read_key, write_key
from wayloop.ledger import api as ledger

SENT, NOTES = "sent", "notes"
GROUPS: tuple[tuple[str, Any], ...] = (
    ("", gettext_lazy("Everything")),
    ("purchases", gettext_lazy("Purchases")),
    ("talks", gettext_lazy("Conversations")),
    ("scores", gettext_lazy("Scores")),
    ("service", pgettext_lazy("events of a customer", "Service")),
    (SENT, gettext_lazy("What we sent")),
    (NOTES, gettext_lazy("Notes")),
)
PER_PAGE = 40
# Behind every id there can be.
LAST_ID = sys.maxsize


@dataclass(frozen=True)
class Entry:
    """One event or note in words. `reactions`: what came of something that was sent."""

    moment: datetime
    icon: str
    tone: str
    title: str
    detail: str = ""
    quote: str = ""
    url: str = ""
    who: str = ""
    amount: int | None = None
    currency: str | None = None
    reactions: tuple["Entry", ...] = field(default=())


@dataclass(frozen=True)
class Shown:
    """A part of the timeline: entries by day, the newest first, and the key that continues after them."""

    days: Sequence[tuple[date, Sequence[Entry]]]
    older: str | None


@dataclass(frozen=True)
class Asked:
    """Whose timeline, in which group, after which key. `people`: handle → title, where several people stand in one."""

    handles: Sequence[int]
    scope: Scope
    group: str
    after: str | None
    people: Mapping[int, str] = field(default_factory=dict)


def groups_in_use() -> list[tuple[str, Any]]:
    """The filters: what was sent and notes always, of the others those for which some kind of event exists."""
    used = {kind.group for kind in ledger.kinds().values()} | {"", SENT, NOTES}
    return [(key, label) for key, label in GROUPS if key in used]


def tell(asked: Asked) -> Shown:
    """A page of the timeline. A bounded number of reads, whatever happened."""
    key = read_key(asked.after, datetime, int, int)
    moment, event_id, note_id = key or (None, 0, 0)
    page = _events(asked, (moment, event_id) if moment else None)
    notes = _notes(asked, (moment, note_id) if moment else None)
    if page.older is not None:
        # The ledger may look back in steps; notes behind its step come with the next.
        notes = [note for note in notes if note.created_at >= page.older[0]]
    # At one instant a note stands above an event: the keys say so too.
    rows: list[tuple[datetime, int, EventInfo | Note]] = [(event.occurred_at, 0, event) for event in page.events]
    rows += [(note.created_at, 1, note) for note in notes]
    rows.sort(key=lambda row: (row[0], row[1], row[2].id), reverse=True)
    shown = [row[2] for row in rows[:PER_PAGE]]
    days: dict[date, list[Entry]] = {}
    for entry in _entries(asked, shown):
        days.setdefault(timezone.localtime(entry.moment).date(), []).append(entry)
    if len(rows) > PER_PAGE:
        return Shown(list(days.items()), _key_after(shown[-1]))
    return Shown(list(days.items()), None if page.older is None else _key(*page.older, 0))


def _key_after(last: EventInfo | Note) -> str:
    if isinstance(last, Note):
        return _key(last.created_at, LAST_ID, last.pk)
    return _key(last.occurred_at, last.id, 0)


def _key(moment: datetime, event_id: int, note_id: int) -> str:
    return write_key((moment.isoformat(), event_id, note_id))


def _events(asked: Asked, before: tuple[datetime, int] | None) -> TimelinePage:
    if asked.group == NOTES:
        return TimelinePage((), None)
    kinds = None
    if asked.group:
        # What came of a letter stands with the letter.
        kinds = [
            kind.name
            for kind in ledger.kinds().values()
            if kind.group == asked.group and not (asked.group == SENT and kind.is_reaction)
        ]
    return ledger.timeline_page(handles=asked.handles, scope=asked.scope, kinds=kinds, before=before, limit=PER_PAGE)


def _notes(asked: Asked, before: tuple[datetime, int] | None) -> list[Note]:
    if asked.group not in ("", NOTES):
        return []
    return notes_before(asked.handles, asked.scope, before, limit=PER_PAGE + 1)


def _entries(asked: Asked, rows: Sequence[EventInfo | Note]) -> list[Entry]:
    events = [row for row in rows if isinstance(row, EventInfo)]
    reactions = _reactions(asked, events) if asked.group == SENT else {}
    told = _narrated([*events, *(one for several in reactions.values() for one in several)])
    kinds = ledger.kinds()
    entries = []
    for row in rows:
        if isinstance(row, Note):
            entries.append(_note_entry(row, asked))
        else:
            came = tuple(
                _event_entry(one, kinds, told, asked) for one in reactions.get((row.subject_kind, row.subject_id), ())
            )
            entries.append(_event_entry(row, kinds, told, asked, came))
    return entries


def _reactions(asked: Asked, sent: Sequence[EventInfo]) -> dict[tuple[str, int], list[EventInfo]]:
    found: dict[tuple[str, int], list[EventInfo]] = {}
    if not sent:
        return found
    events = ledger.events_about(
        handles=asked.handles,
        subjects=list({(event.subject_kind, event.subject_id) for event in sent}),
        kinds=[kind.name for kind in ledger.kinds().values() if kind.is_reaction],
        since=min(event.occurred_at for event in sent),
        scope=asked.scope,
    )
    for event in events:
        found.setdefault((event.subject_kind, event.subject_id), []).append(event)
    return found


def _narrated(events: Sequence[EventInfo]) -> dict[int, tuple[str, str, str]]:
    told: dict[int, tuple[str, str, str]] = {}
    for narrator in registry.offers(EventNarrator):  # type: ignore[type-abstract]
        mine = [event for event in events if event.kind in narrator.kinds]
        if mine:
            told |= narrator.narrate(mine)
    return told


def _event_entry(
    event: EventInfo,
    kinds: Mapping[str, EventKind],
    told: Mapping[int, tuple[str, str, str]],
    asked: Asked,
    reactions: Iterable[Entry] = (),
) -> Entry:
    kind = kinds.get(event.kind)
    title, detail, url = told.get(event.id, (str(kind.label) if kind else event.kind, "", ""))
    return Entry(
        moment=event.occurred_at,
        icon=kind.icon if kind else "circle-dot",
        tone="" if kind is None or kind.tone == "neutral" else kind.tone,
        title=title,
        detail=detail,
        url=url,
        who=asked.people.get(event.handle, ""),
        amount=event.amount,
        currency=event.currency,
        reactions=tuple(reactions),
    )


def _note_entry(note: Note, asked: Asked) -> Entry:
    author = note.author.name if note.author else ""
    return Entry(
        moment=note.created_at,
        icon="pencil",
        tone="brand",
        title=_("Note by %(name)s") % {"name": author} if author else _("Note"),
        quote=note.text,
        who=asked.people.get(note.handle, ""),
    )
