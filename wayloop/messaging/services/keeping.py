"""How long what was written is kept."""

from datetime import timedelta

from django.db import transaction

from wayloop.kernel import clock
from wayloop.messaging.models import Message

KEEP_VALUES = timedelta(days=30)
AT_ONCE = 5_000


@transaction.atomic
def strip_messages() -> int:
    """Empties what was filled into messages that ended 30 days ago, at most 5,000; answers how many."""
    old = Message.objects.filter(ended_at__lt=clock.now() - KEEP_VALUES).exclude(values={})
    return Message.objects.filter(pk__in=old.values("pk")[:AT_ONCE]).update(values={}, detail="")
