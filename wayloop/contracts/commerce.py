"""Value types of commerce: columns in which many orders or returns travel, and what a purchase at the counter is."""

from collections.abc import Sequence
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
    None: the sum of the lines. `uuids`: addresses chosen beforehand.
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
    """What came of it: numbers written, numbers that were here already with the same lines, or with other lines."""

    written: frozenset[str]
    unchanged: frozenset[str]
    conflicting: frozenset[str]


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
