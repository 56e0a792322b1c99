"""A drawing of the ways through a survey: one row a question, arcs for what leads past others."""

from collections.abc import Sequence
from dataclasses import dataclass

from wayloop.surveys.desk import Line
from wayloop.surveys.document.shape import Document
from wayloop.surveys.document.walk import never_asked

ROW = 100
LANE, FIRST_LANE = 22, 26


@dataclass(frozen=True)
class Arc:
    """One line of the drawing, as the path of an SVG; `kind`: jump, skip or next."""

    kind: str
    path: str
    head: str


@dataclass(frozen=True)
class Step:
    """One row: the question, whether anybody can get to it, whether the next one follows by itself."""

    line: Line
    is_dead: bool
    goes_on: bool


@dataclass(frozen=True)
class PathMap:
    """Rows with lines at both sides, in a drawing `height` high and so wide at each side."""

    steps: Sequence[Step]
    skips: Sequence[Arc]
    jumps: Sequence[Arc]
    height: int
    right: int
    left: int = 40


def map_of(document: Document, lines: Sequence[Line]) -> PathMap:
    """The drawing of a document; `lines`: its questions in words. The end is one more row."""
    questions = document.questions
    places = {one.key: place for place, one in enumerate(questions)}
    dead = set(never_asked(questions))
    spans = []
    for place, one in enumerate(questions):
        for jump in one.jumps:
            target = places.get(jump.to, len(questions) if not jump.to else -1)
            if target > place:
                spans.append((place, target))
    lanes = _lanes(spans)
    return PathMap(
        steps=[
            Step(line, line.key in dead, all(jump.when.tests for jump in questions[place].jumps))
            for place, line in enumerate(lines)
        ],
        skips=[_skip(place) for place, one in enumerate(questions) if one.show.tests],
        jumps=[_jump(start, end, lane) for (start, end), lane in zip(spans, lanes, strict=True)],
        height=(len(questions) + 1) * ROW,
        right=FIRST_LANE + (max(lanes, default=-1) + 1) * LANE + 6 if lanes else 0,
    )


def _lanes(spans: Sequence[tuple[int, int]]) -> list[int]:
    """A lane for each, so that two that run side by side never lie on each other."""
    taken: list[list[tuple[int, int]]] = []
    found = []
    for start, end in spans:
        free = next(
            (n for n, lane in enumerate(taken) if all(end <= first or last <= start for first, last in lane)),
            len(taken),
        )
        if free == len(taken):
            taken.append([])
        taken[free].append((start, end))
        found.append(free)
    return found


def _jump(start: int, end: int, lane: int) -> Arc:
    top, bottom = start * ROW + ROW * 6 // 10, end * ROW + ROW * 4 // 10
    far = FIRST_LANE + lane * LANE
    bend = 12
    path = (
        f"M0 {top}H{far - bend}Q{far} {top} {far} {top + bend}V{bottom - bend}Q{far} {bottom} {far - bend} {bottom}H2"
    )
    return Arc("jump", path, f"M9 {bottom - 6}L2 {bottom}L9 {bottom + 6}")


def _skip(place: int) -> Arc:
    """Past one question that is not always asked."""
    top, bottom = max(place * ROW - ROW // 2 + 12, 8), (place + 1) * ROW + ROW // 2 - 12
    # Neighbours take turns, so that their lines never lie on each other.
    far = 8 if place % 2 else 24
    path = f"M40 {top}H{far + 10}Q{far} {top} {far} {top + 10}V{bottom - 10}Q{far} {bottom} {far + 10} {bottom}H38"
    return Arc("skip", path, f"M31 {bottom - 6}L38 {bottom}L31 {bottom + 6}")
