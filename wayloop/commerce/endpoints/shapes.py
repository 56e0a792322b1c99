"""What orders look like over the API."""

from collections.abc import Sequence
from datetime import timedelta, timezone
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from pydantic import Field

from wayloop.accounts.api import caller_of
from wayloop.commerce.models import Order
from wayloop.commerce.queries.deals import DealRow, deal_by_uuid, lines_of, order_sources
from wayloop.commerce.queries.orders import payments_of, steps_of
from wayloop.customers import api as customers
from wayloop.identity import api as identity
from wayloop.kernel.rest.problems import missing
from wayloop.kernel.rest.schemas import (
    Chosen,
    CurrencyCode,
    DecimalText,
    Given,
    Instant,
    MoneyGiven,
    MoneyTold,
    Told,
    TotalTold,
    plain_decimal,
)

MOST_LINES, MOST_PAYMENTS = 500, 50
Status = Literal["placed", "confirmed", "ready", "completed", "cancelled"]
Method = Literal["cash", "card", "online", "transfer", "delivery", "voucher", "other"]


class LineTold(Told):
    """One line of an order; prices per unit, in the order's currency."""

    product: UUID
    code: str
    name: str
    quantity: str
    unit_price: str
    amount: MoneyTold


class PaymentTold(Told):
    """Money that came, or went back."""

    id: UUID
    is_refund: bool
    method: str
    amount: MoneyTold
    happened_at: Instant


class StepTold(Told):
    """One step in the life of an order."""

    status: str
    happened_at: Instant


class OrderTold(Chosen):
    """One order. `customer` null: a guest, or somebody this key does not see. `balance` above zero is still owed."""

    id: UUID
    source: str
    number: str
    customer: UUID | None
    happened_at: Instant
    channel: str
    location: int | None
    status: str
    total: MoneyTold
    balance: MoneyTold | None


class WholeOrderTold(OrderTold):
    """One order with its lines, money and steps."""

    paid: MoneyTold | None
    lines: list[LineTold]
    payments: list[PaymentTold]
    steps: list[StepTold]


class OrdersTold(Told):
    """A page of orders, the newest first."""

    items: list[OrderTold]
    next: str | None
    total: TotalTold | None = None


class Whose(Given):
    """Somebody by what they are known by; who was never seen before becomes a new customer."""

    kind: Literal["phone", "email", "external", "card"]
    value: Annotated[str, Field(min_length=1, max_length=254)]


class LineGiven(Given):
    """One line. `code` of the product at the source; a new one becomes a product of that name."""

    code: Annotated[str, Field(min_length=1, max_length=120)]
    name: Annotated[str, Field(max_length=254)] = ""
    quantity: DecimalText = "1"
    unit_price: DecimalText


class PaymentOfOrder(Given):
    """Money that came with the order, or went back. `number`: once for ever within the order."""

    number: Annotated[str, Field(min_length=1, max_length=120)]
    method: Method
    amount: MoneyGiven
    is_refund: bool = False
    happened_at: Instant | None = None


class OrderGiven(Given):
    """An order, once by its source and number. Without a customer it is that of a guest.

    `payments` null: nobody tells of payments; an empty list: nothing was paid yet. `total`: where the source tells a
    sum of its own, as with a discount.
    """

    number: Annotated[str, Field(min_length=1, max_length=120)]
    happened_at: Instant
    currency: CurrencyCode | None = None
    customer: UUID | None = None
    by: Whose | None = None
    channel: Annotated[str, Field(max_length=40, pattern="^[a-z0-9_]*$")] = ""
    location: Annotated[int | None, Field(ge=1, le=2**63 - 1)] = None
    status: Status = "completed"
    lines: Annotated[list[LineGiven], Field(max_length=MOST_LINES)] = []
    total: DecimalText | None = None
    payments: Annotated[list[PaymentOfOrder] | None, Field(max_length=MOST_PAYMENTS)] = None


