"""Events: what happened to a customer, and what other systems tell of."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import Field

from wayloop.accounts.api import Permission, caller_of
from wayloop.business import api as business
from wayloop.contracts.customers import CustomerColumns
from wayloop.contracts.ledger import EventColumns, EventInfo, EventKind, Property
from wayloop.customers.endpoints.shapes import card_in, note_opened
from wayloop.customers.services.named import NamedCustomers
from wayloop.customers.services.sightings import note_sightings
from wayloop.identity import api as identity
from wayloop.kernel import clock
from wayloop.kernel.paging import read_key, write_key
from wayloop.kernel.rest.batches import check_past, is_news
from wayloop.kernel.rest.pages import PageGiven, key_in, next_link
from wayloop.kernel.rest.problems import Fault, Problem
from wayloop.kernel.rest.routes import Routes
from wayloop.kernel.rest.schemas import (
    Chosen,
    Given,
    Instant,
    MoneyGiven,
    MoneyTold,
    RefusedItem,
    Told,
    read_instant,
)
from wayloop.ledger import api as ledger

routes = Routes("Events")
MOST = 1000
LARGEST_WHOLE = 2**53


class PropertyTold(Told):
    """One property an event of a kind may have."""

    name: str
    type: str
    meaning: str
    is_required: bool
    options: list[str]


class EventKindTold(Told):
    """One kind of events. Only open ones can be recorded here; the others come with orders, scores and the like."""

    kind: str
    label: str
    description: str
    group: str
    is_open: bool
    properties: list[PropertyTold]


class EventKindsTold(Told):
    """The catalogue."""

    items: list[EventKindTold]


class EventTold(Chosen):
    """One event as it counts today."""

    id: str
    kind: str
    occurred_at: Instant
    channel: str
    location: int | None
    amount: MoneyTold | None
    properties: dict[str, Any]
    source: str


class EventsTold(Told):
    """A page of events, the newest first."""

    items: list[EventTold]
    next: str | None


class EventsAsked(PageGiven):
    """Which events of the customer."""

    kind: Annotated[str | None, Field(max_length=60, description="Only this kind.")] = None


class Whose(Given):
    """Somebody by what they are known by; who was never seen before becomes a new customer."""

    kind: Literal["phone", "email", "external", "card"]
    value: Annotated[str, Field(min_length=1, max_length=254)]


class EventGiven(Given):
    """One event of somebody: by the `customer`'s id, or `by` what they are known by."""

    kind: Annotated[str, Field(max_length=60, examples=["page.viewed"])]
    message_id: Annotated[str, Field(min_length=1, max_length=200, description="Once for ever within the source.")]
    occurred_at: Instant
    customer: UUID | None = None
    by: Whose | None = None
    channel: Annotated[str, Field(max_length=40, pattern="^[a-z0-9_]*$")] = ""
    location: Annotated[int | None, Field(ge=1, le=2**63 - 1)] = None
    amount: MoneyGiven | None = None
    properties: Annotated[dict[str, Any], Field(max_length=40)] = {}


class EventBatch(Given):
    """Up to 1,000 events of one source. `is_history`: nothing is triggered by them."""

    source: Annotated[str, Field(min_length=1, max_length=40, pattern="^[a-z0-9_.-]+$", examples=["site"])]
    is_history: bool = False
    items: Annotated[list[EventGiven], Field(min_length=1, max_length=MOST)]


class EventBatchTold(Told):
    """What came of it: new ones, those that were here already, and those that did not come in."""

    written: int
    known: int
    refused: list[RefusedItem]


@dataclass(frozen=True)
class _Read:
    """An event that may come in."""

    index: int
    given: EventGiven
    properties: Mapping[str, Any]
    amount: int | None


@routes.get("event-kinds", needs=Permission.CUSTOMERS_VIEW, answer=EventKindsTold, problems=())
def list_event_kinds(request: HttpRequest) -> EventKindsTold:
    """What can happen, with the properties of each kind."""
    return EventKindsTold(
        items=[
            EventKindTold(
                kind=one.name,
                label=str(one.label),
                description=str(one.description),
                group=one.group,
                is_open=one.is_open,
                properties=[
                    PropertyTold(
                        name=name,
                        type=each.type,
                        meaning=str(each.meaning),
                        is_required=each.is_required,
                        options=list(each.options),
                    )
                    for name, each in one.properties.items()
                ],
            )
            for one in ledger.kinds().values()
        ]
    )


@routes.get("customers/{uuid:customer}/events", needs=Permission.CUSTOMERS_VIEW, answer=EventsTold)
def list_events(request: HttpRequest, customer: UUID, asked: Query[EventsAsked]) -> EventsTold:
    """What happened to a customer, the newest first. A page may be short although there is a next one."""
    card = card_in(request, customer)
    note_opened(card, "events")
    if asked.kind is not None and asked.kind not in ledger.kinds():
        raise Problem("invalid", faults=[Fault(_("There is no such kind."), parameter="kind")])
    key = read_key(key_in(request, asked.cursor), datetime, int)
    page = ledger.timeline_page(
        handles=identity.handles_of(card.person),
        scope=caller_of(request).scope,
        kinds=[asked.kind] if asked.kind else None,
        before=(key[0], key[1]) if key else None,
        limit=asked.limit,
    )
    older = None if page.older is None else write_key((page.older[0].isoformat(), page.older[1]))
    return EventsTold(items=[_told(one) for one in page.events], next=next_link(request, older))


