"""Money for orders: what came, what went back, and mistakes taken back. Two at once lose nothing."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from wayloop.business import api as business
from wayloop.commerce.enums import PAYMENT_RECEIVED, PAYMENT_REFUNDED, PaymentMethod
from wayloop.commerce.models import Order, Payment
from wayloop.commerce.rules import LARGEST_PAYMENT, CommerceRefused
from wayloop.commerce.services.settling import lock_orders, settle_orders
from wayloop.commerce.services.statuses import locked
from wayloop.commerce.services.telling import Bought, Told, bought_of, take_back, tell, tell_now
from wayloop.contracts.commerce import PaymentColumns
from wayloop.kernel import clock
from wayloop.kernel.bulk import copy_rows
from wayloop.kernel.money import to_decimal, to_minor


@transaction.atomic
def record_payment(
    *,
    order: int,
    key: UUID,
    method: PaymentMethod,
    amount: int,
    currency: str | None = None,
    by: int | None,
    happened_at: datetime | None = None,
    seen_balance: int | None = None,
) -> bool:
    """Writes money that came for an order, with its `payment.received` event; answers whether it was new.

    `key` is made with the form: the same one again is the same money. `amount`: minor units of `currency` (None: that
    of the order); another currency counts by the entered rates. `seen_balance`: what the member saw as owed; when
    somebody else has entered money meanwhile, nothing is written. Raises `CommerceRefused` with a line for the member,
    `LookupError` for an order that does not exist.
    """
    found = locked(order=order)
    if Payment.objects.filter(uuid=key).exists():
        return False
    if seen_balance is not None and found.balance is not None and found.balance != seen_balance:
        raise CommerceRefused(_("What is owed has changed meanwhile. Look at the payments and try again."))
    payment = _new(found, key, method, amount, currency or found.currency, by, happened_at, is_refund=False)
    _write(payment)
    return True


@transaction.atomic
def record_refund(
    *,
    order: int,
    key: UUID,
    method: PaymentMethod,
    amount: int,
    by: int | None,
    happened_at: datetime | None = None,
) -> bool:
    """Writes money that went back to the customer, with its `payment.refunded` event; otherwise as `record_payment`.

    `amount`: minor units of the order's currency. Raises `CommerceRefused` too when more goes back than was paid.
    """
    found = locked(order=order)
    if Payment.objects.filter(uuid=key).exists():
        return False
    payment = _new(found, key, method, amount, found.currency, by, happened_at, is_refund=True)
    if found.paid is None or payment.counted > found.paid:
        raise CommerceRefused(_("More than was paid cannot go back."))
    _write(payment)
    return True


@transaction.atomic
def take_payment_back(*, payment: UUID) -> None:
    """A payment or refund that was entered by mistake no longer counts; its event is retracted.

    One that was taken back already is left so. Raises `CommerceRefused` when a refund would be left without the money
    it gave back, or when it belongs to the order's own event; `LookupError` when there is none.
    """
    found = _locked_payment(payment)
    if found.taken_back_at is not None:
        return
    if not found.is_told:
        raise CommerceRefused(_("This was paid with the order itself. Enter a refund instead."))
    if not found.is_refund and (found.order.paid or 0) < found.counted:
        raise CommerceRefused(_("A part of it was given back. Take that back first."))
    found.taken_back_at = clock.now()
    found.save(update_fields=["taken_back_at"])
    settle_orders(orders=[found.order_id])
    take_back(kind=_kind(found), event=_told(found))


@transaction.atomic
def restore_payment(*, payment: UUID) -> None:
    """Undoes `take_payment_back`: the money counts again, and its event stands again."""
    found = _locked_payment(payment)
    if found.taken_back_at is None:
        return
    if found.is_refund and found.counted > (found.order.paid or 0):
        raise CommerceRefused(_("More than was paid cannot go back."))
    found.taken_back_at = None
    found.save(update_fields=["taken_back_at"])
    settle_orders(orders=[found.order_id])
    tell_now(kind=_kind(found), event=_told(found))


@transaction.atomic
def record_payments(*, columns: PaymentColumns) -> int:
    """Writes many payments and refunds, as their systems tell; answers how many were new.

    Those of unknown orders, in a currency without a rate, or with an amount of nothing are left out.
    """
    lock_orders(orders=columns.orders)
    orders = bought_of(orders=columns.orders)
    known = set(Payment.objects.filter(uuid__in=columns.keys).values_list("uuid", flat=True))
    rows: dict[UUID, _Row] = {}
    for place, (key, order) in enumerate(zip(columns.keys, columns.orders, strict=True)):
        if order in orders and key not in known and 0 < columns.amounts[place] < LARGEST_PAYMENT:
            rows[key] = _Row(
                orders[order], columns.amounts[place], columns.currencies[place], columns.happened_at[place], place
            )
    counted = dict(zip(rows, _counted(list(rows.values())), strict=True))
    written = {key: row for key, row in rows.items() if counted[key] is not None}
    copy_rows(
        "commerce_payment",
        ("uuid", "order_id", "is_refund", "method", "amount", "currency", "counted", "happened_at", "batch"),
        (
            (key, row.order.pk, columns.are_refunds[row.place], columns.methods[row.place], row.amount, row.currency,
             counted[key], row.happened_at, columns.batch)
            for key, row in written.items()
        ),
        ("uuid", "int8", "bool", "text", "int8", "text", "int8", "timestamptz", "text"),
    )  # fmt: skip
    settle_orders(orders=[row.order.pk for row in written.values()])
    for kind, is_refund in ((PAYMENT_RECEIVED, False), (PAYMENT_REFUNDED, True)):
        mine = [
            _event(row.order, key, row.happened_at, row.amount, row.currency, columns.methods[row.place])
            for key, row in written.items()
            if columns.are_refunds[row.place] is is_refund
        ]
        tell(kind=kind, is_news=columns.is_news, events=mine, batch=columns.batch)
    return len(written)


class _Row(NamedTuple):
    """Money of one row, as `_counted` looks at it."""

    order: Bought
    amount: int
    currency: str
    happened_at: datetime
    place: int


def _new(
    order: Order,
    key: UUID,
    method: PaymentMethod,
    amount: int,
    currency: str,
    by: int | None,
    happened_at: datetime | None,
    *,
    is_refund: bool,
) -> Payment:
    if not 0 < amount < LARGEST_PAYMENT:
        raise CommerceRefused(_("The amount must be above zero."))
    payment = Payment(
        uuid=key,
        order=order,
        is_refund=is_refund,
        method=PaymentMethod(method),
        amount=amount,
        currency=currency,
        happened_at=happened_at or clock.now(),
        by=by,
    )
    if not _set(payment, _counted([payment])[0]):
        raise CommerceRefused(
            _("No rate is known from %(from)s to %(to)s. Enter the rate in the settings, or the amount in %(to)s.")
            % {"from": currency, "to": order.currency}
        )
    return payment


def _set(payment: Payment, counted: int | None) -> bool:
    if counted is None:
        return False
    payment.counted = counted
    return True


def _counted(payments: Sequence[Payment | _Row]) -> list[int | None]:
    """What each comes to in the currency of its order, by way of the business's; None where no rate is known."""
    foreign = [one for one in payments if one.currency != one.order.currency]
    rates: dict[tuple[str, datetime], Decimal | None] = {}
    if foreign:
        pairs = [(code, one.happened_at) for one in foreign for code in (one.currency, one.order.currency)]
        found = business.rates_at(currencies=[code for code, _at in pairs], instants=[at for _code, at in pairs])
        rates = dict(zip(pairs, found, strict=True))
    counted: list[int | None] = []
    for one in payments:
        if one.currency == one.order.currency:
            counted.append(one.amount)
            continue
        theirs, ours = rates[one.currency, one.happened_at], rates[one.order.currency, one.happened_at]
        if theirs is None or not ours:
            counted.append(None)
        else:
            whole = to_decimal(one.amount, one.currency) * theirs / ours
            counted.append(to_minor(whole, one.order.currency))
    return counted


def _write(payment: Payment) -> None:
    payment.save(force_insert=True)
    settle_orders(orders=[payment.order_id])
    tell_now(kind=_kind(payment), event=_told(payment))


def _locked_payment(uuid: UUID) -> Payment:
    asked = Payment.objects.filter(uuid=uuid).first()
    if asked is None:
        raise LookupError("no such payment")
    order = locked(order=asked.order_id)
    found = Payment.objects.get(uuid=uuid)
    found.order = order
    return found


def _kind(payment: Payment) -> str:
    return PAYMENT_REFUNDED if payment.is_refund else PAYMENT_RECEIVED


def _told(payment: Payment) -> Told:
    return _event(
        payment.order, payment.uuid, payment.happened_at, payment.amount, payment.currency, str(payment.method)
    )


def _event(order: Order | Bought, key: UUID, at: datetime, amount: int, currency: str, method: str) -> Told:
    return Told(order, str(key), at, amount, currency, {"number": order.number, "method": method})
