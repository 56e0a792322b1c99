"""What the pages of numbers show: tiles, charts, tables, cohorts."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from wayloop.business import api as business
from wayloop.contracts.metrics import Cohort, Metric, Reading
from wayloop.kernel import clock
from wayloop.metrics import times, words
from wayloop.metrics.dimensions import Question
from wayloop.metrics.evidence import UNKNOWN, Change
from wayloop.metrics.grains import GRAINS, following
from wayloop.metrics.queries.annotations import Happened
from wayloop.metrics.queries.readings import Turned
from wayloop.metrics.rows import rows_behind
from wayloop.ui import formats
from wayloop.ui.charts import Chart, Point, draw, share_bar

# How many parts of a cut a page shows, and how many cohorts over how many periods.
MOST_ROWS, MOST_COHORTS, MOST_AFTER = 50, 13, 12
SHADES = 5
# What grows with the length of a period: a part of one says nothing beside whole ones.
OF_LENGTH = ("retention", "churn", "repeat_purchase", "purchase_frequency", "revenue_per_customer")


@dataclass(frozen=True)
class Figure:
    """One number with what is said of it. `delta` and `icon`: its change in short, empty without one.

    `rows`: the pages with the rows it is made of, words and address.
    """

    reading: Reading
    change: Change
    value: str
    delta: str
    icon: str
    tone: str
    sentence: str
    between: str
    stands_on: str
    beside: str
    left_out: Sequence[str]
    rows: Sequence[tuple[str, str]]
    note: str

    @property
    def metric(self) -> Metric:
        """What it is a number of."""
        return self.reading.metric

    @property
    def rows_url(self) -> str:
        """The rows it stands on."""
        return self.rows[0][1]

    @property
    def whole_value(self) -> int:
        """The value in whole minor units."""
        return round(self.reading.value or 0)


@dataclass(frozen=True)
class Row:
    """One part of a cut: its name, its number, the rows behind it, and its bar."""

    label: str
    value: str
    between: str
    beside: str
    n: str
    is_enough: bool
    url: str
    bar: dict[str, str]


@dataclass(frozen=True)
class CohortCell:
    """The share of a cohort that bought in a later period, how many they are, and its shade from 0 to 5.

    `is_open`: the period is not over.
    """

    share: str
    title: str
    shade: int
    is_open: bool


@dataclass(frozen=True)
class CohortRow:
    """Customers of one period, and what became of them."""

    label: str
    size: str
    cells: Sequence[CohortCell]


def figure(turned: Turned, period: business.NamedPeriod, question: Question) -> Figure:
    """A number and its change against the time before."""
    reading, change = turned.now, turned.change
    is_change = change.verdict == "changed"
    rises = (change.gap or 0) > 0
    return Figure(
        reading=reading,
        change=change,
        value=words.said(reading),
        delta=("+" if rises else "−") + words.gap_text(reading.metric, change, reading.unit) if is_change else "",
        icon=("arrow-up" if rises else "arrow-down") if is_change else "",
        tone=words.tone(reading.metric, change),
        sentence=words.change_sentence(reading, change) if period.days else "",
        between=words.between(reading),
        stands_on=words.stands_on(reading),
        beside=words.beside(reading),
        left_out=words.left_out(reading),
        rows=rows_behind(reading, period, question),
        note=_note(turned, period),
    )


def _note(turned: Turned, period: business.NamedPeriod) -> str:
    """What a tile says below its number: what it stands on and its interval, or what it was before."""
    reading = turned.now
    # A count stands on itself.
    parts = [] if reading.value == reading.n else [words.stands_on(reading)]
    if reading.is_enough and reading.interval:
        parts.append(words.between(reading))
    elif turned.change.verdict != "unknown":
        parts.append(_("before: %(before)s") % {"before": words.said(turned.before)})
    return " · ".join(parts) or str(period.label)


def alone(reading: Reading, period: business.NamedPeriod, question: Question) -> Figure:
    """A number of all time: there is nothing before it."""
    return figure(Turned(reading, reading, UNKNOWN), period, question)


def chart(
    metric: Metric, rows: Sequence[Reading], question: Question, happened: Sequence[Happened] = ()
) -> Chart | None:
    """The number along the time, with what happened in it."""
    kind = metric.kind
    is_bars = kind in ("count", "money") and not metric.method
    grain = question.by
    points = []
    for row in rows:
        key = row.key or ""
        is_whole = times.is_whole(grain, key, question)
        shown = row.value if is_bars or (row.is_enough and (is_whole or metric.name not in OF_LENGTH)) else None
        told = words.said(row) if row.value is not None else "–"
        points.append(
            Point(
                times.part_name(grain, key, is_short=True),
                shown,
                f"{told} ({words.stands_on(row)})",
                row.interval.low if row.interval and shown is not None else None,
                row.interval.high if row.interval and shown is not None else None,
                is_bars and not is_whole,
            )
        )
    unit = next((row.unit for row in rows if row.unit), "")
    return draw(
        points,
        "bars" if is_bars else "line",
        lambda value: _tick(metric, value, unit),
        whole=kind == "count",
        most={"share": 1.0, "points": 100.0}.get(kind),
        marks=_marks(grain, [row.key or "" for row in rows], happened),
    )


def _marks(grain: str, keys: Sequence[str], happened: Sequence[Happened]) -> list[tuple[float, str]]:
    """Where each day lies, in columns of the chart."""
    firsts = [times.parse(grain, key) for key in keys]
    today = business.report_clock().day_of(clock.now()) if happened else date.min
    found = []
    for one in happened:
        place = bisect_right(firsts, one.day) - 1
        if place < 0 or one.day >= following(grain, firsts[place]):
            continue
        length = (following(grain, firsts[place]) - firsts[place]).days
        at = place + ((one.day - firsts[place]).days + 0.5) / length
        found.append((at, f"{formats.plain_date(one.day, today)}: {one.text}"))
    return found


def _tick(metric: Metric, value: float, unit: str) -> str:
    if metric.kind == "money":
        return formats.money(round(value), unit, whole=abs(value) >= 1000 or not value)
    if metric.kind == "share":
        return formats.percent(value, 0 if value * 100 % 1 < 1e-6 or value * 100 % 1 > 1 - 1e-6 else 1)
    return formats.number(value)


def table(metric: Metric, rows: Sequence[Reading], period: business.NamedPeriod, question: Question) -> list[Row]:
    """The parts of the question's cut, the largest first; of time in their order."""
    by = question.by
    if by not in GRAINS and metric.kind in ("count", "money") and not metric.method:
        rows = sorted(rows, key=lambda row: (row.key is None, -(row.value or 0)))
    shown = list(rows[: MOST_ROWS if by not in GRAINS else None])
    edges = [row.interval.high if row.interval else row.value or 0 for row in shown if row.is_enough]
    top = max(edges, default=0)
    return [
        Row(
            label=times.part_name(by, row.key or "") if by in GRAINS else row.label,
            value=words.said(row),
            between=words.between(row),
            beside=words.beside(row),
            n=formats.number(row.n),
            is_enough=row.is_enough,
            url=rows_behind(row, period, question)[0][1],
            bar=share_bar(
                row.value if row.is_enough else None,
                row.interval.low if row.interval else None,
                row.interval.high if row.interval else None,
                top,
            ),
        )
        for row in shown
    ]


def cohort_table(cohorts: Sequence[Cohort], grain: str, *, is_open: bool) -> tuple[list[int], list[CohortRow]]:
    """The heads of the columns, and the latest cohorts, the oldest first. `is_open`: the last period is not over."""
    shown = cohorts[-MOST_COHORTS:]
    after = min(max((len(one.active) - 1 for one in shown), default=0), MOST_AFTER)
    shares = [count / one.active[0] for one in shown for count in one.active[1:] if one.active[0]]
    top = max(shares, default=0) or 1
    rows = []
    for one in shown:
        size = one.active[0]
        cells = [
            CohortCell(
                formats.percent(count / size if size else 0),
                f"{formats.number(count)} / {formats.number(size)}",
                min(round(count / size / top * SHADES), SHADES) if size else 0,
                is_open and place == len(one.active) - 1,
            )
            for place, count in enumerate(one.active[: after + 1])
            if place
        ]
        rows.append(CohortRow(times.part_name(grain, one.key), formats.number(size), cells))
    return list(range(1, after + 1)), rows
