"""From words to a question: fields and values as people write them, days of the business, names of parts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from django.utils.translation import gettext as _

from wayloop.accounts.api import names_of
from wayloop.business import api as business
from wayloop.commerce import api as commerce
from wayloop.contracts.metrics import Metric, Reading
from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.customers.api import TraitCut
from wayloop.kernel.clock import is_in_our_time
from wayloop.ledger import api as ledger
from wayloop.metrics.dimensions import COLUMNS, TRAIT, Question
from wayloop.metrics.queries.products import products_of
from wayloop.ui import formats
from wayloop.work import api as work


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
    traits: Sequence[TraitCut] = (),
) -> Question:
    """The question for one metric. `where`: FIELD=VALUE, the same field several times means any of its values; nothing
    after the sign means "not stated". `first` and `end` (left out): days of the business. `traits`:
    those that whoever asks may see; they are named by `trait.` and their key.

    Raises `QuestionRefused` for what the metric cannot be cut by, and for a location or product nobody knows.
    """
    own = {TRAIT + one.key: one for one in traits}
    if by and by not in metric.dimensions and by not in own:
        known = ", ".join((*metric.dimensions, *own))
        raise QuestionRefused(
            _("%(metric)s cannot be cut by %(name)s. Known: %(known)s.")
            % {"metric": metric.name, "name": by, "known": known}
        )
    found: dict[str, list[str]] = {}
    for one in where:
        name, sign, value = one.partition("=")
        fields = [field for field in (*metric.dimensions, *own) if field in COLUMNS or field in own]
        if not sign or name not in fields:
            raise QuestionRefused(
                _("%(text)s is not understood. Write FIELD=VALUE with one of: %(known)s.")
                % {"text": one, "known": ", ".join(fields)}
            )
        read = partial(_trait, own[name]) if name in own else READ.get(name, _as_it_is)
        found.setdefault(name, []).extend(read(value.strip()) if value.strip() else [""])
    days = business.report_clock()
    if not is_in_our_time(first, end):
        raise QuestionRefused(_("Days lie between 1970 and 2199."))
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
        traits=tuple(traits),
    )


def with_labels(question: Question, rows: Sequence[Reading]) -> tuple[Reading, ...]:
    """The rows of a cut with the names of their parts."""
    if question.by.startswith(TRAIT):
        names = question.trait(question.by).all_labels
    else:
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


def _trait(cut: TraitCut, value: str) -> list[str]:
    wanted = value.casefold()
    found = [code for code, label in cut.all_labels.items() if wanted in (code.casefold(), label.casefold())]
    if found:
        return found
    known = ", ".join(cut.all_labels)
    raise QuestionRefused(
        _("%(trait)s has no value %(name)s. Known: %(known)s.") % {"trait": cut.title, "name": value, "known": known}
    )


def _as_it_is(value: str) -> list[str]:
    return [value]


def _cause(value: str) -> list[str]:
    wanted = value.casefold()
    known = work.causes_in_use(with_archived=True)
    found = [
        str(one.id)
        for one in known
        if value == str(one.id) or wanted in {text.casefold() for text in one.name.texts.values()}
    ]
    if found:
        return found
    names = ", ".join(str(one.name) for one in known)
    raise QuestionRefused(_("There is no root cause %(name)s. Known: %(known)s.") % {"name": value, "known": names})


def _member(value: str) -> list[str]:
    if not (value.isascii() and value.isdigit() and int(value) < 2**63):
        raise QuestionRefused(_("A member is named by a number."))
    return [value]


READ: Mapping[str, Callable[[str], list[str]]] = {
    "location": _location, "product": _product, "late": _late, "currency": lambda value: [value.upper()],
    "cause": _cause, "member": _member, "country": lambda value: [value.upper()],
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


def _countries(keys: Sequence[str]) -> dict[str, str]:
    return {key: formats.territory(key) for key in keys}


def _causes(keys: Sequence[str]) -> dict[str, str]:
    return {str(one.id): str(one.name) for one in work.causes_in_use(with_archived=True)}


def _members(keys: Sequence[str]) -> dict[str, str]:
    return {str(number): name for number, name in names_of([int(key) for key in keys]).items()}


def _severities(keys: Sequence[str]) -> dict[str, str]:
    return {one.value: str(one.label) for one in work.Severity}


NAMES: Mapping[str, Callable[[Sequence[str]], dict[str, str]]] = {
    "location": _locations, "channel": _channels, "product": _products, "category": commerce.category_titles,
    "country": _countries, "late": _lateness, "cause": _causes, "member": _members, "severity": _severities,
}  # fmt: skip
