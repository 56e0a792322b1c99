"""Numbers: all of them with what changed, and each on a page of its own, down to its rows."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import wraps

from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from psycopg.errors import QueryCanceled

from wayloop.accounts.api import Permission, member_of, permission_required
from wayloop.business import api as business
from wayloop.customers.api import trait_cuts
from wayloop.kernel.spreadsheets import KINDS as KINDS_OF_FILES
from wayloop.kernel.spreadsheets import write_table
from wayloop.metrics import pictures, times, words
from wayloop.metrics.asking import with_labels
from wayloop.metrics.dimensions import TRAIT, Question
from wayloop.metrics.evidence import UNKNOWN
from wayloop.metrics.figures import read_figures
from wayloop.metrics.files import HEAD, rows_of
from wayloop.metrics.grains import GRAINS
from wayloop.metrics.queries.annotations import annotations_between
from wayloop.metrics.queries.deals import time_range
from wayloop.metrics.queries.readings import Reader, Turned, read_change
from wayloop.metrics.queries.scores import KINDS
from wayloop.metrics.registry import BY_NAME
from wayloop.ui.downloads import saved

GROUPS = (
    (
        gettext_lazy("What was sold"),
        ("orders", "gross_revenue", "net_revenue", "average_order_value", "returns", "returns_share"),
    ),
    (
        gettext_lazy("Who buys"),
        (
            "buyers",
            "new_customers",
            "repeat_purchase",
            "purchase_frequency",
            "revenue_per_customer",
            "loyal_customers",
            "retention",
            "churn",
        ),
    ),
    (gettext_lazy("What customers say"), (*KINDS, "response_rate")),
    (gettext_lazy("How it went"), ("late_share",)),
    (
        gettext_lazy("What became of complaints"),
        (
            "complaint_share",
            "cases_opened",
            "cases_open",
            "cases_closed",
            "resolution_time",
            "sla_met",
            "first_contact",
            "recovery_rate",
            "compensation",
        ),
    ),
)
# Series of their own that most businesses never have.
RARE = ("nps_1_10", "ces_1_5", "positive_ratings", "response_rate")
# Counted over all that customers ever did: their tiles come after the page.
SLOW = ("churn",)
View = Callable[..., HttpResponseBase]


# In the address of a metric: its tile alone is asked for.
TILE = "tile"


def patient(view: View) -> View:
    """A number that takes longer to count than a page may wait says so, instead of failing."""

    @wraps(view)
    def inner(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except OperationalError as error:
            if not isinstance(error.__cause__, QueryCanceled):
                raise
            name = kwargs.get("name", "")
            if TILE in request.GET and name in BY_NAME:
                told = {"name": name, "label": BY_NAME[name].label, "is_over": True}
                return render(request, "metrics/_slow_tile.html", told)
            return render(request, "metrics/too_long.html", {"name": name})

    return inner


@require_safe
@permission_required(Permission.METRICS_VIEW)
@patient
def metric_list(request: HttpRequest) -> HttpResponseBase:
    """Every number of a period with its change; the period is in the address."""
    scope, kind = member_of(request).scope, asked_kind(request)
    names = [name for _title, names in GROUPS for name in names if kind or name not in SLOW]
    for period in _periods(request):
        figures = read_figures(names, scope, period)
        if any(one.reading.n for one in figures.values()):
            break
    if kind:
        listed = rows_of(one.reading for one in figures.values())
        return saved(write_table(kind, HEAD, listed), f"numbers-{period.key}.{kind}", KINDS_OF_FILES[kind])
    context = {
        "period": period,
        "periods": business.PERIODS,
        "groups": [
            (
                title,
                [figures[one] for one in names if one in figures and (one not in RARE or figures[one].reading.n)],
                [BY_NAME[one] for one in names if one not in figures],
            )
            for title, names in GROUPS
        ],
        "changes": [one for one in figures.values() if one.change.verdict == "changed"],
        "is_empty": not any(one.reading.n for one in figures.values()),
    }
    return render(request, "metrics/list.html", context)


@require_safe
@permission_required(Permission.METRICS_VIEW)
@patient
def metric_page(request: HttpRequest, name: str) -> HttpResponseBase:
    """One number: its change, its course, its parts and how it is counted."""
    metric = BY_NAME.get(name)
    if metric is None:
        raise Http404
    member = member_of(request)
    scope = member.scope
    if TILE in request.GET:
        period = next(iter(_periods(request)))
        figure = read_figures([name], scope, period)[name]
        return render(request, "metrics/_figure_tile.html", {"one": figure, "period": period})
    traits = trait_cuts(member.role, scope) if member.may(Permission.CUSTOMERS_VIEW) else []
    for period in _periods(request):
        question = replace(times.question_for(period, scope), traits=tuple(traits))
        reader = Reader(question)
        whole = reader.whole(name)
        if whole.n:
            break
    first, last = (question.start, question.end) if period.days else time_range(question)
    grain = times.grain_of(name, period, first, last)
    course = reader.rows(name, grain)
    cuts = [one for one in metric.dimensions if one not in GRAINS]
    by = request.GET.get("by", "")
    titles = {TRAIT + one.key: one.title for one in traits}
    by = by if by in cuts or by in titles else cuts[0]
    rows = with_labels(replace(question, by=by), reader.rows(name, by))
    if kind := asked_kind(request):
        told = [*rows_of([whole]), *rows_of(rows, are_parts=True)]
        return saved(write_table(kind, HEAD, told), f"{name}-{period.key}-{by}.{kind}", KINDS_OF_FILES[kind])
    turn = times.turned(question, period)
    (turned,) = read_change([name], turn) if turn else (Turned(whole, whole, UNKNOWN),)
    # The whole knows its median, which the comparison does not ask for.
    turned = replace(turned, now=whole)
    found = reader.cohorts() if name == "retention" else ()
    happened = annotations_between(scope, *_days(question))
    is_open = bool(found) and not times.is_over("month", found[-1].key, question)
    heads, cohorts = pictures.cohort_table(found, "month", is_open=is_open)
    context = {
        "metric": metric,
        "method": words.METHODS[metric.method],
        "figure": pictures.figure(turned, period, question),
        "before": words.said(turned.before),
        "period": period,
        "periods": business.PERIODS,
        "chart": pictures.chart(metric, course, replace(question, by=grain), happened),
        "happened": happened,
        "course": pictures.table(metric, course, period, replace(question, by=grain)),
        "grain": words.dimension_name(grain),
        "cuts": [(one, words.dimension_name(one)) for one in cuts],
        "by": by,
        "by_name": titles.get(by) or words.dimension_name(by),
        "traits": list(titles.items()),
        "by_trait": titles.get(by, ""),
        "rows": pictures.table(metric, rows, period, replace(question, by=by)),
        "rows_left": max(len(rows) - pictures.MOST_ROWS, 0),
        "heads": heads,
        "cohorts": cohorts,
        "is_open": is_open,
        "missing": max(metric.floor - whole.n, 0),
    }
    return render(request, "metrics/metric.html", context)


def asked_kind(request: HttpRequest) -> str:
    """The kind of file that is asked for instead of the page, or nothing."""
    asked = request.GET.get("format", "")
    return asked if asked in KINDS_OF_FILES else ""


def _days(question: Question) -> tuple[date | None, date | None]:
    days = question.days
    return (
        days.day_of(question.start) if question.start else None,
        days.day_of(question.end) if question.end else None,
    )


def _periods(request: HttpRequest) -> list[business.NamedPeriod]:
    """The period of the address; without one the last 30 days, or all time where nothing happened in them."""
    asked = business.named_period(request.GET.get("period", ""))
    return [asked] if asked else [business.PERIODS[0], business.PERIODS[-1]]
