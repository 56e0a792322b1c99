"""What goes together with bad marks: each part of the answers against the rest, corrected for having looked at many.

That something goes together does not say what causes what; the page says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from wayloop.commerce import api as commerce
from wayloop.metrics import api as metrics
from wayloop.surveys.document.shape import Question
from wayloop.surveys.enums import Feel, QuestionType
from wayloop.surveys.tally.bits import gathered, without
from wayloop.surveys.tally.figures import counted
from wayloop.surveys.tally.marks import stem_of, value_name
from wayloop.surveys.tally.page import label_of
from wayloop.surveys.tally.wanted import ANSWERED, Selection, feel_values

CHOSEN = (
    QuestionType.SINGLE,
    QuestionType.MULTIPLE,
    QuestionType.EMOTION,
    QuestionType.EXPECTATION,
)
MOST_PRODUCTS = 20
LATE = """
SELECT r.id, r.place, r.is_folded, bool_or(d.done_day > d.promised_day)
FROM surveys_response r JOIN api_commerce_deliveries d ON d.order_id = r.order_id
WHERE r.survey_id = %s AND d.done_day IS NOT NULL AND d.promised_day IS NOT NULL AND d.order_status <> 'cancelled'
GROUP BY r.id
"""
PRODUCTS = """
SELECT DISTINCT r.id, r.place, r.is_folded, l.product_id
FROM surveys_response r JOIN api_commerce_order_lines l ON l.order_id = r.order_id WHERE r.survey_id = %s
"""


@dataclass(frozen=True)
class Thing:
    """Something some answers have in common. `token`: as a filter names it, by `name`; empty where none does."""

    name: str
    label: str
    token: str
    answers: int
    among: int


@dataclass(frozen=True)
class Driver:
    """One thing, compared with the rest of the answers it could have been said of."""

    thing: Thing
    compared: metrics.Compared

    @property
    def weight(self) -> float:
        """How many of all marks would be other if the part were as the rest: what to look at first."""
        return abs(self.compared.gap) * self.compared.n


@dataclass(frozen=True)
class Drivers:
    """What has clearly more bad marks, the weightiest first; how many were compared, and how many were too few."""

    found: Sequence[Driver]
    compared: int
    too_few: int
    n: int


def drivers_of(selection: Selection, question: Question, *, with_orders: bool = False) -> Drivers:
    """What goes together with bad marks of this question. `with_orders`: late deliveries and products, too.

    Those who left a question out are not compared by it.
    """
    shelf, start = selection.shelf, stem_of(question)
    base = counted(selection, question)
    bad = 0
    for mark in feel_values(question, Feel.BAD):
        bad |= shelf.of(value_name(start, mark))
    things = list(_things(selection, question, base))
    if with_orders:
        things += _of_orders(selection, base)
    parts = []
    for thing in things:
        mine, others = base & thing.answers & thing.among, without(base & thing.among, thing.answers)
        parts.append(((mine & bad).bit_count(), mine.bit_count(), (others & bad).bit_count(), others.bit_count()))
    told = metrics.compare_parts(parts)
    found = [
        Driver(thing, one) for thing, one in zip(things, told, strict=True) if one and one.is_clear and one.gap > 0
    ]
    return Drivers(
        sorted(found, key=lambda one: -one.weight),
        sum(one is not None for one in told),
        sum(one is None for one in told),
        base.bit_count(),
    )


def _things(selection: Selection, question: Question, base: int) -> Iterator[Thing]:
    shelf = selection.shelf
    names = {"location": ("l", _("Location")), "channel": ("c", _("Channel")), "language": ("g", _("Language"))}
    for name, (letter, _label) in names.items():
        mine = [one for one in shelf.names(f"{letter}|") if one[2:] and shelf.of(one) & base]
        for one in mine if len(mine) > 1 else ():
            yield Thing(name, label_of(name, one[2:]), one[2:], shelf.of(one), base)
    for place, other in enumerate(selection.document.questions, 1):
        if other.key == question.key:
            continue
        start = stem_of(other)
        among = shelf.of(f"{start}|{ANSWERED}")
        told = f"{place}. {other.text}"
        if other.type in CHOSEN:
            for option in other.options:
                bits = shelf.of(value_name(start, option.key))
                yield Thing("answer", f"{told} – {option.label}", f"{other.key}:{option.key}", bits, among)
        elif other.metric and other.scale:
            bits = 0
            for mark in feel_values(other, Feel.BAD):
                bits |= shelf.of(value_name(start, mark))
            yield Thing("answer", f"{told} – {Feel.BAD.label}", f"{other.key}:bad", bits, among)


def _of_orders(selection: Selection, base: int) -> list[Thing]:
    shelf = selection.shelf
    beside = {number: shelf.base + place for place, number in enumerate(shelf.beside)}
    late: list[int] = []
    timed: list[int] = []
    bought: dict[int, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(LATE, [shelf.survey])
        for number, place, is_folded, is_late in cursor.fetchall():
            at = beside.get(number, place if is_folded else None)
            if at is not None:
                (late if is_late else timed).append(at)
        cursor.execute(PRODUCTS, [shelf.survey])
        for number, place, is_folded, product in cursor.fetchall():
            at = beside.get(number, place if is_folded else None)
            if at is not None:
                bought.setdefault(product, []).append(at)
    found = []
    if late:
        found.append(Thing("late", _("The delivery came late"), "", gathered(late), gathered([*late, *timed])))
    products = {product: gathered(places) & base for product, places in bought.items()}
    most = sorted(products, key=lambda one: (-products[one].bit_count(), one))[:MOST_PRODUCTS]
    anything = gathered(place for places in bought.values() for place in places)
    titles = commerce.products_by_id(most)
    return found + [Thing("product", titles[one].title, "", products[one], anything) for one in most if one in titles]
