"""Scores come in, each once, and an import of them is taken back."""

import json
from collections.abc import Iterator
from datetime import UTC
from itertools import repeat
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from wayloop.commerce import api as commerce
from wayloop.contracts.ledger import EventColumns
from wayloop.contracts.surveys import ScoreColumns, ScoreGiven, ScoreOutcome
from wayloop.kernel import clock
from wayloop.kernel.bulk import stage_rows
from wayloop.kernel.ids import digest_key
from wayloop.kernel.stream.announce import announce
from wayloop.ledger import api as ledger
from wayloop.surveys.enums import SCORE_GIVEN, ScoreMetric
from wayloop.surveys.origins import OWN
from wayloop.surveys.rules import Scale, feel_of, read_scale

LONGEST_COMMENT = 10_000
SUBJECT = "score"
STAGED = (
    "place int, key uuid, number text, metric text, scale_low smallint, scale_high smallint, lower_is_better boolean, "
    "value numeric, feel smallint, comment text, language text, happened_at timestamptz, offset_minutes smallint, "
    "answered_at timestamptz, handle bigint, order_id bigint, order_number text, location_id bigint, channel text, "
    "survey_id bigint, survey_version int, question text"
)
COLUMNS = (
    "key, number, metric, scale_low, scale_high, lower_is_better, value, feel, comment, language, happened_at, "
    "offset_minutes, answered_at, handle, order_id, order_number, location_id, channel, survey_id, survey_version, "
    "question"
)
ADD = f"""
INSERT INTO surveys_score ({COLUMNS}, source, batch, recorded_at)
SELECT {COLUMNS}, %(source)s, %(batch)s, %(now)s
FROM (SELECT DISTINCT ON (key) * FROM surveys_incoming ORDER BY key, place) first ORDER BY place
ON CONFLICT (key) DO NOTHING RETURNING key, id, handle
"""  # noqa: S608 – our own text
# The marks of somebody who has just answered are new, and few: one statement is enough for them.
FEW = 20
ADD_FEW = f"""
WITH surveys_incoming AS (SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS n ({STAGED})) {ADD}
"""  # noqa: S608 – our own text
NAMES = tuple(part.split()[0] for part in STAGED.split(", "))
# What was not known when the score came: its order and its customer may have come in since.
COMPLETE = """
UPDATE surveys_score s SET handle = coalesce(s.handle, n.handle), order_id = coalesce(s.order_id, n.order_id)
FROM surveys_incoming n WHERE n.key = s.key AND s.value = n.value
    AND (s.handle IS NULL AND n.handle IS NOT NULL OR s.order_id IS NULL AND n.order_id IS NOT NULL)
"""
FOUND = """
SELECT n.place, n.key, s.id, s.handle,
    (s.value, s.scale_low, s.scale_high, s.lower_is_better, s.comment)
        IS DISTINCT FROM (n.value, n.scale_low, n.scale_high, n.lower_is_better, n.comment)
FROM surveys_incoming n JOIN surveys_score s USING (key) ORDER BY n.place
"""
TAKE_BACK = """
DELETE FROM surveys_score WHERE id = ANY (ARRAY(
    SELECT id FROM surveys_score WHERE batch = %s AND batch <> '' ORDER BY id LIMIT %s FOR UPDATE))
"""


@transaction.atomic
def record_scores(*, columns: ScoreColumns) -> ScoreOutcome:
    """Writes scores with their events; see `ScoreOutcome`.

    A score is told apart by source, metric, number and order together: sources reuse a number for several orders, and
    ask for one order several times. One without a number is told apart by all that it says. A score without a customer
    belongs to that of its order; one that came before its order is joined to it when it comes again.
    """
    staged, off_scale = [], set()
    orders = commerce.orders_by_number(
        source=columns.source, numbers=list({number for number in columns.order_numbers if number})
    )
    for row in _rows(columns):
        place, key, number, metric, scale, value, *told, handle, order_number, location, channel, asked = row
        if scale is None or not scale.low <= value <= scale.high:
            off_scale.add(place)
            continue
        order = orders.get(order_number)
        if handle is None and order is not None:
            handle = order.handle
        staged.append(
            (place, key, number, metric.value, scale.low, scale.high, scale.lower_is_better, value,
             feel_of(metric, scale, value).value, *told, handle, order.id if order else None, order_number, location,
             channel, *(asked or (None, None, "")))
        )  # fmt: skip
    new, found = _add(staged, {"source": columns.source, "batch": columns.batch, "now": clock.now()})
    conflicting = {place for place, _key, _id, _handle, is_other in found if is_other}
    written: set[int] = set()
    for place, key, *_others in found:
        if key in new and place not in conflicting:
            new.discard(key)
            written.add(place)
    _tell(columns, [row[:4] for row in found if not row[4]])
    known = {row[0] for row in found} - written - conflicting
    if columns.is_news:
        announce(*_facts(columns, [row for row in found if row[0] in written], {row[0]: row for row in staged}))
    return ScoreOutcome(
        frozenset(written),
        frozenset(known),
        frozenset(conflicting),
        frozenset(off_scale),
        {place: score for place, _key, score, *_others in found},
    )


