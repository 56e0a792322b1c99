"""What the answers of a selection say: each question with its distribution, the way through the survey, the course.

Scores become numbers in metrics and nowhere else; here they are only counted.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from wayloop.contracts.metrics import Interval, Reading
from wayloop.metrics import api as metrics
from wayloop.surveys.document.shape import Document, Question
from wayloop.surveys.enums import Feel, QuestionType
from wayloop.surveys.rules import feel_of
from wayloop.surveys.tally.bits import Sliced
from wayloop.surveys.tally.marks import BEGUN, DONE, FULL, NANO, OVER, stem_of, value_name
from wayloop.surveys.tally.wanted import Selection, values_of


@dataclass(frozen=True)
class Cell:
    """One value and who gave it: `share` of those who answered, with its interval; `token`: as a filter names it."""

    token: str
    label: str
    count: int
    share: float
    interval: Interval | None
    tone: str = ""


@dataclass(frozen=True)
class Mean:
    """A mean on its own scale, with its interval and how many stand behind it."""

    value: float
    interval: Interval | None
    n: int


@dataclass(frozen=True)
class Line:
    """One line of a matrix, or one thing of a ranking: its mean mark or place, and how often each was given."""

    label: str
    mean: Mean
    cells: Sequence[Cell]


@dataclass(frozen=True)
class QuestionTold:
    """One question. `reading`: what metrics make of its scores; `before`: the same of the time before.

    `reached`: who came to it, `stopped`: who went away at it, `seconds`: the middle time to answer. `earlier`: answers
    of people who have answered again since. `middle`: the median, with the quartiles; of days as ordinals.
    """

    question: Question
    answered: int
    left_out: int
    reached: int
    stopped: int
    seconds: int | None = None
    earlier: int = 0
    cells: Sequence[Cell] = ()
    lines: Sequence[Line] = ()
    mean: Mean | None = None
    middle: tuple[Decimal, Decimal, Decimal] | None = None
    days: tuple[date, date, date] | None = None
    reading: Reading | None = None
    words: int = 0

    @property
    def middle_day(self) -> date | None:
        """The day before which half of the answers lie."""
        return self.days[1] if self.days else None


@dataclass(frozen=True)
class Way:
    """How many began, came to the end, went away, were told that there are enough, and are answering just now."""

    begun: int
    done: int
    left: int
    full: int
    now: int


@dataclass(frozen=True)
class Part:
    """One part of a cut: a place, a channel. `token`: as the filter names it."""

    token: str
    label: str
    reading: Reading


@dataclass(frozen=True)
class Cut:
    """A number by places, channels, languages or versions; `name` is the field of the filter."""

    name: str
    label: str
    parts: Sequence[Part] = field(default_factory=list)


def questions_told(selection: Selection) -> list[QuestionTold]:
    """Each question of the document, in its order."""
    return [_told(selection, one) for one in selection.document.questions]


def main_question(document: Document) -> Question | None:
    """The question whose number stands first: recommendation before satisfaction before ease."""
    order = ("nps", "csat", "ces")
    scored = [one for one in document.questions if one.metric and name_of(one)]
    return min(scored, key=lambda one: order.index(str(one.metric)), default=None)


def name_of(question: Question) -> str | None:
    """The metric that counts the answers to a question."""
    if question.metric is None or question.scale is None:
        return None
    return metrics.metric_of_scores(str(question.metric.value), _worst_to_best(question))


def reading_of(selection: Selection, question: Question, among: int) -> Reading | None:
    """The number of a question over these responses; of people only the latest answer where the metric says so."""
    name = name_of(question)
    if name is None or question.scale is None or question.metric is None:
        return None
    shelf, start = selection.shelf, stem_of(question)
    counts = {
        mark: (shelf.of(value_name(start, str(mark))) & among).bit_count()
        for mark in range(question.scale.low, question.scale.high + 1)
    }
    n = sum(counts.values())
    feels = {mark: feel_of(question.metric, question.scale, Decimal(mark)) for mark in counts}
    told = _spread(counts)
    scale = _worst_to_best(question)
    return metrics.reading_of_scores(
        name,
        metrics.Counted(
            scale,
            n,
            sum(count for mark, count in counts.items() if metrics.is_good(name, scale, mark)),
            sum(count for mark, count in counts.items() if feels[mark] == Feel.BAD),
            told[0],
            told[1],
        )
        if n
        else None,
    )


def counted(selection: Selection, question: Question) -> int:
    """The responses whose answers to this question count."""
    name = name_of(question)
    found = selection.all & selection.shelf.of(f"{stem_of(question)}|+")
    if name and metrics.SCORED[name].is_of_person:
        found &= selection.once(question)
    return found


def way_of(selection: Selection) -> Way:
    """How far people came who began in the time."""
    shelf = selection.shelf
    begun = selection.between(BEGUN, selection.narrowed)
    done, full = shelf.of(DONE), shelf.of(FULL)
    left = shelf.of(OVER) & ~done
    return Way(
        begun.bit_count(),
        (begun & done).bit_count(),
        (begun & left).bit_count(),
        (begun & full).bit_count(),
        (begun & ~(done | full | left)).bit_count(),
    )


def cuts_of(selection: Selection, question: Question, labels: "Callable[[str, str], str]") -> list[Cut]:
    """The number of a question by place, channel, language and version, as far as there are several."""
    base, shelf = counted(selection, question), selection.shelf
    found = []
    names = {"location": ("l", _("Location")), "channel": ("c", _("Channel")), "language": ("g", _("Language"))}
    names["version"] = ("v", _("Version"))
    for name, (letter, title) in names.items():
        parts = []
        for one in shelf.names(f"{letter}|"):
            among = base & shelf.of(one)
            token = one[2:] or "none"
            reading = reading_of(selection, question, among) if among else None
            if reading is not None:
                parts.append(Part(token, labels(name, token), reading))
        if len(parts) > 1:
            found.append(Cut(name, title, sorted(parts, key=lambda part: -part.reading.n)))
    return found


def _worst_to_best(question: Question) -> tuple[int, int]:
    scale = question.scale
    assert scale is not None  # noqa: S101 – only asked of questions with a scale
    return (scale.high, scale.low) if scale.lower_is_better else (scale.low, scale.high)


def _spread(counts: dict[int, int]) -> tuple[float, float | None]:
    """Mean and variance of the sample."""
    n = sum(counts.values())
    total = sum(mark * count for mark, count in counts.items())
    squares = sum(mark * mark * count for mark, count in counts.items())
    if not n:
        return 0.0, None
    return total / n, (squares - total * total / n) / (n - 1) if n > 1 else None


def _mean(counts: dict[int, int]) -> Mean:
    """The mean of marks; its interval ends where their scale does."""
    mean, variance = _spread(counts)
    n = sum(counts.values())
    found = metrics.mean_interval(mean, variance, n)
    ends = Interval(max(found.low, min(counts)), min(found.high, max(counts))) if found else None
    return Mean(mean, ends, n)


def _told(selection: Selection, question: Question) -> QuestionTold:
    shelf, start = selection.shelf, stem_of(question)
    everybody = selection.all
    answers = everybody & shelf.of(f"{start}|+")
    base = counted(selection, question)
    n = base.bit_count()
    times = shelf.number(f"t|{question.key}")
    timed = times.has & answers
    stopped = everybody & shelf.of(f"s|{question.key}")
    base_told = QuestionTold(
        question,
        answered=n,
        left_out=(everybody & shelf.of(f"{start}|-")).bit_count(),
        reached=((everybody & shelf.of(f"w|{question.key}")) | stopped).bit_count(),
        stopped=stopped.bit_count(),
        seconds=times.ranked(timed, (timed.bit_count() - 1) // 2) if timed else None,
        earlier=answers.bit_count() - n,
        words=(answers & shelf.of(f"{start}|words")).bit_count(),
    )
    fields = dict(_content(selection, question, base, n))
    # A frozen value with what its type says more.
    return QuestionTold(**{**base_told.__dict__, **fields})


def _content(selection: Selection, question: Question, base: int, n: int) -> Iterator[tuple[str, object]]:
    shelf, start = selection.shelf, stem_of(question)
    if question.rows or question.type == QuestionType.RANKING:
        yield "lines", _lines(selection, question, base)
        return
    if question.type == QuestionType.NUMBER:
        yield from _number(shelf.number(f"{start}|more"), shelf.number(f"{start}|less"), base, n)
        return
    if question.type == QuestionType.DATE:
        days = shelf.number(f"{start}|day")
        if n:
            ranks = (0, (n - 1) // 2, n - 1)
            yield "days", tuple(date.fromordinal(days.ranked(base, rank)) for rank in ranks)
        return
    values = values_of(question)
    counts = {value: (shelf.of(value_name(start, value)) & base).bit_count() for value in values}
    yield "cells", [_cell(question, value, counts[value], n) for value in values]
    if question.scale and not question.options:
        if n:
            yield "mean", _mean({int(value): count for value, count in counts.items()})
        yield "reading", reading_of(selection, question, base)


def _number(more: Sliced, less: Sliced, base: int, n: int) -> Iterator[tuple[str, object]]:
    if not n:
        return
    below = less.has & base
    count = below.bit_count()

    def ranked(rank: int) -> Decimal:
        # Below zero the largest figure is the least number.
        found = -less.ranked(base, count - 1 - rank) if rank < count else more.ranked(base, rank - count)
        return Decimal(found) / NANO

    total = more.total(base) - less.total(base)
    squares = more.squares(base) + less.squares(base)
    nano = int(NANO)
    mean = total / n / nano
    variance = (squares - total * total / n) / (n - 1) / nano / nano if n > 1 else None
    yield "mean", Mean(mean, metrics.mean_interval(mean, variance, n), n)
    yield "middle", (ranked((n - 1) // 4), ranked((n - 1) // 2), ranked((n - 1) * 3 // 4))


def _lines(selection: Selection, question: Question, base: int) -> list[Line]:
    shelf, start, found = selection.shelf, stem_of(question), []
    for one in question.rows or question.options:
        counts = {
            int(value): (shelf.of(value_name(start, value, one.key)) & base).bit_count()
            for value in values_of(question)
        }
        mean = _mean(counts)
        if mean.n:
            cells = [_cell(question, str(value), count, mean.n, one.key) for value, count in counts.items()]
            found.append(Line(str(one.label), mean, cells))
    return sorted(found, key=lambda line: line.mean.value) if question.type == QuestionType.RANKING else found


def _cell(question: Question, value: str, count: int, n: int, part: str = "") -> Cell:
    labels = {one.key: str(one.label) for one in question.options} | {"yes": _("Yes"), "no": _("No")}
    is_mark = question.scale is not None and not question.options
    label = value if is_mark or part else labels.get(value, value)
    tone = ""
    if is_mark and question.metric and question.scale:
        tone = {1: "good", -1: "bad"}.get(int(feel_of(question.metric, question.scale, Decimal(value))), "")
    token = f"{question.key}.{part}:{value}" if part else f"{question.key}:{value}"
    return Cell(token, label, count, count / n if n else 0.0, metrics.share_interval(count, n), tone)
