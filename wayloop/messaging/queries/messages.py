"""What became of messages, and where people can be reached."""

from collections.abc import Mapping, Sequence

from django.db import connection
from django.db.models import Count

from wayloop.contracts.messaging import MessageState, RunProgress
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
