"""Filters in the address of a list: `?tag=3&tag=5&seen.beyond=90&orders.from=2`, and in words on the screen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from babel.dates import format_date
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from wayloop.contracts.conditions import AllOf, Condition, Operator, Value, Where
from wayloop.customers.fields.base import Eyes, Field, Kind
from wayloop.customers.fields.known import Fields
from wayloop.customers.queries.conditions import LONGEST_TEXT, MOST_VALUES, is_value
from wayloop.customers.rules.words import fitting
from wayloop.kernel.money import to_decimal, to_minor
from wayloop.ui import formats

# What addresses of the list hold beside filters.
OTHERS = frozenset({"sort", "after", "before", "exact", "columns", "view", "edited"})
# In a form one control asks for both: seen=30 in the last 30 days, seen=!30 not for 30 days.
NOT_FOR = "!"
YES, NO = frozenset({"yes", "1", "true", "on"}), frozenset({"no", "0", "false"})


@dataclass(frozen=True)
class Problem:
    """A filter that could not be read: its parameter, and one line that says what to do."""

    param: str
    text: str


@dataclass(frozen=True)
class Filters:
    """What an address asks for. With problems nothing may be shown: it would not be what was asked for."""

    sentences: tuple[Where, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def condition(self) -> Condition:
        """All sentences together."""
        return AllOf(self.sentences)

    def of(self, key: str, operator: Operator) -> tuple[Value, ...]:
        """The values a field is compared with in one way; none when it is not."""
        return next((one.values for one in self.sentences if (one.field, one.operator) == (key, operator)), ())


def read_filters(query: QueryDict, eyes: Eyes, fields: Fields) -> Filters:
    """The filters of an address. Empty values ask for nothing, as in a form that was left as it was."""
    names = {
        name: (one, operator)
        for one in fields.values()
        for place, operator in enumerate(one.operators)
        for name in _names(one, operator, is_first=place == 0)
    }
    sentences, problems = [], []
    for name, texts in query.lists():
        given = [text for one in texts if (text := fitting(one, LONGEST_TEXT))]
        if name in OTHERS or not given:
            continue
        if name not in names:
            problems.append(Problem(name, _("There is no filter “%(name)s” here.") % {"name": name[:60]}))
            continue
        one, operator = names[name]
        if operator == "within" and given[0].startswith(NOT_FOR):
            operator, given = "beyond", [given[0].removeprefix(NOT_FOR)]
        if operator not in ("is", "not", "all"):
            given = given[:1]
        values = [read_value(one, operator, text, eyes, fields) for text in dict.fromkeys(given[:MOST_VALUES])]
        if None in values:
            problems.append(Problem(name, _refusal(one, operator)))
        else:
            sentences.append(Where(one.key, operator, tuple(value for value in values if value is not None)))
    order = list(fields)
    return Filters(tuple(sorted(sentences, key=lambda one: order.index(one.field))), tuple(problems))


def param(one: Field, operator: Operator) -> str:
    """The name in the address."""
    name = one.param or one.key
    return name if operator == one.operators[0] else f"{name}.{operator}"


def _names(one: Field, operator: Operator, *, is_first: bool) -> Iterable[str]:
    name = one.param or one.key
    return (name, f"{name}.{operator}") if is_first else (f"{name}.{operator}",)


def read_value(one: Field, operator: Operator, text: str, eyes: Eyes, fields: Fields) -> Value | None:
    """A value as it was typed; None for what is none."""
    value = _read(one, operator, text, eyes, fields)
    return value if value is not None and is_value(one, operator, value) else None


def _read(one: Field, operator: Operator, text: str, eyes: Eyes, fields: Fields) -> Value | None:
    try:
        if operator == "known" or one.kind == Kind.FLAG:
            word = text.lower()
            return True if word in YES else False if word in NO else None
        if operator in ("within", "beyond"):
            return int(text) if text.isdecimal() else None
        if one.kind in (Kind.DATE, Kind.MOMENT):
            return date.fromisoformat(text)
        if one.kind in (Kind.NUMBER, Kind.MONEY):
            number = Decimal(text.replace("\N{NO-BREAK SPACE}", "").replace(" ", "").replace(",", "."))
            if not number.is_finite():
                return None
            return to_minor(number, eyes.currency) if one.kind == Kind.MONEY else number
    except (ValueError, InvalidOperation):
        return None
    if one.kind == Kind.CHOICE:
        return next((value for value, _label in fields.options(one.key) if str(value) == text), None)
    return text


def typed(one: Field, operator: Operator, value: Value, eyes: Eyes) -> str:
    """A value as it stands in an address or a form; `read_value` gives the value back."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if one.kind == Kind.MONEY and operator in ("from", "to", "is"):
        return str(to_decimal(int(str(value)), eyes.currency))
    return value.isoformat() if isinstance(value, date) else str(value)


