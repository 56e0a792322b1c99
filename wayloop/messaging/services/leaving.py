"""The sender: takes messages up, looks once more whether each may go, hands it over, writes down what came of it.

Two steps of the database stand around every handing over: *leaving* before, the end after. Whoever dies in between
leaves a message that is *leaving* in a lane nobody works in; the next sender of the lane names it doubtful.
"""

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import Error, connection, transaction
from django.db.models import F

from wayloop.channels import api as channels
from wayloop.contracts.channels import Handed, Outcome, Parcel, Session, Way
from wayloop.contracts.privacy import ContactAnswer, ContactAsks
from wayloop.kernel import clock
from wayloop.kernel.jobs import Priority
from wayloop.kernel.limits import Limit, take
from wayloop.messaging.enums import Refused, State
from wayloop.messaging.models import Message
from wayloop.messaging.services.ending import end_messages, note_sent, tell_doubtful
from wayloop.messaging.services.preparing import prepare
from wayloop.messaging.services.waking import channel_of, wake, wake_at
from wayloop.privacy import api as privacy

# A batch is small: what is claimed was looked at a moment ago, and a run that is stopped stops.
BATCH = 25
# A sender leaves its place to other jobs of the worker after so long, and comes back.
TURN = timedelta(seconds=8)
FIRST_PAUSE, GROWTH, LONGEST = timedelta(minutes=5), 1.5, timedelta(hours=6)
GIVE_UP = timedelta(days=4)
AWAY_PAUSE = timedelta(seconds=60)
# So long the end of a handing over is tried to be written down while the database is away.
PATIENCE = 30.0
CLAIM = """
WITH due AS (
    SELECT id FROM messaging_message
    WHERE channel = %(channel)s AND priority = %(priority)s AND state = 'waiting' AND next_at <= %(now)s
    ORDER BY next_at, id LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
UPDATE messaging_message m SET state = 'claimed', lane = %(lane)s, fence = m.fence + 1 FROM due WHERE m.id = due.id
RETURNING m.id
"""
NEXT = """
SELECT min(soonest) FROM unnest(%(priorities)s::smallint[]) AS one (priority), LATERAL (
    SELECT next_at AS soonest FROM messaging_message
    WHERE channel = %(channel)s AND priority = one.priority AND state = 'waiting' ORDER BY next_at LIMIT 1) first
"""
PRIORITIES = sorted((int(one) for one in Priority), reverse=True)


def send_waiting(*, lane: int) -> int:
    """Works in a lane for some seconds; answers how many messages the other side took.

    One process at a time works in a lane (the job has its lock); what another one left lying there when it died is
    settled first. When more is waiting at the end, the lane is woken again.
    """
    settle_left(lane=lane)
    channel, sent = channel_of(lane=lane), 0
    way = channels.way_out(channel)
    if way is None:
        return 0
    end = time.monotonic() + TURN.total_seconds()
    pause: timedelta | None = None
    with way.session() as session:
        while pause is None and time.monotonic() < end:
            messages = _claim(channel, lane, most=BATCH)
            if not messages:
                break
            ready = look_again(messages=messages)
            parcels = prepare(messages=ready)
            _end_gone([one for one in ready if one.pk not in parcels])
            todo = [one for one in ready if one.pk in parcels]
            taken, left, pause = _hand_all(session, todo, parcels, way, end)
            sent += taken
            _give_back(left)
    _come_back(channel, pause)
    return sent


@transaction.atomic
def settle_left(*, lane: int) -> tuple[int, int]:
    """What a sender that died left in its lane: untouched messages wait again, those being told are doubtful.

    Answers how many there were of each.
    """
    left = list(Message.objects.select_for_update().filter(lane=lane).order_by("pk"))
    claimed = [one.pk for one in left if one.state == State.CLAIMED]
    leaving = [one for one in left if one.state == State.LEAVING]
    Message.objects.filter(pk__in=claimed).update(state=State.WAITING, lane=None, fence=F("fence") + 1)
    # The fence stays: should the sender live after all, its answer is the evidence that is missing.
    Message.objects.filter(pk__in=[one.pk for one in leaving]).update(state=State.DOUBTFUL, lane=None)
    tell_doubtful(messages=leaving)
    return len(claimed), len(leaving)


