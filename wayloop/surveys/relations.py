"""Relations that higher contexts may join in SQL: read-only views, version 1."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True)
class Scores:
    """`api_surveys_scores`: one row per score, with today's person.

    `metric`: csat, nps, ces or rating; `value` lies from `scale_low` to `scale_high`, both included, and the higher is
    the better unless `lower_is_better`. `feel`: -1 bad, 0 neither, 1 good on its scale. `order_id` is an order of
    commerce. Of several scores of one order all stand here. `survey_id`, `survey_version`, `question`: where it was
    asked, when it was here.
    """

    id: int
    person: int | None
    metric: str
    scale_low: int
    scale_high: int
    lower_is_better: bool
    value: Decimal
    feel: int
    happened_at: datetime
    offset_minutes: int
    answered_at: datetime | None
    order_id: int | None
    location_id: int | None
    channel: str
    source: str
    number: str
    comment: str
    language: str
    batch: str
    survey_id: int | None
    survey_version: int | None
    question: str


@dataclass(frozen=True)
class Invitations:
    """`api_surveys_invitations`: one row per invitation, with today's person.

    `is_delivered`: its message left, or it was handed over without one; `is_seen`, `is_begun` and `is_answered` (to the
    end) are of delivered ones only. Of a survey with a promise nobody may be shown who answered.
    """

    id: int
    survey_id: int
    person: int | None
    location_id: int | None
    channel: str
    language: str
    order_id: int | None
    happened_at: datetime
    is_delivered: bool
    is_seen: bool
    is_begun: bool
    is_answered: bool


RELATIONS = {"api_surveys_scores": Scores, "api_surveys_invitations": Invitations}
