"""Kinds and states of goals."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

LOOK_AT_GOALS = "metrics.look_at_goals"
SEND_REVIEW = "metrics.send_review"


class GoalKind(TextChoices):
    """What a goal is measured against."""

    VALUE = "value", _("A value")
    BASELINE = "baseline", _("A change against where we began")
    GROWTH = "growth", _("Growth against the time before")


class Standing(TextChoices):
    """How a number stands to its goal, by rule."""

    REACHED = "reached", _("reached")
    CLOSE = "close", _("close")
    MISSED = "missed", _("missed")
    UNKNOWN = "unknown", _("not enough data")
