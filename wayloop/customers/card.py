"""What the 360 card says of a customer beside the timeline: identifiers, traits with source and time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wayloop.accounts import api as accounts
from wayloop.contracts.customers import TraitSource
from wayloop.customers.enums import TraitGroup, TraitType
from wayloop.customers.models import Card, TraitDefinition
from wayloop.customers.queries.traits import KnownValue, current_values
from wayloop.customers.rules.values import age_on, value_in_words
from wayloop.customers.services.people import BY_HAND
from wayloop.identity import api as identity
from wayloop.kernel import clock, registry
from wayloop.ui import formats


@dataclass(frozen=True)
class TraitRow:
    """One trait on the card: what is known, where it comes from and since when it is so. `seen`: its version."""

    trait: TraitDefinition
    value: Any
    words: str
    source: str
    since: datetime | None
    seen: int

    @property
    def is_known(self) -> bool:
        """Whether there is a value."""
        return self.value is not None

    @property
    def links(self) -> Sequence[str]:
        """The addresses, for a trait that holds such."""
        if self.trait.type != TraitType.URL or self.value is None:
            return ()
        return self.value if isinstance(self.value, list) else (self.value,)


@dataclass(frozen=True)
class Contact:
    """One identifier as the card shows it. `url` writes or calls, where the device can."""

    kind: str
    label: str
    value: str
    namespace: str
    since: datetime
    url: str
    is_shared: bool

    @property
    def parts(self) -> list[str]:
        """The value in pieces between which a line may break: an e-mail after its sign."""
        return self.value.replace("@", "@ ").split(" ") if self.kind == "email" else [self.value]


def trait_rows(card: Card, handles: Sequence[int], traits: Sequence[TraitDefinition]) -> list[TraitRow]:
    """These traits of one customer, known or not. At most four reads: values, words of codes, names of members."""
    known = current_values(handles)
    members = accounts.names_of(value.member for value in known.values() if value.member is not None)
    words = _words_of_codes(card, traits)
    return [
        _computed_row(trait, card, words.get(trait.key, {}))
        if trait.is_computed
        else _told_row(trait, known.get(trait.key), members)
        for trait in traits
    ]


def grouped(rows: Sequence[TraitRow]) -> list[tuple[Any, list[TraitRow]]]:
    """What is known, by group, without empty groups."""
    groups: list[tuple[Any, list[TraitRow]]] = [
        (group.label, [row for row in rows if row.is_known and row.trait.group == group]) for group in TraitGroup
    ]
    return [(label, mine) for label, mine in groups if mine]


def contacts_of(handles: Sequence[int]) -> list[Contact]:
    """Phones, addresses, cards and numbers, those first that one can write to or call."""
    found = [
        Contact(
            kind=one.kind,
            label=_label_of(one),
            value=one.value,
            namespace=one.namespace,
            since=one.seen_at,
            url={"phone": f"tel:{one.value}", "email": f"mailto:{one.value}"}.get(one.kind, ""),
            is_shared=not one.leads,
        )
        for one in identity.identifiers_of(handles)
        if one.namespace != BY_HAND and one.kind != identity.IdentifierKind.COOKIE
    ]
    order = list(identity.IdentifierKind)
    return sorted(found, key=lambda one: (one.kind not in identity.CONTACTABLE, order.index(one.kind)))  # type: ignore[arg-type]


def _label_of(one: identity.IdentifierInfo) -> str:
    if one.kind == identity.IdentifierKind.EXTERNAL and one.namespace not in ("", formats.SAMPLE):
        return _("Number in %(system)s") % {"system": one.namespace}
    return str(one.kind.label)


def _told_row(trait: TraitDefinition, known: KnownValue | None, members: Mapping[int, str]) -> TraitRow:
    if known is None:
        return TraitRow(trait, None, "", "", None, 0)
    source = members.get(known.member or 0, "") or known.source
    return TraitRow(trait, known.value, _in_words(trait, known.value, {}), source, known.valid_from, known.id)


def _computed_row(trait: TraitDefinition, card: Card, words: Mapping[str, str]) -> TraitRow:
    value = card.computed.get(trait.key)
    return TraitRow(trait, value, _in_words(trait, value, words), _("computed"), card.computed_at, 0)


def _in_words(trait: TraitDefinition, value: Any, words: Mapping[str, str]) -> str:
    told = value_in_words(trait, value, words)
    if trait.key == "birth_date" and value is not None:
        age = age_on(timezone.localtime(clock.now()).date(), str(value))
        if age is not None:
            years = ngettext("%(number)s year", "%(number)s years", age) % {"number": age}
            return f"{told} · {years}"
    return told


def _words_of_codes(card: Card, traits: Sequence[TraitDefinition]) -> Mapping[str, Mapping[str, str]]:
    """What codes are called that stand in no list: products, channels."""
    codes = {
        trait.key: list(card.computed[trait.key])
        for trait in traits
        if trait.is_computed and trait.is_list and not trait.options and card.computed.get(trait.key)
    }
    found: dict[str, Mapping[str, str]] = {}
    for source in registry.offers(TraitSource):  # type: ignore[type-abstract]
        mine = {key: values for key, values in codes.items() if key in source.keys}
        if mine:
            found |= source.words(mine)
    return found
