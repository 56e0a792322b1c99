"""The face of metrics for other contexts."""

from datetime import datetime

from wayloop.business import api as business
from wayloop.contracts.metrics import Beside, Cohort, Interval, Metric, Reading
from wayloop.contracts.scope import Scope
from wayloop.metrics.asking import QuestionRefused, question_of, with_labels
from wayloop.metrics.comparing import SMALLEST, Compared, compare_parts
from wayloop.metrics.dimensions import Question
from wayloop.metrics.enums import GoalKind
from wayloop.metrics.evidence import Change, compare
from wayloop.metrics.figures import read_figures
from wayloop.metrics.grains import GRAINS, following, run, start_of, written
from wayloop.metrics.intervals import difference_of_shares, mean_interval
from wayloop.metrics.intervals import wilson as share_interval
from wayloop.metrics.making import Said, is_good, metric_of_scores, reading_of_scores, say
from wayloop.metrics.pictures import Figure
from wayloop.metrics.pictures import chart as course_chart
from wayloop.metrics.queries.annotations import Happened, annotations_between
from wayloop.metrics.queries.readings import Answer, Reader, Turned, read, read_change
from wayloop.metrics.queries.scores import KINDS as SCORED
from wayloop.metrics.queries.scores import Feel as ScoreFeel
from wayloop.metrics.queries.scores import Told as Counted
from wayloop.metrics.queries.scores import counted as counted_scores
from wayloop.metrics.registry import BY_NAME, METRICS
from wayloop.metrics.services.goals import GoalRefused, GoalTold, look_at_goals, set_goal
from wayloop.metrics.telling import as_json, reading_as_json
from wayloop.metrics.times import grain_of, part_name

__all__ = [
    "BY_NAME",
    "GRAINS",
    "METRICS",
    "SCORED",
    "SMALLEST",
    "Answer",
    "Beside",
    "Change",
    "Cohort",
    "Compared",
    "Counted",
    "Figure",
    "GoalKind",
    "GoalRefused",
    "GoalTold",
    "Happened",
    "Interval",
    "Metric",
    "Question",
    "QuestionRefused",
    "Reader",
    "Reading",
    "Said",
    "ScoreFeel",
    "Turned",
    "annotations_between",
    "as_json",
    "compare",
    "compare_parts",
    "counted_scores",
    "course_chart",
    "difference_of_shares",
    "following",
    "grain_of",
    "is_good",
    "look_at_goals",
    "mean_interval",
    "metric_of_scores",
    "part_name",
    "question_of",
    "read",
    "read_change",
    "read_figures",
    "read_metrics",
    "reading_as_json",
    "reading_of_scores",
    "run",
    "say",
    "set_goal",
    "share_interval",
    "start_of",
    "with_labels",
    "written",
]


def read_metrics(
    *, names: list[str], scope: Scope, currency: str, start: datetime | None = None, end: datetime | None = None
) -> list[Reading]:
    """Several numbers with their series over the same rows, for the instants from `start` to `end` (left out).

    `currency`: the business's. Raises `KeyError` for a name that is not in the registry.
    """
    question = Question(scope, currency, business.report_clock(), start, end)
    return [answer.whole for answer in read(names, question, with_series=True)]
