"""Who belongs to whom: told, changed, ended, taken away, and brought back."""

from datetime import date

from django.db import IntegrityError, transaction

from wayloop.customers.enums import RelationKind
from wayloop.customers.models import Relation
from wayloop.customers.rules.ties import is_mutual
from wayloop.kernel import clock


class TieRefused(ValueError):
    """These two are tied like that already, or are one and the same."""


@transaction.atomic
def add_tie(
    *, first: int, second: int, kind: RelationKind, member_id: int | None, role: str = "", since: date | None = None
) -> Relation:
    """Tells that `first` is `kind` to `second`; mutual ties have no order. Raises `TieRefused`."""
    if first == second:
        raise TieRefused
    if is_mutual(kind):
        first, second = sorted((first, second))
    try:
        with transaction.atomic():
            return Relation.objects.create(
                handle=first,
                other=second,
                kind=kind,
                role=role,
                since=since,
                member_id=member_id,
                created_at=clock.now(),
            )
    except IntegrityError as error:
        raise TieRefused from error


@transaction.atomic
def change_tie(*, tie_id: int, role: str, since: date | None, until: date | None) -> Relation:
    """Writes the role and the dates; `until` ends the tie. Raises `TieRefused` when it would be there twice."""
    tie = Relation.objects.select_for_update().get(pk=tie_id, removed_at=None)
    tie.role, tie.since, tie.until = role, since, until
    tie.is_imported = False
    _save(tie, ["role", "since", "until", "is_imported"])
    return tie


@transaction.atomic
def remove_tie(*, tie_id: int) -> Relation:
    """Takes a tie away that was told by mistake. Doing it again changes nothing."""
    tie = Relation.objects.select_for_update().get(pk=tie_id)
    if tie.removed_at is None:
        tie.removed_at = clock.now()
        tie.save(update_fields=["removed_at"])
    return tie


@transaction.atomic
def restore_tie(*, tie_id: int) -> Relation:
    """Brings a removed tie back. Raises `TieRefused` when the two were tied anew meanwhile."""
    tie = Relation.objects.select_for_update().get(pk=tie_id)
    tie.removed_at = None
    _save(tie, ["removed_at"])
    return tie


def _save(tie: Relation, fields: list[str]) -> None:
    try:
        with transaction.atomic():
            tie.save(update_fields=fields)
    except IntegrityError as error:
        raise TieRefused from error
