"""Scores as a list: the rows behind every number of satisfaction."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from wayloop.accounts.api import Permission, member_of, permission_required
from wayloop.business import api as business
from wayloop.contracts.scope import Scope
from wayloop.customers import api as customers
from wayloop.ledger import api as ledger
from wayloop.metrics import api as metrics
from wayloop.surveys.enums import Feel, ScoreMetric
from wayloop.surveys.models import Survey
from wayloop.surveys.origins import about_of
from wayloop.surveys.queries import FEELS, LATENESS, ScoreFilter, count_scores, list_scores
from wayloop.surveys.standing import published
from wayloop.ui.requests import day_in
from wayloop.work import api as work

KEPT = ("period", "metric", "customer", "from", "to", "channel", "town", "country", "late", "counted", "trait")
# So many surveys are looked at, the one changed last first, for those that ask for the scores of the page.
LATEST_SURVEYS = 20
# What a number of satisfaction can be narrowed to.
NARROWED = ("location", "channel", "town", "country", "late")


@require_safe
@permission_required(Permission.SCORES_VIEW)
def score_list(request: HttpRequest) -> HttpResponse:
    """Scores, the newest first; metric, period, how they read, location, customer and page are in the address."""
    member = member_of(request)
    chosen = business.named_period(request.GET.get("period", "")) or business.PERIODS[-1]
    wanted = asked_scores(request, chosen, member.scope)
    page = list_scores(scope=member.scope, wanted=wanted, after=request.GET.get("after"))
    titles = customers.titles_of([row.person for row in page.rows if row.person is not None])
    places = {place.id: place.name for place in business.locations(with_archived=True)}
    sees_cases = member.may(Permission.WORK_VIEW)
    abouts = {row.id: about_of(row) for row in page.rows}
    cases = work.cases_about(list(set(abouts.values()))) if sees_cases else {}
    context = {
        "sees_cases": sees_cases,
        "may_open_cases": sees_cases and member.may(Permission.WORK_OPEN),
        "rows": [
            {
                "case": cases.get(abouts[row.id]),
                "score": row,
                "customer": titles.get(row.person) if row.person is not None else None,
                "where": (places.get(row.location_id) if row.location_id is not None else None)
                or (ledger.channel_word(row.channel) if row.channel else ""),
            }
            for row in page.rows
        ],
        "total": count_scores(scope=member.scope, wanted=wanted, exact="exact" in request.GET),
        "next_key": page.next_key,
        "is_first_page": not request.GET.get("after"),
        "wanted": wanted,
        "period": chosen,
        "periods": business.PERIODS,
        "metrics": ScoreMetric.choices,
        "feels": [(key, Feel(feel).label) for key, feel in FEELS.items()],
        "place_choices": [(place.id, place.name) for place in business.locations(scope=member.scope)],
        "customer": customers.titles_of([wanted.person], member.scope).get(wanted.person) if wanted.person else None,
        "surveys": _surveys_asking(wanted, member.scope, request) if wanted.metric else [],
        "kept": {name: request.GET.get(name, "") for name in KEPT},
        "is_filtered": wanted != ScoreFilter(),
    }
    return render(request, "surveys/scores.html", context)


def _surveys_asking(wanted: ScoreFilter, scope: Scope, request: HttpRequest) -> list[tuple[str, str]]:
    """Surveys that ask for these scores, by name, with the address of their results of the same time and place."""
    rows = Survey.objects.filter(archived_at=None).exclude(current=None).order_by("-changed_at", "-pk")
    if scope.locations is not None:
        rows = rows.filter(Q(location_id=None) | Q(location_id__in=scope.locations))
    given = {name: request.GET.get(name, "") for name in ("period", "from", "to", "location", "channel")}
    if not given["period"] and not given["from"]:
        given["period"] = business.PERIODS[-1].key
    query = urlencode({name: value for name, value in given.items() if value})
    return [
        (row.name, f"{reverse('survey_desk:results', args=[row.uuid])}?{query}")
        for row in rows[:LATEST_SURVEYS]
        if any(one.metric == wanted.metric for one in published(row.pk, row.current).questions)
    ]


def asked_scores(request: HttpRequest, period: business.NamedPeriod, scope: Scope) -> ScoreFilter:
    """What the address asks for."""
    clock = business.report_clock()
    start, end = business.borders(period, clock)
    first, last = (day_in(request.GET.get(name, "")) for name in ("from", "to"))
    if first and last:
        start, end = clock.start_of(first), clock.start_of(last)
    late = request.GET.get("late", "")
    metric, feel, location = (request.GET.get(name, "") for name in ("metric", "feel", "location"))
    return ScoreFilter(
        metric=metric if metric in ScoreMetric.values else "",
        feel=feel if feel in FEELS else "",
        start=start,
        end=end,
        person=customers.person_of_filter(request.GET.get("customer", "")),
        location=int(location) if location.isascii() and location.isdigit() and len(location) < 18 else None,
        has_comment=request.GET.get("comment") == "yes",
        channel=request.GET.get("channel", "").replace("\0", "")[:40],
        late=late if late in LATENESS else "",
        counted=_counted(request, period, scope),
    )


def _counted(request: HttpRequest, period: business.NamedPeriod, scope: Scope) -> tuple[str, dict[str, Any]] | None:
    """The scores behind the number of this address: of each order or person the latest of the whole period."""
    name, _dot, written = request.GET.get("counted", "").partition(".")
    kind = metrics.SCORED.get(name)
    scale = {f"{low}-{high}": (low, high) for low, high in kind.good}.get(written) if kind else None
    if scale is None:
        return None
    clock = business.report_clock()
    start, end = business.borders(period, clock)
    told = {name: request.GET.get(name, "").replace("\0", "")[:200] for name in NARROWED}
    where = tuple((name, ("" if value == "none" else value,)) for name, value in told.items() if value)
    if not all(value.isdecimal() and len(value) < 18 for name, (value,) in where if name == "location" and value):
        return None
    part = customers.asked_trait(request)
    if part:
        where = (*where, (f"trait.{part.cut.key}", (part.value or "",)))
    question = metrics.Question(
        scope, business.profile().currency, clock, start, end, where, traits=(part.cut,) if part else ()
    )
    feels: dict[str, metrics.ScoreFeel] = {"good": "good", "bad": "bad"}
    return metrics.counted_scores(question, name, scale, feel=feels.get(request.GET.get("feel", ""), ""))