@transaction.atomic
def look_again(*, messages: Sequence[Message]) -> list[Message]:
    """Asks privacy about claimed messages once more; answers those that may go. The others end, or wait for morning."""
    now = clock.now()
    late = [one.pk for one in messages if one.not_after is not None and one.not_after <= now]
    if late:
        end_messages(of=Message.objects.filter(pk__in=late, state=State.CLAIMED), reason=Refused.TOO_LATE)
    groups: dict[tuple[str, str, str], list[Message]] = defaultdict(list)
    for one in messages:
        if one.pk not in late:
            groups[one.purpose, one.channel, one.subject_kind].append(one)
    ready: list[Message] = []
    for (purpose, channel, kind), some in groups.items():
        answers = privacy.confirm_contacts(
            asks=ContactAsks(
                purpose=purpose,
                channel=channel,
                subject_kind=kind,
                subject_ids=[one.subject_id for one in some],
                keys=[one.contact_key for one in some],
                handles=[one.handle for one in some],
                points=[one.point for one in some],
                zones=[one.zone for one in some],
            )
        )
        for one, answer in zip(some, answers, strict=True):
            if answer.is_granted:
                ready.append(one)
            else:
                _put_off(one, answer)
    return sorted(ready, key=lambda one: (-one.priority, one.next_at, one.pk))


def _put_off(message: Message, answer: ContactAnswer) -> None:
    mine = Message.objects.filter(pk=message.pk, fence=message.fence, state=State.CLAIMED)
    if answer.reasons == (privacy.Reason.QUIET_HOURS.value,) and answer.later is not None:
        mine.update(state=State.WAITING, lane=None, next_at=answer.later)
    elif answer.reasons[:1] == (privacy.Reason.SENDING_HELD.value,):
        mine.update(state=State.WAITING, lane=None, next_at=clock.now() + AWAY_PAUSE)
    else:
        end_messages(of=mine, reason=answer.reasons[0], keep_contacts=True)


def _hand_all(
    session: Session, messages: list[Message], parcels: Mapping[int, Parcel], way: Way, end: float
) -> tuple[int, list[Message], timedelta | None]:
    """Hands these over one by one; answers how many were taken, what is left, and how long to pause before the next."""
    taken = 0
    for place, message in enumerate(messages):
        pause = _pause_of(way)
        if pause is not None or time.monotonic() >= end:
            return taken, messages[place:], pause
        handed = _hand(session, message, parcels[message.pk])
        taken += handed.outcome == Outcome.TAKEN
        if handed.outcome == Outcome.AWAY:
            return taken, messages[place + 1 :], AWAY_PAUSE
    return taken, [], None


def _hand(session: Session, message: Message, parcel: Parcel) -> Handed:
    begun = False

    def may_go() -> bool:
        nonlocal begun
        begun = _begin(message)
        return begun

    handed = session.hand_over(parcel, may_go)
    _patiently(message, handed, begun=begun)
    return handed


@transaction.atomic
def _begin(message: Message) -> bool:
    """The last look, and the mark that this message is being told from now on."""
    against = privacy.against_now(point=message.point, purpose=message.purpose, channel=message.channel)
    mine = Message.objects.filter(pk=message.pk, fence=message.fence, state=State.CLAIMED)
    if against is None:
        return bool(mine.update(state=State.LEAVING, attempts=F("attempts") + 1, decided_by=None))
    if against == privacy.Reason.SENDING_HELD:
        mine.update(state=State.WAITING, lane=None, next_at=clock.now() + AWAY_PAUSE)
    else:
        end_messages(of=mine, reason=against)
    return False


