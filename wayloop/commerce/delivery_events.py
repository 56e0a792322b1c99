"""How the steps of deliveries are told to the ledger, of one delivery as of many."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from wayloop.commerce.enums import DELIVERY_DONE, DELIVERY_FAILED, DELIVERY_PROMISED, DELIVERY_SENT, DeliveryStatus
from wayloop.commerce.models import Delivery
from wayloop.commerce.rules import is_late
from wayloop.commerce.services.telling import Bought, Told

KINDS = {
    DeliveryStatus.PLANNED: DELIVERY_PROMISED,
    DeliveryStatus.SENT: DELIVERY_SENT,
    DeliveryStatus.DONE: DELIVERY_DONE,
    DeliveryStatus.FAILED: DELIVERY_FAILED,
}


class Row(NamedTuple):
    """A delivery as it now stands, of many at once; named as in the model."""

    order: Bought
    uuid: UUID
    way: str
    status: str
    planned_at: datetime
    promised_to: datetime | None
    due_at: datetime | None
    sent_at: datetime | None
    ended_at: datetime | None


def moment_of(delivery: Delivery | Row, status: DeliveryStatus) -> datetime | None:
    """When the delivery came to a status; None when it has not."""
    if status == DeliveryStatus.PLANNED:
        return delivery.planned_at
    if status == DeliveryStatus.SENT:
        return delivery.sent_at
    return delivery.ended_at if delivery.status == status else None


def step_told(delivery: Delivery | Row, status: DeliveryStatus) -> Told:
    """The event of a step."""
    moment = moment_of(delivery, status) or delivery.planned_at
    properties = _properties(delivery)
    if status == DeliveryStatus.DONE:
        properties["is_late"] = is_late(status, delivery.due_at, moment, moment)
    return Told(delivery.order, str(delivery.uuid), moment, properties=properties)


def move_told(delivery: Delivery | Row, moment: datetime) -> Told:
    """The event of a promise that was moved at that moment; moves of the order's other deliveries have other keys."""
    key = f"{delivery.uuid} {moment.isoformat()}"
    return Told(delivery.order, key, moment, properties=_properties(delivery))


def _properties(delivery: Delivery | Row) -> dict[str, object]:
    return {"number": delivery.order.number, "way": str(delivery.way), "promised_to": delivery.promised_to}
