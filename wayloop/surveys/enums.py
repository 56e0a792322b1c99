"""Kinds of scores, and how one reads."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SCORE_GIVEN = "score.given"


class ScoreMetric(TextChoices):
    """What was asked; scores of different questions are never put together."""

    CSAT = "csat", _("Satisfaction (CSAT)")
    NPS = "nps", _("Recommendation (NPS)")
    CES = "ces", _("Ease (CES)")
    RATING = "rating", _("Public rating")


class Feel(IntegerChoices):
    """How a score reads on its own scale."""

    BAD = -1, pgettext_lazy("score", "Bad")
    NEUTRAL = 0, pgettext_lazy("score", "Neither good nor bad")
    GOOD = 1, pgettext_lazy("score", "Good")
