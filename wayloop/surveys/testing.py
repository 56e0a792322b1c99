"""What tests of the surveys and of those above them need to arrange: scores that were given."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from wayloop.contracts.surveys import ScoreColumns, ScoreOutcome
from wayloop.surveys.models import Score
from wayloop.surveys.services.scores import record_scores

__all__ = ["JUNE", "Given", "Score", "give"]
JUNE = datetime(2026, 6, 1, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Given:
    """One score; `order`: the number of an order of the same source."""

    value: str
    number: str = ""
    metric: str = "csat"
    scale: str = ""
    comment: str = ""
    at: datetime = JUNE
    handle: int | None = None
    order: str = ""
    location: int | None = None


def give(*scores: Given, source: str = "shop", batch: str = "") -> ScoreOutcome:
    """Writes these scores at once."""
    return record_scores(
        columns=ScoreColumns(
            source=source,
            batch=batch,
            is_news=True,
            numbers=[one.number for one in scores],
            metrics=[one.metric for one in scores],
            scales=[one.scale for one in scores],
            values=[Decimal(one.value) for one in scores],
            comments=[one.comment for one in scores],
            languages=["en"] * len(scores),
            happened_at=[one.at for one in scores],
            offset_minutes=[180] * len(scores),
            answered_at=[None] * len(scores),
            handles=[one.handle for one in scores],
            order_numbers=[one.order for one in scores],
            location_ids=[one.location for one in scores],
            channels=["web"] * len(scores),
        )
    )