def write_filters(filters: Iterable[Where], eyes: Eyes, fields: Fields) -> dict[str, list[str]]:
    """The parameters that ask for exactly these sentences."""
    return {
        param(fields[one.field], one.operator): [
            typed(fields[one.field], one.operator, value, eyes) for value in one.values
        ]
        for one in filters
        if one.field in fields
    }


def _refusal(one: Field, operator: Operator) -> str:
    wanted = {
        Kind.NUMBER: _("“%(name)s” needs a number, for example 12."),
        Kind.MONEY: _("“%(name)s” needs an amount, for example 250."),
        Kind.DATE: _("“%(name)s” needs a date, for example 2026-03-31."),
        Kind.MOMENT: _("“%(name)s” needs a date, for example 2026-03-31."),
        Kind.CHOICE: _("“%(name)s” has no such value any more. Choose another one or take the filter away."),
        Kind.FLAG: _("“%(name)s” needs yes or no."),
        Kind.TEXT: _("“%(name)s” needs a shorter text."),
    }
    text = wanted[one.kind]
    if operator in ("within", "beyond"):
        text = _("“%(name)s” needs a number of days, for example 30.")
    if operator == "known":
        text = _("“%(name)s” needs yes or no.")
    return text % {"name": one.label}


@dataclass(frozen=True)
class Chip:
    """One filter in words, and the parameters that go when it is taken away."""

    text: str
    params: Mapping[str, None]


def chips(sentences: Sequence[Where], eyes: Eyes, fields: Fields) -> list[Chip]:
    """The filters in words; both borders of a range are one chip, the search is none."""
    told: list[Chip] = []
    done: set[Where] = set()
    for one in sentences:
        known = fields[one.field]
        if one in done or one.field == "text":
            continue
        together = [one]
        if one.operator in ("from", "to"):
            together = [other for other in sentences if other.field == one.field and other.operator in ("from", "to")]
        done.update(together)
        names = dict.fromkeys(name for part in together for name in _names(known, part.operator, is_first=True))
        told.append(Chip(_sentence(known, together, eyes, fields), names))
    return told


def _sentence(one: Field, parts: Sequence[Where], eyes: Eyes, fields: Fields) -> str:
    label = str(one.label)
    if one.kind == Kind.FLAG:
        return label if parts[0].values[0] else _("%(name)s: no") % {"name": label}
    return _("%(name)s: %(values)s") % {"name": label, "values": _values(one, parts, eyes, fields)}


def _values(one: Field, parts: Sequence[Where], eyes: Eyes, fields: Fields) -> str:
    by_operator = {
        part.operator: [_in_words(one, part.operator, value, eyes, fields) for value in part.values] for part in parts
    }
    if {"from", "to"} <= by_operator.keys():
        return f"{by_operator['from'][0]} – {by_operator['to'][0]}"
    (operator, words), value = next(iter(by_operator.items())), parts[0].values[0]
    if operator == "known":
        return _("known") if value else _("not known")
    if operator in ("within", "beyond"):
        days = int(str(value))
        text = (
            ngettext("in the last %(n)s day", "in the last %(n)s days", days)
            if operator == "within"
            else ngettext("more than %(n)s day ago", "more than %(n)s days ago", days)
        )
        return text % {"n": formats.number(days)}
    if operator in ("from", "to") and one.kind in (Kind.DATE, Kind.MOMENT):
        text = pgettext("date", "from %(value)s") if operator == "from" else pgettext("date", "up to %(value)s")
        return text % {"value": words[0]}
    if operator in ("from", "to"):
        return (_("from %(value)s") if operator == "from" else _("up to %(value)s")) % {"value": words[0]}
    if operator == "begins":
        return _("%(value)s…") % {"value": words[0]}
    if operator == "not":
        return _("not %(values)s") % {"values": ", ".join(words)}
    joiner = _("%(first)s and %(second)s") if operator == "all" else _("%(first)s or %(second)s")
    text = words[0]
    for word in words[1:]:
        text = joiner % {"first": text, "second": word}
    return text


def _in_words(one: Field, operator: Operator, value: Any, eyes: Eyes, fields: Fields) -> str:
    if isinstance(value, bool) or operator in ("within", "beyond"):
        return str(value)
    if one.kind == Kind.CHOICE:
        return str(dict(fields.options(one.key)).get(value, value))
    if one.kind == Kind.MONEY:
        return formats.money(int(value), eyes.currency)
    if one.kind == Kind.NUMBER:
        return formats.number(value)
    if one.kind in (Kind.DATE, Kind.MOMENT):
        return str(format_date(value, "d MMM y", locale=formats.locale_of()))
    return str(value)
