"""Relations that higher contexts may join in SQL: read-only views, version 1."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Events:
    """`api_ledger_events`: every event that counts today, with today's person.

    What was corrected stands here as its latest correction (`corrects` names the row before), what was taken back does
    not. Always narrow `occurred_at`: the table behind is cut by months.
    """

    id: int
    kind: str
    version: int
    handle: int
    person: int | None
    subject_kind: str
    subject_id: int
    occurred_at: datetime
    offset_minutes: int
    received_at: datetime
    channel: str
    location_id: int | None
    brand_id: int | None
    product_id: int | None
    amount: int | None
    currency: str | None
    properties: dict  # type: ignore[type-arg]  # jsonb
    source: str
    batch: str
    is_news: bool
    corrects: int | None


RELATIONS = {"api_ledger_events": Events}
