"""Kinds of scores, and how one reads."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SCORE_GIVEN = "score.given"
SURVEY_COMPLETED = "survey.completed"
SETTLE_LEFT = "surveys.settle_left"
FOLD_ANSWERS = "surveys.fold_answers"
ASK_DUE, ASK_DAYS, ASK_STEP, FILL_STEP = "surveys.ask_due", "surveys.ask_days", "surveys.ask_step", "surveys.fill_step"


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


class QuestionType(TextChoices):
    """What is asked; scale and direction belong to the type."""

    NPS = "nps", _("Recommendation (NPS)")
    CSAT = "csat", _("Satisfaction (CSAT)")
    CES = "ces", _("Ease (CES)")
    STARS = "stars", pgettext_lazy("question", "Stars")
    EMOJI = "emoji", pgettext_lazy("question", "Faces")
    EMOTION = "emotion", pgettext_lazy("question", "Feeling")
    EXPECTATION = "expectation", pgettext_lazy("question", "Against expectations")
    CONVERSATION = "conversation", pgettext_lazy("question", "After a conversation: channel, speed, solution")
    SINGLE = "single", pgettext_lazy("question", "One of several")
    MULTIPLE = "multiple", pgettext_lazy("question", "Several of several")
    MATRIX = "matrix", pgettext_lazy("question", "Several things on one scale")
    RANKING = "ranking", pgettext_lazy("question", "Put in order")
    TEXT = "text", pgettext_lazy("question", "In their own words")
    NUMBER = "number", pgettext_lazy("question", "Number")
    DATE = "date", pgettext_lazy("question", "Date")
    FILE = "file", pgettext_lazy("question", "File or photo")
    CONTACT = "contact", pgettext_lazy("question", "How to reach them")
    CONSENT = "consent", pgettext_lazy("question", "Consent")


class Op(TextChoices):
    """What a sentence of the logic says of an answer."""

    AT_LEAST = "at_least", _("is at least")
    AT_MOST = "at_most", _("is at most")
    ONE_OF = "one_of", _("is one of")
    NONE_OF = "none_of", _("is none of")
    ANSWERED = "answered", _("is answered")
    LEFT_OUT = "left_out", _("is left out")


class Ending(TextChoices):
    """How a response came to its end."""

    THANKS = "thanks", _("Answered to the end")
    QUOTA = "quota", _("Enough answers of this kind were there already")


class Flag(TextChoices):
    """What makes one look twice at a response; it counts all the same."""

    FAST = "fast", _("Answered faster than one can read")
    FLAT = "flat", _("The same mark everywhere")
    CROWD = "crowd", _("One of many from one place")


class Trigger(TextChoices):
    """What makes a rule ask somebody."""

    ONCE = "once", _("Once, everybody in the audience")
    EVENT = "event", _("Something happened")
    DAY = "day", _("A day of the customer comes")
    # Made by the program for the recovery survey of a playbook; nobody chooses it in a form.
    RECOVERY = "recovery", _("A case was solved")


class AskState(TextChoices):
    """Where it stands with asking one person, once."""

    WAITING = "waiting", pgettext_lazy("ask", "Waits for its time")
    ASKED = "asked", pgettext_lazy("ask", "Asked")
    OUTSIDE = "outside", pgettext_lazy("ask", "Not in the audience any more")
    UNREACHABLE = "unreachable", pgettext_lazy("ask", "No e-mail address")
    REFUSED = "refused", pgettext_lazy("ask", "Held back by the contact rules")
    STOPPED = "stopped", pgettext_lazy("ask", "Stopped")
    UNDONE = "undone", pgettext_lazy("ask", "What it was about was taken back")
