"""The kind of event that a score is."""

from django.utils.translation import gettext_lazy as _

from wayloop.contracts.ledger import EventKind, Property
from wayloop.surveys.enums import SCORE_GIVEN, ScoreMetric

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
)
