"""Charts: round scales, bars that stand where they should, lines that break at gaps."""

import pytest

from wayloop.ui import formats
from wayloop.ui.charts import Chart, Point, draw, scale, share_bar


def points(*values: float | None) -> list[Point]:
    return [Point(f"day {place}", value, str(value)) for place, value in enumerate(values)]


def drawn(*values: float | None, kind: str = "bars") -> Chart:
    chart = draw(points(*values), "bars" if kind == "bars" else "line", formats.number)
    assert chart is not None
    return chart


@pytest.mark.parametrize(
    ("low", "high", "from_zero", "expected"),
    [
        (0, 37, True, (0, 40, 10)),
        (3, 9_285, True, (0, 10_000, 2_500)),
        (-5, 12, True, (-5, 15, 5)),
        (0.61, 0.66, False, (0.6, 0.66, 0.02)),
        (0, 0, True, (0, 1, 0.25)),
        (7, 7, False, (0, 8, 2)),
    ],
)
def test_a_scale_has_round_steps(low: float, high: float, from_zero: bool, expected: tuple[float, ...]) -> None:
    assert scale(low, high, from_zero=from_zero) == pytest.approx(expected)


def test_counts_have_no_halves_and_shares_end_at_one() -> None:
    assert scale(0, 2, from_zero=True, whole=True) == (0, 2, 1)
    assert scale(0.9, 0.99, from_zero=False, most=1.0)[1] == 1.0


def test_bars_stand_on_zero() -> None:
    chart = drawn(10, 20, None)
    assert [(bar.y, bar.height) for bar in chart.bars] == [
        ("50.00%", "50.00%"),
        ("0.00%", "100.00%"),
        ("100.00%", "0.00%"),
    ]
    assert [tick.text for tick in chart.ticks] == ["20", "15", "10", "5", "0"]


def test_what_is_below_zero_hangs_from_it() -> None:
    chart = drawn(-10, 10)
    assert (chart.zero, [(bar.y, bar.height) for bar in chart.bars]) == (
        "50.00%",
        [("50.00%", "50.00%"), ("0.00%", "50.00%")],
    )


def test_a_line_breaks_at_a_gap_and_a_lonely_value_is_a_dot() -> None:
    chart = drawn(1, 2, None, 3, None, kind="line")
    assert (chart.line.count("M"), chart.line.count("L"), chart.dots.count("M")) == (2, 1, 1)


def test_the_band_is_drawn_where_there_are_intervals() -> None:
    rows = [Point("a", 5, "5", 4, 6), Point("b", 5, "5", 4, 6), Point("c", 5, "5")]
    chart = draw(rows, "line", formats.number)
    assert chart is not None
    assert (chart.band.count("M"), chart.band.count("L")) == (1, 3)


def test_labels_are_few_and_hold_the_ends() -> None:
    labels = [one.text for one in drawn(*range(1, 31)).labels]
    assert (len(labels), labels[0], labels[-1]) == (6, "day 0", "day 29")


def test_nothing_known_is_no_chart() -> None:
    assert (draw(points(None, None), "bars", formats.number), draw([], "line", formats.number)) == (None, None)


def test_a_bar_of_a_table_stays_in_its_cell() -> None:
    assert share_bar(5, 4, 12, 10) == {"width": "50.00%", "low": "40.00%", "high": "100.00%"}
    assert [share_bar(None, None, None, 10), share_bar(1, None, None, 0)] == [{}, {}]
