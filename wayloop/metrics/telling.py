"""A number as programs read it: the same for the command line and the API."""

from collections.abc import Sequence
from typing import Any

from wayloop.contracts.metrics import Reading
from wayloop.kernel.money import to_decimal
from wayloop.metrics.dimensions import Question
from wayloop.metrics.enums import GoalKind
from wayloop.metrics.queries.readings import Answer


def as_json(answer: Answer, rows: Sequence[Reading], question: Question) -> dict[str, Any]:
    """What the command line and the API answer: the whole, and a row for each part."""
    metric = answer.whole.metric
    told = reading_as_json(answer.whole) | {
        "metric": metric.name,
        "version": metric.version,
        "definition": str(metric.definition),
        "from": question.start.isoformat() if question.start else None,
        "to": question.end.isoformat() if question.end else None,
    }
    cohorts = {one.key: list(one.active) for one in answer.cohorts}
    if rows:
        told["rows"] = [
            {"key": one.key, "label": one.label}
            | reading_as_json(one)
            | ({"active": cohorts.get(one.key, [])} if cohorts and one.key else {})
            for one in rows
        ]
    elif cohorts:
        told["rows"] = [
            {"key": key, "label": key, "value": active[0], "n": active[0], "unit": "buyers", "active": active}
            for key, active in cohorts.items()
        ]
    return told


def reading_as_json(reading: Reading) -> dict[str, Any]:
    """One number with what it stands on."""
    told = {
        "value": plain(reading, reading.value),
        "n": reading.n,
        "unit": reading.unit,
        "interval": [plain(reading, reading.interval.low), plain(reading, reading.interval.high)]
        if reading.interval
        else None,
        "enough": reading.is_enough,
        "left_out": dict(reading.left_out),
    }
    if (beside := reading.beside) and beside.kind == "split":
        told |= {"good": round(beside.value, 6), "bad": round(beside.other or 0, 6)}
    elif beside and beside.kind == "steps":
        told |= {"seen": round(beside.value, 6), "begun": round(beside.other or 0, 6)}
    elif beside and beside.kind == "times":
        times = {"within_90": beside.value, "mean": beside.mean, "calendar": beside.other}
        told |= {name: round(value or 0, 6) for name, value in times.items()}
    elif beside:
        told[beside.kind] = plain(reading, beside.value) if beside.kind == "median" else round(beside.value, 6)
        if beside.interval:
            told["mean_interval"] = [round(beside.interval.low, 6), round(beside.interval.high, 6)]
        if beside.scale:
            told["scale"] = list(beside.scale)
    return told


def plain(reading: Reading, value: float | None) -> float | None:
    """Money in whole units, rounded to its smallest one; shares of 1."""
    if value is None or reading.metric.kind == "count":
        return value
    return float(to_decimal(round(value), reading.unit)) if reading.metric.kind == "money" else round(value, 6)


def aim_as_json(reading: Reading, kind: str, aim: float) -> float:
    """The aim of a goal in the unit of its number; of kind baseline a share."""
    return aim if kind == GoalKind.BASELINE else plain(reading, aim) or 0.0
