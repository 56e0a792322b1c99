"""Numbers: all of them with what changed, and each on a page of its own, down to its rows."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps

from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from psycopg.errors import QueryCanceled

from wayloop.accounts.api import Permission, member_of, permission_required
from wayloop.business import api as business
from wayloop.metrics import pictures, times, words
from wayloop.metrics.asking import with_labels
from wayloop.metrics.evidence import UNKNOWN
from wayloop.metrics.figures import read_figures
from wayloop.metrics.grains import GRAINS
from wayloop.metrics.queries.deals import time_range
from wayloop.metrics.queries.readings import Reader, Turned, read_change
from wayloop.metrics.queries.scores import KINDS
from wayloop.metrics.registry import BY_NAME

GROUPS = (
    (
        gettext_lazy("What was sold"),
        ("orders", "gross_revenue", "net_revenue", "average_order_value", "returns", "returns_share"),
    ),
    (
        gettext_lazy("Who buys"),
        ("buyers", "repeat_purchase", "purchase_frequency", "revenue_per_customer", "retention"),
    ),
    (gettext_lazy("What customers say"), tuple(KINDS)),
    (gettext_lazy("How it went"), ("late_share",)),
)
# Series of their own that most businesses never have.
RARE = ("nps_1_10", "ces_1_5")
View = Callable[..., HttpResponse]


def patient(view: View) -> View:
    """A number that takes longer to count than a page may wait says so, instead of failing."""

    @wraps(view)
    def inner(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except OperationalError as error:
            if not isinstance(error.__cause__, QueryCanceled):
                raise
            return render(request, "metrics/too_long.html", {"name": kwargs.get("name", "")})

    return inner


@require_safe
@permission_required(Permission.METRICS_VIEW)
@patient
def metric_list(request: HttpRequest) -> HttpResponse:
    """Every number of a period with its change; the period is in the address."""
    scope = member_of(request).scope
    for period in _periods(request):
        figures = read_figures([name for _title, names in GROUPS for name in names], scope, period)
        if any(one.reading.n for one in figures.values()):
            break
    context = {
        "period": period,
        "periods": business.PERIODS,
        "groups": [
            (title, [figures[name] for name in names if name not in RARE or figures[name].reading.n])
            for title, names in GROUPS
        ],
        "changes": [one for one in figures.values() if one.change.verdict == "changed"],
        "is_empty": not any(one.reading.n for one in figures.values()),
    }
    return render(request, "metrics/list.html", context)


@require_safe
@permission_required(Permission.METRICS_VIEW)
@patient
def metric_page(request: HttpRequest, name: str) -> HttpResponse:
    """One number: its change, its course, its parts and how it is counted."""
    metric = BY_NAME.get(name)
    if metric is None:
        raise Http404
    scope = member_of(request).scope
    for period in _periods(request):
        question = times.question_for(period, scope)
        reader = Reader(question)
        whole = reader.whole(name)
        if whole.n:
            break
    first, last = (question.start, question.end) if period.days else time_range(question)
    grain = times.grain_of(name, period, first, last)
    course = reader.rows(name, grain)
    cuts = [one for one in metric.dimensions if one not in GRAINS]
    by = request.GET.get("by", "")
    by = by if by in cuts else cuts[0]
    rows = with_labels(replace(question, by=by), reader.rows(name, by))
    turn = times.turned(question, period)
    (turned,) = read_change([name], turn) if turn else (Turned(whole, whole, UNKNOWN),)
    # The whole knows its median, which the comparison does not ask for.
    turned = replace(turned, now=whole)
    found = reader.cohorts() if name == "retention" else ()
    is_open = bool(found) and not times.is_over("month", found[-1].key, question)
    heads, cohorts = pictures.cohort_table(found, "month", is_open=is_open)
    context = {
        "metric": metric,
        "method": words.METHODS[metric.method],
        "figure": pictures.figure(turned, period, question),
        "before": words.said(turned.before),
        "period": period,
        "periods": business.PERIODS,
        "chart": pictures.chart(metric, course, replace(question, by=grain)),
        "course": pictures.table(metric, course, period, replace(question, by=grain)),
        "grain": words.dimension_name(grain),
        "cuts": [(one, words.dimension_name(one)) for one in cuts],
        "by": by,
        "by_name": words.dimension_name(by),
        "rows": pictures.table(metric, rows, period, replace(question, by=by)),
        "rows_left": max(len(rows) - pictures.MOST_ROWS, 0),
        "heads": heads,
        "cohorts": cohorts,
        "is_open": is_open,
        "missing": max(metric.floor - whole.n, 0),
    }
    return render(request, "metrics/metric.html", context)


def _periods(request: HttpRequest) -> list[business.NamedPeriod]:
    """The period of the address; without one the last 30 days, or all time where nothing happened in them."""
    asked = business.named_period(request.GET.get("period", ""))
    return [asked] if asked else [business.PERIODS[0], business.PERIODS[-1]]
