"""Sparklines as SVG paths, drawn on the server: no script, sharp on paper."""

from collections.abc import Sequence
from decimal import Decimal

WIDTH, HEIGHT, PAD = 200, 36, 3
Point = int | float | Decimal | None


def paths(
    values: Sequence[Point], low: Sequence[Point] | None = None, high: Sequence[Point] | None = None
) -> dict[str, str]:
    """The `line` through the values and, when both edges are given, the `band` between them.

    None is a gap: the line breaks there. One value or none makes no line. All lie in one scale, so that the band fits.
    """
    known = [float(value) for series in (values, low or (), high or ()) for value in series if value is not None]
    if len([value for value in values if value is not None]) < 2:
        return {"line": "", "band": ""}
    bottom, top = min(known), max(known)
    span = top - bottom

    def point(place: int, value: Point) -> str:
        x = place * WIDTH / (len(values) - 1)
        share = (float(value or 0) - bottom) / span if span else 0.5
        return f"{x:.1f} {HEIGHT - PAD - share * (HEIGHT - 2 * PAD):.1f}"

    line, pen = [], "M"
    for place, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        line.append(pen + point(place, value))
        pen = "L"
    band = ""
    if low and high and None not in low and None not in high:
        edge = [point(place, value) for place, value in enumerate(high)]
        back = [point(place, value) for place, value in reversed(list(enumerate(low)))]
        band = f"M{'L'.join(edge + back)}Z"
    return {"line": "".join(line), "band": band}
