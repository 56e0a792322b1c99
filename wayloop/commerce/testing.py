"""What tests of commerce and of those above it need to arrange: things bought and given back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import NAMESPACE_OID, uuid5

from wayloop.commerce import order_rows
from wayloop.commerce.api import record_deliveries, record_orders, record_returns
from wayloop.commerce.models import Order, OrderLine, Product, Return, ReturnLine
from wayloop.contracts.commerce import DealColumns, DealOutcome, DeliveryColumns, LineColumns
from wayloop.customers.testing import Sight, see_all

__all__ = [
    "MORNING",
    "Deal",
    "Order",
    "OrderLine",
    "Product",
    "Return",
    "ReturnLine",
    "buy",
    "deliver",
    "give_back",
    "order_rows",
]
MORNING = datetime(2026, 5, 4, 9, tzinfo=UTC)
TEA = (("tea", "1", "10.00"),)


@dataclass(frozen=True)
class Deal:
    """One order or return; `lines`: product code, quantity, price per unit; an empty `customer` is a guest.

    Of orders: `status`, and `paid_by` and `cart` as in `DealColumns`. Of returns: `of_order`.
    """

    number: str
    customer: str = ""
    at: datetime = MORNING
    lines: tuple[tuple[str, str, str], ...] = TEA
    currency: str = "UAH"
    rate: str | None = "1"
    location: int | None = None
    name: str = ""
    status: str = "completed"
    paid_by: str | None = None
    cart: str | None = None
    of_order: str | None = None


def buy(*deals: Deal, source: str = "shop", names: dict[str, str] | None = None, batch: str = "") -> DealOutcome:
    """Writes these orders at once, with the cards of their customers; `names`: product code → name, else the code."""
    return _record(record_orders, deals, source, names, batch)


def give_back(*deals: Deal, source: str = "shop", names: dict[str, str] | None = None, batch: str = "") -> DealOutcome:
    """The same for returns."""
    return _record(record_returns, deals, source, names, batch)


def deliver(*days: tuple[str, int | None, int]) -> None:
    """Order number, promised on and delivered on that many days after `MORNING`."""
    day = timedelta(days=1)
    ids = dict(Order.objects.values_list("number", "id"))
    ends = [MORNING + ended * day for _number, _promised, ended in days]
    record_deliveries(
        columns=DeliveryColumns(
            is_news=False,
            orders=[ids[number] for number, _promised, _ended in days],
            keys=[uuid5(NAMESPACE_OID, number) for number, _promised, _ended in days],
            ways=["courier"] * len(days),
            planned_at=[MORNING] * len(days),
            promised_from=[None] * len(days),
            promised_to=[None if promised is None else MORNING + promised * day for _number, promised, _ended in days],
            sent_at=[None] * len(days),
            ended_at=ends,
            have_failed=[False] * len(days),
            carriers=[""] * len(days),
            numbers=[""] * len(days),
            zone="UTC",
        )
    )


def _record(
    record: Callable[..., DealOutcome],
    deals: tuple[Deal, ...],
    source: str,
    names: dict[str, str] | None,
    batch: str,
) -> DealOutcome:
    known = [one for one in deals if one.customer]
    handles = dict(zip(known, see_all(*map(_sight, known)), strict=True)) if known else {}
    lines = [(place, *line) for place, deal in enumerate(deals) for line in deal.lines]
    return record(
        deals=DealColumns(
            source=source,
            batch=batch,
            is_news=not batch,
            channel="till",
            numbers=[one.number for one in deals],
            handles=[handles.get(one) for one in deals],
            happened_at=[one.at for one in deals],
            offset_minutes=[180] * len(deals),
            currencies=[one.currency for one in deals],
            rates=[None if one.rate is None else Decimal(one.rate) for one in deals],
            location_ids=[one.location for one in deals],
            statuses=[one.status for one in deals],
            paid_by=[one.paid_by for one in deals],
            carts=[one.cart for one in deals],
            of_orders=[one.of_order for one in deals],
        ),
        lines=LineColumns(
            language="en",
            deals=[line[0] for line in lines],
            product_codes=[line[1] for line in lines],
            product_names=[(names or {}).get(line[1], line[1]) for line in lines],
            quantities=[Decimal(line[2]) for line in lines],
            unit_prices=[Decimal(line[3]) for line in lines],
        ),
    )


def _sight(deal: Deal) -> Sight:
    return Sight(deal.customer, deal.name, deal.at, deal.location)
