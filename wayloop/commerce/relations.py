"""Relations that higher contexts may join in SQL: read-only views, version 1."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Deals:
    """`api_commerce_orders` and `api_commerce_returns`: one row per order or return, with today's person.

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


RELATIONS = {"api_commerce_orders": Deals, "api_commerce_returns": Deals}
