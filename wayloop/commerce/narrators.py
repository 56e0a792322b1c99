"""The sentences of the timeline: what each kind of event of commerce reads like on the card of a customer."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wayloop.business import api as business
from wayloop.commerce import enums
from wayloop.commerce.enums import DeliveryWay, PaymentMethod
from wayloop.commerce.queries import carts
from wayloop.commerce.queries import deals as queries
from wayloop.contracts.ledger import EventInfo
from wayloop.kernel import clock
from wayloop.ui import formats

Sentence = tuple[str, str, str]


class DealNarrator:
    """Tells orders and returns by their number and first products."""

    kinds = (enums.ORDER_PLACED, enums.RETURN_MADE)

    def narrate(self, events: Sequence[EventInfo]) -> Mapping[int, Sentence]:
        told: dict[int, Sentence] = {}
        for side, kind in (("orders", enums.ORDER_PLACED), ("returns", enums.RETURN_MADE)):
            mine = [event for event in events if event.kind == kind]
            if not mine:
                continue
            deals = [event.subject_id for event in mine]
            names = queries.product_names(side=side, deals=deals)  # type: ignore[arg-type]
            addresses = queries.deal_addresses(side=side, deals=deals)  # type: ignore[arg-type]
            for event in mine:
                if event.subject_id not in addresses:
                    continue
                uuid, number = addresses[event.subject_id]
                title = _("Order %(number)s") if kind == enums.ORDER_PLACED else _("Return %(number)s")
                told[event.id] = (
                    title % {"number": number},
                    few(names.get(event.subject_id, []), int(event.properties.get("lines", 0))),
                    reverse("commerce:order" if kind == enums.ORDER_PLACED else "commerce:return", args=[uuid]),
                )
        return told


class OrderNarrator:
    """Tells what became of an order: its steps, its money, its deliveries."""

    kinds = (
        enums.ORDER_CONFIRMED, enums.ORDER_READY, enums.ORDER_COMPLETED, enums.ORDER_CANCELLED,
        enums.PAYMENT_RECEIVED, enums.PAYMENT_REFUNDED,
        enums.DELIVERY_PROMISED, enums.DELIVERY_MOVED, enums.DELIVERY_SENT, enums.DELIVERY_DONE,
        enums.DELIVERY_FAILED,
    )  # fmt: skip

    def narrate(self, events: Sequence[EventInfo]) -> Mapping[int, Sentence]:
        addresses = queries.deal_addresses(side="orders", deals=[event.subject_id for event in events])
        titles = _order_titles()
        told: dict[int, Sentence] = {}
        for event in events:
            found: tuple[UUID | None, str] = addresses.get(
                event.subject_id, (None, str(event.properties.get("number", "")))
            )
            uuid, number = found
            title = titles[event.kind] % {"number": number}
            url = reverse("commerce:order", args=[uuid]) if uuid else ""
            told[event.id] = (title, _order_detail(event), url)
        return told


class CartNarrator:
    """Tells what was in a cart."""

    kinds = (enums.CART_UPDATED, enums.CART_ABANDONED)

    def narrate(self, events: Sequence[EventInfo]) -> Mapping[int, Sentence]:
        names = carts.cart_product_names(carts=[event.subject_id for event in events])
        latest = {event.subject_id: event.id for event in sorted(events, key=lambda one: (one.occurred_at, one.id))}
        told: dict[int, Sentence] = {}
        for event in events:
            lines = int(event.properties.get("lines", 0))
            if event.kind == enums.CART_ABANDONED:
                title = _("Left the cart")
            else:
                title = _("Filled the cart") if lines else _("Emptied the cart")
            count = ngettext("%(number)s line", "%(number)s lines", lines) % {"number": lines} if lines else ""
            # The cart as it is today is not what it was then, but for the last of its events.
            is_latest = latest[event.subject_id] == event.id and names.get(event.subject_id)
            told[event.id] = (title, few(names[event.subject_id], lines) if is_latest and lines else count, "")
        return told


class VisitNarrator:
    """Tells where a customer came by."""

    kinds = (enums.VISIT_MADE,)

    def narrate(self, events: Sequence[EventInfo]) -> Mapping[int, Sentence]:
        places = {place.id: place.name for place in business.locations(with_archived=True)}
        return {
            event.id: (_("Came by"), str(places.get(event.location_id, "")) if event.location_id else "", "")
            for event in events
        }


def few(names: Sequence[object], lines: int) -> str:
    """The first products of a deal in words, and how many lines follow."""
    shown = ", ".join(str(name) for name in names if str(name))
    rest = lines - len(names)
    if rest <= 0:
        return shown
    return ngettext("%(names)s and %(rest)s more line", "%(names)s and %(rest)s more lines", rest) % {
        "names": shown,
        "rest": rest,
    }


def _order_titles() -> dict[str, str]:
    return {
        enums.ORDER_CONFIRMED: _("Order %(number)s is in work"),
        enums.ORDER_READY: _("Order %(number)s is ready"),
        enums.ORDER_COMPLETED: _("Order %(number)s is completed"),
        enums.ORDER_CANCELLED: _("Order %(number)s is cancelled"),
        enums.PAYMENT_RECEIVED: _("Paid for order %(number)s"),
        enums.PAYMENT_REFUNDED: _("Money for order %(number)s went back"),
        enums.DELIVERY_PROMISED: _("Order %(number)s has a delivery date"),
        enums.DELIVERY_MOVED: _("Order %(number)s comes at another time"),
        enums.DELIVERY_SENT: _("Order %(number)s is on its way"),
        enums.DELIVERY_DONE: _("Order %(number)s reached the customer"),
        enums.DELIVERY_FAILED: _("Order %(number)s did not reach the customer"),
    }


def _order_detail(event: EventInfo) -> str:
    properties: Mapping[str, Any] = event.properties
    if "method" in properties:
        return str(PaymentMethod(properties["method"]).label)
    if "way" not in properties:
        return ""
    parts = [str(DeliveryWay(properties["way"]).label)]
    if event.kind == enums.DELIVERY_DONE:
        # Known since the promise was kept or broken: the rule is asked once, when it happens.
        if properties.get("promised_to") is not None:
            parts.append(_("later than promised") if properties.get("is_late") else _("in time"))
    elif properties.get("promised_to") is not None:
        parts.append(_("promised until %(moment)s") % {"moment": moment_in_words(properties["promised_to"])})
    return " · ".join(parts)


def moment_in_words(moment: datetime) -> str:
    """Day and time of a promise, in the zone of the page."""
    local = timezone.localtime(moment)
    day = formats.calendar_day(local.date(), timezone.localtime(clock.now()).date())
    return f"{day}, {local:%H:%M}"
