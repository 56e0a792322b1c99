"""How often each theme comes up: root causes of cases, of those that have one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

# A month is held against the three months before it.
LATELY, BEFORE = timedelta(days=30), timedelta(days=90)
THEMES = """
SELECT cause_id, count(*) FILTER (WHERE opened_at >= %(since)s), count(*) FILTER (WHERE opened_at < %(since)s)
FROM api_work_cases WHERE cause_id IS NOT NULL AND opened_at >= %(before)s AND opened_at < %(until)s GROUP BY 1
"""


@dataclass(frozen=True)
class Theme:
    """Of `n` cases of the last month it has `hits`, of `usual_n` of the three months before `usual_hits`."""

    key: str
    hits: int
    n: int
    usual_hits: int
    usual_n: int


def themes_at(now: datetime) -> Mapping[str, Theme]:
    """Theme → how often it came up lately and before, of all locations."""
    since = now - LATELY
    with connection.cursor() as cursor:
        cursor.execute(THEMES, {"since": since, "before": since - BEFORE, "until": now})
        rows = cursor.fetchall()
    n, usual = (sum(row[place] for row in rows) for place in (1, 2))
    return {str(key): Theme(str(key), hits, n, before, usual) for key, hits, before in rows}
