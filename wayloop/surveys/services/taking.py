"""A response with its answers as one statement reads it, and an answer as one statement writes it.

Guests come in crowds, so nobody waits for a lock: what is written says which state of the response it was made from
(`xmin`, by which PostgreSQL itself tells the states of a row apart), and is written only while that is still so.
"""

import json
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from wayloop.surveys.document.answers import Part, Reply
from wayloop.surveys.document.shape import Question
from wayloop.surveys.models import Response
from wayloop.surveys.standing import AnswerRow, answer_rows

NAMES = tuple(field.attname for field in Response._meta.concrete_fields)
LISTS = ("asked", "flags")
READ = f"""
SELECT {", ".join(f"r.{name}" for name in NAMES)}, r.xmin::text::bigint, (
    SELECT json_agg(json_build_array(
        a.question, a.part, a.number::text, a.choice, a.text, a.day, a.file_id,
        a.scale_low, a.scale_high, a.lower_is_better, a.is_empty, a.sent) ORDER BY a.id)::text
    FROM surveys_answer a WHERE a.response_id = r.id)
FROM surveys_response r WHERE r.token = %s
"""  # noqa: S608 – our own names
WRITTEN = tuple(name for name in NAMES if name not in ("id", "place"))
# What an answer changes of its response.
MOVED = ("asked", "touched_at", "completed_at", "ending", "flags", "scored_at", "is_folded")
BEGIN = f"""
INSERT INTO surveys_response ({", ".join(WRITTEN)}) VALUES ({", ".join(f"%({name})s" for name in WRITTEN)})
ON CONFLICT (token) DO NOTHING RETURNING id
"""  # noqa: S608 – our own names
MOVE = f"""
UPDATE surveys_response SET {", ".join(f"{name} = %({name})s" for name in MOVED)}
WHERE id = %(id)s AND xmin = %(state)s::text::xid RETURNING id
"""  # noqa: S608 – our own names
STAY = "SELECT %(id)s::bigint AS id"
ANSWER = """
WITH response AS ({response}), answer AS (
    INSERT INTO surveys_answer (
        response_id, question, part, type, number, choice, text, day, file_id,
        scale_low, scale_high, lower_is_better, is_empty, sent, answered_at)
    SELECT response.id, %(question)s, one.part, %(type)s, one.number, one.choice, one.text, one.day, one.file,
        %(low)s::smallint, %(high)s::smallint, %(lower)s, %(empty)s, %(counter)s, %(at)s
    FROM response, unnest(
        %(parts)s::text[], %(numbers)s::numeric[], %(choices)s::text[], %(texts)s::text[], %(days)s::date[],
        %(files)s::bigint[]) WITH ORDINALITY AS one (part, number, choice, text, day, file, place)
    ORDER BY one.place)
SELECT id FROM response
"""
FORGET = "DELETE FROM surveys_answer WHERE response_id = %s AND question = %s"


class Overtaken(Exception):
    """Somebody else went on with the response meanwhile; what was made of it has to be made anew."""


class Begun(NamedTuple):
    """A response as it stood; `state`: which state that is."""

    response: Response
    state: int
    rows: tuple[AnswerRow, ...]


def read_begun(*, token: UUID) -> Begun | None:
    """What was begun under this token, with its answers."""
    with connection.cursor() as cursor:
        cursor.execute(READ, [token])
        row = cursor.fetchone()
    if row is None:
        return None
    *values, state, answers = row
    response = Response.from_db(connection.alias, NAMES, values)
    for name in LISTS:
        setattr(response, name, json.loads(getattr(response, name)))
    return Begun(response, state, answer_rows(json.loads(answers) if answers else ()))


def write_answer(
    *, response: Response, state: int | None, asked: Question, reply: Reply, counter: int, at: datetime, again: bool
) -> None:
    """Writes an answer with what it changes of its response, which begins with it when it is not saved yet.

    `state`: the one the response was read in; None writes the answer alone. `again`: the question has an answer, which
    goes. All of it is one statement, or two with `again`: that needs a transaction. Raises `Overtaken`.
    """
    is_new = response._state.adding
    how, names = (BEGIN, WRITTEN) if is_new else (MOVE, MOVED) if state is not None else (STAY, ())
    bound: dict[str, Any] = {name: getattr(response, name) for name in names} | {"id": response.pk, "state": state}
    bound |= {name: json.dumps(bound[name]) for name in LISTS if name in bound}
    with connection.cursor() as cursor:
        if again:
            cursor.execute(FORGET, [response.pk, asked.key])
        cursor.execute(ANSWER.format(response=how), bound | _bound(asked, reply, counter, at))
        row = cursor.fetchone()
    if row is None:
        raise Overtaken
    if is_new:
        response.pk = row[0]
        response._state.adding = False


def _bound(asked: Question, reply: Reply, counter: int, at: datetime) -> dict[str, Any]:
    scale = reply.scale
    parts = reply.parts or (Part(),)
    return {
        "question": asked.key,
        "type": asked.type.value,
        "low": scale.low if scale else None,
        "high": scale.high if scale else None,
        "lower": scale.lower_is_better if scale else False,
        "empty": not reply.parts,
        "counter": counter,
        "at": at,
        "parts": [one.part for one in parts],
        "numbers": [one.number for one in parts],
        "choices": [one.choice for one in parts],
        "texts": [one.text for one in parts],
        "days": [one.day for one in parts],
        "files": [one.file for one in parts],
    }
