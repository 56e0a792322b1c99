"""Value types of commerce: columns in which many orders or returns travel, and what a purchase at the counter is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True)
class DealColumns:
    """Many orders, or many returns, as columns of equal length.

    `source`: the system the numbers come from; `happened_at`: aware instants; `offset_minutes`: the UTC offset the
    times were told in; `rates`: units of the business's currency for one unit of the deal's, at its time, None when
    nobody entered one; `handles`: None for a guest. `batch` names the import, empty for what happens live; `is_news`
    False for history. `totals`: minor units, where the source tells a sum of its own (a discount, or no lines at all);
    None: the sum of the lines. `uuids`: addresses chosen beforehand. `channels`: where not all came by `channel`.

    Of orders only. `statuses`: names of `OrderStatus`; without them they are completed. `paid_by`: the method of those
    that were paid in full on the spot, empty for those that nothing was paid for yet, None where nobody tells. `carts`:
    the number that the order's cart had at the same source. Of returns only: `of_orders`, the number of the order at
    the same source that something of comes back.
    """

    source: str
    batch: str
    is_news: bool
    channel: str
    numbers: Sequence[str]
    handles: Sequence[int | None]
    happened_at: Sequence[datetime]
    offset_minutes: Sequence[int]
    currencies: Sequence[str]
    rates: Sequence[Decimal | None]
    location_ids: Sequence[int | None] = ()
    totals: Sequence[int | None] = ()
    uuids: Sequence[UUID] = ()
    statuses: Sequence[str] = ()
    paid_by: Sequence[str | None] = ()
    carts: Sequence[str | None] = ()
    of_orders: Sequence[str | None] = ()
    channels: Sequence[str] = ()


@dataclass(frozen=True)
class LineColumns:
    """The lines of those deals: `deals` holds the index of the deal each line belongs to, in the order of the lines.

    `product_names` are texts in `language`; quantities are positive, also in returns; prices are per unit.
    `product_ids`: our own products instead of codes and names of the source.
    """

    language: str
    deals: Sequence[int]
    product_codes: Sequence[str]
    product_names: Sequence[str]
    quantities: Sequence[Decimal]
    unit_prices: Sequence[Decimal]
    product_ids: Sequence[int] = ()


@dataclass(frozen=True)
class DealOutcome:
    """What came of it: numbers written, numbers that were here already with the same lines, or with other lines.

    `ids`: number → id of those written or unchanged.
    """

    written: frozenset[str]
    unchanged: frozenset[str]
    conflicting: frozenset[str]
    ids: Mapping[str, int]


@dataclass(frozen=True)
class StatusColumns:
    """Many steps in the life of orders, as columns of equal length; of one order in the order of the rows.

    `orders`: their ids; `keys`: the same one again is the same step; `statuses`: names of `OrderStatus`. `batch` names
    the import.
    """

    is_news: bool
    orders: Sequence[int]
    keys: Sequence[UUID]
    statuses: Sequence[str]
    happened_at: Sequence[datetime]
    batch: str = ""


@dataclass(frozen=True)
class PaymentColumns:
    """Many payments and refunds, as columns of equal length.

    `orders`: their ids; `keys`: the same one again is the same money; `methods`: names of `PaymentMethod`; `amounts`:
    minor units of `currencies`, above zero also for what went back (`are_refunds`). `batch` names the import.
    """

    is_news: bool
    orders: Sequence[int]
    keys: Sequence[UUID]
    are_refunds: Sequence[bool]
    methods: Sequence[str]
    amounts: Sequence[int]
    currencies: Sequence[str]
    happened_at: Sequence[datetime]
    batch: str = ""


@dataclass(frozen=True)
class DeliveryColumns:
    """Many deliveries with all that is known of them, as columns of equal length.

    `orders`: their ids; `keys`: the same one again is the same delivery; `ways`: names of `DeliveryWay`. The promise
    lies between `promised_from` and `promised_to`. `sent_at`, `ended_at`: None when it has not come to that;
    `have_failed`: whether it ended without reaching the customer. `zone`: where these times were told, empty for the
    zone of each order's location; `batch` names the import. `earlier_keys`: under which the same parcel stood while
    nobody told its number.
    """

    is_news: bool
    orders: Sequence[int]
    keys: Sequence[UUID]
    ways: Sequence[str]
    planned_at: Sequence[datetime]
    promised_from: Sequence[datetime | None]
    promised_to: Sequence[datetime | None]
    sent_at: Sequence[datetime | None]
    ended_at: Sequence[datetime | None]
    have_failed: Sequence[bool]
    carriers: Sequence[str]
    numbers: Sequence[str]
    zone: str = ""
    batch: str = ""
    earlier_keys: Sequence[UUID] = ()


@dataclass(frozen=True)
class CartColumns:
    """Many carts as they are now, as columns of equal length; their lines travel as those of orders.

    `numbers` are those of the shop (`source`); `handles`: the customer, or the visitor until somebody knows them.
    """

    source: str
    is_news: bool
    channel: str
    numbers: Sequence[str]
    handles: Sequence[int]
    updated_at: Sequence[datetime]
    offset_minutes: Sequence[int]
    currencies: Sequence[str]
    location_ids: Sequence[int | None] = ()


@dataclass(frozen=True)
class OrderRef:
    """An order as others point to it; `handle` is None for a guest. `balance`: see the relation of orders."""

    id: int
    uuid: UUID
    source: str
    number: str
    handle: int | None
    status: str
    total: int
    currency: str
    paid: int | None
    balance: int | None


@dataclass(frozen=True)
class PurchaseLine:
    """One line of a purchase at the counter; `unit_price` None: what the product costs today."""

    product_id: int
    quantity: Decimal = Decimal(1)
    unit_price: Decimal | None = None


@dataclass(frozen=True)
class PurchaseInfo:
    """A purchase as it was written. `total` in minor units of `currency`; `is_new` False when it was here already."""

    order_id: int
    uuid: UUID
    number: str
    total: int
    currency: str
    happened_at: datetime
    is_new: bool


@dataclass(frozen=True)
class Greeting:
    """The points of the greeting that were asked of the front desk, and those of them that were ticked, by id."""

    asked: Sequence[int]
    ticked: Sequence[int]
