"""Writes the lives of the latest orders of the sample business, and its carts."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from wayloop.commerce import api as commerce
from wayloop.demo.fates import Fate, baskets_of
from wayloop.demo.story import CURRENCY, Story
from wayloop.kernel.ids import digest_key


@transaction.atomic
def live(source: str, fates: Sequence[Fate]) -> None:
    """Steps and payments of these orders, which are here already; what is known is left as it is."""
    refs = commerce.orders_by_number(source=source, numbers=[fate.number for fate in fates])
    steps = [
        (refs[fate.number].id, _key(fate, status), status, moment) for fate in fates for status, moment in fate.steps
    ]
    commerce.change_statuses(
        columns=commerce.StatusColumns(
            is_news=False,
            orders=[order for order, _key, _status, _at in steps],
            keys=[key for _order, key, _status, _at in steps],
            statuses=[status for _order, _key, status, _at in steps],
            happened_at=[moment for _order, _key, _status, moment in steps],
        )
    )
    paid = [(fate, fate.paid_at) for fate in fates if fate.paid_at is not None and not fate.is_on_the_spot]
    commerce.record_payments(
        columns=commerce.PaymentColumns(
            is_news=False,
            orders=[refs[fate.number].id for fate, _at in paid],
            keys=[_key(fate, "paid") for fate, _at in paid],
            are_refunds=[False] * len(paid),
            methods=[fate.method for fate, _at in paid],
            amounts=[refs[fate.number].total for fate, _at in paid],
            currencies=[CURRENCY] * len(paid),
            happened_at=[moment for _fate, moment in paid],
        )
    )


@transaction.atomic
def deliver(source: str, fates: Sequence[Fate]) -> None:
    """The deliveries of these orders, which are here already; what is known is left as it is."""
    refs = commerce.orders_by_number(source=source, numbers=[fate.number for fate in fates])
    sent = [(fate, fate.planned_at) for fate in fates if fate.planned_at is not None]
    commerce.record_deliveries(
        columns=commerce.DeliveryColumns(
            is_news=False,
            orders=[refs[fate.number].id for fate, _at in sent],
            keys=[_key(fate, "delivery") for fate, _at in sent],
            ways=[commerce.DeliveryWay.CARRIER] * len(sent),
            planned_at=[moment for _fate, moment in sent],
            promised_from=[fate.promised_from for fate, _at in sent],
            promised_to=[fate.promised_to for fate, _at in sent],
            sent_at=[fate.sent_at for fate, _at in sent],
            ended_at=[fate.ended_at for fate, _at in sent],
            have_failed=[False] * len(sent),
            carriers=[fate.carrier for fate, _at in sent],
            numbers=[fate.tracking for fate, _at in sent],
        )
    )


@transaction.atomic
def fill_carts(source: str, story: Story, handles: Sequence[int], end: datetime) -> None:
    """The carts that nobody ordered yet; the older ones were abandoned."""
    baskets = baskets_of(story, end)
    lines = [(place, *line) for place, basket in enumerate(baskets) for line in basket.lines]
    commerce.update_carts(
        carts=commerce.CartColumns(
            source=source,
            is_news=False,
            channel="web",
            numbers=[one.number for one in baskets],
            handles=[handles[one.shopper] for one in baskets],
            updated_at=[one.at for one in baskets],
            offset_minutes=[120] * len(baskets),
            currencies=[CURRENCY] * len(baskets),
        ),
        lines=commerce.LineColumns(
            language="uk",
            deals=[place for place, _product, _quantity, _cents in lines],
            product_codes=[product.code for _place, product, _quantity, _cents in lines],
            product_names=[""] * len(lines),
            quantities=[Decimal(quantity) for _place, _product, quantity, _cents in lines],
            unit_prices=[Decimal(cents).scaleb(-2) for _place, _product, _quantity, cents in lines],
        ),
    )
    commerce.abandon_carts()


def _key(fate: Fate, what: str) -> UUID:
    return digest_key("zerno", fate.number, what)
