"""What became of messages, and where people can be reached."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count

from wayloop.contracts.messaging import MessageState, RunProgress
from wayloop.identity import api as identity
from wayloop.kernel import clock
from wayloop.kernel.paging import Page, cut_page, read_key
from wayloop.messaging.enums import Refused, State
from wayloop.messaging.models import Message, Run
from wayloop.messaging.rules.letters import fill
from wayloop.privacy.api import CHANNELS_OF, Channel

# Of several addresses of a person the one seen last.
ADDRESSES = """
SELECT DISTINCT ON (asked.handle) asked.handle, i.contact_point
FROM unnest(%(handles)s::bigint[]) AS asked (handle)
JOIN api_identity_people mine ON mine.handle = asked.handle
JOIN api_identity_people theirs ON theirs.person = mine.person
JOIN api_identity_identifiers i ON i.handle = theirs.handle AND i.kind = ANY (%(kinds)s)
WHERE i.contact_point IS NOT NULL
ORDER BY asked.handle, i.leads DESC, i.seen_at DESC, i.contact_point
"""
STATES = """
SELECT DISTINCT ON (about_id) about_id, state FROM messaging_message
WHERE about_kind = %s AND about_id = ANY (%s) ORDER BY about_id, id DESC
"""


def find_addresses(*, channel: str, handles: Sequence[int]) -> list[int | None]:
    """The contact point through which each of these people is reached, in their order; None where there is none.

    Of several the one seen last, over all handles that are the same person today.
    """
    kinds = [kind.value for kind, channels in CHANNELS_OF.items() if Channel(channel) in channels]
    with connection.cursor() as cursor:
        cursor.execute(ADDRESSES, {"handles": list(dict.fromkeys(handles)), "kinds": kinds})
        found = dict(cursor.fetchall())
    return [found.get(handle) for handle in handles]


def states_of(*, about_kind: str, about_ids: Sequence[int]) -> dict[int, MessageState]:
    """Where the newest message about each of these rows is; rows without any are left out."""
    with connection.cursor() as cursor:
        cursor.execute(STATES, [about_kind, list(about_ids)])
        return {about: MessageState(state) for about, state in cursor.fetchall()}


def run_progress(runs: Sequence[int]) -> Mapping[int, RunProgress]:
    """How far these runs are."""
    counts: dict[int, dict[str, int]] = {}
    found = Message.objects.filter(run_id__in=list(runs)).values_list("run_id", "state").annotate(n=Count("id"))
    for run, state, count in found.order_by():
        counts.setdefault(run or 0, {})[state] = count
    return {
        run.pk: RunProgress(run.pk, run.title, counts.get(run.pk, {}), run.stopped_at is not None, run.opened_at)
        for run in Run.objects.filter(pk__in=list(runs))
    }


def subjects_of(messages: Sequence[int]) -> dict[int, str]:
    """Message → the subject as its person read it."""
    found = Message.objects.filter(pk__in=list(messages)).values_list("pk", "letter__subject", "values")
    return {number: " ".join(fill(subject, values).split()) for number, subject, values in found}


@dataclass(frozen=True)
class Line:
    """One message of a list. `person` is who the handle is today."""

    id: int
    person: int
    subject: str
    purpose: str
    channel: str
    state: str
    reason: str
    detail: str
    at: datetime
    run: int | None


def list_messages(*, state: str = "", run: int | None = None, key: str | None = None, limit: int = 25) -> Page[Line]:
    """Messages, the newest first, of one state or of one run."""
    found = Message.objects.order_by("-id")
    if state:
        found = found.filter(state=state)
    if run is not None:
        found = found.filter(run_id=run)
    after = read_key(key, int)
    if after is not None:
        found = found.filter(pk__lt=after[0])
    rows = list(found.select_related("letter")[: limit + 1])
    people = identity.people_of([row.handle for row in rows])
    lines = [
        Line(
            row.pk,
            people.get(row.handle, row.handle),
            " ".join(fill(row.letter.subject, row.values).split()),
            row.purpose,
            row.channel,
            row.state,
            row.reason,
            row.detail,
            row.ended_at or row.asked_at,
            row.run_id,
        )
        for row in rows
    ]
    return cut_page(lines, limit, lambda line: (line.id,))


def newest_runs(*, limit: int = 10) -> list[Run]:
    """The runs that were opened last."""
    return list(Run.objects.order_by("-id")[:limit])


def counts_now() -> dict[str, int]:
    """State → how many messages, of the states in which one does not stay."""
    states = [State.WAITING, State.CLAIMED, State.LEAVING, State.DOUBTFUL]
    found = Message.objects.filter(state__in=states).values_list("state").annotate(n=Count("id")).order_by()
    return dict.fromkeys((state.value for state in states), 0) | dict(found)


def oldest_due() -> datetime | None:
    """Since when the message that has been due longest waits; None when none is due."""
    due = Message.objects.filter(state=State.WAITING, next_at__lte=clock.now()).order_by("next_at")
    return due.values_list("next_at", flat=True).first()


def dead_point_of(message: int) -> int | None:
    """The contact point of a message that ended, or came back, because nobody is at its address; None for others."""
    found = Message.objects.filter(pk=message, reason=Refused.DEAD_ADDRESS)
    return found.values_list("point", flat=True).first()
