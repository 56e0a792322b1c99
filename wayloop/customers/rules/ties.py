"""How two customers may belong together, and what each is called on the card of the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from wayloop.customers.enums import CustomerKind, RelationKind

PERSON, COMPANY = CustomerKind.PERSON, CustomerKind.COMPANY


@dataclass(frozen=True)
class Side:
    """One way to tell of a tie, from the card it is told on: what the other customer is to this one.

    `is_first`: this customer is the first of the tie. `here`, `there`: what kinds of customers they are.
    """

    kind: RelationKind
    is_first: bool
    here: CustomerKind
    there: CustomerKind
    label: Any

    @property
    def code(self) -> str:
        """How forms call it."""
        return f"{self.kind}:{'to' if self.is_first else 'from'}"


_SAME = (RelationKind.HOUSEHOLD, RelationKind.PARTNER, RelationKind.KNOWS)
SIDES: tuple[Side, ...] = (
    Side(RelationKind.WORKS_AT, False, COMPANY, PERSON, _("Contact person")),
    Side(RelationKind.PART_OF, False, COMPANY, COMPANY, _("Part of this company")),
    Side(RelationKind.PART_OF, True, COMPANY, COMPANY, _("Parent company")),
    Side(RelationKind.WORKS_AT, True, PERSON, COMPANY, _("Company")),
    Side(RelationKind.HOUSEHOLD, True, PERSON, PERSON, _("Same household")),
    Side(RelationKind.PARTNER, True, PERSON, PERSON, _("Partner in life")),
    Side(RelationKind.PARENT, True, PERSON, PERSON, pgettext_lazy("relation", "Child")),
    Side(RelationKind.PARENT, False, PERSON, PERSON, pgettext_lazy("relation", "Parent")),
    Side(RelationKind.BROUGHT, True, PERSON, PERSON, _("Came on their advice")),
    Side(RelationKind.BROUGHT, False, PERSON, PERSON, _("Recommended us to them")),
    Side(RelationKind.KNOWS, True, PERSON, PERSON, _("Friend or acquaintance")),
)
BY_CODE: Mapping[str, Side] = {side.code: side for side in SIDES}


def is_mutual(kind: str) -> bool:
    """Whether both are the same to each other."""
    return kind in _SAME


def sides_for(here: str) -> list[Side]:
    """What another customer can be to a customer of this kind."""
    return [side for side in SIDES if side.here == here]


def side_of(kind: str, *, is_first: bool) -> Side:
    """How a stored tie is told on the card of its first (or second) customer."""
    wanted = is_first or is_mutual(kind)
    return next(side for side in SIDES if side.kind == kind and side.is_first == wanted)