def _patiently(message: Message, handed: Handed, *, begun: bool) -> None:
    """Writes down what came of it. A database that is away for a moment loses no answer that we have."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            _settle(message, handed, clock.now(), begun=begun)
        except Error:
            if connection.in_atomic_block or time.monotonic() > end:
                raise
            with suppress(Error):
                connection.close()
            time.sleep(0.2)
        else:
            return


@transaction.atomic
def _settle(message: Message, handed: Handed, now: datetime, *, begun: bool) -> None:
    held = [State.LEAVING, State.DOUBTFUL] if begun else [State.CLAIMED]
    mine = Message.objects.filter(pk=message.pk, fence=message.fence, state__in=held)
    match handed.outcome:
        case Outcome.TAKEN:
            note_sent(message=message, fence=message.fence, detail=handed.detail, at=now)
        case Outcome.UNSURE:
            if mine.update(state=State.DOUBTFUL, lane=None, detail=handed.detail[:300]):
                tell_doubtful(messages=[message])
        case Outcome.NEVER:
            end_messages(of=mine, reason=Refused.TURNED_AWAY, detail=handed.detail)
        case Outcome.DEAD:
            privacy.suppress_points(points=[message.point], reason=privacy.Suppression.BOUNCED)
            end_messages(of=mine, reason=Refused.DEAD_ADDRESS, detail=handed.detail)
        case Outcome.LATER:
            pause = min(FIRST_PAUSE * GROWTH**message.attempts, LONGEST)
            ends = message.not_after or message.asked_at + GIVE_UP
            if now + pause > ends:
                end_messages(of=mine, reason=Refused.NO_ANSWER, detail=handed.detail)
            else:
                tried = message.attempts + 1
                mine.update(
                    state=State.WAITING, lane=None, attempts=tried, next_at=now + pause, detail=handed.detail[:300]
                )
        case Outcome.AWAY:
            mine.update(state=State.WAITING, lane=None, next_at=now + AWAY_PAUSE, detail=handed.detail[:300])
        case Outcome.KEPT:
            pass


@transaction.atomic
def _claim(channel: str, lane: int, *, most: int) -> list[Message]:
    found: list[int] = []
    with connection.cursor() as cursor:
        for priority in PRIORITIES:
            names: dict[str, Any] = {"channel": channel, "priority": priority, "now": clock.now(), "lane": lane}
            cursor.execute(CLAIM, names | {"most": most - len(found)})
            found += [number for (number,) in cursor.fetchall()]
            if len(found) >= most:
                break
    return list(Message.objects.filter(pk__in=found).order_by("-priority", "next_at", "pk"))


def _end_gone(messages: Sequence[Message]) -> None:
    if messages:
        wanted = [one.pk for one in messages]
        end_messages(of=Message.objects.filter(pk__in=wanted, state=State.CLAIMED), reason=Refused.GONE)


def _give_back(messages: Sequence[Message]) -> None:
    for one in messages:
        Message.objects.filter(pk=one.pk, fence=one.fence, state=State.CLAIMED).update(state=State.WAITING, lane=None)


def _pause_of(way: Way) -> timedelta | None:
    """How long to wait before the next message; None: not at all."""
    most = way.per_minute()
    if not most:
        return None
    allowed = take(Limit("messages", most, timedelta(minutes=1)), way.channel)
    return timedelta(seconds=allowed.retry_after) if allowed.retry_after else None


def _come_back(channel: str, pause: timedelta | None) -> None:
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(NEXT, {"channel": channel, "priorities": PRIORITIES})
        (soonest,) = cursor.fetchone()
    if soonest is None:
        return
    if pause is None and soonest <= now:
        wake(channel=channel)
    else:
        wake_at(channel=channel, moment=max(soonest, now + (pause or timedelta())))


@transaction.atomic
def wake_waiting() -> None:
    """Wakes the senders of every channel that has something to send now: in case a call of theirs was lost."""
    now = clock.now()
    for channel in privacy.Channel.values:
        with connection.cursor() as cursor:
            cursor.execute(NEXT, {"channel": channel, "priorities": PRIORITIES})
            (soonest,) = cursor.fetchone()
        has_left = Message.objects.filter(channel=channel, lane__isnull=False).exists()
        if has_left or (soonest is not None and soonest <= now):
            wake(channel=channel)
