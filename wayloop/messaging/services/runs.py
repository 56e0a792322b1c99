"""Runs: messages that a member sends together, watches and may stop; and messages that are not needed any more."""

from collections.abc import Sequence

from django.db import transaction

from wayloop.kernel import clock
from wayloop.messaging.enums import Refused, State
from wayloop.messaging.models import Message, Run
from wayloop.messaging.services.ending import end_messages
from wayloop.messaging.services.waking import wake

AT_ONCE = 5_000
IN_HOUSE = (State.WAITING, State.CLAIMED)


@transaction.atomic
def open_run(*, title: str, subject_kind: str, subject_id: int, url: str = "", member: int | None = None) -> int:
    """Opens a run for messages to come; answers the number that `MessageColumns.run` takes.

    `title`: what a member reads in the list of runs. `url`: the path of the page it is about.
    """
    made = Run.objects.create(
        title=title[:200],
        subject_kind=subject_kind,
        subject_id=subject_id,
        url=url,
        opened_at=clock.now(),
        opened_by=member,
    )
    return made.pk


@transaction.atomic
def stop_run(*, run: int, member: int | None = None) -> bool:
    """Nothing more of this run leaves; what is being told to a server just now may still. False: it was stopped.

    The messages that had not left are refused as stopped, give their contacts back, and announce it.
    """
    now = clock.now()
    if not Run.objects.filter(pk=run, stopped_at=None).update(stopped_at=now, stopped_by=member):
        return False
    while end_messages(of=Message.objects.filter(run_id=run, state__in=IN_HOUSE)[:AT_ONCE], reason=Refused.STOPPED):
        pass
    return True


@transaction.atomic
def resume_run(*, run: int) -> bool:
    """Lets a stopped run go on: what was refused as stopped waits again. It is asked anew whether each may go."""
    if not Run.objects.filter(pk=run).exclude(stopped_at=None).update(stopped_at=None, stopped_by=None):
        return False
    stopped = Message.objects.filter(run_id=run, state=State.REFUSED, reason=Refused.STOPPED)
    stopped.update(state=State.WAITING, reason="", detail="", ended_at=None, next_at=clock.now())
    for channel in Message.objects.filter(run_id=run, state=State.WAITING).values_list("channel", flat=True).distinct():
        wake(channel=channel)
    return True


@transaction.atomic
def take_back_messages(*, about_kind: str, about_ids: Sequence[int]) -> int:
    """Messages that need not go any more (a reminder to somebody who has answered); answers how many had not left."""
    found = Message.objects.filter(about_kind=about_kind, about_id__in=list(about_ids), state__in=IN_HOUSE)
    return end_messages(of=found, reason=Refused.TAKEN_BACK)
