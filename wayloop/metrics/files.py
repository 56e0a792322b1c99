"""Numbers as tables for spreadsheets and programs: the same values as over the API."""

from collections.abc import Iterable, Sequence
from typing import Any

from wayloop.contracts.metrics import Reading
from wayloop.metrics.rows import NOT_STATED
from wayloop.metrics.telling import reading_as_json

HEAD = ("metric", "part", "name", "value", "low", "high", "n", "unit", "enough")


def rows_of(readings: Iterable[Reading], *, are_parts: bool = False) -> Sequence[Sequence[Any]]:
    """A row for each whole, or for each part of a cut; one whose part is not stated is named so."""
    return [_row(one, (one.key or NOT_STATED) if are_parts else "") for one in readings]


def _row(reading: Reading, part: str) -> Sequence[Any]:
    told = reading_as_json(reading)
    low, high = told["interval"] or (None, None)
    return (
        reading.metric.name, part, reading.label or str(reading.metric.label), told["value"], low, high, told["n"],
        told["unit"], int(told["enough"]),
    )  # fmt: skip
