"""Addresses of the rows behind numbers and their parts."""

from urllib.parse import urlencode

from django.urls import reverse

from wayloop.business import api as business
from wayloop.contracts.metrics import Metric
from wayloop.metrics.grains import GRAINS, following
from wayloop.metrics.times import parse

# What narrows the page of rows to those that count for a metric.
ALWAYS = {"csat": {"metric": "csat"}, "repeat_purchase": {"orders": "2"}, "late_share": {"state": "came_late"}}
NOT_STATED = "none"


def rows_url(metric: Metric, period: business.NamedPeriod, by: str = "", key: str | None = None) -> str:
    """The page that shows the rows behind a number of this period, or behind one part of it."""
    asked = {"period": period.key, **ALWAYS.get(metric.name, {})}
    if by in GRAINS and key:
        first = parse(by, key)
        del asked["period"]
        asked |= {"from": first.isoformat(), "to": following(by, first).isoformat()}
    elif by:
        asked[by] = key or NOT_STATED
    return f"{reverse(metric.rows_url_name)}?{urlencode(asked)}&exact=1"
