"""Messages of which nobody knows whether they arrived: named at once, decided by a person, never by the program."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F

from wayloop.kernel import clock
from wayloop.messaging.enums import State
from wayloop.messaging.models import Message
from wayloop.messaging.services.ending import tell_doubtful, tell_sent
from wayloop.messaging.services.waking import wake


@transaction.atomic
def take_arrived(*, messages: Sequence[int], member: int) -> int:
    """A member takes these doubtful messages for arrived; answers how many there were."""
    now = clock.now()
    rows = _decide(messages, member, state=State.SENT, ended_at=now)
    tell_sent(messages=rows, at=now)
    return len(rows)


@transaction.atomic
def send_again(*, messages: Sequence[int], member: int) -> int:
    """A member lets these doubtful messages go once more, although they may come twice; answers how many."""
    rows = _decide(messages, member, state=State.WAITING, next_at=clock.now())
    for channel in {row.channel for row in rows}:
        wake(channel=channel)
    return len(rows)


@transaction.atomic
def doubt_again(*, messages: Sequence[int], member: int) -> int:
    """Takes back what this member decided, where nothing has left since; answers how many are in doubt again.

    What was taken for arrived stays in the history of the customer: it was told once.
    """
    found = Message.objects.select_for_update().filter(pk__in=list(messages), decided_by=member)
    rows = list(found.filter(state__in=[State.WAITING, State.SENT], attempts__gt=0).order_by("pk"))
    Message.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=State.DOUBTFUL, lane=None, fence=F("fence") + 1, ended_at=None, decided_by=None
    )
    tell_doubtful(messages=rows)
    return len(rows)


def _decide(messages: Sequence[int], member: int, **decided: Any) -> list[Message]:
    """Those of them that are in doubt, brought into the state that was decided."""
    rows = list(Message.objects.select_for_update().filter(pk__in=list(messages), state=State.DOUBTFUL).order_by("pk"))
    Message.objects.filter(pk__in=[row.pk for row in rows]).update(fence=F("fence") + 1, decided_by=member, **decided)
    return rows
