"""Results as tables: the figures of the page, and the answers behind them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from wayloop.contracts.metrics import Interval
from wayloop.surveys.tally.figures import Cell
from wayloop.surveys.tally.page import Results
from wayloop.surveys.tally.rows import rows_of
from wayloop.surveys.tally.wanted import Selection

PLACES = 6


def heads() -> list[str]:
    """The columns of `figures`."""
    return [
        _("Question"), _("Text of the question"), _("What is told"), _("Line"), _("Answer"), _("Value"),
        _("95% from"), _("95% to"), _("Answers"), _("Of how many"),
    ]  # fmt: skip


def figures(found: Results) -> Iterator[list[Any]]:
    """Every figure of the page, a row each: shares of 1, points from −100 to 100, means on their own scale."""
    for one in found.questions:
        told = [one.question.key, one.question.told]
        if one.reading is not None and one.reading.n:
            reading = one.reading
            value = reading.value if reading.is_enough else None
            interval = reading.interval if reading.is_enough else None
            yield [*told, reading.metric.name, "", "", _round(value), *_ends(interval), reading.n, reading.n]
        if one.mean is not None:
            yield [*told, "mean", "", "", _round(one.mean.value), *_ends(one.mean.interval), one.mean.n, one.mean.n]
        if one.middle is not None:
            yield [*told, "median", "", "", float(one.middle[1]), None, None, one.answered, one.answered]
        yield from ([*told, "share", "", *_cell(cell, one.answered)] for cell in one.cells)
        for line in one.lines:
            ends = _ends(line.mean.interval)
            yield [*told, "mean", line.label, "", _round(line.mean.value), *ends, line.mean.n, line.mean.n]
            yield from ([*told, "share", line.label, *_cell(cell, line.mean.n)] for cell in line.cells)
        yield [*told, "answered", "", "", None, None, None, one.answered, one.reached]
        yield [*told, "left_out", "", "", None, None, None, one.left_out, one.reached]
        yield [*told, "went_away", "", "", None, None, None, one.stopped, one.reached]


def answers(selection: Selection) -> tuple[list[str], Iterable[Sequence[Any]]]:
    """The columns and rows of a file with a row for each response; who gave it is not told."""
    questions = selection.document.questions
    return [_("When"), _("Channel"), _("Language"), _("Version"), *(one.told for one in questions)], _each(selection)


def _cell(cell: Cell, n: int) -> list[Any]:
    return [cell.label, _round(cell.share) if n else None, *_ends(cell.interval), cell.count, n]


def _ends(interval: Interval | None) -> list[float | None]:
    return [_round(interval.low), _round(interval.high)] if interval else [None, None]


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, PLACES)


def _each(selection: Selection) -> Iterator[list[Any]]:
    below: int | None = None
    keys = [one.key for one in selection.document.questions]
    while True:
        rows, below = rows_of(selection, below=below, limit=1000)
        for row in rows:
            told = {given.question.key: given.text for given in row.answers}
            yield [row.at, row.channel, row.language, row.version, *(told.get(key, "") for key in keys)]
        if below is None:
            return
