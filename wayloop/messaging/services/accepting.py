"""Wishes to send messages: asked about, written down, counted, all in one transaction."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from wayloop.channels import api as channels
from wayloop.contracts.messaging import Letter, MessageColumns, SendAnswer
from wayloop.contracts.privacy import ContactAsks
from wayloop.kernel import clock
from wayloop.kernel.bulk import stage_rows
from wayloop.kernel.ids import digest_key
from wayloop.kernel.jobs import Priority
from wayloop.messaging.enums import Refused
from wayloop.messaging.models import Run
from wayloop.messaging.rules import letters as rules
from wayloop.messaging.services.waking import wake
from wayloop.privacy import api as privacy

STAGED = (
    "place int, key uuid, handle bigint, point bigint, subject_id bigint, contact_key text, about_id bigint, "
    "digest uuid, said jsonb, zone text, brand_id bigint"
)
ADD_LETTERS = """
INSERT INTO messaging_lettertext (digest, language, subject, blocks, made_at)
SELECT digest, language, subject, blocks::jsonb, %(now)s
FROM unnest(%(digests)s::uuid[], %(languages)s::text[], %(subjects)s::text[], %(blocks)s::text[])
    AS told (digest, language, subject, blocks)
ON CONFLICT (digest) DO NOTHING
"""
ADD = """
INSERT INTO messaging_message (key, handle, point, purpose, channel, subject_kind, subject_id, contact_key, about_kind,
    about_id, letter_id, "values", zone, brand_id, run_id, priority, state, reason, detail, asked_at, next_at,
    not_after, attempts, fence)
SELECT s.key, s.handle, s.point, %(purpose)s, %(channel)s, %(kind)s, s.subject_id, s.contact_key, %(about)s, s.about_id,
    l.id, s.said, s.zone, s.brand_id, %(run)s, %(priority)s, 'waiting', '', '', %(now)s, %(next)s, %(until)s, 0, 0
FROM messaging_asked s JOIN messaging_lettertext l ON l.digest = s.digest ORDER BY s.place
ON CONFLICT (key) DO NOTHING
"""
KNOWN = "SELECT key, id FROM messaging_message WHERE key = ANY (%s)"
PRIORITIES = {privacy.Purpose.SERVICE: Priority.SERVICE, privacy.Purpose.MARKETING: Priority.MARKETING}


@transaction.atomic
def send_messages(*, columns: MessageColumns) -> list[SendAnswer]:
    """Sends a message to each of these people who may be contacted now; answers in their order.

    A yes means that the message is written down and counted as a contact; it leaves within seconds, as fast as the
    channel allows, and never before `not_before`. Everything happens in the caller's transaction: rolled back, nothing
    was asked. To a run that was stopped nothing is added. What was asked before, told by its key, is answered with the
    message it has, in whatever state that is; what was refused before is asked about anew.

    Right before a message leaves it is asked again whether that person may still be contacted; facts
    (`MessageSent`, `MessageRefused`, `MessageDoubtful`) tell how each one ended. Raises `ValueError` for an unknown
    purpose, `LetterRefused` (one of them) for a letter that cannot be sent, and for columns of unequal length.

    Effects: messages; contacts or refusals of privacy; the senders are woken.
    """
    keys = [digest_key("message", columns.subject_kind, key) for key in columns.keys]
    found = _known(keys)
    places = {key: place for place, key in reversed(list(enumerate(keys))) if key not in found}
    hindered = _hindered(columns) if places else None
    if hindered is not None:
        return [SendAnswer(found[key]) if key in found else SendAnswer(reasons=(hindered,)) for key in keys]
    digests = _write_letters([columns.letters[place] for place in places.values()])
    asked = list(places.items())
    asks = _asks(columns, [place for _key, place in asked])
    answers = dict(zip(places, privacy.may_contact(asks=asks), strict=True))
    accepted = [(key, place) for key, place in asked if answers[key].is_granted]
    if accepted:
        _write(columns, accepted, digests)
        wake(channel=columns.channel)
        found |= _known([key for key, _place in accepted])
    return [
        SendAnswer(found[key]) if key in found else SendAnswer(None, answers[key].reasons, answers[key].later)
        for key in keys
    ]


def _hindered(columns: MessageColumns) -> Refused | None:
    """What stands against all of them. The run is locked, so that stopping it finds what is added meanwhile."""
    if channels.way_out(columns.channel) is None:
        return Refused.NO_WAY
    if columns.run is None:
        return None
    run = Run.objects.select_for_update().get(pk=columns.run)
    return Refused.STOPPED if run.stopped_at is not None else None


def _known(keys: Sequence[UUID]) -> dict[UUID, int]:
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [list(keys)])
        return dict(cursor.fetchall())


def _asks(columns: MessageColumns, places: Sequence[int]) -> ContactAsks:
    return ContactAsks(
        purpose=columns.purpose,
        channel=columns.channel,
        subject_kind=columns.subject_kind,
        subject_ids=[columns.subject_ids[place] for place in places],
        keys=[columns.keys[place] for place in places],
        handles=[columns.handles[place] for place in places],
        points=[columns.points[place] for place in places],
        zones=[columns.zones[place] for place in places] if columns.zones else (),
    )


def _write_letters(letters: Sequence[Letter]) -> dict[int, UUID]:
    """Keeps each letter once; answers the digest by the identity of the object."""
    different = {id(letter): letter for letter in letters}
    digests: dict[int, UUID] = {}
    kept: dict[UUID, tuple[str, str, str]] = {}
    for number, letter in different.items():
        rules.check(letter)
        blocks = json.dumps(rules.packed(letter), ensure_ascii=False)
        digests[number] = digest_key("letter", letter.language, letter.subject, blocks)
        kept[digests[number]] = (letter.language, letter.subject, blocks)
    rows = sorted(kept.items())
    names: dict[str, Any] = {
        "digests": [digest for digest, _row in rows],
        "languages": [row[0] for _digest, row in rows],
        "subjects": [row[1] for _digest, row in rows],
        "blocks": [row[2] for _digest, row in rows],
        "now": clock.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(ADD_LETTERS, names)
    return digests


def _write(columns: MessageColumns, accepted: Sequence[tuple[UUID, int]], digests: Mapping[int, UUID]) -> None:
    now = clock.now()
    rows = (
        (
            place,
            key,
            columns.handles[place],
            columns.points[place],
            columns.subject_ids[place],
            columns.keys[place],
            columns.about_ids[place],
            digests[id(columns.letters[place])],
            json.dumps(dict(columns.values[place]) if columns.values else {}, ensure_ascii=False),
            columns.zones[place] if columns.zones else "",
            columns.brand_ids[place] if columns.brand_ids else None,
        )
        for key, place in accepted
    )
    stage_rows("messaging_asked", STAGED, rows)
    names: dict[str, Any] = {
        "purpose": columns.purpose,
        "channel": columns.channel,
        "kind": columns.subject_kind,
        "about": columns.about_kind,
        "run": columns.run,
        "priority": int(PRIORITIES.get(privacy.Purpose(columns.purpose), Priority.NORMAL)),
        "now": now,
        "next": _later(columns.not_before, now),
        "until": columns.not_after,
    }
    with connection.cursor() as cursor:
        cursor.execute(ADD, names)


def _later(told: datetime | None, now: datetime) -> datetime:
    return max(told, now) if told else now
