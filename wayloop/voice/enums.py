"""Names of jobs, and how far telling is."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

TELL_STEP, TELL_DUE = "voice.tell", "voice.tell_due"
AMBASSADOR_TAG = _("Ambassador")


class Told(TextChoices):
    """Where it stands with telling one person, once."""

    WAITING = "waiting", pgettext_lazy("telling", "Waits for its time")
    TOLD = "told", pgettext_lazy("telling", "Told")
    UNREACHABLE = "unreachable", pgettext_lazy("telling", "No e-mail address")
    REFUSED = "refused", pgettext_lazy("telling", "Held back by the contact rules")
    STOPPED = "stopped", pgettext_lazy("telling", "Stopped")
