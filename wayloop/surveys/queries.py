"""Reads of scores: the list, the last one of a customer, words for the timeline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.urls import reverse

from wayloop.contracts.scope import Scope
from wayloop.kernel import clock
from wayloop.kernel.paging import Page, Total, count_rows, cut_page, read_key
from wayloop.surveys.enums import Feel, ScoreMetric
from wayloop.surveys.models import Response, Survey
from wayloop.surveys.rules import AnswerTest
from wayloop.ui import formats

FEELS: Mapping[str, Feel] = {"bad": Feel.BAD, "neutral": Feel.NEUTRAL, "good": Feel.GOOD}
COLUMNS = (
    "s.id, p.person, s.metric, s.value, s.scale_low, s.scale_high, s.feel, s.comment, s.happened_at, s.order_id, "
    "s.order_number, s.location_id, s.channel, s.source, s.number"
)
FROM = "FROM surveys_score s LEFT JOIN api_identity_people p ON p.handle = s.handle"


DELIVERED = """
SELECT order_id FROM api_commerce_deliveries
WHERE done_day IS NOT NULL AND promised_day IS NOT NULL AND order_status <> 'cancelled' GROUP BY order_id
"""
LATENESS: Mapping[str, str] = {
    "late": f"s.order_id IN ({DELIVERED} HAVING bool_or(done_day > promised_day))",
    "on_time": f"s.order_id IN ({DELIVERED} HAVING NOT bool_or(done_day > promised_day))",
    "none": f"(s.order_id IS NULL OR s.order_id NOT IN ({DELIVERED}))",
}


@dataclass(frozen=True)
class ScoreFilter:
    """What a list shows; instants from `start` (included) to `end` (left out). `has_comment`: only those with one.

    `late`: of orders that came "late", "on_time", or of which nobody knows ("none"). `counted`: only those behind a
    number, as a statement that gives their ids, and its values; it knows of location, channel and lateness itself.
    """

    metric: str = ""
    feel: str = ""
    start: datetime | None = None
    end: datetime | None = None
    person: int | None = None
    location: int | None = None
    has_comment: bool = False
    channel: str = ""
    late: str = ""
    counted: tuple[str, Mapping[str, Any]] | None = None


@dataclass(frozen=True)
class ScoreRow:
    """One score; `person` is None where nobody is known."""

    id: int
    person: int | None
    metric: str
    value: Decimal
    scale_low: int
    scale_high: int
    feel: int
    comment: str
    happened_at: datetime
    order_id: int | None
    order_number: str
    location_id: int | None
    channel: str
    source: str
    number: str

    @property
    def figure(self) -> str:
        """The value as people write it."""
        return formats.number(self.value)

    @property
    def metric_label(self) -> str:
        """What was asked, in words."""
        return str(ScoreMetric(self.metric).label)

    @property
    def metric_short(self) -> str:
        """The same as the field abbreviates it."""
        return self.metric_label if self.metric == ScoreMetric.RATING else self.metric.upper()

    @property
    def tone(self) -> str:
        """The colour it is shown in."""
        return {Feel.GOOD: "good", Feel.BAD: "bad"}.get(Feel(self.feel), "")


def list_scores(*, scope: Scope, wanted: ScoreFilter, after: str | None = None, limit: int = 50) -> Page[ScoreRow]:
    """A page of scores, the newest first."""
    where, values = _conditions(scope, wanted)
    key = read_key(after, datetime, int)
    if key:
        where += " AND (s.happened_at, s.id) < (%(moment)s, %(last)s)"
        values |= {"moment": key[0], "last": key[1]}
    rows = _rows(
        f"SELECT {COLUMNS} {FROM} WHERE {where} ORDER BY s.happened_at DESC, s.id DESC LIMIT %(limit)s",
        values | {"limit": limit + 1},
    )
    return cut_page(rows, limit, lambda row: (row.happened_at.isoformat(), row.id))


def count_scores(*, scope: Scope, wanted: ScoreFilter, exact: bool = False) -> Total:
    """How many rows `list_scores` has in all."""
    where, values = _conditions(scope, wanted)
    return count_rows(f"SELECT 1 {FROM} WHERE {where}", values, exact=exact)


def last_score(*, person: int, scope: Scope) -> ScoreRow | None:
    """The latest score of somebody that the scope lets see."""
    where, values = _conditions(scope, ScoreFilter(person=person))
    rows = _rows(f"SELECT {COLUMNS} {FROM} WHERE {where} ORDER BY s.happened_at DESC, s.id DESC LIMIT 1", values)
    return rows[0] if rows else None


def answers_that_fit(test: AnswerTest, *, days: int) -> int:
    """How many answers of the last days are meant; those of imports, which open no case, are left out."""
    where = [
        "metric = %(metric)s AND scale_low = %(low)s AND scale_high = %(high)s AND lower_is_better = %(lower)s",
        f"value {'>=' if test.lower_is_better else '<='} %(worst)s AND happened_at > %(since)s AND batch = ''",
    ]
    values: dict[str, Any] = {
        "metric": test.metric, "low": test.scale_low, "high": test.scale_high, "lower": test.lower_is_better,
        "worst": test.worst, "since": clock.now() - timedelta(days=days),
    }  # fmt: skip
    if test.survey_id is not None:
        where.append("survey_id = %(survey)s")
        values["survey"] = test.survey_id
    if test.location_id is not None:
        where.append("location_id = %(location)s")
        values["location"] = test.location_id
    if test.words:
        where.append("EXISTS (SELECT FROM unnest(%(words)s::text[]) w WHERE strpos(lower(comment), lower(w)) > 0)")
        values["words"] = test.words
    elif test.needs_comment:
        where.append("comment <> ''")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM surveys_score WHERE {' AND '.join(where)}", values)  # noqa: S608
        (number,) = cursor.fetchone()
    return int(number)


def comments_of(scores: Sequence[int]) -> dict[int, str]:
    """Score → what was written with it; those without a comment are left out."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, comment FROM surveys_score WHERE id = ANY (%s) AND comment <> ''", [list(scores)])
        return dict(cursor.fetchall())


