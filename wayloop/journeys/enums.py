"""Ways of research, and how a quote sounds."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Way(TextChoices):
    """How something was found out."""

    INTERVIEW = "interview", _("In-depth interview")
    FOCUS_GROUP = "focus_group", _("Focus group")
    OBSERVATION = "observation", _("Observation")
    MYSTERY = "mystery", _("Mystery shopper")


class Consent(TextChoices):
    """Whether those who were talked to agreed that it is written down."""

    GIVEN = "given", _("They agreed")
    NOT_NEEDED = "not_needed", _("Nobody can be recognised in it")
    NONE = "none", _("Nobody was asked")


class Tone(IntegerChoices):
    """How a quote sounds."""

    BAD = -1, pgettext_lazy("quote", "Pain")
    NEUTRAL = 0, pgettext_lazy("quote", "Neither")
    GOOD = 1, pgettext_lazy("quote", "Joy")


ICONS = {
    Way.INTERVIEW: "message-square-text",
    Way.FOCUS_GROUP: "users",
    Way.OBSERVATION: "eye",
    Way.MYSTERY: "clipboard-check",
}
