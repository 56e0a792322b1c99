"""How the life of an order is told to the ledger: one event per step, in the transaction of the step."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from wayloop.business import api as business
from wayloop.commerce.models import Order
from wayloop.contracts.ledger import EventColumns, EventRefs
from wayloop.kernel import clock
from wayloop.ledger import api as ledger

# What is entered later than this is history: nobody wants a message about a delivery of last week.
NEWS = timedelta(days=1)


BOUGHT = """
SELECT id, source, number, handle, channel, location_id, currency, happened_at, status, total FROM commerce_order WHERE
"""


class Bought(NamedTuple):
    """What events of an order tell of it, of many orders at once; named as in the model."""

    pk: int
    source: str
    number: str
    handle: int | None
    channel: str
    location_id: int | None
    currency: str
    happened_at: datetime
    status: str
    total: int


def bought_of(*, orders: Iterable[int]) -> dict[int, Bought]:
    """These orders by id; unknown ones are left out."""
    with connection.cursor() as cursor:
        cursor.execute(f"{BOUGHT} id = ANY (%s)", [list(set(orders))])
        return {row[0]: Bought(*row) for row in cursor.fetchall()}


def bought_as(*, source: str, numbers: Iterable[str]) -> dict[str, Bought]:
    """The orders of these numbers at their source; unknown ones are left out."""
    with connection.cursor() as cursor:
        cursor.execute(f"{BOUGHT} source = %s AND number = ANY (%s)", [source, list(set(numbers))])
        return {row[2]: Bought(*row) for row in cursor.fetchall()}


@dataclass(frozen=True)
class Told:
    """One event of an order: its key within the kind, when it happened, and what it tells."""

    order: Order | Bought
    key: str
    happened_at: datetime
    amount: int | None = None
    currency: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)


def tell(*, kind: str, is_news: bool, events: Sequence[Told], batch: str = "") -> None:
    """Records these events under the source of each order; guests have no history and are left out.

    `batch` names the import that tells them.
    """
    groups: dict[tuple[str, str], list[Told]] = {}
    for one in events:
        if one.order.handle is not None:
            groups.setdefault((one.order.source, one.order.channel), []).append(one)
    if not groups:
        return
    offsets = Offsets()
    for (source, channel), mine in groups.items():
        ledger.record_events(
            columns=EventColumns(
                kind=kind,
                source=source,
                is_news=is_news,
                message_ids=[one.key for one in mine],
                handles=[one.order.handle or 0 for one in mine],
                occurred_at=[one.happened_at for one in mine],
                offset_minutes=[offsets.at(one.happened_at, one.order.location_id) for one in mine],
                subject_kind="order",
                subject_ids=[one.order.pk for one in mine],
                channel=channel,
                location_ids=[one.order.location_id for one in mine],
                amounts=[one.amount for one in mine],
                currencies=[one.currency for one in mine],
                properties=[one.properties for one in mine],
                batch=batch,
            )
        )


def tell_now(*, kind: str, event: Told) -> None:
    """Records one event that a member entered; one of a while ago is history."""
    tell(kind=kind, is_news=clock.now() - event.happened_at < NEWS, events=[event])


def take_back(*, kind: str, event: Told) -> None:
    """Takes such an event back; the same one may be told again."""
    if event.order.handle is not None:
        ledger.retract_events(
            refs=EventRefs(
                kind=kind,
                source=event.order.source,
                message_ids=[event.key],
                handles=[event.order.handle],
                occurred_at=[event.happened_at],
            ),
            reason="mistake",
            frees_ids=True,
        )


class Offsets:
    """Minutes between UTC and the wall of a location, or of the business; zones are read once."""

    def __init__(self) -> None:
        self._own = ZoneInfo(business.profile().zone)
        self._zones = {place.id: ZoneInfo(place.zone) for place in business.locations(with_archived=True)}

    @property
    def zones(self) -> tuple[dict[int, str], str]:
        """Location → the name of its zone, and that of the business."""
        return {place: zone.key for place, zone in self._zones.items()}, self._own.key

    def zone_of(self, location_id: int | None) -> str:
        """The name of the zone there."""
        return self._zones.get(location_id or 0, self._own).key

    def at(self, moment: datetime, location_id: int | None) -> int:
        """The offset of that moment there."""
        zone = self._own if location_id is None else self._zones.get(location_id, self._own)
        return clock.offset_minutes(moment.astimezone(zone))
