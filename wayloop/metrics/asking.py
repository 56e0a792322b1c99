"""From words to a question: fields and values as people write them, days of the business, names of parts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _

from wayloop.business import api as business
from wayloop.commerce import api as commerce
from wayloop.contracts.metrics import Metric, Reading
from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.ledger import api as ledger
from wayloop.metrics.dimensions import COLUMNS, Question
from wayloop.metrics.queries.products import products_of


class QuestionRefused(Exception):
    """Something in a question is not known; the message says what is."""


def question_of(
    *,
    metric: Metric,
    scope: Scope = EVERYTHING,
    where: Iterable[str] = (),
    by: str = "",
    first: date | None = None,
    end: date | None = None,
) -> Question:
    """The question for one metric. `where`: FIELD=VALUE, the same field several times means any of its values; nothing
    after the sign means "not stated". `first` and `end` (left out): days of the business.

    Raises `QuestionRefused` for what the metric cannot be cut by, and for a location or product nobody knows.
    """
    if by and by not in metric.dimensions:
        known = ", ".join(metric.dimensions)
        raise QuestionRefused(
            _("%(metric)s cannot be cut by %(name)s. Known: %(known)s.")
            % {"metric": metric.name, "name": by, "known": known}
        )
    found: dict[str, list[str]] = {}
    for one in where:
        name, sign, value = one.partition("=")
        fields = [field for field in metric.dimensions if field in COLUMNS]
        if not sign or name not in fields:
            raise QuestionRefused(
                _("%(text)s is not understood. Write FIELD=VALUE with one of: %(known)s.")
                % {"text": one, "known": ", ".join(fields)}
            )
        found.setdefault(name, []).extend(READ.get(name, _as_it_is)(value.strip()) if value.strip() else [""])
    days = business.report_clock()
    if first and end and first >= end:
        raise QuestionRefused(_("The period ends before it begins."))
    return Question(
        scope,
        business.profile().currency,
        days,
        days.start_of(first) if first else None,
        days.start_of(end) if end else None,
        tuple((name, tuple(values)) for name, values in found.items()),
        by,
    )


def with_labels(question: Question, rows: Sequence[Reading]) -> tuple[Reading, ...]:
    """The rows of a cut with the names of their parts."""
    names = part_names(question.by, [row.key for row in rows if row.key is not None])
    return tuple(replace(row, label=names.get(row.key or "", row.key) or _("not stated")) for row in rows)


def part_names(by: str, keys: Sequence[str]) -> dict[str, str]:
    """What the parts of a cut are called, as far as they have names."""
    return NAMES.get(by, _themselves)(keys)


def _location(value: str) -> list[str]:
    places = business.locations(with_archived=True)
    wanted = value.casefold()
    found = [
        str(place.id)
        for place in places
        if value == str(place.id) or wanted in {text.casefold() for text in place.name.texts.values()}
    ]
    if found:
        return found
    known = ", ".join(str(place.name) for place in places)
    raise QuestionRefused(
        _("There is no location %(name)s. Known: %(known)s.") % {"name": value, "known": known or "–"}
    )


def _product(value: str) -> list[str]:
    # Two systems may use the same code.
    found = products_of(value)
    if not found:
        raise QuestionRefused(_("There is no product with the code %(code)s.") % {"code": value})
    return [str(one) for one in found]


def _late(value: str) -> list[str]:
    if value not in ("late", "on_time"):
        raise QuestionRefused(_("Late is either late or on_time."))
    return [value]


def _as_it_is(value: str) -> list[str]:
    return [value]


READ: Mapping[str, Callable[[str], list[str]]] = {
    "location": _location, "product": _product, "late": _late, "currency": lambda value: [value.upper()],
}  # fmt: skip


def _themselves(keys: Sequence[str]) -> dict[str, str]:
    return {key: key for key in keys}


def _locations(keys: Sequence[str]) -> dict[str, str]:
    return {str(place.id): str(place.name) for place in business.locations(with_archived=True)}


def _channels(keys: Sequence[str]) -> dict[str, str]:
    return {key: ledger.channel_word(key) for key in keys}


def _products(keys: Sequence[str]) -> dict[str, str]:
    return {str(one.id): one.title for one in commerce.products_by_id([int(key) for key in keys]).values()}


def _lateness(keys: Sequence[str]) -> dict[str, str]:
    return {"late": _("Late"), "on_time": _("On time")}


NAMES: Mapping[str, Callable[[Sequence[str]], dict[str, str]]] = {
    "location": _locations, "channel": _channels, "product": _products, "category": commerce.category_titles,
    "late": _lateness,
}  # fmt: skip
