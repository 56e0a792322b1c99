"""Changes are written down, and what customers said is put behind them."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from wayloop.contracts.voice import Feedback
from wayloop.kernel import clock
from wayloop.kernel.ids import uuid7
from wayloop.kernel.localised import Localised
from wayloop.voice.models import Behind, Change, Telling
from wayloop.voice.rules import VoiceRefused


class ChangeChanged(Exception):
    """Somebody has written the change anew since it was shown."""


@transaction.atomic
def write_change(
    *,
    title: Localised,
    text: Localised,
    happened_on: date,
    location_id: int | None,
    by: int | None,
    change_id: int | None = None,
    seen: int = 0,
) -> Change:
    """Writes a change down, or one anew. What people were told already stays as it was told.

    Raises `ChangeChanged` when there is a newer version than `seen`, `VoiceRefused` without words.
    """
    if not str(title).strip() or not str(text).strip():
        raise VoiceRefused(_("Write what was changed, in a line and in a few sentences."))
    wanted = {"title": title, "text": text, "happened_on": happened_on, "location_id": location_id}
    if change_id is None:
        return Change.objects.create(uuid=uuid7(), made_at=clock.now(), made_by=by, **wanted)
    change = Change.objects.select_for_update().get(pk=change_id, removed_at=None)
    if change.version != seen:
        raise ChangeChanged
    for name, value in wanted.items():
        setattr(change, name, value)
    change.version += 1
    change.save()
    return change


@transaction.atomic
def remove_change(*, change_id: int, is_removed: bool = True) -> None:
    """Takes a change away, or brings it back. One that people are being told of is stopped first: `VoiceRefused`."""
    change = Change.objects.select_for_update().get(pk=change_id)
    if is_removed and change.is_told:
        raise VoiceRefused(_("People are being told of it. Stop that first."))
    change.removed_at = clock.now() if is_removed else None
    change.save(update_fields=["removed_at"])


@transaction.atomic
def put_behind(*, change_id: int, source: str, things: Sequence[Feedback]) -> int:
    """Puts what customers said behind a change; answers how many are new. The same again changes nothing."""
    Change.objects.select_for_update().get(pk=change_id, removed_at=None)
    before = Behind.objects.filter(change_id=change_id).count()
    now = clock.now()
    Behind.objects.bulk_create(
        (
            Behind(
                change_id=change_id, source=source, thing=one.id, handle=one.handle, location_id=one.location_id,
                added_at=now,
            )
            for one in things
        ),
        ignore_conflicts=True,
        batch_size=1000,
    )  # fmt: skip
    return Behind.objects.filter(change_id=change_id).count() - before


@transaction.atomic
def take_from_behind(*, behind_id: int) -> bool:
    """Takes one thing away from behind a change. False once its customer was told: that cannot be taken back."""
    row = Behind.objects.select_for_update().filter(pk=behind_id).first()
    if row is None:
        return False
    if row.handle and Telling.objects.filter(change_id=row.change_id, handle=row.handle, state="told").exists():
        return False
    row.delete()
    return True
