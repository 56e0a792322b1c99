"""The life of one order as its page tells it: what happened, the latest first, and what can be taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from wayloop.accounts import api as accounts
from wayloop.commerce.enums import DeliveryStatus, OrderStatus, PaymentMethod
from wayloop.commerce.models import Order, Payment, Return, StatusChange
from wayloop.commerce.narrators import moment_in_words
from wayloop.commerce.queries.orders import DeliveryRow

# How a status is shown: the colour of its pill, its icon.
LOOKS: Mapping[str, tuple[str, str]] = {
    OrderStatus.PLACED: ("info", "circle-dot"),
    OrderStatus.CONFIRMED: ("brand", "clipboard-check"),
    OrderStatus.READY: ("brand", "package-check"),
    OrderStatus.COMPLETED: ("good", "check"),
    OrderStatus.CANCELLED: ("", "circle-x"),
}
DELIVERY_LOOKS: Mapping[str, tuple[str, str]] = {
    DeliveryStatus.PLANNED: ("", "calendar-check"),
    DeliveryStatus.SENT: ("info", "truck"),
    DeliveryStatus.DONE: ("good", "package-check"),
    DeliveryStatus.FAILED: ("bad", "ban"),
}


@dataclass(frozen=True)
class Line:
    """One thing that happened to an order.

    `amount` in minor units of `currency`; `back`: where a POST takes it back.
    """

    moment: datetime
    icon: str
    tone: str
    title: str
    detail: str = ""
    who: str = ""
    amount: int | None = None
    currency: str = ""
    back: str = ""


def history(
    order: Order,
    *,
    steps: Sequence[StatusChange],
    payments: Sequence[Payment],
    deliveries: Sequence[DeliveryRow],
    returns: Sequence[Return],
) -> list[tuple[date, list[Line]]]:
    """All of it by day, the latest first; at most one read, for the names of members."""
    authors = [step.by for step in steps] + [payment.by for payment in payments]
    names = accounts.names_of(by for by in authors if by is not None)
    lines = [_placed(order), *_steps(steps, names), *_payments(payments, names)]
    lines += [line for row in deliveries for line in _delivery(row)]
    lines += [
        Line(
            back.happened_at,
            "undo-2",
            "warn",
            _("Something came back"),
            _("Return %(number)s") % {"number": back.number},
            amount=back.total,
            currency=back.currency,
        )
        for back in returns
    ]
    # At one instant what was done later stands above.
    lines.reverse()
    lines.sort(key=lambda line: line.moment, reverse=True)
    days: dict[date, list[Line]] = {}
    for line in lines:
        days.setdefault(timezone.localtime(line.moment).date(), []).append(line)
    return list(days.items())


def promise_in_words(row: DeliveryRow) -> str:
    """The window of a delivery; empty when nothing was promised."""
    start, end = row.delivery.promised_from, row.delivery.promised_to
    if start and end:
        return _("from %(start)s until %(end)s") % {"start": moment_in_words(start), "end": moment_in_words(end)}
    if end:
        return _("until %(end)s") % {"end": moment_in_words(end)}
    return _("from %(start)s") % {"start": moment_in_words(start)} if start else ""


def _placed(order: Order) -> Line:
    return Line(
        order.happened_at,
        "shopping-bag",
        "",
        _("Order placed"),
        amount=order.total,
        currency=order.currency,
    )


def _steps(steps: Sequence[StatusChange], names: Mapping[int, str]) -> list[Line]:
    titles = {
        OrderStatus.CONFIRMED: _("Taken into work"),
        OrderStatus.READY: _("Ready to be handed over"),
        OrderStatus.COMPLETED: _("Completed"),
        OrderStatus.CANCELLED: _("Cancelled"),
    }
    last = steps[-1] if steps else None
    return [
        Line(
            step.happened_at,
            LOOKS[step.status][1],
            "warn" if step.status == OrderStatus.CANCELLED else "",
            titles[OrderStatus(step.status)],
            who=names.get(step.by or 0, ""),
            back=_address("step_back", step.uuid) if step is last else "",
        )
        for step in steps
    ]


def _payments(payments: Sequence[Payment], names: Mapping[int, str]) -> list[Line]:
    return [
        Line(
            one.happened_at,
            "undo-2" if one.is_refund else "wallet",
            "",
            _("Money went back") if one.is_refund else _("Paid"),
            str(PaymentMethod(one.method).label),
            who=names.get(one.by or 0, ""),
            amount=one.amount,
            currency=one.currency,
            back=_address("payment_back", one.uuid) if one.is_told else "",
        )
        for one in payments
    ]


def _delivery(row: DeliveryRow) -> list[Line]:
    delivery = row.delivery
    back = reverse("commerce:delivery_back", args=[delivery.uuid, delivery.status])
    by = " ".join(part for part in (delivery.carrier, delivery.number) if part)
    lines = [
        Line(
            delivery.planned_at,
            "calendar-check",
            "",
            _("Delivery planned"),
            promise_in_words(row),
            back=back if delivery.status == DeliveryStatus.PLANNED else "",
        )
    ]
    if delivery.sent_at:
        is_last = delivery.status == DeliveryStatus.SENT
        lines.append(Line(delivery.sent_at, "truck", "", _("Sent"), by, back=back if is_last else ""))
    if delivery.ended_at:
        has_failed = delivery.status == DeliveryStatus.FAILED
        title = _("Did not reach the customer") if has_failed else _("Reached the customer")
        detail = _("later than promised") if row.is_late else _("in time") if delivery.due_at and not has_failed else ""
        tone = "bad" if has_failed else "warn" if row.is_late else "good"
        lines.append(Line(delivery.ended_at, DELIVERY_LOOKS[delivery.status][1], tone, title, detail, back=back))
    return lines


def _address(name: str, uuid: UUID) -> str:
    return reverse(f"commerce:{name}", args=[uuid])
