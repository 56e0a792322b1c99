"""How messages end: written down, told to the stream and, when somebody heard from us, to the ledger."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from wayloop.contracts.ledger import EventColumns
from wayloop.contracts.messaging import MessageDoubtful, MessageRefused, MessageSent
from wayloop.kernel import clock
from wayloop.kernel.stream.announce import announce
from wayloop.ledger import api as ledger
from wayloop.messaging.enums import MESSAGE_SENT, State
from wayloop.messaging.models import Message
from wayloop.privacy import api as privacy


@transaction.atomic
def end_messages(*, of: QuerySet[Message], reason: str, detail: str = "", keep_contacts: bool = False) -> int:
    """Refuses these messages for good; answers how many there were. Raises the fence: who has them in hand lets go.

    Effects: their contacts count no more (unless `keep_contacts`: privacy has seen to them); `MessageRefused` for each.
    """
    rows = list(Message.objects.select_for_update().filter(pk__in=of.values("pk")).order_by("pk"))
    if not rows:
        return 0
    Message.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=State.REFUSED, reason=reason, detail=detail[:300], lane=None, fence=F("fence") + 1, ended_at=clock.now()
    )
    if not keep_contacts:
        keys: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            keys[row.subject_kind].append(row.contact_key)
        for kind, some in keys.items():
            privacy.take_contacts_back(subject_kind=kind, keys=some)
    announce(*(MessageRefused(*row.which, str(reason)) for row in rows))
    return len(rows)


@transaction.atomic
def note_sent(*, message: Message, fence: int, detail: str, at: datetime) -> bool:
    """The other side took it. False when it is not in these hands any more and somebody decided about it meanwhile.

    A sender that was taken for dead may still bring the answer: it settles the doubt.
    """
    open_states = [State.LEAVING, State.DOUBTFUL]
    found = Message.objects.filter(pk=message.pk, fence=fence, state__in=open_states).update(
        state=State.SENT, reason="", detail=detail[:300], lane=None, ended_at=at
    )
    if found:
        tell_sent(messages=[message], at=at)
    return bool(found)


def tell_sent(*, messages: Sequence[Message], at: datetime) -> None:
    """Tells the ledger, and with it each customer's card, what they were told; and the stream that it has gone."""
    by_channel: dict[str, list[Message]] = defaultdict(list)
    for message in messages:
        by_channel[message.channel].append(message)
    for channel, some in by_channel.items():
        ledger.record_events(
            columns=EventColumns(
                kind=MESSAGE_SENT,
                source="messaging",
                is_news=True,
                message_ids=[f"message {one.pk}" for one in some],
                handles=[one.handle for one in some],
                occurred_at=[at] * len(some),
                offset_minutes=[0] * len(some),
                subject_kind="message",
                subject_ids=[one.pk for one in some],
                channel=channel,
                brand_ids=[one.brand_id for one in some],
                properties=[{"purpose": one.purpose} for one in some],
            )
        )
    announce(*(MessageSent(*one.which, at) for one in messages))


def tell_doubtful(*, messages: Sequence[Message]) -> None:
    """Tells the stream that it is not known whether these arrived."""
    announce(*(MessageDoubtful(*one.which) for one in messages))
