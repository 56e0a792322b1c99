"""People behind a change are told of it, once each, as far as the contact rules let them be."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from wayloop.accounts.api import Role
from wayloop.contracts.messaging import Letter, MessageColumns
from wayloop.contracts.scope import EVERYTHING
from wayloop.customers import api as customers
from wayloop.kernel import clock
from wayloop.kernel.jobs import enqueue
from wayloop.messaging import api as messaging
from wayloop.privacy import api as privacy
from wayloop.voice.enums import TELL_STEP, Told
from wayloop.voice.letters import change_letter
from wayloop.voice.models import Change, Telling
from wayloop.voice.rules import VoiceRefused

SUBJECT, ABOUT = "change", "voice_telling"
AT_ONCE = 200
# Whom the contact rules hold back is tried for so long; then it is no news any more.
PATIENCE = timedelta(days=14)
# Reasons that depend on somebody are looked at again after so long.
LATER = timedelta(hours=6)
# Everybody behind the change who is not written down yet, each person once.
FILL = """
INSERT INTO voice_telling (change_id, person, handle, state, reasons, due_at)
SELECT DISTINCT ON (p.person) b.change_id, p.person, b.handle, 'waiting', '[]', %(now)s
FROM voice_behind b JOIN api_identity_people p ON p.handle = b.handle
WHERE b.change_id = %(change)s ORDER BY p.person, b.id
ON CONFLICT (change_id, person) DO NOTHING
"""


@transaction.atomic
def start_telling(*, change_id: int, by: int | None) -> Change:
    """Tells everybody behind a change from now on, those too who are put behind it later; each of them once.

    What was stopped goes on. Raises `VoiceRefused` when nobody stands behind it.
    """
    change = Change.objects.select_for_update().get(pk=change_id, removed_at=None)
    if change.is_told:
        return change
    if not _fill(change):
        raise VoiceRefused(_("Nobody who can be told stands behind it yet. First say which answers led to it."))
    now = clock.now()
    Telling.objects.filter(change=change, state=Told.STOPPED).update(state=Told.WAITING, due_at=now, decided_at=None)
    if change.run is None:
        change.run = messaging.open_run(title=str(change.title), subject_kind=SUBJECT, subject_id=change.pk, member=by)
    else:
        messaging.resume_run(run=change.run)
    change.telling_since, change.stopped_at = change.telling_since or now, None
    change.save(update_fields=["run", "telling_since", "stopped_at"])
    enqueue(TELL_STEP, once=TELL_STEP)
    return change


@transaction.atomic
def stop_telling(*, change_id: int) -> None:
    """Tells nobody more; what has not left yet does not leave."""
    change = Change.objects.select_for_update().get(pk=change_id)
    if not change.is_told:
        return
    change.stopped_at = clock.now()
    change.save(update_fields=["stopped_at"])
    Telling.objects.filter(change=change, state=Told.WAITING).update(state=Told.STOPPED, decided_at=clock.now())
    if change.run is not None:
        messaging.stop_run(run=change.run)


@transaction.atomic
def record_told(*, change_id: int, at: datetime) -> int:
    """Writes down that everybody known behind a change was told at `at` (aware), as history: nobody is written to.

    Answers how many they are.
    """
    change = Change.objects.select_for_update().get(pk=change_id, removed_at=None)
    number = _fill(change)
    Telling.objects.filter(change=change, state=Told.WAITING).update(state=Told.TOLD, due_at=at, decided_at=at)
    change.telling_since = change.stopped_at = at
    change.save(update_fields=["telling_since", "stopped_at"])
    return number


@transaction.atomic
def tell_late_comers(*, change_id: int) -> None:
    """Those who were put behind a change while people are told of it are told too."""
    change = Change.objects.select_for_update().get(pk=change_id)
    if change.is_told:
        _fill(change)
        enqueue(TELL_STEP, once=TELL_STEP)


@transaction.atomic
def tell_some(*, limit: int = AT_ONCE) -> bool:
    """One step: decides about those who have waited longest; answers whether there may be more.

    Each is decided in the transaction that writes their message: killed at any moment, nobody is told twice.
    """
    now = clock.now()
    rows = list(
        Telling.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("change")
        .filter(state=Told.WAITING, due_at__lte=now)
        .order_by("due_at", "id")[:limit]
    )
    by_change: dict[int, list[Telling]] = {}
    for row in rows:
        by_change.setdefault(row.change_id, []).append(row)
    for mine in by_change.values():
        _tell(mine[0].change, mine)
    for row in rows:
        row.decided_at = None if row.state == Told.WAITING else now
    Telling.objects.bulk_update(rows, ["state", "reasons", "due_at", "decided_at"])
    return len(rows) == limit


def languages_of(*, people: Sequence[int]) -> Mapping[int, str]:
    """Person → the language they are spoken to in, where it is known."""
    faces = customers.faces_of(people, scope=EVERYTHING, role=Role.OWNER, traits=["language"])
    return {person: str(face.traits.get("language", ""))[:10] for person, face in faces.items()}


def _fill(change: Change) -> int:
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"change": change.pk, "now": clock.now()})
    return Telling.objects.filter(change=change).count()


def _tell(change: Change, rows: Sequence[Telling]) -> None:
    if not change.is_told:
        for row in rows:
            row.state = Told.STOPPED
        return
    now = clock.now()
    points = messaging.find_addresses(channel=privacy.Channel.EMAIL, handles=[row.handle for row in rows])
    spoken = languages_of(people=[row.person for row in rows])
    letters: dict[str, Letter] = {}
    for row, point in zip(rows, points, strict=True):
        if point is None:
            row.state = Told.UNREACHABLE
        letters.setdefault(spoken.get(row.person, ""), change_letter(change, spoken.get(row.person, "")))
    wanted = [(row, point) for row, point in zip(rows, points, strict=True) if point is not None]
    if not wanted:
        return
    since = change.telling_since or now
    answers = messaging.send_messages(
        columns=MessageColumns(
            purpose=privacy.Purpose.FEEDBACK,
            channel=privacy.Channel.EMAIL,
            subject_kind=SUBJECT,
            subject_ids=[change.pk] * len(wanted),
            about_kind=ABOUT,
            about_ids=[row.pk for row, _point in wanted],
            keys=[f"{change.uuid} {row.person}" for row, _point in wanted],
            handles=[row.handle for row, _point in wanted],
            points=[point for _row, point in wanted],
            letters=[letters[spoken.get(row.person, "")] for row, _point in wanted],
            run=change.run,
        )
    )
    for (row, _point), answer in zip(wanted, answers, strict=True):
        row.reasons = list(answer.reasons)
        if answer.is_accepted:
            row.state = Told.TOLD
        elif (later := answer.later or now + LATER) < since + PATIENCE:
            row.due_at = max(later, now + timedelta(minutes=1))
        else:
            row.state = Told.REFUSED
