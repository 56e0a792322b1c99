"""The kinds of events that scores and responses are."""

from django.utils.translation import gettext_lazy as _

from wayloop.contracts.ledger import EventKind, Property
from wayloop.surveys.enums import SCORE_GIVEN, SURVEY_COMPLETED, ScoreMetric

KINDS = (
    EventKind(
        SCORE_GIVEN,
        1,
        _("Score"),
        "scores",
        "star",
        description=_("The customer gave a score. The comment stays with the score."),
        properties={
            "metric": Property("choice", _("What was asked"), is_required=True, options=tuple(ScoreMetric.values)),
            "value": Property("decimal", _("The score"), is_required=True),
            "low": Property("whole", _("Lowest value of the scale"), is_required=True),
            "high": Property("whole", _("Highest value of the scale"), is_required=True),
        },
    ),
    EventKind(
        SURVEY_COMPLETED,
        1,
        _("Survey answered"),
        "scores",
        "clipboard-check",
        description=_("The customer answered a survey to its end. The answers stay with the survey."),
        properties={
            "survey": Property("whole", _("Number of the survey"), is_required=True),
            "version": Property("whole", _("Version of the survey"), is_required=True),
            "answers": Property("whole", _("How many questions were asked"), is_required=True),
        },
    ),
)
