"""The scorecard: goals with their numbers now, and how each stands by rule."""

from collections import Counter
from http import HTTPStatus

from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wayloop.accounts.api import Permission, member_of, permission_required
from wayloop.metrics.enums import GoalKind, Standing
from wayloop.metrics.forms import GoalForm
from wayloop.metrics.goal_cards import goal_cards, ten_goals
from wayloop.metrics.queries.alerts import open_alerts
from wayloop.metrics.queries.goals import goal_by_id, judge, open_goals
from wayloop.metrics.registry import BY_NAME
from wayloop.metrics.services import goals as services
from wayloop.metrics.views import patient
from wayloop.ui.toasts import notify


@require_safe
@permission_required(Permission.METRICS_VIEW)
@patient
def goal_list(request: HttpRequest) -> HttpResponse:
    """Every goal: its number now, what it should come to, how it stands, who sees to it."""
    member = member_of(request)
    found = judge(open_goals(member.scope).order_by("metric", F("location_id").asc(nulls_first=True), "id"))
    counts = Counter(one.standing for one in found)
    context = {
        "cards": goal_cards(found),
        "ten": ten_goals({one.goal.metric for one in found}),
        "missed": counts[Standing.MISSED],
        "reached": counts[Standing.REACHED],
        "all": len(found),
        "alerts": open_alerts(member.scope).count(),
        "may_change": member.may(Permission.GOALS_CHANGE),
        "may_begin": member.may(Permission.GOALS_CHANGE) and member.scope.sees_everything,
    }
    return render(request, "metrics/goals.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.GOALS_CHANGE)
@patient
def goal_edit(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """One goal, or a new one; a POST sets it."""
    member = member_of(request)
    goal = goal_by_id(number, member.scope) if number is not None else None
    if number is not None and goal is None:
        raise Http404
    first = {"kind": GoalKind.VALUE, "period": "90d", "metric": request.GET.get("metric", "")}
    form = GoalForm(request.POST or None, member=member, goal=goal, initial={} if goal else first)
    if request.method == "POST" and form.is_valid():
        try:
            services.set_goal(told=form.told(), number=number)
        except services.GoalRefused as refused:
            form.add_error(refused.field, str(refused))
        else:
            notify(request, _("The goal is set."))
            return redirect("metrics:goals")
    context = {"form": form, "goal": goal, "label": BY_NAME[goal.metric].label if goal else ""}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "metrics/goal_edit.html", context, status=status)


@require_POST
@permission_required(Permission.GOALS_CHANGE)
def goal_archive(request: HttpRequest, number: int) -> HttpResponse:
    """Puts a goal away, with a way back."""
    _put(request, number, back=False)
    notify(request, _("The goal is put away."), undo_url=reverse("metrics:goal_back", args=[number]))
    return redirect("metrics:goals")


@require_POST
@permission_required(Permission.GOALS_CHANGE)
def goal_back(request: HttpRequest, number: int) -> HttpResponse:
    """Takes a goal back that was put away, unless the same was set again meanwhile."""
    try:
        _put(request, number, back=True)
    except services.GoalRefused as refused:
        notify(request, str(refused), kind="info")
    return redirect("metrics:goals")


def _put(request: HttpRequest, number: int, *, back: bool) -> None:
    if goal_by_id(number, member_of(request).scope) is None:
        raise Http404
    services.archive_goal(number=number, back=back)


@require_POST
@permission_required(Permission.GOALS_CHANGE)
@patient
def goals_usual(request: HttpRequest) -> HttpResponse:
    """Begins with the goals that are usual in the field."""
    if not member_of(request).scope.sees_everything:
        raise Http404
    made = services.begin_with_usual()
    if not made:
        notify(request, _("There is not enough data for these goals yet, or you have them."), kind="info")
    return redirect("metrics:goals")
