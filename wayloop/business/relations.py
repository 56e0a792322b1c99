"""Relations that higher contexts may join in SQL: read-only views, version 1."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Zones:
    """`api_business_zones`: one row per zone the business lived in, from `starts_at` until just before `ends_at`.

    Null: without a border. The day a row of yours belongs to is `(happened_at AT TIME ZONE zone)::date`, joined on
    `happened_at >= coalesce(starts_at, '-infinity') AND happened_at < coalesce(ends_at, 'infinity')`.
    """

    starts_at: datetime | None
    ends_at: datetime | None
    zone: str


RELATIONS = {"api_business_zones": Zones}
