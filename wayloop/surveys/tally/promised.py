"""Results of a survey that promised that nobody can be told from the numbers.

Answers are told in batches of one place, in the order in which they came, and a batch never changes once it is full.
In each batch the answers to a question are put into groups: every group holds at least as many people as was promised,
what is smaller, also what nobody chose, is put together with the next larger (complementary suppression). Whatever the
page shows for any time, place or total is a sum of such groups over whole batches, so whoever compares totals, filters
and times learns sums of groups and nothing smaller. Two questions are never crossed, and what was written is not shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from wayloop.contracts.scope import Scope
from wayloop.surveys.document.shape import Document, Question
from wayloop.surveys.enums import QuestionType
from wayloop.surveys.tally.bits import gathered
from wayloop.surveys.tally.marks import stem_of, value_name
from wayloop.surveys.tally.shelf import Shelf
from wayloop.surveys.tally.wanted import FEELS, feel_values, values_of

# A batch holds so many times the least that is shown: fewer would put nearly everything together.
TIMES = 8
NOTHING = "-"
TOLD_APART = (
    QuestionType.SINGLE,
    QuestionType.EMOTION,
    QuestionType.EXPECTATION,
    QuestionType.CONSENT,
)
# By when they were settled: nothing is ever put between what is there.
MEMBERS = """
SELECT id, place, is_folded, location_id, scored_at FROM surveys_response
WHERE survey_id = %s AND scored_at IS NOT NULL AND ending <> 'quota' ORDER BY scored_at, id
"""
Group = tuple[frozenset[str], int]


@dataclass(frozen=True)
class Batch:
    """People of one place who can be told together: how many, when the last answered, and the groups of each question.

    A group is a set of cells with the people in any of them.
    """

    location_id: int | None
    at: datetime
    n: int
    groups: Mapping[str, Sequence[Group]]


@dataclass(frozen=True)
class ToldApart:
    """One question over batches: cell → how many in those batches that tell it apart; `together`: all the others."""

    question: Question
    cells: Mapping[str, int]
    together: int
    n: int


def group(counts: Mapping[str, int], least: int) -> list[Group]:
    """The cells in groups of at least `least`: what is smaller goes together, with the next larger where need be."""
    apart = sorted(((count, cell) for cell, count in counts.items() if count >= least), reverse=True)
    small = {cell for cell, count in counts.items() if count < least}
    held = sum(counts[cell] for cell in small)
    while small and held < least and apart:
        count, cell = apart.pop()
        small.add(cell)
        held += count
    found = [(frozenset({cell}), count) for count, cell in apart]
    return [*found, (frozenset(small), held)] if small and held >= least else found


def batches(
    members: Iterable[tuple[int, int | None, datetime]], cells: Mapping[str, Mapping[str, int]], least: int
) -> list[Batch]:
    """The full batches. `members`: place in the sets, location and moment, in their order; `cells`: question → cell →
    its set. Those of a location who do not fill a batch yet are not told."""
    waiting: dict[int | None, list[tuple[int, datetime]]] = {}
    found = []
    for place, location, moment in members:
        mine = waiting.setdefault(location, [])
        mine.append((place, moment))
        if len(mine) == least * TIMES:
            found.append(_batch(location, mine, cells, least))
            waiting[location] = []
    return found


def told(found: Iterable[Batch], document: Document) -> list[ToldApart]:
    """Each question that can be told, over these batches."""
    known = list(found)
    answer = []
    for question in document.questions:
        if not cells_of(question):
            continue
        counts: dict[str, int] = {}
        together = 0
        for batch in known:
            for cells, count in batch.groups[question.key]:
                if len(cells) == 1:
                    (cell,) = cells
                    counts[cell] = counts.get(cell, 0) + count
                else:
                    together += count
        answer.append(ToldApart(question, counts, together, sum(batch.n for batch in known)))
    return answer


def within(
    found: Iterable[Batch], *, start: datetime | None, end: datetime | None, location: int | None, scope: Scope
) -> list[Batch]:
    """The batches of a time and place; a batch belongs to the moment it was filled."""
    return [
        one
        for one in found
        if (start is None or one.at >= start)
        and (end is None or one.at < end)
        and (location is None or one.location_id == location)
        and (scope.locations is None or one.location_id is None or one.location_id in scope.locations)
    ]


def cells_of(question: Question) -> list[str]:
    """The cells of a question: marks read as good, neither or bad; nothing of what cannot be told apart."""
    if question.metric:
        return [*FEELS, NOTHING]
    return [*values_of(question), NOTHING] if question.type in TOLD_APART else []


def batches_of(shelf: Shelf, document: Document, least: int) -> list[Batch]:
    """The batches of a survey."""
    beside = {number: shelf.base + place for place, number in enumerate(shelf.beside)}
    with connection.cursor() as cursor:
        cursor.execute(MEMBERS, [shelf.survey])
        rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
    members = [
        (at, location, moment)
        for number, place, is_folded, location, moment in rows
        if (at := beside.get(number, place if is_folded else None)) is not None
    ]
    return batches(members, {one.key: _sets(shelf, one) for one in document.questions if cells_of(one)}, least)


def _sets(shelf: Shelf, question: Question) -> dict[str, int]:
    start = stem_of(question)
    if question.metric:
        found = {}
        for name, feel in FEELS.items():
            found[name] = 0
            for mark in feel_values(question, feel):
                found[name] |= shelf.of(value_name(start, mark))
        return found
    return {value: shelf.of(value_name(start, value)) for value in values_of(question)}


def _batch(
    location: int | None, members: Sequence[tuple[int, datetime]], cells: Mapping[str, Mapping[str, int]], least: int
) -> Batch:
    everybody = gathered(place for place, _moment in members)
    groups = {}
    for question, sets in cells.items():
        counts = {cell: (bits & everybody).bit_count() for cell, bits in sets.items()}
        counts[NOTHING] = len(members) - sum(counts.values())
        groups[question] = group(counts, least)
    return Batch(location, members[-1][1], len(members), groups)
