"""The second loop: what goes wrong again and again, by cause, stage, location or playbook."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db import connection

from wayloop.kernel import clock
from wayloop.work.queries.cases import seen_by
from wayloop.work.rules import Sight

By = Literal["cause", "stage", "location", "playbook"]
COLUMNS: Mapping[By, str] = {
    "cause": "c.cause_id",
    "stage": "c.stage_id",
    "location": "c.location_id",
    "playbook": "c.playbook_id",
}
# One pass over the closed cases of the period, one over the open ones; the row without a part is all of them. Both
# times come from one sorting.
CLOSED = """
SELECT {part}, grouping({part}), count(*), count(*) FILTER (WHERE c.state = 'solved'),
    count(*) FILTER (WHERE c.deadline_at < c.closed_at), count(*) FILTER (WHERE c.deadline_at IS NOT NULL),
    percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY c.spent_seconds),
    count(c.is_recovered), count(*) FILTER (WHERE c.is_recovered), sum(c.given), sum(c.cost)
FROM work_case c
WHERE c.removed_at IS NULL AND c.closed_at IS NOT NULL AND {where}
GROUP BY GROUPING SETS (({part}), ())
"""
OPEN = """
SELECT {part}, grouping({part}), count(*), count(*) FILTER (WHERE c.deadline_at < %(now)s)
FROM work_case c WHERE c.removed_at IS NULL AND c.closed_at IS NULL AND {where}
GROUP BY GROUPING SETS (({part}), ())
"""


@dataclass(frozen=True)
class Part:
    """The cases of one part (None: nobody has stated it), or of all. Business seconds, money in minor units.

    Closed in the period: how many, `solved` of them, `late` of the `promised` ones, `median` and `p90` of the time they
    took, of the `answered` recovery surveys how many said that all is well (`recovered`). `open` and `overdue`: now.
    """

    part: int | None
    closed: int = 0
    solved: int = 0
    late: int = 0
    promised: int = 0
    median: float | None = None
    p90: float | None = None
    answered: int = 0
    recovered: int = 0
    given: int = 0
    cost: int = 0
    open: int = 0
    overdue: int = 0


def second_loop(
    *, sight: Sight, by: By, since: datetime | None, until: datetime | None, location: int | None = None
) -> tuple[list[Part], Part]:
    """The parts, the one with the most cases first, and all of them together. Two reads."""
    seen, values = seen_by(sight)
    where = [seen]
    if location is not None:
        where.append("c.location_id = %(place)s")
        values["place"] = location
    period = list(where)
    if since is not None:
        period.append("c.closed_at >= %(since)s")
        values["since"] = since
    if until is not None:
        period.append("c.closed_at < %(until)s")
        values["until"] = until
    values["now"] = clock.now()
    found: dict[tuple[int | None, int], dict[str, Any]] = {}
    with connection.cursor() as cursor:
        cursor.execute(CLOSED.format(part=COLUMNS[by], where=" AND ".join(period)), values)
        names = ("closed", "solved", "late", "promised", "times", "answered", "recovered", "given", "cost")
        for part, is_all, *figures in cursor.fetchall():
            told = dict(zip(names, figures, strict=True))
            median, p90 = told.pop("times") or (None, None)
            found[part, is_all] = told | {"median": median, "p90": p90}
        cursor.execute(OPEN.format(part=COLUMNS[by], where=" AND ".join(where)), values)
        for part, is_all, number, overdue in cursor.fetchall():
            found.setdefault((part, is_all), {}).update({"open": number, "overdue": overdue})
    parts = [_part(part, figures) for (part, is_all), figures in found.items() if not is_all]
    parts.sort(key=lambda one: (-(one.closed + one.open), one.part is None, one.part or 0))
    return parts, _part(None, found.get((None, 1), {}))


def _part(part: int | None, figures: Mapping[str, Any]) -> Part:
    plain = dict(figures)
    for name in ("given", "cost"):
        plain[name] = int(plain.get(name) or 0)
    return Part(part, **plain)