@transaction.atomic
def take_scores_back(*, batch: str, limit: int) -> int:
    """Removes some scores of an import, at most `limit`; answers how many. Their events go with the ledger's."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE_BACK, [batch, limit])
        return int(cursor.rowcount)


def _add(
    staged: list[tuple[Any, ...]], bound: dict[str, Any]
) -> tuple[set[UUID], list[tuple[int, UUID, int, int | None, bool]]]:
    """Writes what is new. The new keys; of each row its place, key, score, customer, whether another one was there."""
    added: dict[UUID, tuple[int, int | None]] = {}
    if not staged:
        return set(), []
    with connection.cursor() as cursor:
        if len(staged) <= FEW:
            rows = json.dumps([dict(zip(NAMES, row, strict=True)) for row in staged], default=str)
            cursor.execute(ADD_FEW, bound | {"rows": rows})
            added = {key: (score, handle) for key, score, handle in cursor.fetchall()}
            if len(added) == len(staged):
                return set(added), [(row[0], row[1], *added[row[1]], False) for row in staged]
        stage_rows("surveys_incoming", STAGED, staged)
        if len(staged) > FEW:
            cursor.execute(ADD, bound)
            added = {key: (score, handle) for key, score, handle in cursor.fetchall()}
        cursor.execute(COMPLETE)
        cursor.execute(FOUND)
        return set(added), cursor.fetchall()


def key_of_answer(*, response: UUID, question: str, metric: str) -> UUID:
    """The key of the score that an answer to one of our surveys became."""
    return _key(OWN, metric, f"{response}.{question}", "", None)


def _rows(columns: ScoreColumns) -> Iterator[tuple[Any, ...]]:
    rows = zip(
        range(len(columns.numbers)), columns.numbers, columns.metrics, columns.scales, columns.values,
        columns.comments, columns.languages, columns.happened_at, columns.offset_minutes, columns.answered_at,
        columns.handles, columns.order_numbers, columns.location_ids, columns.channels,
        columns.surveys or repeat(None, len(columns.numbers)), strict=True,
    )  # fmt: skip
    scales: dict[tuple[str, str], Scale | None] = {}
    for place, number, named, written, given, comment, language, at, offset, *others, channel, asked in rows:
        answered, handle, order_number, location = others
        metric, moment, value = ScoreMetric(named), at.astimezone(UTC), round(given, 2)
        if (named, written) not in scales:
            scales[named, written] = read_scale(written, metric)
        told = comment.replace("\0", "").strip()[:LONGEST_COMMENT]
        key = _key(columns.source, named, number, order_number, handle, moment.isoformat(), str(value), told)
        yield (
            place, key, number, metric, scales[named, written], value, told, language, moment, offset, answered,
            handle, order_number, location, channel, asked,
        )  # fmt: skip


def _key(source: str, metric: str, number: str, order_number: str, handle: int | None, *told: str) -> UUID:
    if number:
        return digest_key(SUBJECT, source, metric, number, order_number)
    return digest_key(SUBJECT, source, metric, "", order_number, str(handle or ""), *told)


def _tell(columns: ScoreColumns, found: list[tuple[int, UUID, int, int | None]]) -> None:
    """One event for each score of somebody; those that were told before are left out by the ledger."""
    by_channel: dict[str, list[tuple[int, UUID, int, int]]] = {}
    for place, key, score, handle in found:
        if handle is not None:
            by_channel.setdefault(columns.channels[place], []).append((place, key, score, handle))
    for channel, rows in by_channel.items():
        places = [place for place, *_others in rows]
        ledger.record_events(
            columns=EventColumns(
                kind=SCORE_GIVEN,
                source=columns.source,
                is_news=columns.is_news,
                message_ids=[str(key) for _place, key, *_others in rows],
                handles=[handle for *_others, handle in rows],
                occurred_at=[columns.happened_at[place].astimezone(UTC) for place in places],
                offset_minutes=[columns.offset_minutes[place] for place in places],
                subject_kind=SUBJECT,
                subject_ids=[score for _place, _key, score, _handle in rows],
                channel=channel,
                location_ids=[columns.location_ids[place] for place in places],
                properties=[_properties(columns, place) for place in places],
                batch=columns.batch,
            )
        )


def _facts(columns: ScoreColumns, found: list[tuple[Any, ...]], staged: dict[int, tuple[Any, ...]]) -> list[ScoreGiven]:
    facts = []
    for place, _key, score, handle, _is_other in found:
        _place, _named, _number, metric, low, high, _lower, value, feel, *_others = staged[place]
        asked = columns.surveys[place] if columns.surveys else None
        facts.append(
            ScoreGiven(
                score, handle, columns.location_ids[place], metric, value, low, high, feel, asked[0] if asked else None
            )
        )
    return facts


def _properties(columns: ScoreColumns, place: int) -> dict[str, Any]:
    scale = read_scale(columns.scales[place], ScoreMetric(columns.metrics[place]))
    assert scale is not None  # noqa: S101 – scores without a scale never come here
    return {
        "metric": columns.metrics[place],
        "value": round(columns.values[place], 2),
        "low": scale.low,
        "high": scale.high,
    }
