"""The form in which filters are chosen: each field with the controls its kind needs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wayloop.contracts.conditions import Operator, Value
from wayloop.customers.fields.address import NOT_FOR, Filters, param, typed
from wayloop.customers.fields.base import Field, Kind
from wayloop.customers.listing import Desk
from wayloop.ui import formats

# A list of values up to this length is shown whole; of a longer one a value is chosen.
SHOWN_WHOLE = 12
DAYS_WITHIN, DAYS_BEYOND = (1, 7, 30, 90, 365), (30, 60, 90, 180, 365)


@dataclass(frozen=True)
class Control:
    """One control: its name in the address, its kind of input, label, and what is chosen."""

    name: str
    kind: str
    label: str
    value: Any = ""
    options: Sequence[tuple[Any, str]] = ()


@dataclass(frozen=True)
class FieldForm:
    """One field with its controls; `is_used` when a filter is about it."""

    label: str
    controls: Sequence[Control]
    is_used: bool
    is_figure: bool


def filter_groups(filters: Filters, desk: Desk) -> list[tuple[str, list[FieldForm]]]:
    """The fields under their groups, with what is chosen filled in."""
    groups: dict[str, list[FieldForm]] = {}
    used = {sentence.field for sentence in filters.sentences}
    for one in desk.fields.values():
        if one.key != "text" and not (one.kind == Kind.CHOICE and not desk.fields.options(one.key)):
            form = FieldForm(
                str(one.label),
                list(_controls(one, filters, desk)),
                one.key in used,
                one.kind in (Kind.NUMBER, Kind.MONEY),
            )
            groups.setdefault(str(one.group), []).append(form)
    return list(groups.items())


def _controls(one: Field, filters: Filters, desk: Desk) -> Iterable[Control]:
    def given(operator: Operator) -> Sequence[str]:
        return [typed(one, operator, value, desk.eyes) for value in filters.of(one.key, operator)]

    def first(operator: Operator) -> str:
        return next(iter(given(operator)), "")

    label = str(one.label)
    if one.kind == Kind.CHOICE:
        yield _choice(one, "is", label, given("is"), desk.fields.options(one.key))
        if given("not"):
            yield _choice(one, "not", _("but not"), given("not"), desk.fields.options(one.key))
    elif one.kind == Kind.FLAG:
        yield Control(
            param(one, "is"), "segments", label, first("is"), [("", _("any")), ("yes", _("yes")), ("no", _("no"))]
        )
    elif one.kind == Kind.MOMENT:
        chosen = first("within") or (first("beyond") and f"{NOT_FOR}{first('beyond')}")
        yield Control(param(one, "within"), "select", label, chosen, _times(chosen))
    elif one.kind == Kind.TEXT:
        yield Control(param(one, "is"), "text", label, first("is"))
        if "begins" in one.operators:
            yield Control(param(one, "begins"), "text", _("begins with"), first("begins"))
    if one.kind in (Kind.MOMENT, Kind.DATE, Kind.NUMBER, Kind.MONEY):
        kind = "date" if one.kind in (Kind.MOMENT, Kind.DATE) else "text"
        yield Control(param(one, "from"), kind, _("from"), first("from"))
        yield Control(param(one, "to"), kind, "–", first("to"))
    if one.may_be_unknown and one.key != "location":
        yield Control(param(one, "known"), "unknown", _("not known"), first("known") == "no")


def _choice(
    one: Field, operator: Operator, label: str, given: Sequence[str], options: Sequence[tuple[Value, str]]
) -> Control:
    if len(options) <= SHOWN_WHOLE:
        shown = [(str(value), text) for value, text in options]
        return Control(param(one, operator), "checks", label, given, shown)
    return Control(param(one, operator), "search", label, given, [("", _("any")), *options])


def _times(chosen: str) -> list[tuple[str, str]]:
    """Any time, the last days, not for days; what the address asks for is among them."""
    own = int(chosen.removeprefix(NOT_FOR)) if chosen else 0
    within = sorted({*DAYS_WITHIN, *([own] if own and not chosen.startswith(NOT_FOR) else [])})
    beyond = sorted({*DAYS_BEYOND, *([own] if chosen.startswith(NOT_FOR) else [])})
    last = [(str(n), ngettext("in the last %(n)s day", "in the last %(n)s days", n)) for n in within]
    before = [(f"{NOT_FOR}{n}", ngettext("more than %(n)s day ago", "more than %(n)s days ago", n)) for n in beyond]
    counted = [(key, text % {"n": formats.number(int(key.removeprefix(NOT_FOR)))}) for key, text in [*last, *before]]
    return [("", _("any time")), *counted]
