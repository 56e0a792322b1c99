"""What the list of customers can be sorted by."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from wayloop.customers.enums import TraitType
from wayloop.customers.fields.base import Kind
from wayloop.customers.fields.traits import KINDS, PREFIX, trait_expression
from wayloop.customers.models import TraitDefinition

STANDARD = "-seen"


@dataclass(frozen=True)
class Sort:
    """An order: the value of the card `c` that an index holds, and what it is in a key.

    `is_partial`: some customers have no value; they come after those who have one, whatever the direction.
    `falls_first`: which direction is meant by who just asks for the order.
    """

    key: str
    label: Any
    expression: str
    kind: type[Any]
    is_partial: bool = False
    is_falling: bool = False
    falls_first: bool = False

    @property
    def param(self) -> str:
        """As it stands in the address."""
        return f"-{self.key}" if self.is_falling else self.key


OWN = (
    Sort("name", _("Name"), "c.sort_key", bytes),
    Sort("seen", _("Seen last"), "c.seen_at", datetime, falls_first=True),
    Sort("first", _("Seen first"), "c.first_seen_at", datetime, falls_first=True),
)


def known_sorts(traits: Sequence[TraitDefinition] = ()) -> dict[str, Sort]:
    """Key → order, rising; the traits are those the reader may see."""
    return {one.key: one for one in (*OWN, *_by_traits(traits))}


def read_sort(text: str, sorts: dict[str, Sort]) -> Sort:
    """The order of an address (`-seen`: the latest first); the standard one for what is none."""
    wanted = text if text.removeprefix("-") in sorts else STANDARD
    return replace(sorts[wanted.removeprefix("-")], is_falling=wanted.startswith("-"))


def _by_traits(traits: Sequence[TraitDefinition]) -> Iterator[Sort]:
    for trait in traits:
        if trait.is_sortable and not trait.has_many:
            is_figure = KINDS[TraitType(trait.type)] in (Kind.NUMBER, Kind.MONEY)
            yield Sort(
                f"{PREFIX}{trait.key}",
                trait.title,
                trait_expression(trait),
                Decimal if is_figure else str,
                is_partial=True,
                falls_first=is_figure,
            )
