"""The responses behind a number, page by page, and what people wrote."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from wayloop.surveys.document.shape import Document, Question
from wayloop.surveys.enums import QuestionType
from wayloop.surveys.tally.bits import last_positions
from wayloop.surveys.tally.marks import stem_of
from wayloop.surveys.tally.wanted import Selection
from wayloop.ui import formats

HEADS = """
SELECT r.id, p.person, r.location_id, r.channel, r.language, r.version, coalesce(r.completed_at, r.touched_at),
    r.completed_at IS NOT NULL, r.order_number, r.uuid
FROM surveys_response r LEFT JOIN api_identity_people p ON p.handle = r.handle WHERE r.id = ANY (%s)
"""
PARTS = """
SELECT a.response_id, a.question, a.part, a.type, a.number, a.choice, a.text, a.day, a.id, a.file_id IS NOT NULL
FROM surveys_answer a JOIN surveys_response r ON r.id = a.response_id
WHERE a.response_id = ANY (%s) AND NOT a.is_empty AND r.asked ? a.question ORDER BY a.response_id, a.id
"""
TEXTS = """
SELECT a.response_id, a.id, a.text, a.file_id IS NOT NULL, a.answered_at FROM surveys_answer a
WHERE a.response_id = ANY (%s) AND a.question = %s AND a.text <> '' ORDER BY a.answered_at DESC, a.id DESC
"""


@dataclass(frozen=True)
class Said:
    """What somebody wrote or attached. `answer`: the id of a file's answer, None for words."""

    response: int
    text: str
    at: datetime
    answer: int | None = None


@dataclass(frozen=True)
class Given:
    """One answer in words. `answer`: the id of a file's answer, else None; `tone`: how a mark reads."""

    question: Question
    text: str
    answer: int | None = None


@dataclass(frozen=True)
class Row:
    """One response with all its answers in words; `place`: where it stands among those of the survey."""

    id: int
    place: int
    person: int | None
    location_id: int | None
    channel: str
    language: str
    version: int
    at: datetime
    is_done: bool
    order_number: str
    uuid: UUID
    answers: Sequence[Given] = field(default_factory=list)


def rows_of(selection: Selection, *, below: int | None = None, limit: int = 50) -> tuple[list[Row], int | None]:
    """A page of responses, those begun last first, and where the next one begins (None at the end).

    `below`: where the last page ended.
    """
    places = []
    for place in last_positions(selection.all, below=below):
        places.append(place)
        if len(places) > limit:
            break
    more = len(places) > limit
    places = places[:limit]
    ids = selection.shelf.ids(places)
    with connection.cursor() as cursor:
        cursor.execute(HEADS, [list(ids.values())])
        heads = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute(PARTS, [list(ids.values())])
        parts: dict[int, dict[str, list[tuple[object, ...]]]] = {}
        for response, question, *told in cursor.fetchall():
            parts.setdefault(response, {}).setdefault(question, []).append(tuple(told))
    found = []
    for place in places:
        number = ids.get(place)
        if number is None or number not in heads:
            continue
        given = _answers(selection.document, parts.get(number, {}))
        found.append(_row(number, place, heads[number], given))
    return found, places[-1] if more else None


def _row(number: int, place: int, head: Sequence[Any], given: Sequence[Given]) -> Row:
    person, location, channel, language, version, at, is_done, order_number, uuid = head
    return Row(number, place, person, location, channel, language, version, at, is_done, order_number, uuid, given)


def texts_of(selection: Selection, question: Question, *, limit: int) -> list[Said]:
    """What was written to a question, the newest first."""
    places = []
    for place in last_positions(selection.all & selection.shelf.of(f"{stem_of(question)}|words")):
        places.append(place)
        if len(places) == limit:
            break
    ids = list(selection.shelf.ids(places).values())
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(TEXTS, [ids, question.key])
        return [
            Said(response, text, at, number if is_file else None)
            for response, number, text, is_file, at in cursor.fetchall()
        ][:limit]


def _answers(document: Document, parts: Mapping[str, Sequence[tuple[object, ...]]]) -> list[Given]:
    found = []
    for question in document.questions:
        rows = parts.get(question.key)
        if rows:
            text = "; ".join(filter(None, (_words(question, row) for row in rows)))
            number = rows[0][6] if rows[0][7] else None
            found.append(Given(question, text, number if isinstance(number, int) else None))
    return found


def _words(question: Question, row: Sequence[object]) -> str:
    part, _type, number, choice, text, day = row[:6]
    labels = {one.key: str(one.label) for one in (*question.options, *question.rows)}
    labels |= {"yes": _("Yes"), "no": _("No")}
    shown = ""
    if isinstance(day, date):
        shown = formats.plain_date(day, day)
    elif choice and number is None:
        shown = labels.get(str(choice), str(choice))
    elif isinstance(number, Decimal):
        shown = formats.number(number)
    if question.type == QuestionType.CONTACT:
        # Addresses stand on the card of the customer, for those who may see it.
        return ""
    if text:
        shown = f"{shown}: {text}" if shown else str(text)
    # Of several choices each is a part of its own, which is called as it is.
    return f"{labels.get(str(part), part)} – {shown}" if part and part != choice else shown