def who_gave_scores(*, handles: Sequence[int], without: str) -> tuple[frozenset[int], frozenset[int]]:
    """Those of the handles who were asked or gave something live; and with scores of imports other than `without`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT handle, batch = '' FROM surveys_score "
            "WHERE handle = ANY (%(handles)s) AND batch <> %(batch)s "
            "UNION SELECT handle, true FROM surveys_invitation WHERE handle = ANY (%(handles)s) "
            "UNION SELECT handle, true FROM surveys_response WHERE handle = ANY (%(handles)s)",
            {"handles": list(handles), "batch": without},
        )
        rows = cursor.fetchall()
    return (
        frozenset(handle for handle, is_live in rows if is_live),
        frozenset(handle for handle, is_live in rows if not is_live),
    )


def surveys_of_responses(responses: Sequence[int]) -> dict[int, Survey]:
    """Response → the survey it answers."""
    rows = Response.objects.filter(pk__in=responses).select_related("survey")
    return {row.pk: row.survey for row in rows}


def survey_names(surveys: Sequence[int], scope: Scope) -> dict[int, tuple[str, str]]:
    """Survey → its name, and where its results stand; of those that the scope lets see."""
    found = Survey.objects.filter(pk__in=surveys)
    if scope.locations is not None:
        found = found.filter(Q(location_id=None) | Q(location_id__in=scope.locations))
    rows = found.values_list("pk", "name", "uuid")
    return {pk: (str(name), reverse("survey_desk:results", args=[uuid])) for pk, name, uuid in rows}


def score_keys(scores: Sequence[int]) -> dict[int, UUID]:
    """Score → the key it is told apart by, which other programs know it by."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, key FROM surveys_score WHERE id = ANY (%s)", [list(scores)])
        return dict(cursor.fetchall())


def _rows(statement: str, values: Mapping[str, Any]) -> list[ScoreRow]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [ScoreRow(*row) for row in cursor.fetchall()]


def _conditions(scope: Scope, wanted: ScoreFilter) -> tuple[str, dict[str, Any]]:
    where = ["true"]
    values: dict[str, Any] = {}
    # Who is satisfied is known to the number, too.
    feels = wanted.feel and not (wanted.counted and wanted.feel == "good")
    if scope.locations is not None:
        where.append("(s.location_id IS NULL OR s.location_id = ANY (%(locations)s))")
        values["locations"] = list(scope.locations)
    for condition, name, value in (
        ("s.metric = %(metric)s", "metric", wanted.metric or None),
        ("s.feel = %(feel)s", "feel", FEELS[wanted.feel].value if feels else None),
        ("s.happened_at >= %(start)s", "start", wanted.start),
        ("s.happened_at < %(end)s", "end", wanted.end),
        ("p.person = %(person)s", "person", wanted.person),
        ("s.location_id = %(location)s", "location", None if wanted.counted else wanted.location),
        ("s.channel = %(channel)s", "channel", None if wanted.counted else wanted.channel or None),
    ):
        if value is not None:
            where.append(condition)
            values[name] = value
    if wanted.counted:
        statement, bound = wanted.counted
        where.append(f"s.id IN ({statement})")
        values |= bound
    elif lateness := LATENESS.get(wanted.late):
        where.append(lateness)
    if wanted.has_comment:
        where.append("s.comment <> ''")
    return " AND ".join(where), values
