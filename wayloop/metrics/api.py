"""The face of metrics for other contexts."""

from datetime import datetime

from wayloop.business import api as business
from wayloop.contracts.metrics import Beside, Cohort, Interval, Metric, Reading
from wayloop.contracts.scope import Scope
from wayloop.metrics.asking import QuestionRefused, question_of, with_labels
from wayloop.metrics.dimensions import Question
from wayloop.metrics.enums import GoalKind
from wayloop.metrics.evidence import Change, compare
from wayloop.metrics.figures import read_figures
from wayloop.metrics.pictures import Figure
from wayloop.metrics.queries.readings import Answer, Reader, Turned, read, read_change
from wayloop.metrics.queries.scores import KINDS as SCORED
from wayloop.metrics.queries.scores import Feel as ScoreFeel
from wayloop.metrics.queries.scores import counted as counted_scores
from wayloop.metrics.registry import BY_NAME, METRICS
from wayloop.metrics.services.goals import GoalRefused, GoalTold, look_at_goals, set_goal
from wayloop.metrics.telling import as_json, reading_as_json

__all__ = [
    "BY_NAME",
    "METRICS",
    "SCORED",
    "Answer",
    "Beside",
    "Change",
    "Cohort",
    "Figure",
    "GoalKind",
    "GoalRefused",
    "GoalTold",
    "Interval",
    "Metric",
    "Question",
    "QuestionRefused",
    "Reader",
    "Reading",
    "ScoreFeel",
    "Turned",
    "as_json",
    "compare",
    "counted_scores",
    "look_at_goals",
    "question_of",
    "read",
    "read_change",
    "read_figures",
    "read_metrics",
    "reading_as_json",
    "set_goal",
    "with_labels",
]


def read_metrics(
    *, names: list[str], scope: Scope, currency: str, start: datetime | None = None, end: datetime | None = None
) -> list[Reading]:
    """Several numbers with their series over the same rows, for the instants from `start` to `end` (left out).

    `currency`: the business's. Raises `KeyError` for a name that is not in the registry.
    """
    question = Question(scope, currency, business.report_clock(), start, end)
    return [answer.whole for answer in read(names, question, with_series=True)]
