"""Reads of changes, of those behind them, and of words that may be shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from wayloop.contracts.scope import Scope
from wayloop.kernel import clock
from wayloop.kernel.paging import Page, cut_page, read_key
from wayloop.voice.enums import Told
from wayloop.voice.models import Behind, Change, Telling, Thanks


@dataclass(frozen=True)
class Figures:
    """How many answers and known people stand behind a change, and where telling them stands."""

    behind: int = 0
    told: int = 0
    waiting: int = 0
    others: int = 0


def list_changes(*, scope: Scope, after: str | None = None, limit: int = 25) -> Page[Change]:
    """A page of changes, the newest first."""
    rows = _seen(scope)
    key = read_key(after, date, int)
    if key:
        rows = rows.filter(Q(happened_on__lt=key[0]) | Q(happened_on=key[0], pk__lt=key[1]))
    found = list(rows.order_by("-happened_on", "-pk")[: limit + 1])
    return cut_page(found, limit, lambda row: (row.happened_on.isoformat(), row.pk))


def change_by_uuid(uuid: UUID, scope: Scope, *, with_removed: bool = False) -> Change | None:
    """The change at this address, or None when there is none that the scope lets see."""
    found = _seen(scope, with_removed=with_removed).filter(uuid=uuid)
    return found.first()


def figures_of(changes: Sequence[int]) -> dict[int, Figures]:
    """Change → its figures. Two reads."""
    behind = dict(Behind.objects.filter(change__in=changes).values_list("change").annotate(n=Count("pk")).order_by())
    states: dict[int, dict[str, int]] = {}
    rows = Telling.objects.filter(change__in=changes).values_list("change", "state").annotate(n=Count("pk")).order_by()
    for change, state, number in rows:
        states.setdefault(change, {})[state] = number
    found = {}
    for change in changes:
        mine = states.get(change, {})
        told, waiting = mine.get(Told.TOLD, 0), mine.get(Told.WAITING, 0)
        found[change] = Figures(behind.get(change, 0), told, waiting, sum(mine.values()) - told - waiting)
    return found


def list_behind(*, change: int, scope: Scope, after: str | None = None, limit: int = 25) -> Page[Behind]:
    """A page of what stands behind a change, what was added last first."""
    rows = Behind.objects.filter(change=change)
    if scope.locations is not None:
        rows = rows.filter(Q(location_id=None) | Q(location_id__in=scope.locations))
    key = read_key(after, int)
    if key:
        rows = rows.filter(pk__lt=key[0])
    return cut_page(list(rows.order_by("-pk")[: limit + 1]), limit, lambda row: (row.pk,))


def state_of_people(change: int, handles: Sequence[int]) -> dict[int, Telling]:
    """Handle → where telling them stands. Handles of the same person share it only when it was written for them."""
    return {row.handle: row for row in Telling.objects.filter(change=change, handle__in=handles)}


def list_thanks(*, scope: Scope, only_words: bool, after: str | None = None, limit: int = 25) -> Page[Thanks]:
    """A page of those who were thanked, or (`only_words`) whose words may be shown; the newest first."""
    rows = Thanks.objects.all()
    if scope.locations is not None:
        rows = rows.filter(Q(location_id=None) | Q(location_id__in=scope.locations))
    if only_words:
        rows = rows.filter(allowed_at__isnull=False, withdrawn_at=None)
    key = read_key(after, int)
    if key:
        rows = rows.filter(pk__lt=key[0])
    return cut_page(list(rows.order_by("-pk")[: limit + 1]), limit, lambda row: (row.pk,))


def is_anybody_due() -> bool:
    """Whether the time of somebody has come."""
    now = clock.now()
    return (
        Telling.objects.filter(state=Told.WAITING, due_at__lte=now).exists()
        or Thanks.objects.filter(state=Told.WAITING, due_at__lte=now).exists()
    )


def _seen(scope: Scope, *, with_removed: bool = False) -> QuerySet[Change]:
    rows = Change.objects.all() if with_removed else Change.objects.filter(removed_at=None)
    if scope.locations is not None:
        rows = rows.filter(Q(location_id=None) | Q(location_id__in=scope.locations))
    return rows
