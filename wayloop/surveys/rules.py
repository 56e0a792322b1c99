"""Scales: how they are written, and how a score on one reads."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from wayloop.surveys.enums import Feel, ScoreMetric

_SCALE = re.compile(r"\s*(\d{1,3})\s*(?:[-–—…/:]|\.\.+|to|до)\s*(\d{1,3})\s*")
_PROMOTERS, _DETRACTORS = 9, 6
# Shares of the way from the worst to the best: 4 of 5, 8 of 10; 2 of 5, 4 of 10.
_GOOD = {ScoreMetric.CSAT: Decimal("0.75"), ScoreMetric.RATING: Decimal("0.75"), ScoreMetric.CES: Decimal("0.66")}
_BAD = Decimal("0.34")


@dataclass(frozen=True)
class Scale:
    """From the lowest to the highest value; `lower_is_better` where 1 is the best."""

    low: int
    high: int
    lower_is_better: bool = False

    @property
    def written(self) -> str:
        """From the worst to the best, as `read_scale` reads it."""
        return f"{self.high}–{self.low}" if self.lower_is_better else f"{self.low}–{self.high}"


DEFAULT = {
    ScoreMetric.CSAT: Scale(1, 5),
    ScoreMetric.NPS: Scale(0, 10),
    ScoreMetric.CES: Scale(1, 7),
    ScoreMetric.RATING: Scale(1, 5),
}


def read_scale(text: str, metric: ScoreMetric) -> Scale | None:
    """The scale that is written as "1-5", from the worst value to the best: "5-1" means that 1 is the best.

    Empty: the usual one of the metric. None when it is no scale, or none for this metric: recommendation ends at 10,
    because its borders do.
    """
    if not text.strip():
        return DEFAULT[metric]
    found = _SCALE.fullmatch(text)
    if found is None:
        return None
    worst, best = int(found[1]), int(found[2])
    if worst == best or (metric == ScoreMetric.NPS and (worst, best) not in {(0, 10), (1, 10)}):
        return None
    return Scale(min(worst, best), max(worst, best), lower_is_better=best < worst)


def feel_of(metric: ScoreMetric, scale: Scale, value: Decimal) -> Feel:
    """Whether a score is good, bad, or neither, by the borders that its metric counts with."""
    if metric == ScoreMetric.NPS:
        return Feel.GOOD if value >= _PROMOTERS else Feel.BAD if value <= _DETRACTORS else Feel.NEUTRAL
    share = (value - scale.low) / (scale.high - scale.low)
    if scale.lower_is_better:
        share = 1 - share
    return Feel.GOOD if share >= _GOOD[metric] else Feel.BAD if share <= _BAD else Feel.NEUTRAL


class AnswerTest(Protocol):
    """Which scores are meant; see `models.CaseRule`."""

    metric: str
    scale_low: int
    scale_high: int
    lower_is_better: bool
    worst: int
    survey_id: int | None
    location_id: int | None
    words: list[str]
    needs_comment: bool


class GivenScore(Protocol):
    """A score with its scale and its words."""

    metric: str
    scale_low: int
    scale_high: int
    lower_is_better: bool
    value: Decimal
    survey_id: int | None
    location_id: int | None
    comment: str


def fits(test: AnswerTest, score: GivenScore) -> bool:
    """Whether a score is meant: the same question on the same scale, so bad or worse, of the place, with the words."""
    asked = (score.metric, score.scale_low, score.scale_high, score.lower_is_better)
    if asked != (test.metric, test.scale_low, test.scale_high, test.lower_is_better):
        return False
    if score.value < test.worst if score.lower_is_better else score.value > test.worst:
        return False
    if test.survey_id not in (None, score.survey_id) or test.location_id not in (None, score.location_id):
        return False
    comment = score.comment.casefold()
    if test.words:
        return any(word.casefold() in comment for word in test.words)
    return bool(comment.strip()) or not test.needs_comment


class SurveyRefused(Exception):
    """What was asked for cannot be done; the text says what to do instead."""
