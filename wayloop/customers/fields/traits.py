"""Traits as fields: those with an index, since a list over millions may not read every card."""

import json
from collections.abc import Iterable, Sequence
from functools import partial

from babel import Locale
from django.utils.translation import gettext_lazy as _

from wayloop.accounts.api import Role
from wayloop.contracts.conditions import Bind, Operator, Value
from wayloop.customers.enums import TraitType
from wayloop.customers.fields.base import Eyes, Field, Kind, compare
from wayloop.customers.models import TraitDefinition
from wayloop.customers.queries.definitions import definitions_for
from wayloop.customers.queries.trait_sql import order_expression
from wayloop.ui import formats
from wayloop.ui.sorting import sort_key

PREFIX = "trait."
GROUP = _("Traits")
KINDS = {
    TraitType.TEXT: Kind.TEXT,
    TraitType.PLACE: Kind.TEXT,
    TraitType.URL: Kind.TEXT,
    TraitType.NUMBER: Kind.NUMBER,
    TraitType.MONEY: Kind.MONEY,
    TraitType.DATE: Kind.DATE,
    TraitType.YES_NO: Kind.CHOICE,
    TraitType.CHOICE: Kind.CHOICE,
    TraitType.CHOICES: Kind.CHOICE,
    TraitType.COUNTRY: Kind.CHOICE,
    TraitType.LANGUAGE: Kind.CHOICE,
}
# Greater than any letter in the order of code points.
BEHIND_ALL = "\U0010ffff"


def seen_traits(eyes: Eyes) -> list[TraitDefinition]:
    """The traits in use that these eyes may see on a list of customers."""
    return definitions_for(Role(eyes.role), eyes.scope) if eyes.role in Role else []


def trait_fields(traits: Sequence[TraitDefinition]) -> Iterable[Field]:
    """A field for each trait that has an index."""
    for trait in traits:
        kind = KINDS[TraitType(trait.type)]
        if not trait.wants_index or (trait.is_list and not trait.options):
            continue
        compiled = _compiled_several if trait.has_many else _compiled_text if kind == Kind.TEXT else _compiled_one
        yield Field(
            key=f"{PREFIX}{trait.key}",
            label=trait.title,
            kind=kind,
            group=GROUP,
            compile=partial(compiled, trait),
            options=partial(_options, trait) if kind == Kind.CHOICE else None,
            has_many=trait.has_many,
            may_be_unknown=True,
            without=("begins",) if trait.has_many else (),
        )


def trait_expression(trait: TraitDefinition) -> str:
    """What its index holds, as SQL."""
    return order_expression(trait).as_string(None)


def _compiled_one(trait: TraitDefinition, operator: Operator, values: tuple[Value, ...], eyes: Eyes, bind: Bind) -> str:
    if KINDS[TraitType(trait.type)] in (Kind.CHOICE, Kind.DATE) and operator != "known":
        # Codes and dates lie there as texts; the order of ISO dates is that of their texts.
        values = tuple(str(value) for value in values)
    return compare(trait_expression(trait), operator, values, bind)


def _compiled_text(
    trait: TraitDefinition, operator: Operator, values: tuple[Value, ...], eyes: Eyes, bind: Bind
) -> str:
    """Without capitals and accents, as the index holds them; web addresses as they are."""
    expression = trait_expression(trait)
    if operator == "known":
        return compare(expression, operator, values, bind)
    is_plain = trait.type == TraitType.URL
    folded = [bind(value) if is_plain else f"customers_text_order({bind(value)})" for value in values]
    if operator == "begins":
        # Signs that are not compared, like an apostrophe alone, begin nothing.
        within = f"{expression} >= {folded[0]} AND {expression} < {folded[0]} || {bind(BEHIND_ALL)}"
        return f"({folded[0]} <> '' AND {within})"
    same = f"{expression} = ANY (ARRAY[{', '.join(folded)}])"
    return f"({same}) IS NOT TRUE" if operator == "not" else same


def _compiled_several(
    trait: TraitDefinition, operator: Operator, values: tuple[Value, ...], eyes: Eyes, bind: Bind
) -> str:
    held = f"({trait.column} -> '{trait.key}')"
    if operator == "known":
        return f"{held} IS {'NOT ' if values[0] else ''}NULL"
    parts = [f"{held} @> {bind(json.dumps([value]))}::jsonb" for value in values]
    text = "(" + (" AND " if operator == "all" else " OR ").join(parts) + ")"
    return f"{text} IS NOT TRUE" if operator == "not" else text


def _options(trait: TraitDefinition, eyes: Eyes) -> Sequence[tuple[Value, str]]:
    if trait.type == TraitType.YES_NO:
        return [("true", str(_("yes"))), ("false", str(_("no")))]
    if trait.is_list:
        return [(option.code, option.label) for option in trait.choices]
    codes = Locale("en").territories if trait.type == TraitType.COUNTRY else Locale("en").languages
    name = formats.territory if trait.type == TraitType.COUNTRY else formats.language_name
    named = [(code, name(code)) for code in map(str, codes) if len(code) == 2 and code.isalpha()]
    return [*sorted(named, key=lambda one: sort_key(one[1]))]
