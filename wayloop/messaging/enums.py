"""States and reasons of messages, names of jobs and events."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SEND = "messaging.send"
WAKE = "messaging.wake"
STRIP = "messaging.strip"
WATCH = "messaging.watch"
MESSAGE_SENT = "message.sent"


class State(TextChoices):
    """Where a message is; the values are those of `contracts.messaging.MessageState`."""

    WAITING = "waiting", pgettext_lazy("message", "Waiting")
    CLAIMED = "claimed", pgettext_lazy("message", "About to leave")
    LEAVING = "leaving", pgettext_lazy("message", "Leaving")
    SENT = "sent", pgettext_lazy("message", "Handed over")
    REFUSED = "refused", pgettext_lazy("message", "Not sent")
    DOUBTFUL = "doubtful", pgettext_lazy("message", "In doubt")


class Refused(TextChoices):
    """Why a message that was accepted is not sent after all, besides the reasons of privacy."""

    NO_WAY = "no_way", _("The channel is not set up")
    STOPPED = "stopped", _("A member stopped it")
    TAKEN_BACK = "taken_back", _("It was not needed any more")
    TOO_LATE = "too_late", _("Its time was over")
    NO_ANSWER = "no_answer", _("Their server did not take it for days")
    TURNED_AWAY = "turned_away", _("Their server refused it")
    DEAD_ADDRESS = "dead_address", _("There is nobody at this address")
    GONE = "gone", _("The address is not known any more")
