"""Relations that higher contexts may join in SQL: read-only views, version 1."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True)
class Deals:
    """`api_commerce_returns`: one row per return, with today's person.

    `person` is null for a guest; amounts in minor units: `total` of `currency`, `total_base` of the business's
    currency, null when nobody entered a rate.
    """

    id: int
    uuid: UUID
    number: str
    person: int | None
    happened_at: datetime
    offset_minutes: int
    channel: str
    location_id: int | None
    currency: str
    total: int
    total_base: int | None
    line_count: int
    batch: str


@dataclass(frozen=True)
class Orders(Deals):
    """`api_commerce_orders`: orders in the same form, without those that were cancelled: they were not bought.

    `api_commerce_all_orders` has those too. `paid` and `balance` (above zero: the customer owes it) in minor units of
    `currency`, null where nobody tells of payments.
    """

    status: str
    paid: int | None
    balance: int | None


@dataclass(frozen=True)
class Agreements:
    """`api_commerce_agreements`: one row per contract, subscription or warranty, with today's person.

    Days of the business. It holds from `starts_on` until `last_on`, both included (9999-12-31: no end); a cancelled one
    has `cancelled_from`. `price` in minor units of `currency` for each `period`.
    """

    id: int
    uuid: UUID
    kind: str
    person: int | None
    product_id: int | None
    location_id: int | None
    starts_on: date
    ends_on: date | None
    last_on: date
    cancelled_from: date | None
    price: int | None
    currency: str
    period: str
    renewal: str


@dataclass(frozen=True)
class Jobs:
    """`api_commerce_jobs`: one row per service job, with today's person.

    Late is one whose `promised_at` lies before `closed_at`, or before now while it is open. `outcome` is empty while it
    is open, then done or not_done.
    """

    id: int
    uuid: UUID
    kind_id: int
    stage_id: int
    stage_since: datetime
    person: int | None
    product_id: int | None
    location_id: int | None
    member_id: int | None
    opened_at: datetime
    promised_at: datetime | None
    closed_at: datetime | None
    outcome: str


@dataclass(frozen=True)
class Deliveries:
    """`api_commerce_deliveries`: one row per delivery, with the person, place and status of its order.

    `promised_at` is the end of the promise that lateness counts from, `done_at` when the customer had it (null: not
    yet, or never). `promised_day` and `done_day` are those moments on the calendar of the place they were told in.
    """

    id: int
    order_id: int
    person: int | None
    location_id: int | None
    channel: str
    promised_day: date | None
    done_day: date | None
    promised_at: datetime | None
    done_at: datetime | None
    order_status: str


@dataclass(frozen=True)
class Lines:
    """`api_commerce_order_lines`: the lines of `api_commerce_all_orders`; `amount` in minor units of the order."""

    id: int
    order_id: int
    product_id: int
    quantity: Decimal
    amount: int


@dataclass(frozen=True)
class LinesBack:
    """`api_commerce_return_lines`: the same of returns; quantities and amounts are positive."""

    id: int
    return_id: int
    product_id: int
    quantity: Decimal
    amount: int


@dataclass(frozen=True)
class Products:
    """`api_commerce_products`: what is sold. `name` as `kernel.localised` keeps it; `category`: the code, or empty."""

    id: int
    uuid: UUID
    code: str
    name: dict  # type: ignore[type-arg]  # jsonb
    category: str


RELATIONS = {
    "api_commerce_orders": Orders,
    "api_commerce_all_orders": Orders,
    "api_commerce_returns": Deals,
    "api_commerce_agreements": Agreements,
    "api_commerce_jobs": Jobs,
    "api_commerce_deliveries": Deliveries,
    "api_commerce_order_lines": Lines,
    "api_commerce_return_lines": LinesBack,
    "api_commerce_products": Products,
}