SourceName = Annotated[str, Field(min_length=1, max_length=40, pattern="^[a-z0-9_.-]+$", examples=["shop"])]


class NewOrder(OrderGiven):
    """One order of a source."""

    source: SourceName
    is_history: Annotated[bool, Field(description="Nothing is triggered by it.")] = False


class OrderBatch(Given):
    """Up to 500 orders of one source."""

    source: SourceName
    is_history: Annotated[bool, Field(description="Nothing is triggered by them.")] = False
    items: Annotated[list[OrderGiven], Field(min_length=1, max_length=500)]


class StatusGiven(Given):
    """The next step. `key`: the same one again is the same step."""

    status: Literal["confirmed", "ready", "completed", "cancelled"]
    happened_at: Instant | None = None
    key: UUID | None = None


class PaymentGiven(Given):
    """Money for an order. `key`: the same one again is the same money."""

    method: Method
    amount: MoneyGiven
    is_refund: bool = False
    happened_at: Instant | None = None
    key: UUID | None = None


def order_in(request: HttpRequest, uuid: UUID) -> Order:
    """The order at this address. Raises `Problem` when there is none that the key sees."""
    found = deal_by_uuid(side="orders", uuid=uuid, scope=caller_of(request).scope)
    if not isinstance(found, Order):
        raise missing()
    return found


def told_orders(request: HttpRequest, rows: Sequence[DealRow]) -> list[OrderTold]:
    """Orders of a list; two reads, whatever their number."""
    titles = customers.titles_of([row.person for row in rows if row.person is not None], caller_of(request).scope)
    sources = order_sources(orders=[row.id for row in rows])
    told = []
    for row in rows:
        source, offset = sources[row.id]
        told.append(
            OrderTold(
                id=row.uuid,
                source=source,
                number=row.number,
                customer=titles[row.person].uuid if row.person in titles else None,
                happened_at=row.happened_at.astimezone(timezone(timedelta(minutes=offset))),
                channel=row.channel,
                location=row.location_id,
                status=row.status,
                total=MoneyTold.of(row.total, row.currency),
                balance=None if row.balance is None else MoneyTold.of(row.balance, row.currency),
            )
        )
    return told


def told_order(request: HttpRequest, order: Order) -> WholeOrderTold:
    """One order with all that belongs to it."""
    zone = timezone(timedelta(minutes=order.offset_minutes))
    steps = steps_of(order=order.pk)
    person = None if order.handle is None else identity.people_of([order.handle]).get(order.handle)
    titles = {} if person is None else customers.titles_of([person], caller_of(request).scope)

    def money(amount: int | None) -> MoneyTold | None:
        return None if amount is None else MoneyTold.of(amount, order.currency)

    return WholeOrderTold(
        id=order.uuid,
        source=order.source,
        number=order.number,
        customer=titles[person].uuid if person is not None and person in titles else None,
        happened_at=order.happened_at.astimezone(zone),
        channel=order.channel,
        location=order.location_id,
        status=order.status,
        total=MoneyTold.of(order.total, order.currency),
        balance=money(order.balance),
        paid=money(order.paid),
        lines=[
            LineTold(
                product=line.uuid,
                code=line.code,
                name=str(line.name),
                quantity=plain_decimal(line.quantity),
                unit_price=plain_decimal(line.unit_price),
                amount=MoneyTold.of(line.amount, order.currency),
            )
            for line in lines_of(side="orders", deal=order.pk)
        ],
        payments=[_payment(one, zone) for one in payments_of(order=order.pk)],
        steps=[StepTold(status=one.status, happened_at=one.happened_at.astimezone(zone)) for one in steps],
    )


def _payment(one: Any, zone: timezone) -> PaymentTold:
    return PaymentTold(
        id=one.uuid,
        is_refund=one.is_refund,
        method=one.method,
        amount=MoneyTold.of(one.amount, one.currency),
        happened_at=one.happened_at.astimezone(zone),
    )
