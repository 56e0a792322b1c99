"""Whoever compares totals, filters and times of a survey that promised not to tell small groups learns none."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import permutations

import pytest

from wayloop.contracts.scope import EVERYTHING
from wayloop.kernel.localised import Localised
from wayloop.surveys.document.shape import Document, Option
from wayloop.surveys.enums import QuestionType
from wayloop.surveys.tally.promised import Batch, batches, group, told, within
from wayloop.surveys.testing import JUNE, asked

WAYS = tuple(Option(key, Localised.of(key, "en")) for key in ("o1", "o2", "o3"))
DOCUMENT = Document(
    questions=(asked(QuestionType.NPS, "q1"), asked(QuestionType.SINGLE, "q2", options=WAYS)), least_shown=5
)
CELLS = {"q1": ("good", "neutral", "bad"), "q2": ("o1", "o2", "o3")}


def released(rng: random.Random, least: int) -> tuple[list[Batch], int]:
    """Answers of a few hundred people at three places, some answers rare, and the batches they are told in."""
    count = rng.randrange(50, 600)
    sets = {question: dict.fromkeys(cells, 0) for question, cells in CELLS.items()}
    for place in range(count):
        for question, cells in CELLS.items():
            if rng.random() < 0.9:
                cell = rng.choices(cells, (rng.choice((1, 40)), 8, 1))[0]
                sets[question][cell] |= 1 << place
    members = [(place, rng.choice((1, 1, 2, None)), JUNE + timedelta(hours=place)) for place in range(count)]
    return batches(members, sets, least), count


@pytest.mark.parametrize("least", [3, 5, 10])
def test_an_attacker_learns_no_group_under_the_threshold(
    least: int, record_property: Callable[[str, object], None]
) -> None:
    rng = random.Random(least)
    learnt = 0
    for _business in range(40):
        found, count = released(rng, least)
        assert all(size >= least for one in found for groups in one.groups.values() for _cells, size in groups)
        assert sum(one.n for one in found) <= count
        # Every page that can be asked for: each window of time, each place, and all of it.
        moments = sorted({one.at for one in found})
        borders = [None, *rng.sample(moments, min(len(moments), 6))]
        pages: dict[frozenset[datetime], dict[tuple[str, str], int]] = {}
        for start in borders:
            for end in borders:
                for place in (None, 1, 2):
                    mine = within(found, start=start, end=end, location=place, scope=EVERYTHING)
                    shown = told(mine, DOCUMENT)
                    figures = {(one.question.key, cell): size for one in shown for cell, size in one.cells.items()}
                    figures |= {(one.question.key, "together"): one.together for one in shown}
                    figures |= {(one.question.key, "n"): one.n for one in shown}
                    pages[frozenset(one.at for one in mine)] = figures
        # What a page says less what a page of some of these people says is said of the others.
        for (one, figures), (other, fewer) in permutations(pages.items(), 2):
            if other < one:
                for name, size in figures.items():
                    gap = size - fewer.get(name, 0)
                    learnt += 1
                    assert gap == 0 or gap >= least, (name, gap)
    record_property(f"differences of pages an attacker can take, none of 1 to {least - 1} people", learnt)
    assert learnt > 1000


def test_small_cells_take_the_next_larger_with_them() -> None:
    assert group({"a": 20, "b": 7, "c": 2, "-": 0}, 5) == [(frozenset({"a"}), 20), (frozenset({"b", "c", "-"}), 9)]
    assert group({"a": 20, "b": 3, "c": 2, "-": 0}, 5) == [(frozenset({"a"}), 20), (frozenset({"b", "c", "-"}), 5)]
    assert group({"a": 40, "b": 0}, 5) == [(frozenset({"a", "b"}), 40)]
    assert group({"a": 20, "b": 20}, 5) == [(frozenset({"b"}), 20), (frozenset({"a"}), 20)]
