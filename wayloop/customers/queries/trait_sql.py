"""How SQL sees a trait: the expression that its index holds, and that conditions and orders must repeat to use it."""

import json
from typing import Any

from psycopg import sql

from wayloop.customers.enums import TraitType
from wayloop.customers.models import TraitDefinition
from wayloop.customers.rules.values import ValueRefused, read_value

NUMERIC = (TraitType.NUMBER, TraitType.MONEY)
ALPHABETIC = (TraitType.TEXT, TraitType.PLACE)


def order_expression(trait: TraitDefinition) -> sql.Composable:
    """What customers are sorted by: a number for numbers and money (whatever the currency), else a text.

    Null where nothing is known. Of several values the first counts.
    """
    column, key = sql.Identifier(trait.column), sql.Literal(trait.key)
    if trait.has_many:
        return sql.SQL('(({} -> {} ->> 0) COLLATE "C")').format(column, key)
    if trait.type == TraitType.NUMBER:
        # What is no number (the type of the values was another once) must not break the index.
        return sql.SQL("(CASE WHEN jsonb_typeof({0} -> {1}) = 'number' THEN ({0} ->> {1})::numeric END)").format(
            column, key
        )
    if trait.type == TraitType.MONEY:
        return sql.SQL(
            "(CASE WHEN jsonb_typeof({0} -> {1} -> 'amount') = 'number' THEN ({0} -> {1} ->> 'amount')::numeric END)"
        ).format(column, key)
    if trait.type in ALPHABETIC:
        return sql.SQL('(customers_text_order({} ->> {}) COLLATE "C")').format(column, key)
    return sql.SQL('(({} ->> {}) COLLATE "C")').format(column, key)


def index_definition(trait: TraitDefinition) -> sql.Composable:
    """What follows `ON customers_card` in the making of its index."""
    if trait.has_many:
        return sql.SQL("USING gin (({} -> {}) jsonb_path_ops)").format(
            sql.Identifier(trait.column), sql.Literal(trait.key)
        )
    return sql.SQL("({}, person)").format(order_expression(trait))


def match(trait: TraitDefinition, text: str, *, currency: str = "") -> tuple[sql.Composable, list[Any]] | None:
    """The condition that keeps the customers with this value, and what is bound to it; None for no possible value.

    Texts and places are compared without capitals and accents of ё; a list matches when it holds the value.
    """
    try:
        value = read_value(trait, text, currency=currency)
    except ValueRefused:
        return None
    if value is None:
        return None
    if trait.has_many:
        condition = sql.SQL("({} -> {}) @> %s::jsonb").format(sql.Identifier(trait.column), sql.Literal(trait.key))
        return condition, [json.dumps(value)]
    expression = order_expression(trait)
    if trait.type in NUMERIC:
        return sql.SQL("{} = %s::numeric").format(expression), [
            value["amount"] if trait.type == TraitType.MONEY else value
        ]
    if trait.type in ALPHABETIC:
        return sql.SQL("{} = customers_text_order(%s)").format(expression), [value]
    return sql.SQL("{} = %s").format(expression), [str(value).lower() if isinstance(value, bool) else value]


def span(trait: TraitDefinition, least: Any = None, most: Any = None) -> tuple[sql.Composable, list[Any]]:
    """The condition that keeps numbers, money (minor units) or dates from `least` to `most`, both included."""
    expression, parts, values = order_expression(trait), [], []
    cast = sql.SQL("::numeric" if trait.type in NUMERIC else "::text")
    for sign, border in ((">=", least), ("<=", most)):
        if border is not None:
            parts.append(sql.SQL("{} {} %s{}").format(expression, sql.SQL(sign), cast))
            values.append(border)
    return sql.SQL(" AND ").join(parts) if parts else sql.SQL("true"), values
