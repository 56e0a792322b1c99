"""The only door: whoever sends anything to anybody asks here, in the transaction that hands it over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from wayloop.contracts.privacy import ContactAnswer, ContactAsks
from wayloop.identity import api as identity
from wayloop.kernel import clock
from wayloop.kernel.bulk import copy_rows, stage_rows
from wayloop.kernel.ids import digest_key
from wayloop.privacy.enums import Reason
from wayloop.privacy.models import Contact
from wayloop.privacy.queries.pressure import Deciding

# In one order, so that two senders never wait for each other in a circle.
MAKE_TURNS = """
INSERT INTO privacy_turn (person) SELECT DISTINCT person FROM unnest(%s::bigint[]) person ORDER BY person
ON CONFLICT DO NOTHING
"""
TAKE_TURNS = "SELECT 1 FROM privacy_turn WHERE person = ANY (%s) ORDER BY person FOR UPDATE"
COLUMNS = ("key", "handle", "point", "purpose", "channel", "subject_kind", "subject_id", "at")
USE_RESERVATIONS = """
UPDATE privacy_reservation r SET ended_at = %s FROM privacy_granted g
JOIN api_identity_people mine ON mine.handle = g.handle
JOIN api_identity_people theirs ON theirs.person = mine.person
WHERE r.subject_kind = %s AND r.subject_id = g.subject_id AND r.handle = theirs.handle AND r.ended_at IS NULL
"""
NOTE_REFUSALS = """
INSERT INTO privacy_refusal
    (key, handle, purpose, channel, subject_kind, subject_id, reasons, later, first_at, at, times)
SELECT key, handle, %(purpose)s, %(channel)s, %(kind)s, subject_id, string_to_array(reasons, ' '), later, %(now)s,
    %(now)s, 1 FROM privacy_refused
ON CONFLICT (key) DO UPDATE SET reasons = excluded.reasons, later = excluded.later, at = excluded.at,
    times = privacy_refusal.times + 1
"""
FORGET_REFUSALS = "DELETE FROM privacy_refusal WHERE key = ANY (%s)"


@transaction.atomic
def may_contact(*, asks: ContactAsks) -> list[ContactAnswer]:
    """Whether each of these may be contacted now, in their order; whoever may counts as contacted from now on.

    Ask in the transaction that hands the message over: what is answered holds until it ends, since whoever is asked
    about is locked (senders of the same person wait). A wish that was granted before, told by its key, is granted
    again and counts once. Raises `ValueError` for an unknown purpose, or columns of unequal length.

    Effects: a contact for each yes, a refusal with its reasons for each no; a place kept for this subject is used.
    """
    now = clock.now()
    keys = [digest_key("contact", asks.subject_kind, key) for key in asks.keys]
    _take_turns(asks)
    granted = set(Contact.objects.filter(key__in=keys, taken_back_at=None).values_list("key", flat=True))
    open_places = [place for place, key in enumerate(keys) if key not in granted]
    # The same wish twice in one question is one wish.
    first: dict[UUID, int] = {}
    for place in open_places:
        first.setdefault(keys[place], place)
    asked = _only(asks, list(first.values()))
    answers = dict(zip(first, Deciding(asked, now).answers(), strict=True))
    _write(asked, answers, now)
    return [answers.get(key, ContactAnswer()) for key in keys]


@transaction.atomic
def confirm_contacts(*, asks: ContactAsks) -> list[ContactAnswer]:
    """Whether these wishes, granted some time ago, may still be carried out; answers in their order.

    Ask when a message is taken up that has waited. What counted already is not held against itself: limits and the
    gap are left out, consents, addresses, holds and quiet hours are not. A contact that was given back in between is
    decided wholly anew. A no for the night alone leaves the contact as it is; any other no takes it back.

    Effects: contacts taken back, or counted again; a refusal with its reasons for each of them.
    """
    now = clock.now()
    keys = [digest_key("contact", asks.subject_kind, key) for key in asks.keys]
    _take_turns(asks)
    granted = set(Contact.objects.filter(key__in=keys, taken_back_at=None).values_list("key", flat=True))
    is_counted = [key in granted for key in keys]
    answers = Deciding(asks, now).answers(is_counted)
    lasting = {
        place: answer
        for place, answer in enumerate(answers)
        if answer.is_granted != is_counted[place] and answer.reasons != (Reason.QUIET_HOURS.value,)
    }
    gone = [keys[place] for place, answer in lasting.items() if not answer.is_granted and is_counted[place]]
    Contact.objects.filter(key__in=gone).update(taken_back_at=now)
    _write(_only(asks, list(lasting)), {keys[place]: answer for place, answer in lasting.items()}, now)
    return answers


@transaction.atomic
def take_contacts_back(*, subject_kind: str, keys: Sequence[str]) -> int:
    """Contacts that did not take place after all: they count no more. Answers how many there were."""
    wanted = [digest_key("contact", subject_kind, key) for key in keys]
    return Contact.objects.filter(key__in=wanted, taken_back_at=None).update(taken_back_at=clock.now())


def _take_turns(asks: ContactAsks) -> None:
    people = list(set(identity.people_of(asks.handles).values()))
    with connection.cursor() as cursor:
        cursor.execute(MAKE_TURNS, [people])
        cursor.execute(TAKE_TURNS, [people])


def _only(asks: ContactAsks, places: Sequence[int]) -> ContactAsks:
    return ContactAsks(
        purpose=asks.purpose,
        channel=asks.channel,
        subject_kind=asks.subject_kind,
        subject_ids=[asks.subject_ids[place] for place in places],
        keys=[asks.keys[place] for place in places],
        handles=[asks.handles[place] for place in places],
        points=[asks.points[place] for place in places],
        zones=[asks.zones[place] for place in places] if asks.zones else (),
    )


def _write(asks: ContactAsks, answers: dict[UUID, ContactAnswer], now: datetime) -> None:
    rows = list(zip(answers.items(), asks.handles, asks.points, asks.subject_ids, strict=True))
    granted = [
        (key, handle, point, asks.purpose, asks.channel, asks.subject_kind, subject, now)
        for (key, answer), handle, point, subject in rows
        if answer.is_granted
    ]
    refused = [
        (key, handle, subject, " ".join(answer.reasons), answer.later)
        for (key, answer), handle, _point, subject in rows
        if not answer.is_granted
    ]
    with connection.cursor() as cursor:
        if granted:
            keys = [row[0] for row in granted]
            # A contact that was given back and is asked for anew takes the place of the old one.
            Contact.objects.filter(key__in=keys).delete()
            copy_rows("privacy_contact", COLUMNS, granted)
            stage_rows("privacy_granted", "handle bigint, subject_id bigint", ((row[1], row[6]) for row in granted))
            cursor.execute(USE_RESERVATIONS, [now, asks.subject_kind])
            cursor.execute(FORGET_REFUSALS, [keys])
        if refused:
            stage_rows(
                "privacy_refused",
                "key uuid, handle bigint, subject_id bigint, reasons text, later timestamptz",
                refused,
            )
            names: dict[str, Any] = {
                "purpose": asks.purpose,
                "channel": asks.channel,
                "kind": asks.subject_kind,
                "now": now,
            }
            cursor.execute(NOTE_REFUSALS, names)
