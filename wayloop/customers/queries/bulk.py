"""Changes of many customers: how far they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from wayloop.customers.enums import BulkKind
from wayloop.customers.models import BulkAction, TraitDefinition
from wayloop.customers.queries.definitions import wanted_definitions
from wayloop.customers.queries.tags import tag_by_id
from wayloop.customers.rules.values import value_in_words
from wayloop.kernel import progress
from wayloop.kernel.progress import Shown, Stage

LATEST = 30


@dataclass(frozen=True)
class BulkInfo:
    """One change: what it does in words, and how far doing it (or taking it back) is; None when long over."""

    id: int
    kind: BulkKind
    words: str
    total: int
    pressed_at: datetime
    shown: Shown | None
    is_undone: bool

    @property
    def is_running(self) -> bool:
        """Whether it still changes something."""
        return self.shown is not None and self.shown.state in (Stage.WAITING, Stage.RUNNING, Stage.STOPPING)

    @property
    def is_stopped(self) -> bool:
        """Whether it could go on."""
        return self.shown is not None and self.shown.state in (Stage.STOPPED, Stage.FAILED)

    @property
    def percent(self) -> int | None:
        """The share that is done."""
        if self.shown is None or not self.shown.total:
            return None
        return min(100, self.shown.done * 100 // self.shown.total)


def bulk_by_id(action_id: int, member: int) -> BulkInfo | None:
    """The change, when this member pressed it."""
    action = BulkAction.objects.filter(pk=action_id, member_id=member).first()
    return None if action is None else _info(action)


def latest_bulks(member: int) -> list[BulkInfo]:
    """What the member has changed lately, the newest first."""
    return [_info(action) for action in BulkAction.objects.filter(member_id=member).order_by("-id")[:LATEST]]


def running_bulk(member: int) -> BulkInfo | None:
    """The newest change of this member, while it is under way."""
    action = BulkAction.objects.filter(member_id=member).order_by("-id").first()
    info = None if action is None else _info(action)
    return info if info and info.is_running else None


def in_words(kind: BulkKind, detail: Mapping[str, Any]) -> str:
    """What is done, as a member reads it."""
    if kind in (BulkKind.TAG, BulkKind.UNTAG):
        tag = tag_by_id(int(detail["tag"]))
        text = _("Tag “%(name)s”") if kind == BulkKind.TAG else _("No tag “%(name)s”")
        return text % {"name": tag.name if tag else "–"}
    if kind == BulkKind.TRAIT:
        trait: TraitDefinition | None = wanted_definitions([str(detail["trait"])]).get(str(detail["trait"]))
        if trait is None:
            return str(kind.label)
        return f"{trait.title}: {value_in_words(trait, detail['value']) or '–'}"
    return str(kind.label)


def _info(action: BulkAction) -> BulkInfo:
    kind = BulkKind(action.kind)
    return BulkInfo(
        action.pk,
        kind,
        in_words(kind, action.detail),
        action.total,
        action.pressed_at,
        progress.show(action.undo_work or action.work),
        action.undo_work is not None,
    )