@routes.post("events", needs=Permission.CUSTOMERS_CHANGE, answer=EventBatchTold, status=200)
def record_events(request: HttpRequest, batch: EventBatch) -> EventBatchTold:
    """Records events; one whose message id is known is left out, however often it comes.

    Those that cannot be taken are told by their place, the others come in. What happened more than three days ago is
    history.
    """
    scope = caller_of(request).scope
    named = NamedCustomers(
        uuids=[one.customer for one in batch.items],
        known_by=[(one.by.kind, one.by.value) if one.by else None for one in batch.items],
        scope=scope,
    )
    places = {one.id for one in business.locations(scope=scope, with_archived=True)}
    refused: list[RefusedItem] = []
    read: list[_Read] = []
    for index, one in enumerate(batch.items):
        try:
            read.append(_read(index, one, named, places))
        except ValueError as why:
            refused.append(RefusedItem(index=index, detail=str(why)))
    handles = named.handles(places=[one.index for one in read], source=batch.source)
    written = 0
    groups: dict[tuple[str, str, bool], list[_Read]] = defaultdict(list)
    for each in read:
        are_news = is_news(each.given.occurred_at, is_history=batch.is_history)
        groups[each.given.kind, each.given.channel, are_news].append(each)
    for (kind, channel, are_news), rows in groups.items():
        written += ledger.record_events(columns=_columns(kind, channel, rows, handles, batch.source, is_news=are_news))
    _note(read, handles, batch.source)
    return EventBatchTold(written=written, known=len(read) - written, refused=refused)


def _read(index: int, one: EventGiven, named: NamedCustomers, places: set[int]) -> _Read:
    kind = ledger.kinds().get(one.kind)
    if kind is None or not kind.is_open:
        raise ValueError(_("Events of this kind cannot be recorded here; see GET /api/v1/event-kinds."))
    if one.customer is None and one.by is None:
        raise ValueError(_("Name the customer either by id or by what they are known by."))
    named.check(index)
    if one.location is not None and one.location not in places:
        raise ValueError(_("There is no such location."))
    check_past(one.occurred_at)
    amount = one.amount.minor() if one.amount else None
    return _Read(index, one, _properties(kind, one.properties), amount)


def _properties(kind: EventKind, given: Mapping[str, Any]) -> dict[str, Any]:
    for name in given:
        if name not in kind.properties:
            raise ValueError(_("%(kind)s has no property “%(name)s”.") % {"kind": kind.name, "name": str(name)[:60]})
    found = {}
    for name, one in kind.properties.items():
        value = given.get(name)
        if value is None:
            if one.is_required:
                raise ValueError(_("%(kind)s needs “%(name)s”.") % {"kind": kind.name, "name": name})
            continue
        typed = _typed(one, value)
        if typed is None:
            raise ValueError(
                _("“%(name)s” should be of the type %(type)s.")
                % {"name": name, "type": ", ".join(one.options) or one.type}
            )
        found[name] = typed
    return found


def _typed(one: Property, value: Any) -> Any:
    """The value in the type of the property; None when it is not of it."""
    try:
        if one.type == "whole":
            return value if type(value) is int and abs(value) <= LARGEST_WHOLE else None
        if one.type == "flag":
            return value if type(value) is bool else None
        if not isinstance(value, str) or len(value) > max(one.longest, 40):
            return None
        if one.type == "decimal":
            exact = Decimal(value)
            return exact if exact.is_finite() and abs(exact.adjusted()) < 20 else None
        if one.type == "date":
            return date.fromisoformat(value)
        if one.type == "instant":
            return read_instant(value)
    except (ValueError, InvalidOperation):
        return None
    if one.type == "choice":
        return value if value in one.options else None
    return value if len(value) <= one.longest else None


def _columns(
    kind: str, channel: str, rows: list[_Read], handles: Mapping[int, int], source: str, *, is_news: bool
) -> EventColumns:
    return EventColumns(
        kind=kind,
        source=source,
        is_news=is_news,
        message_ids=[row.given.message_id for row in rows],
        handles=[handles[row.index] for row in rows],
        occurred_at=[row.given.occurred_at.astimezone(UTC) for row in rows],
        offset_minutes=[clock.offset_minutes(row.given.occurred_at) for row in rows],
        subject_kind="",
        subject_ids=[0] * len(rows),
        channel=channel,
        location_ids=[row.given.location for row in rows],
        amounts=[row.amount for row in rows],
        currencies=[row.given.amount.currency if row.given.amount else None for row in rows],
        properties=[row.properties for row in rows],
    )


def _note(read: list[_Read], handles: Mapping[int, int], source: str) -> None:
    if not read:
        return
    note_sightings(
        columns=CustomerColumns(
            handles=[handles[one.index] for one in read],
            known_as=[one.given.by.value if one.given.by else "" for one in read],
            seen_at=[one.given.occurred_at.astimezone(UTC) for one in read],
            source=source,
            location_ids=[one.given.location for one in read],
        )
    )


def _told(event: EventInfo) -> EventTold:
    amount = None
    if event.amount is not None and event.currency:
        amount = MoneyTold.of(event.amount, event.currency)
    zone = timezone(timedelta(minutes=event.offset_minutes))
    return EventTold(
        id=str(event.id),
        kind=event.kind,
        occurred_at=event.occurred_at.astimezone(zone),
        channel=event.channel,
        location=event.location_id,
        amount=amount,
        properties={name: _plain(value) for name, value in event.properties.items()},
        source=event.source,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date | datetime) else value
