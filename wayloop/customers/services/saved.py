"""Saved lists."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from wayloop.customers.models import SavedView
from wayloop.customers.rules.words import fitting
from wayloop.kernel import clock

LONGEST_NAME = 60
MOST_VIEWS = 100


class ViewRefused(ValueError):
    """Why the list cannot be kept so; one line for people."""


@transaction.atomic
def save_view(
    *,
    member: int,
    name: str,
    condition: Mapping[str, Any],
    sort: str,
    columns: Sequence[str],
    is_shared: bool,
    is_pinned: bool,
) -> int:
    """Keeps a list under a name, after those there are; answers its id. Raises `ViewRefused`.

    `condition`: as `conditions.as_json` writes it.
    """
    mine = SavedView.objects.filter(owner_id=member, removed_at=None)
    if mine.count() >= MOST_VIEWS:
        raise ViewRefused(_("You keep %(most)s lists already. Delete some first.") % {"most": MOST_VIEWS})
    last = SavedView.objects.aggregate(last=Max("position"))["last"] or 0
    view = SavedView.objects.create(
        owner_id=member,
        name=_read_name(name),
        condition=condition,
        sort=sort,
        columns=list(columns),
        is_shared=is_shared,
        is_pinned=is_pinned,
        position=last + 1,
        created_at=clock.now(),
    )
    return int(view.pk)


@transaction.atomic
def change_view(*, view_id: int, member: int, may_change_all: bool, **changes: Any) -> None:
    """Changes what is named of a list: name, is_shared, is_pinned, condition, sort, columns. Raises `ViewRefused`."""
    view = _open_view(view_id, member, may_change_all)
    if "name" in changes:
        changes["name"] = _read_name(changes["name"])
    for name, value in changes.items():
        setattr(view, name, value)
    view.save(update_fields=list(changes))


@transaction.atomic
def move_view(*, view_id: int, member: int, may_change_all: bool, is_up: bool) -> None:
    """Lets a list change places with its neighbour among those the member sees. Raises `ViewRefused`."""
    view = _open_view(view_id, member, may_change_all)
    seen = SavedView.objects.select_for_update().filter(Q(owner_id=member) | Q(is_shared=True), removed_at=None)
    beside = (
        seen.filter(position__lt=view.position).order_by("-position")
        if is_up
        else seen.filter(position__gt=view.position).order_by("position")
    ).first()
    if beside is not None:
        view.position, beside.position = beside.position, view.position
        view.save(update_fields=["position"])
        beside.save(update_fields=["position"])


@transaction.atomic
def remove_view(*, view_id: int, member: int, may_change_all: bool) -> None:
    """Deletes a list; `restore_view` brings it back as it was. Raises `ViewRefused`."""
    view = _open_view(view_id, member, may_change_all)
    view.removed_at = clock.now()
    view.save(update_fields=["removed_at"])


@transaction.atomic
def restore_view(*, view_id: int, member: int, may_change_all: bool) -> None:
    """Brings a deleted list back. Raises `ViewRefused`."""
    view = _open_view(view_id, member, may_change_all, is_removed=True)
    view.removed_at = None
    view.save(update_fields=["removed_at"])


def _open_view(view_id: int, member: int, may_change_all: bool, *, is_removed: bool = False) -> SavedView:
    rows = SavedView.objects.select_for_update().filter(pk=view_id, removed_at__isnull=not is_removed)
    # Somebody else's own list is nobody's business, whatever the role.
    view = rows.filter(Q(owner_id=member) | Q(is_shared=True)).first()
    if view is None:
        raise ViewRefused(_("This list is gone. Load the page again."))
    if view.owner_id != member and not may_change_all:
        raise ViewRefused(_("Only who made this list can change it. Save it under a name of your own."))
    return view


def _read_name(name: str) -> str:
    name = " ".join(fitting(name, LONGEST_NAME + 1).split())
    if not name:
        raise ViewRefused(_("Give the list a name."))
    if len(name) > LONGEST_NAME:
        raise ViewRefused(_("The name has at most %(most)s letters.") % {"most": LONGEST_NAME})
    return name
