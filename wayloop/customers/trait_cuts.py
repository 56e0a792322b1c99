"""Traits that numbers are cut by: those with one value of a list, and those that are yes or no."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from wayloop.accounts.api import Role, member_of
from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.customers.enums import TraitType
from wayloop.customers.models import TraitDefinition
from wayloop.customers.queries.definitions import definition_for, definitions_for

# A list may be long; what comes behind so many of its values is told together.
MOST_PARTS = 20
OTHERS = "*"
NOT_STATED = "none"
VALUES: Mapping[bool, str] = {False: "traits", True: "computed"}


@dataclass(frozen=True)
class TraitCut:
    """A trait as a cut. `labels`: value → its name in the reader's language, of those that are told apart."""

    key: str
    title: str
    is_computed: bool
    labels: Mapping[str, str]

    @property
    def all_labels(self) -> dict[str, str]:
        """The same with what is told together."""
        return {**self.labels, OTHERS: pgettext("values of a trait", "others")}

    def part(self, bind: Callable[[Any], str], alias: str = "t") -> str:
        """The part a row of `api_customers_traits` belongs to, as SQL; null where nothing is stated. `bind`: the place
        of a value in the statement."""
        value = f"nullif({alias}.{VALUES[self.is_computed]} ->> {bind(self.key)}::text, '')"
        told = f"{value} = ANY ({bind(list(self.labels))}::text[])"
        return f"CASE WHEN {told} THEN {value} WHEN {value} IS NOT NULL THEN '{OTHERS}' END"


@dataclass(frozen=True)
class TraitPart:
    """A part of a cut, as an address names it; `value` None: where nothing is stated."""

    cut: TraitCut
    value: str | None

    @property
    def text(self) -> str:
        """The part in words: Sex: female."""
        label = _("not stated") if self.value is None else self.cut.all_labels[self.value]
        return f"{self.cut.title}: {label}"

    def condition(self, person: str) -> tuple[str, dict[str, Any]]:
        """The condition that `person` (a column) is one of this part, and its values. Whoever is not known states
        nothing."""
        values: dict[str, Any] = {}

        def bind(value: Any) -> str:
            name = f"trait_{len(values)}"
            values[name] = value
            return f"%({name})s"

        part = self.cut.part(bind)
        among = f"SELECT t.person FROM api_customers_traits t WHERE {part}"  # noqa: S608 – our own text
        if self.value is None:
            return f"({person} IS NULL OR {person} NOT IN ({among} IS NOT NULL))", values
        return f"{person} IN ({among} = {bind(self.value)})", values


def trait_cuts(role: Any, scope: Scope) -> list[TraitCut]:
    """Those that a member of this role and scope may see, in the order of the business."""
    return [_cut(one) for one in definitions_for(role, scope) if _cuts(one)]


def every_trait_cut() -> list[TraitCut]:
    """All there are, for whoever owns the installation."""
    return trait_cuts(Role.OWNER, EVERYTHING)


def asked_trait(request: HttpRequest) -> TraitPart | None:
    """The part that an address narrows to (`trait=KEY:VALUE`); None for none, and for what this member may not see."""
    key, _colon, value = request.GET.get("trait", "").replace("\0", "")[:200].partition(":")
    if not key:
        return None
    member = member_of(request)
    found = definition_for(key, member.role, member.scope)
    if found is None or not _cuts(found):
        return None
    cut = _cut(found)
    if value == NOT_STATED:
        return TraitPart(cut, None)
    return TraitPart(cut, value) if value in cut.all_labels else None


def _cuts(trait: TraitDefinition) -> bool:
    return trait.type in (TraitType.CHOICE, TraitType.YES_NO) and not trait.has_many


def _cut(trait: TraitDefinition) -> TraitCut:
    if trait.type == TraitType.YES_NO:
        labels = {"true": _("Yes"), "false": _("No")}
    else:
        labels = {one.code: one.label for one in trait.choices[:MOST_PARTS]}
    return TraitCut(trait.key, trait.title, trait.is_computed, labels)
