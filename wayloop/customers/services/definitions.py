"""What can be known of customers: members add traits, change their words, put them in order, put them away."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from wayloop.customers.enums import About, Sight, TraitGroup, TraitType
from wayloop.customers.models import TraitDefinition
from wayloop.customers.rules.keys import option_code, trait_key
from wayloop.customers.services.indexes import ask_for_tending
from wayloop.kernel import clock
from wayloop.kernel.localised import Localised

STEP = 10
MOST_TRAITS = 300
SEVERAL = (TraitType.TEXT, TraitType.PLACE, TraitType.URL, TraitType.LANGUAGE)


class DefinitionRefused(ValueError):
    """There are more traits than anybody can read."""


@dataclass(frozen=True)
class NewOption:
    """One value of a list as a member wrote it; `code` is empty for a new one. An empty label keeps shipped words."""

    code: str
    label: Localised


@dataclass(frozen=True)
class Wishes:
    """How a member wants a trait. An empty label or unit keeps the words it was shipped with."""

    label: Localised
    group: TraitGroup
    about: About
    sight: Sight
    unit: Localised = field(default_factory=Localised)
    options: Sequence[NewOption] = ()
    takes_several: bool = False
    is_searchable: bool = False
    is_sortable: bool = False
    keeps_history: bool = True


@transaction.atomic
def add_trait(*, kind: TraitType, wishes: Wishes) -> TraitDefinition:
    """Makes a trait at the end of its group; its index, if one is wanted, is made in the background.

    Raises `DefinitionRefused` when there are 300 already.
    """
    _lock()
    taken = set(TraitDefinition.objects.values_list("key", flat=True))
    if len(taken) >= MOST_TRAITS:
        raise DefinitionRefused
    last = TraitDefinition.objects.aggregate(last=Max("position"))["last"] or 0
    source = wishes.label.in_language(wishes.label.source)
    trait = TraitDefinition(key=trait_key(source, taken), type=kind, position=last + STEP)
    _apply(trait, wishes)
    trait.save()
    ask_for_tending()
    return trait


@transaction.atomic
def change_trait(*, trait_id: int, wishes: Wishes) -> TraitDefinition:
    """Writes words, place and flags of a trait. Its type and key stay.

    Values that are missing from the list are put away: customers who have them keep them. Raises
    `TraitDefinition.DoesNotExist`.
    """
    _lock()
    trait = TraitDefinition.objects.get(pk=trait_id)
    _apply(trait, wishes)
    trait.save()
    ask_for_tending()
    return trait


@transaction.atomic
def archive_trait(*, trait_id: int) -> TraitDefinition:
    """Puts a trait away: it is shown, asked for and searched no more; what is known stays. Raises `DoesNotExist`."""
    return _set_archived(trait_id, is_archived=True)


@transaction.atomic
def restore_trait(*, trait_id: int) -> TraitDefinition:
    """Takes a trait that was put away back into use. Raises `DoesNotExist`."""
    return _set_archived(trait_id, is_archived=False)


@transaction.atomic
def move_trait(*, trait_id: int, is_up: bool) -> TraitDefinition:
    """Swaps a trait with its neighbour of the same group; at the end of the group nothing happens."""
    _lock()
    trait = TraitDefinition.objects.get(pk=trait_id)
    group = TraitDefinition.objects.filter(group=trait.group, archived_at=None).exclude(pk=trait.pk)
    if is_up:
        other = group.filter(position__lte=trait.position).order_by("-position", "-id").first()
    else:
        other = group.filter(position__gte=trait.position).order_by("position", "id").first()
    if other is not None:
        trait.position, other.position = other.position, trait.position
        if trait.position == other.position:
            trait.position += -1 if is_up else 1
        trait.save(update_fields=["position"])
        other.save(update_fields=["position"])
    return trait


def _apply(trait: TraitDefinition, wishes: Wishes) -> None:
    trait.label, trait.unit = wishes.label, wishes.unit
    trait.group, trait.about, trait.sight = wishes.group, wishes.about, wishes.sight
    trait.is_searchable, trait.is_sortable = wishes.is_searchable, wishes.is_sortable
    if not trait.is_computed:
        trait.keeps_history = wishes.keeps_history
        if trait._state.adding:
            trait.takes_several = wishes.takes_several and trait.type in SEVERAL
    if trait.is_list:
        trait.options = _merged_options(trait.options, wishes.options)


def _merged_options(before: Sequence[dict[str, Any]], wanted: Sequence[NewOption]) -> list[dict[str, Any]]:
    known = {one["code"]: one for one in before}
    taken = set(known)
    found = []
    for option in wanted:
        code = (
            option.code if option.code in known else option_code(option.label.in_language(option.label.source), taken)
        )
        taken.add(code)
        label = option.label.to_json() if str(option.label) else None
        found.append({"code": code, "label": label})
    kept = {one["code"] for one in found}
    return found + [{**one, "archived": True} for code, one in known.items() if code not in kept]


def _set_archived(trait_id: int, *, is_archived: bool) -> TraitDefinition:
    _lock()
    trait = TraitDefinition.objects.get(pk=trait_id)
    if (trait.archived_at is not None) != is_archived:
        trait.archived_at = clock.now() if is_archived else None
        trait.save(update_fields=["archived_at"])
        ask_for_tending()
    return trait


def _lock() -> None:
    """Members who change traits come one after the other: keys are unique and positions are swapped."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE customers_traitdefinition IN SHARE ROW EXCLUSIVE MODE")
