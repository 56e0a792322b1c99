"""Charts as SVG, drawn on the server: no script, sharp on paper, readable in every width.

Nothing is stretched but lines and areas: bars, grid and words are placed by percentages.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

WIDTH, HEIGHT = 1000, 240
STEPS = 4
LABELS = 6


@dataclass(frozen=True)
class Point:
    """One place on the axis of time. `text`: the value in words; `is_part`: it stands for less than a whole period.

    None as `value` is a gap; `low` and `high` are the edges of its interval, where there is one.
    """

    label: str
    value: float | None
    text: str
    low: float | None = None
    high: float | None = None
    is_part: bool = False


@dataclass(frozen=True)
class Place:
    """A mark at `at` percent of the width or height."""

    at: str
    text: str
    anchor: Literal["start", "middle", "end"] = "middle"


@dataclass(frozen=True)
class Bar:
    """A bar, and the column in which its words appear; in percent."""

    x: str
    width: str
    y: str
    height: str
    column_x: str
    column_width: str
    title: str
    is_part: bool


@dataclass(frozen=True)
class Chart:
    """What the component draws: `ticks` from the top, `labels` along the time, `zero` where the axis lies."""

    kind: Literal["bars", "line"]
    ticks: Sequence[Place]
    labels: Sequence[Place]
    bars: Sequence[Bar]
    line: str
    dots: str
    band: str
    zero: str
    has_parts: bool
    marks: Sequence[Place] = ()
    viewbox: str = f"0 0 {WIDTH} {HEIGHT}"


def draw(
    points: Sequence[Point],
    kind: Literal["bars", "line"],
    write: Callable[[float], str],
    *,
    whole: bool = False,
    most: float | None = None,
    marks: Sequence[tuple[float, str]] = (),
) -> Chart | None:
    """A chart of these points in the order of time, or None when none of them has a value.

    `write` puts a value of the scale into words; `whole`: it has whole numbers only; `most`: it ends there at last.
    `marks`: what happened, in columns from the left (0.5 is the middle of the first), and its words.
    """
    known = [one for point in points for one in (point.value, point.low, point.high) if one is not None]
    if not known:
        return None
    bottom, top, step = scale(min(known), max(known), from_zero=kind == "bars", whole=whole, most=most)
    span = top - bottom

    def height(value: float) -> float:
        return (top - value) / span

    slot = 100 / len(points)
    # A line begins and ends in the middle of its columns, as bars stand.
    middles = [(place + 0.5) * slot for place in range(len(points))]
    bars = []
    for place, point in enumerate(points):
        value = point.value if point.value is not None and kind == "bars" else 0.0
        upper, lower = height(max(value, 0.0)), height(min(value, 0.0))
        bars.append(
            Bar(
                _percent(place * slot + slot * 0.14),
                _percent(slot * 0.72),
                _percent(upper * 100),
                _percent((lower - upper) * 100),
                _percent(place * slot),
                _percent(slot),
                f"{point.label}: {point.text}",
                point.is_part,
            )
        )
    ticks = [Place(_percent(height(tick) * 100), write(tick)) for tick in _ticks(bottom, top, step)]
    line, dots, band = _paths(points, middles, height) if kind == "line" else ("", "", "")
    return Chart(
        kind,
        ticks[::-1],
        _labels(points, middles),
        bars,
        line,
        dots,
        band,
        _percent(height(0.0) * 100) if bottom <= 0 <= top else "",
        any(point.is_part for point in points),
        [Place(_percent(at * slot), text) for at, text in marks],
    )


def scale(
    low: float, high: float, *, from_zero: bool, whole: bool = False, most: float | None = None
) -> tuple[float, float, float]:
    """Where a scale of round numbers begins and ends, and its step."""
    if from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        low, high = (0.0, max(high, 1.0)) if high >= 0 else (low, 0.0)
    step = _round_step((high - low) / STEPS)
    if whole:
        step = max(1.0, math.ceil(step))
    bottom, top = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    if low >= 0:
        bottom = max(bottom, 0.0)
    if most is not None and high <= most:
        top = min(top, most)
    return bottom, top, step


def _round_step(rough: float) -> float:
    size = 10 ** math.floor(math.log10(rough))
    return float(next(times * size for times in (1, 2, 2.5, 5, 10) if times * size >= rough * (1 - 1e-9)))


def _ticks(bottom: float, top: float, step: float) -> list[float]:
    count = math.floor((top - bottom) / step + 1e-6)
    return [bottom + place * step for place in range(count + 1)]


def _labels(points: Sequence[Point], middles: Sequence[float]) -> list[Place]:
    """So few that they do not touch each other, evenly spread, the first and the last among them."""
    last = len(points) - 1
    count = min(len(points), LABELS)
    chosen = sorted({round(place * last / max(count - 1, 1)) for place in range(count)})
    found = []
    for place in chosen:
        is_edge = len(points) > LABELS
        anchor: Literal["start", "middle", "end"] = "middle"
        if is_edge and place == 0:
            anchor = "start"
        if is_edge and place == last:
            anchor = "end"
        at = {"start": 0.0, "end": 100.0}.get(anchor, middles[place])
        found.append(Place(_percent(at), points[place].label, anchor))
    return found


def _paths(points: Sequence[Point], middles: Sequence[float], height: Callable[[float], float]) -> tuple[str, str, str]:
    """The line, dots where it stands alone between gaps, and the band of the intervals."""
    line, dots, bands = [], [], []
    pen = "M"
    edge: list[tuple[str, str]] = []

    def place_of(index: int, value: float) -> str:
        return f"{middles[index] * WIDTH / 100:.1f} {height(value) * HEIGHT:.1f}"

    for index, point in enumerate(points):
        if point.value is None:
            pen = "M"
        else:
            before = points[index - 1].value if index else None
            after = points[index + 1].value if index + 1 < len(points) else None
            line.append(pen + place_of(index, point.value))
            if before is None and after is None:
                dots.append(f"M{place_of(index, point.value)}h0")
            pen = "L"
        if point.low is None or point.high is None:
            bands.append(edge)
            edge = []
        else:
            edge.append((place_of(index, point.low), place_of(index, point.high)))
    bands.append(edge)
    band = "".join(
        f"M{'L'.join([high for _low, high in one] + [low for low, _high in reversed(one)])}Z"
        for one in bands
        if len(one) > 1
    )
    return "".join(line), "".join(dots), band


def _percent(value: float) -> str:
    return f"{value:.2f}%"


def share_bar(value: float | None, low: float | None, high: float | None, top: float) -> dict[str, str]:
    """A bar of a table: its `width`, and from where to where its interval lies, in percent of `top`."""
    if value is None or top <= 0:
        return {}

    def at(one: float) -> str:
        return _percent(min(max(one / top, 0.0), 1.0) * 100)

    found = {"width": at(value)}
    return found | ({"low": at(low), "high": at(high)} if low is not None and high is not None else {})
