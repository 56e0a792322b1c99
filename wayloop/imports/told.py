"""How files were understood and what became of them, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.dates import format_date, format_time
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wayloop.contracts.imports import CountTold, ImportField, KeptTeller
from wayloop.imports.queries import TableInfo
from wayloop.imports.rules import DATE_STYLES, entity_named
from wayloop.kernel.registry import offers
from wayloop.ui import formats
from wayloop.ui.formats import number

# Rows of a trial that stand on its page.
SHOWN = 10

_DELIMITERS = {
    ",": gettext_lazy("separated by commas"),
    ";": gettext_lazy("separated by semicolons"),
    "\t": gettext_lazy("separated by tabs"),
    "|": gettext_lazy("separated by bars"),
}

_DECIMALS = {
    "comma": gettext_lazy("with a decimal comma"),
    "point": gettext_lazy("with a decimal point"),
    "both": gettext_lazy("with a decimal comma or point, each as it shows itself"),
}
_ORDERS = {
    DATE_STYLES[0]: gettext_lazy("day first"),
    DATE_STYLES[1]: gettext_lazy("month first"),
    DATE_STYLES[2]: gettext_lazy("year first"),
}


def told_file(told: Mapping[str, Any], rows: int | None = None, *, is_about: bool = False) -> Sequence[str]:
    """Short phrases: how many rows, what separates cells, which encoding, which sheet."""
    phrases = []
    if rows is not None:
        if is_about:
            phrases.append(_("about %(n)s rows") % {"n": number(float(f"{rows:.2g}"))})
        else:
            phrases.append(ngettext("%(n)s row", "%(n)s rows", rows) % {"n": number(rows)})
    if told.get("skipped"):
        phrases.append(_("headings in row %(n)s") % {"n": number(told["skipped"] + 1)})
    if delimiter := told.get("delimiter"):
        phrases.append(str(_DELIMITERS.get(delimiter, _("separated by “%(sign)s”") % {"sign": delimiter})))
    if encoding := told.get("encoding"):
        phrases.append(str(encoding))
    if sheet := told.get("sheet"):
        phrases.append(_("sheet “%(sheet)s”") % {"sheet": sheet})
    if told.get("broken"):
        phrases.append(_("some letters are broken"))
    return phrases


def told_field(notes: Mapping[str, Any]) -> str:
    """How the values of one column were understood, from what the reader noted of it; empty when there is nothing."""
    phrases = []
    if decimal := notes.get("decimal"):
        phrases.append(str(_DECIMALS.get(decimal, "")))
    if len(ways := notes.get("ways", ())) > 1:
        phrases.append(_("written in several ways: %(ways)s") % {"ways": ", ".join(ways)})
    if order := notes.get("order"):
        phrases.append(str(_ORDERS.get(order, order)))
    if notes.get("offset"):
        phrases.append(_("times that name their zone are told in the zone of the file"))
    if phrases and notes.get("assumed"):
        phrases.append(_("assumed, no value shows it"))
    return " · ".join(phrase for phrase in phrases if phrase)


@dataclass(frozen=True)
class TableResult:
    """What became of one table of a run. `reasons`: why rows stay out, with how many; `rows_out`: the first of them,
    each with its number, reason and cells under `headings`; `rows_in`: how the first good rows were understood, under
    `fields`.
    """

    label: str
    position: int
    counts: Sequence[CountTold]
    reasons: Sequence[tuple[str, int]]
    headings: Sequence[str]
    rows_out: Sequence[tuple[int, str, Sequence[str]]]
    fields: Sequence[str]
    rows_in: Sequence[tuple[int, Sequence[str]]]
    understood: Sequence[tuple[str, str]]
    aside: int
    is_exact: bool


def result_of(table: TableInfo) -> TableResult | None:
    """What a page tells of a table; None for what no context offers any more."""
    try:
        entity = entity_named(table.entity)
    except KeyError:
        return None
    known = {each.name: each for each in entity.fields}
    labels = {name: str(each.label) for name, each in known.items()}
    told = table.told
    sample = told.get("sample", ())
    fields = [name for name in labels if sample and name in sample[0][1]]
    notes = [(labels[name], told_field(each)) for name, each in told.get("fields", {}).items() if name in labels]
    return TableResult(
        label=str(entity.label),
        position=table.position,
        counts=entity.told(table.counts),
        reasons=[(sentence, rows) for sentence, rows in told.get("reasons", ())],
        headings=told.get("headings", ()),
        rows_out=[
            (number, sentence, [cell or "" for cell in cells])
            for number, sentence, *cells in told.get("refused", ())[:SHOWN]
        ],
        fields=[labels[name] for name in fields],
        rows_in=[
            (number, [_shown(values.get(name), known[name]) for name in fields]) for number, values in sample[:SHOWN]
        ],
        understood=[(label, text) for label, text in notes if text],
        aside=told.get("aside", 0),
        is_exact=told.get("exact", True),
    )


def told_value(value: Any) -> str:
    """A value as people read it: a date in words, so that nobody mistakes the day for the month."""
    locale = formats.locale_of()
    if isinstance(value, datetime):
        day = format_date(value.date(), "long", locale=locale)
        return f"{day}, {format_time(value.time(), 'HH:mm', locale=locale)}"
    if isinstance(value, date):
        return str(format_date(value, "long", locale=locale))
    if isinstance(value, Decimal):
        return formats.number(value.normalize() if value else Decimal(0))
    return "" if value is None else str(value)


def _shown(value: Any, each: ImportField) -> str:
    """A value of a trial, kept as JSON, as people read it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None:
        return ""
    try:
        if each.type == "instant":
            return told_value(datetime.fromisoformat(value))
        if each.type == "date":
            return told_value(date.fromisoformat(value))
        if each.type == "decimal":
            return told_value(Decimal(value))
    except (ValueError, ArithmeticError):
        # It was cut short.
        return str(value)
    return str(each.choices.get(value, value))


def kept_in_words(import_id: int) -> list[str]:
    """What stayed when an import was taken back, and why: short sentences."""
    tellers = offers(KeptTeller)  # type: ignore[type-abstract]
    return [one for teller in tellers for one in teller.kept_in_words(batch=f"import:{import_id}")]
