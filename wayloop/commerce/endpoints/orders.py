"""Orders: lists, one, new ones, steps and money."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import Field

from wayloop.accounts.api import Permission, caller_of
from wayloop.business import api as business
from wayloop.commerce.endpoints.shapes import (
    NewOrder,
    OrderBatch,
    OrderGiven,
    OrdersTold,
    PaymentGiven,
    StatusGiven,
    WholeOrderTold,
    order_in,
    told_order,
    told_orders,
)
from wayloop.commerce.enums import COUNTER, OWN, OrderStatus, PaymentMethod
from wayloop.commerce.models import Order
from wayloop.commerce.queries.deals import Period, count_deals, list_deals
from wayloop.commerce.queries.orders import orders_by_number
from wayloop.commerce.rules import LARGEST, LARGEST_PAYMENT, CommerceRefused
from wayloop.commerce.services.deals import record_orders
from wayloop.commerce.services.payments import record_payment, record_payments, record_refund
from wayloop.commerce.services.statuses import change_status, locked
from wayloop.contracts.commerce import DealColumns, LineColumns, PaymentColumns
from wayloop.contracts.customers import CustomerColumns
from wayloop.customers import api as customers
from wayloop.identity import api as identity
from wayloop.kernel import clock
from wayloop.kernel.ids import digest_key, uuid7
from wayloop.kernel.money import is_currency, minor_digits, to_minor
from wayloop.kernel.rest.batches import check_past, is_news
from wayloop.kernel.rest.pages import PageGiven, key_in, next_link
from wayloop.kernel.rest.problems import Fault, Problem, refused_value
from wayloop.kernel.rest.routes import Routes, check_version, etag_of
from wayloop.kernel.rest.schemas import Instant, RefusedItem, Told, TotalTold

routes = Routes("Orders")
QUANTITY_DIGITS = 3


class OrdersAsked(PageGiven):
    """Which orders. Cancelled ones are left out unless they are asked for."""

    state: Annotated[
        Literal["open", "placed", "confirmed", "ready", "completed", "cancelled", "late", "unpaid", "to_return"] | None,
        Field(description="How far they are, or what is wrong with them."),
    ] = None
    number: Annotated[str | None, Field(max_length=120, description="The beginning of the number.")] = None
    customer: Annotated[UUID | None, Field(description="Of this customer.")] = None
    since: Annotated[Instant | None, Field(description="From this instant on.")] = None
    until: Annotated[Instant | None, Field(description="Before this instant.")] = None


class OrderBatchTold(Told):
    """What came of it: new ones, those that were here already, and those that did not come in."""

    written: int
    known: int
    refused: list[RefusedItem]


@dataclass(frozen=True)
class _Read:
    """An order that may come in."""

    index: int
    given: OrderGiven
    currency: str


@routes.get("orders", needs=Permission.ORDERS_VIEW, answer=OrdersTold, problems=())
def list_orders(request: HttpRequest, asked: Query[OrdersAsked]) -> OrdersTold:
    """A page of orders, the newest first."""
    scope = caller_of(request).scope
    person = None
    if asked.customer is not None:
        person = identity.person_by_uuid(asked.customer)
        if person is None or not customers.titles_of([person], scope):
            raise Problem("invalid", faults=[Fault(_("There is no such customer."), parameter="customer")])
    period, state, text = Period(asked.since, asked.until), asked.state or "", asked.number or ""
    after = key_in(request, asked.cursor)
    page = list_deals(
        side="orders", scope=scope, period=period, text=text, person=person, state=state, after=after, limit=asked.limit
    )
    total = None
    if asked.total:
        counted = count_deals(side="orders", scope=scope, period=period, text=text, person=person, state=state)
        total = TotalTold.of(counted)
    return OrdersTold(items=told_orders(request, page.rows), next=next_link(request, page.next_key), total=total)


@routes.get("orders/{uuid:order}", needs=Permission.ORDERS_VIEW, answer=WholeOrderTold)
def read_order(request: HttpRequest, response: HttpResponse, order: UUID) -> WholeOrderTold:
    """One order with its lines, money and steps; the header `ETag` names the version."""
    told = told_order(request, order_in(request, order))
    response.headers["ETag"] = etag_of(told)
    return told


@routes.post("orders", needs=Permission.ORDERS_CHANGE, answer=WholeOrderTold, status=200)
def record_order(request: HttpRequest, new: NewOrder) -> WholeOrderTold:
    """Writes an order, once by its source and number; the same again answers the one that is here.

    409 when one with this number is here with other lines.
    """
    told = _record(request, new.source, [new], is_history=new.is_history)
    if told.refused:
        code = "conflict" if told.conflicts else "invalid"
        faults = [] if told.conflicts else [Fault(told.refused[0].detail, pointer="")]
        raise Problem(code, told.refused[0].detail if told.conflicts else "", faults=faults)
    found = orders_by_number(source=new.source, numbers=[new.number])[new.number]
    return told_order(request, order_in(request, found.uuid))


@routes.post("orders/batch", needs=Permission.ORDERS_CHANGE, answer=OrderBatchTold, status=200)
def record_orders_of_batch(request: HttpRequest, batch: OrderBatch) -> OrderBatchTold:
    """Writes up to 500 orders; those that cannot be taken are told by their place, the others come in."""
    told = _record(request, batch.source, batch.items, is_history=batch.is_history)
    return OrderBatchTold(written=told.written, known=told.known, refused=told.refused)


@routes.post(
    "orders/{uuid:order}/status",
    needs=Permission.ORDERS_CHANGE,
    answer=WholeOrderTold,
    status=200,
    problems=(404, 412),
)
def change_order_status(request: HttpRequest, response: HttpResponse, order: UUID, step: StatusGiven) -> WholeOrderTold:
    """Takes an order on; no step goes back. `If-Match` with the `ETag` guards against others."""
    found = _locked(request, order)
    try:
        change_status(
            order=found.pk,
            key=step.key or uuid7(),
            status=OrderStatus(step.status),
            by=caller_of(request).member.id,
            happened_at=step.happened_at,
        )
    except CommerceRefused as refused:
        raise Problem("refused", str(refused)) from None
    told = told_order(request, order_in(request, order))
    response.headers["ETag"] = etag_of(told)
    return told


@routes.post(
    "orders/{uuid:order}/payments",
    needs=Permission.ORDERS_CHANGE,
    answer=WholeOrderTold,
    status=200,
    problems=(404, 412),
)
def record_payment_of_order(
    request: HttpRequest, response: HttpResponse, order: UUID, money: PaymentGiven
) -> WholeOrderTold:
    """Writes money that came for an order, or went back."""
    found = _locked(request, order)
    try:
        amount = money.amount.minor()
    except ValueError as why:
        raise refused_value(str(why), "/amount") from None
    if money.is_refund and money.amount.currency != found.currency:
        raise refused_value(_("A refund is in the currency of the order."), "/amount/currency")
    more = {} if money.is_refund else {"currency": money.amount.currency}
    write = record_refund if money.is_refund else record_payment
    try:
        write(
            order=found.pk,
            key=money.key or uuid7(),
            method=PaymentMethod(money.method),
            amount=amount,
            by=caller_of(request).member.id,
            happened_at=money.happened_at,
            **more,
        )
    except CommerceRefused as refused:
        raise Problem("refused", str(refused)) from None
    told = told_order(request, order_in(request, order))
    response.headers["ETag"] = etag_of(told)
    return told


@dataclass(frozen=True)
class _Outcome:
    """What became of orders; `conflicts`: some are here with other lines."""

    written: int
    known: int
    refused: list[RefusedItem]
    conflicts: bool


def _record(request: HttpRequest, source: str, given: Sequence[OrderGiven], *, is_history: bool) -> _Outcome:
    if source in (OWN, COUNTER):
        raise refused_value(_("This name belongs to the program itself. Choose another one."), "/source")
    scope = caller_of(request).scope
    named = customers.NamedCustomers(
        uuids=[one.customer for one in given],
        known_by=[(one.by.kind, one.by.value) if one.by else None for one in given],
        scope=scope,
    )
    own = business.profile().currency
    places = {one.id for one in business.locations(scope=scope, with_archived=True)}
    refused: list[RefusedItem] = []
    read: list[_Read] = []
    seen: set[str] = set()
    for index, one in enumerate(given):
        try:
            if one.number in seen:
                raise ValueError(_("This number stands in the list twice."))
            seen.add(one.number)
            read.append(_read(index, one, own, named, places))
        except ValueError as why:
            refused.append(RefusedItem(index=index, detail=str(why)))
    handles = named.handles(places=[one.index for one in read], source=source)
    groups: dict[tuple[str, bool], list[_Read]] = defaultdict(list)
    for each in read:
        groups[each.given.channel, is_news(each.given.happened_at, is_history=is_history)].append(each)
    written, conflicting = set[str](), set[str]()
    for (channel, are_news), rows in groups.items():
        outcome = record_orders(deals=_deals(source, channel, rows, handles, own, is_news=are_news), lines=_lines(rows))
        written |= outcome.written
        conflicting |= outcome.conflicting
    _pay(source, [one for one in read if one.given.number in written], is_history=is_history)
    _note(source, [one for one in read if one.given.number in written], handles)
    for each in read:
        if each.given.number in conflicting:
            detail = _("An order with this number is already here with other lines.")
            refused.append(RefusedItem(index=each.index, detail=detail))
    refused.sort(key=lambda one: one.index)
    return _Outcome(len(written), len(read) - len(written) - len(conflicting), refused, bool(conflicting))


def _read(index: int, one: OrderGiven, own: str, named: customers.NamedCustomers, places: set[int]) -> _Read:
    currency = one.currency or own
    if not is_currency(currency):
        raise ValueError(_("There is no such currency."))
    named.check(index)
    if one.location is not None and one.location not in places:
        raise ValueError(_("There is no such location."))
    check_past(one.happened_at)
    if not one.lines and one.total is None:
        raise ValueError(_("An order needs lines or a total."))
    _check_amounts(one, currency)
    return _Read(index, one, currency)


def _check_amounts(one: OrderGiven, currency: str) -> None:
    total = Decimal(0)
    for line in one.lines:
        quantity, price = Decimal(line.quantity), Decimal(line.unit_price)
        if not 0 < quantity < LARGEST or quantity != round(quantity, QUANTITY_DIGITS):
            raise ValueError(_("A quantity is above zero and has at most three decimal digits."))
        if not 0 <= price < LARGEST:
            raise ValueError(_("The price must not be below zero, and below ten million."))
        total += quantity * price
    if one.total is not None:
        total = Decimal(one.total)
        if total < 0 or total != round(total, minor_digits(currency)):
            raise ValueError(_("The total is not below zero and has the digits of its currency."))
    if to_minor(total, currency) >= LARGEST_PAYMENT:
        raise ValueError(_("The total is too large."))
    for money in one.payments or ():
        if not 0 < money.amount.minor() < LARGEST_PAYMENT:
            raise ValueError(_("The amount must be above zero."))


def _deals(
    source: str, channel: str, rows: Sequence[_Read], handles: Mapping[int, int], own: str, *, is_news: bool
) -> DealColumns:
    return DealColumns(
        source=source,
        batch="",
        is_news=is_news,
        channel=channel,
        numbers=[row.given.number for row in rows],
        handles=[handles.get(row.index) for row in rows],
        happened_at=[row.given.happened_at.astimezone(UTC) for row in rows],
        offset_minutes=[clock.offset_minutes(row.given.happened_at) for row in rows],
        currencies=[row.currency for row in rows],
        rates=[Decimal(1) if row.currency == own else None for row in rows],
        location_ids=[row.given.location for row in rows],
        totals=[None if row.given.total is None else to_minor(Decimal(row.given.total), row.currency) for row in rows],
        statuses=[row.given.status for row in rows],
        paid_by=[None if row.given.payments is None else "" for row in rows],
    )


def _lines(rows: Sequence[_Read]) -> LineColumns:
    lines = [(place, line) for place, row in enumerate(rows) for line in row.given.lines]
    return LineColumns(
        language=(get_language() or "en")[:2],
        deals=[place for place, _line in lines],
        product_codes=[line.code for _place, line in lines],
        product_names=[line.name for _place, line in lines],
        quantities=[Decimal(line.quantity) for _place, line in lines],
        unit_prices=[Decimal(line.unit_price) for _place, line in lines],
    )


def _pay(source: str, rows: Sequence[_Read], *, is_history: bool) -> None:
    ids = orders_by_number(source=source, numbers=[row.given.number for row in rows])
    for news in (True, False):
        mine = [
            (row, money)
            for row in rows
            for money in row.given.payments or ()
            if is_news(row.given.happened_at, is_history=is_history) is news
        ]
        if mine:
            record_payments(
                columns=PaymentColumns(
                    is_news=news,
                    orders=[ids[row.given.number].id for row, _money in mine],
                    keys=[digest_key("payment", source, row.given.number, money.number) for row, money in mine],
                    are_refunds=[money.is_refund for _row, money in mine],
                    methods=[money.method for _row, money in mine],
                    amounts=[money.amount.minor() for _row, money in mine],
                    currencies=[money.amount.currency for _row, money in mine],
                    happened_at=[money.happened_at or row.given.happened_at for row, money in mine],
                )
            )


def _note(source: str, rows: Sequence[_Read], handles: Mapping[int, int]) -> None:
    known = [row for row in rows if row.index in handles]
    if known:
        customers.note_sightings(
            columns=CustomerColumns(
                handles=[handles[row.index] for row in known],
                known_as=[row.given.by.value if row.given.by else "" for row in known],
                seen_at=[row.given.happened_at.astimezone(UTC) for row in known],
                source=source,
                location_ids=[row.given.location for row in known],
            )
        )


def _locked(request: HttpRequest, uuid: UUID) -> Order:
    """The order, for this transaction alone, in the version that `If-Match` names."""
    found = locked(order=order_in(request, uuid).pk)
    check_version(request, etag_of(told_order(request, found)))
    return found
