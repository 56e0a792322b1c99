"""Changes of many customers: how far they are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from wayloop.customers.enums import BulkKind
from wayloop.customers.models import BulkAction, TraitDefinition
from wayloop.customers.queries.definitions import wanted_definitions
from wayloop.customers.queries.tags import tag_names
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
    return next(iter(_told(BulkAction.objects.filter(pk=action_id, member_id=member))), None)


def latest_bulks(member: int) -> list[BulkInfo]:
    """What the member has changed lately, the newest first."""
    return _told(BulkAction.objects.filter(member_id=member).order_by("-id")[:LATEST])


def running_bulk(member: int) -> BulkInfo | None:
    """The newest change of this member, while it is under way."""
    newest = _told(BulkAction.objects.filter(member_id=member).order_by("-id")[:1])
    return newest[0] if newest and newest[0].is_running else None


def in_words(*changes: tuple[BulkKind, Mapping[str, Any]]) -> list[str]:
    """What each of these changes (its kind and detail) does, as a member reads it."""
    names = tag_names([int(detail["tag"]) for _kind, detail in changes if "tag" in detail])
    traits = wanted_definitions([str(detail["trait"]) for _kind, detail in changes if "trait" in detail])
    return [_words(kind, detail, names, traits) for kind, detail in changes]


def _words(
    kind: BulkKind, detail: Mapping[str, Any], names: Mapping[int, str], traits: Mapping[str, TraitDefinition]
) -> str:
    if kind in (BulkKind.TAG, BulkKind.UNTAG):
        text = _("Tag “%(name)s”") if kind == BulkKind.TAG else _("No tag “%(name)s”")
        return text % {"name": names.get(int(detail["tag"]), "–")}
    trait = traits.get(str(detail["trait"])) if kind == BulkKind.TRAIT else None
    if trait is None:
        return str(kind.label)
    return f"{trait.title}: {value_in_words(trait, detail['value']) or '–'}"


def _told(actions: Iterable[BulkAction]) -> list[BulkInfo]:
    found = list(actions)
    words = in_words(*((BulkKind(one.kind), one.detail) for one in found))
    shown = progress.show_all([one.undo_work or one.work for one in found])
    return [
        BulkInfo(
            one.pk,
            BulkKind(one.kind),
            told,
            one.total,
            one.pressed_at,
            shown.get(one.undo_work or one.work),
            one.undo_work is not None,
        )
        for one, told in zip(found, words, strict=True)
    ]
