"""What happens at the counter: a purchase or a visit in a tap, once however often the tap is sent."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from wayloop.business import api as business
from wayloop.commerce.enums import COUNTER, ORDER_PLACED, TILL, VISIT_MADE
from wayloop.commerce.models import Delivery, Order, Payment, Product, Return, StatusChange
from wayloop.commerce.rules import LARGEST, CommerceRefused
from wayloop.commerce.services.deals import record_orders
from wayloop.commerce.services.telling import Offsets
from wayloop.contracts.commerce import DealColumns, Greeting, LineColumns, PurchaseInfo, PurchaseLine
from wayloop.contracts.customers import CustomerColumns
from wayloop.contracts.ledger import EventColumns, EventRefs
from wayloop.contracts.scope import EVERYTHING
from wayloop.customers import api as customers
from wayloop.identity import api as identity
from wayloop.kernel import clock
from wayloop.kernel.idempotency import wait_for_twin
from wayloop.ledger import api as ledger

# Counter purchases are numbered by a sequence; what was broken off leaves a hole, which nobody minds here.
NEXT_NUMBER = "SELECT 'C-' || nextval('commerce_counter_number')"


@transaction.atomic
def record_purchase(
    *,
    key: UUID,
    location_id: int | None,
    handle: int | None,
    lines: Sequence[PurchaseLine] = (),
    amount: int | None = None,
    happened_at: datetime | None = None,
) -> PurchaseInfo:
    """Writes a purchase made in front of us, with its `order.placed` event, and that the customer was here.

    `key`: made with the form (`kernel.ids.uuid7`); the same key again writes nothing and answers what was written, so a
    tap that is sent twice counts once. `location_id`: where it happens; the caller has made sure that the member may
    act there. `handle`: None for a guest. Either `lines`, or just an `amount` in minor units of the business's
    currency. `happened_at`: aware; None is now. Raises `CommerceRefused` with one line for the member when there is
    nothing to write, a product is unknown, archived or without a price, or the key was used for something else.
    """
    wait_for_twin(key)
    known = Order.objects.filter(uuid=key).first()
    if known is not None:
        return _same(known, handle, location_id)
    with connection.cursor() as cursor:
        cursor.execute(NEXT_NUMBER)
        (number,) = cursor.fetchone()
    profile = business.profile()
    moment = happened_at or clock.now()
    record_orders(
        deals=DealColumns(
            source=COUNTER,
            batch="",
            is_news=True,
            channel=TILL,
            numbers=[number],
            handles=[handle],
            happened_at=[moment],
            offset_minutes=[Offsets().at(moment, location_id)],
            currencies=[profile.currency],
            rates=[Decimal(1)],
            location_ids=[location_id],
            totals=[_whole(amount, lines)],
            uuids=[key],
        ),
        lines=_line_columns(lines, profile.currency),
    )
    if handle is not None:
        _note_sighting(handle, moment, location_id)
    order = Order.objects.get(uuid=key)
    return PurchaseInfo(order.pk, key, number, order.total, order.currency, order.happened_at, is_new=True)


@transaction.atomic
def record_visit(
    *,
    key: UUID,
    location_id: int | None,
    handle: int,
    happened_at: datetime | None = None,
    greeting: Greeting | None = None,
) -> bool:
    """Writes that a customer was here, as a `visit.made` event; answers False when this key was here already.

    Arguments as those of `record_purchase`; `greeting`: which points of the greeting were ticked, None where there is
    none.
    """
    moment = happened_at or clock.now()
    written = ledger.record_events(
        columns=EventColumns(
            kind=VISIT_MADE,
            source=COUNTER,
            is_news=True,
            message_ids=[str(key)],
            handles=[handle],
            occurred_at=[moment],
            offset_minutes=[Offsets().at(moment, location_id)],
            subject_kind="visit",
            subject_ids=[handle],
            channel=TILL,
            location_ids=[location_id],
            properties=[_ticks(greeting)] if greeting else (),
        )
    )
    if written:
        _note_sighting(handle, moment, location_id)
    return bool(written)


@transaction.atomic
def undo_purchase(*, key: UUID) -> bool:
    """Takes back a purchase made at the counter by mistake, with its event; answers False when there is none.

    The order is gone and its event is retracted; that the customer was seen stays. The caller has made sure that the
    member may act where it was made. Raises `CommerceRefused` when it has gone on since: something was paid, sent,
    given back, its status changed. Their events would stay behind.
    """
    order = Order.objects.select_for_update().filter(uuid=key, source=COUNTER).first()
    if order is None:
        return False
    if any(rows.objects.filter(order=order).exists() for rows in (Payment, StatusChange, Delivery, Return)):
        raise CommerceRefused(_("This purchase has a history by now. Enter a return instead."))
    if order.handle is not None:
        refs = EventRefs(ORDER_PLACED, COUNTER, [order.number], [order.handle], [order.happened_at])
        ledger.retract_events(refs=refs, reason="undone at the counter")
    order.delete()
    return True


@transaction.atomic
def undo_visit(*, key: UUID, handle: int, happened_at: datetime) -> bool:
    """Takes back a visit noted by mistake, which was written with these; answers False when there is none.

    The same key may be noted again. Of a tap that was sent twice, `happened_at` may be the later time, at which nothing
    was written: the visits of the day before are compared by their key.
    """
    visits = ledger.events_about(
        handles=[handle],
        subjects=[("visit", handle)],
        kinds=[VISIT_MADE],
        since=happened_at - timedelta(days=1),
        scope=EVERYTHING,
    )
    moments = sorted({happened_at, *(visit.occurred_at for visit in visits)})
    refs = EventRefs(VISIT_MADE, COUNTER, [str(key)] * len(moments), [handle] * len(moments), moments)
    return bool(ledger.retract_events(refs=refs, reason="undone at the counter", frees_ids=True))


def _ticks(greeting: Greeting) -> dict[str, Any]:
    ticked = sorted(set(greeting.ticked) & set(greeting.asked))
    return {"ticked": len(ticked), "asked": len(greeting.asked), "points": ",".join(map(str, ticked))}


def _same(known: Order, handle: int | None, location_id: int | None) -> PurchaseInfo:
    if (known.source, known.handle, known.location_id) != (COUNTER, handle, location_id):
        raise CommerceRefused(_("This purchase is written already. Load the page again for the next one."))
    return PurchaseInfo(
        known.pk, known.uuid, known.number, known.total, known.currency, known.happened_at, is_new=False
    )


def _whole(amount: int | None, lines: Sequence[PurchaseLine]) -> int | None:
    if (amount is None) == (not lines):
        raise CommerceRefused(_("Choose what was bought, or write the amount."))
    if amount is not None and not 0 < amount < LARGEST * 100:
        raise CommerceRefused(_("The amount must be above zero and below ten million."))
    return amount


def _line_columns(lines: Sequence[PurchaseLine], currency: str) -> LineColumns:
    products = Product.objects.in_bulk([line.product_id for line in lines])
    prices: list[Decimal] = []
    for line in lines:
        product = products.get(line.product_id)
        if product is None or product.archived_at is not None:
            raise CommerceRefused(_("One of the products is no longer sold. Load the page again."))
        price = line.unit_price if line.unit_price is not None else product.price
        if price is None or (line.unit_price is None and product.currency != currency):
            raise CommerceRefused(_("“%(name)s” has no price. Write the amount instead.") % {"name": product.title})
        if not (0 < line.quantity < LARGEST and 0 <= price < LARGEST):
            raise CommerceRefused(_("Quantities must be above zero, prices not below, both below ten million."))
        prices.append(price)
    return LineColumns(
        language="",
        deals=[0] * len(lines),
        product_codes=[""] * len(lines),
        product_names=[""] * len(lines),
        quantities=[line.quantity for line in lines],
        unit_prices=prices,
        product_ids=[line.product_id for line in lines],
    )


def _note_sighting(handle: int, moment: datetime, location_id: int | None) -> None:
    seen_by = identity.identifiers_of([handle])
    customers.note_sightings(
        columns=CustomerColumns(
            handles=[handle],
            known_as=[seen_by[0].value if seen_by else str(handle)],
            seen_at=[moment],
            source=COUNTER,
            location_ids=[location_id],
        )
    )
