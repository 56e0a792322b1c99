"""Who was there at a moment, who was lost since, and who came first: conditions on the people of orders."""

from datetime import datetime
from typing import Any, Literal

from wayloop.business import api as business
from wayloop.commerce.rules import LOST_AFTER_DAYS, LOST_AFTER_GAPS

# "there": at the end of the period; "lost": there when it began, and not when it ended; "new": with the first order.
Stand = Literal["", "there", "lost", "new"]
STANDS: tuple[Stand, ...] = ("there", "lost", "new")
# Orders of a day count once; before the business is set up, days are those of UTC. Who has bought on one day only is
# held against what is usual.
THERE = """
WITH bought AS (
    SELECT DISTINCT person, (happened_at AT TIME ZONE coalesce(z.zone, 'UTC'))::date AS day
    FROM api_commerce_orders LEFT JOIN api_business_zones z ON happened_at >= coalesce(z.starts_at, '-infinity')
        AND happened_at < coalesce(z.ends_at, 'infinity')
    WHERE person IS NOT NULL AND {seen} AND happened_at < %({name})s
), gaps AS (
    SELECT person, day, day - lag(day) OVER (PARTITION BY person ORDER BY day) AS gap FROM bought
), people AS (
    SELECT person, max(day) AS last, percentile_cont(0.5) WITHIN GROUP (ORDER BY gap) AS gap FROM gaps GROUP BY 1
), known AS (
    SELECT person, last, coalesce(gap, (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY gap) FROM people)) AS gap
    FROM people
)
SELECT person FROM known
WHERE gap IS NOT NULL AND %({name}_day)s::date - last <= greatest(%(lost_gaps)s * gap, %(lost_days)s)
"""
FIRST = """
SELECT person FROM (
    SELECT DISTINCT ON (person) * FROM api_commerce_orders WHERE person IS NOT NULL AND {seen}
    ORDER BY person, happened_at, id
) f WHERE {where}
"""


def there_at(moment: datetime, seen: str) -> tuple[str, dict[str, Any]]:
    """The people who were there when a day began, and values; `seen`: a condition on the orders that count."""
    return THERE.format(seen=seen, name="there"), _values("there", moment)


def lost_between(start: datetime, end: datetime, seen: str) -> tuple[str, dict[str, Any]]:
    """The people who were there when one day began and not when the other did."""
    there, values = there_at(start, seen)
    then = THERE.format(seen=seen, name="then")
    return f"({there}) EXCEPT ({then})", values | _values("then", end)


def first_orders(where: str, seen: str) -> str:
    """The people whose first order of those that are seen fulfils the condition."""
    return FIRST.format(seen=seen, where=where)


def _values(name: str, moment: datetime) -> dict[str, Any]:
    day = business.report_clock().day_of(moment)
    return {name: moment, f"{name}_day": day, "lost_gaps": LOST_AFTER_GAPS, "lost_days": LOST_AFTER_DAYS}
