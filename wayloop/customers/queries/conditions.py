"""Conditions: checked against the fields there are, written as JSON, compiled to SQL; in one place for all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from wayloop.contracts.conditions import AllOf, AnyOf, Condition, NotSo, Value, Where
from wayloop.customers.fields.base import Eyes, Field, Kind
from wayloop.customers.fields.known import Fields

DEEPEST, MOST_PARTS, MOST_VALUES = 12, 200, 100
LONGEST_TEXT = 254
MOST_DAYS = 36_500
LARGEST = Decimal(10) ** 18


class ConditionRefused(ValueError):
    """The condition is about something that does not exist, or compares it with what it is not; one line for people."""


@dataclass
class Values:
    """The values beside a statement under construction; calling it answers the place of one more."""

    bound: dict[str, Any] = field(default_factory=dict)

    def __call__(self, value: Any) -> str:
        name = f"v{len(self.bound)}"
        self.bound[name] = value
        return f"%({name})s"


def compile_condition(condition: Condition, eyes: Eyes, fields: Fields) -> tuple[str, dict[str, Any]]:
    """A condition on `customers_card c` in SQL with its values: what holds for the customers that the eyes may see.

    Raises `ConditionRefused`. The text holds no value of the condition, only places for them.
    """
    check_condition(condition, fields)
    bind = Values()
    text = _compiled(condition, eyes, fields, bind)
    if eyes.scope.locations is not None:
        places = bind(list(eyes.scope.locations))
        text = f"(c.location_ids = '{{}}' OR c.location_ids && {places}::bigint[]) AND {text}"
    return text, bind.bound


def check_condition(condition: Condition, fields: Fields) -> None:
    """Raises `ConditionRefused` when the tree is too large or one of its sentences makes no sense."""
    waiting, parts = [(condition, 1)], 0
    while waiting:
        part, depth = waiting.pop()
        parts += 1
        if depth > DEEPEST or parts > MOST_PARTS:
            raise ConditionRefused(_("These conditions are too many. Take some away."))
        if isinstance(part, AllOf | AnyOf):
            waiting += [(inner, depth + 1) for inner in part.parts]
        elif isinstance(part, NotSo):
            waiting.append((part.part, depth + 1))
        else:
            _check_sentence(part, fields)


def as_json(condition: Condition) -> dict[str, Any]:
    """The stored form."""
    if isinstance(condition, AllOf):
        return {"all": [as_json(part) for part in condition.parts]}
    if isinstance(condition, AnyOf):
        return {"any": [as_json(part) for part in condition.parts]}
    if isinstance(condition, NotSo):
        return {"not": as_json(condition.part)}
    return {
        "field": condition.field,
        "operator": condition.operator,
        "values": [value if isinstance(value, bool | int) else str(value) for value in condition.values],
    }


def from_json(stored: Any, fields: Fields, depth: int = 1) -> Condition:
    """The condition behind a stored or foreign form, checked. Raises `ConditionRefused`."""
    if not isinstance(stored, Mapping) or depth > DEEPEST:
        raise ConditionRefused(_("This is no condition on customers."))
    for name, many in (("all", AllOf), ("any", AnyOf)):
        if name in stored and isinstance(stored[name], list):
            return many(tuple(from_json(part, fields, depth + 1) for part in stored[name][:MOST_PARTS]))
    if "not" in stored:
        return NotSo(from_json(stored["not"], fields, depth + 1))
    known = fields.get(str(stored.get("field", "")))
    values = stored.get("values")
    if known is None or not isinstance(values, list):
        raise ConditionRefused(_("There is no filter “%(name)s” here.") % {"name": str(stored.get("field", ""))[:60]})
    operator: Any = stored.get("operator")
    sentence = Where(known.key, operator, tuple(_typed(known, operator, value) for value in values))
    _check_sentence(sentence, fields)
    return sentence


def _compiled(condition: Condition, eyes: Eyes, fields: Fields, bind: Values) -> str:
    if isinstance(condition, Where):
        return f"({fields[condition.field].compile(condition.operator, condition.values, eyes, bind)})"
    if isinstance(condition, NotSo):
        # What is unknown does not hold, so its opposite does.
        return f"({_compiled(condition.part, eyes, fields, bind)} IS NOT TRUE)"
    word, nothing = (" AND ", "true") if isinstance(condition, AllOf) else (" OR ", "false")
    parts = [_compiled(part, eyes, fields, bind) for part in condition.parts]
    return f"({word.join(parts)})" if parts else nothing


def _check_sentence(sentence: Where, fields: Fields) -> None:
    known = fields.get(sentence.field)
    if known is None:
        raise ConditionRefused(_("There is no filter “%(name)s” here.") % {"name": sentence.field[:60]})
    if sentence.operator not in known.operators or not 0 < len(sentence.values) <= MOST_VALUES:
        raise ConditionRefused(_("“%(name)s” cannot be compared that way.") % {"name": known.label})
    if sentence.operator not in ("is", "not", "all") and len(sentence.values) != 1:
        raise ConditionRefused(_("“%(name)s” takes one value here.") % {"name": known.label})
    offered = {key for key, _label in fields.options(known.key)} if known.kind == Kind.CHOICE else None
    for value in sentence.values:
        is_offered = offered is None or sentence.operator == "known" or value in offered
        if not is_value(known, sentence.operator, value) or not is_offered:
            raise ConditionRefused(_("“%(name)s” has no such value.") % {"name": known.label})


def is_value(known: Field, operator: str, value: Any) -> bool:
    """Whether the field can be compared with the value."""
    if operator == "known" or known.kind == Kind.FLAG:
        return isinstance(value, bool)
    if operator in ("within", "beyond"):
        return type(value) is int and 0 < value <= MOST_DAYS
    if known.kind in (Kind.DATE, Kind.MOMENT):
        return isinstance(value, date) and 1 < value.year < 9999
    if known.kind in (Kind.NUMBER, Kind.MONEY):
        return type(value) in (int, Decimal) and -LARGEST < value < LARGEST
    if known.kind == Kind.CHOICE:
        return isinstance(value, str) or (type(value) is int and abs(value) < 2**63)
    return isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT and "\0" not in value


def _typed(known: Field, operator: Any, value: Any) -> Value:
    """A value of the stored form as what it was: JSON knows no dates and no decimals."""
    try:
        if operator not in ("known", "within", "beyond") and isinstance(value, str):
            if known.kind in (Kind.DATE, Kind.MOMENT):
                return date.fromisoformat(value)
            if known.kind in (Kind.NUMBER, Kind.MONEY):
                return Decimal(value)
    except (ValueError, InvalidOperation):
        raise ConditionRefused(_("“%(name)s” has no such value.") % {"name": known.label}) from None
    if isinstance(value, str | int | bool):
        return value
    raise ConditionRefused(_("“%(name)s” has no such value.") % {"name": known.label})
