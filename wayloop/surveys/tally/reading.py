"""Responses out of the database, as the sets want them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from wayloop.surveys.document.walk import Given as Known
from wayloop.surveys.document.walk import go, in_order
from wayloop.surveys.standing import published
from wayloop.surveys.tally.marks import Given, Whole

RESPONSES = """
SELECT id, place, survey_id, token, version, location_id, channel, language, handle IS NOT NULL,
    invitation_id IS NOT NULL, asked, started_at, touched_at, completed_at, ending, scored_at IS NOT NULL
FROM surveys_response WHERE {where} ORDER BY id
"""
ANSWERS = """
SELECT response_id, question, part, type, number, choice, text <> '' AND (choice <> '' OR type IN ('text', 'file')),
    day, scale_low, scale_high, lower_is_better, is_empty, answered_at
FROM surveys_answer WHERE response_id = ANY (%s) ORDER BY response_id, id
"""
UNFOLDED = RESPONSES.format(where="survey_id = %(survey)s AND NOT is_folded")
PLACED = RESPONSES.format(where="survey_id = %(survey)s AND is_folded AND place >= %(first)s AND place < %(end)s")


@dataclass(frozen=True)
class Row:
    """A response with its id and its place, None until it was folded."""

    id: int
    place: int | None
    whole: Whole


def unfolded(survey_id: int) -> list[Row]:
    """Responses that are in no block yet, or have changed since."""
    return _rows(UNFOLDED, {"survey": survey_id})


def placed(survey_id: int, first: int, end: int) -> list[Row]:
    """Folded responses of these places."""
    return _rows(PLACED, {"survey": survey_id, "first": first, "end": end})


def _rows(statement: str, values: dict[str, Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        responses = cursor.fetchall()
        given: dict[int, list[Given]] = {row[0]: [] for row in responses}
        if responses:
            cursor.execute(ANSWERS, [list(given)])
            for response, *told in cursor.fetchall():
                given[response].append(Given(*told))
    return [_row(row, given[row[0]]) for row in responses]


def _row(row: Sequence[Any], given: list[Given]) -> Row:
    number, place, survey, token, version, location, channel, language, known, invited, asked, *times = row
    started, touched, completed, ending, is_over = times
    # Plain cursors give JSON as text.
    asked = json.loads(asked) if isinstance(asked, str) else list(asked)
    stopped = "" if completed is not None else _next(survey, version, token.hex, given)
    return Row(
        number,
        place,
        Whole(
            version, location, channel, language, known, invited, asked, started, touched, completed, ending, is_over,
            given, stopped,
        ),
    )  # fmt: skip


def _next(survey: int, version: int, seed: str, given: Sequence[Given]) -> str:
    """The question that would come next."""
    rows: dict[str, list[Given]] = {}
    for one in given:
        rows.setdefault(one.question, []).append(one)
    known = {
        key: Known(
            number=mine[0].number if len(mine) == 1 and not mine[0].part else None,
            choices=frozenset(one.choice for one in mine if one.choice),
            is_empty=mine[0].is_empty,
        )
        for key, mine in rows.items()
    }
    return go(in_order(published(survey, version), seed), known).next or ""
