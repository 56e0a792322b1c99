"""What goes wrong again and again: cases grouped by cause, stage, location or playbook."""

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wayloop.accounts.api import Permission, member_of, permission_required
from wayloop.business import api as business
from wayloop.kernel.shares import wilson
from wayloop.ui import formats
from wayloop.ui.requests import number_in
from wayloop.work.queries.loop import By, Part, second_loop
from wayloop.work.queries.settings import causes, playbook_names, stages
from wayloop.work.rules import sight_of
from wayloop.work.words import business_time, share_words

DEFAULT = "90d"


@dataclass(frozen=True)
class Shown:
    """One row of the table: the part, what it is called, its rates and times in words, and the lists behind them."""

    part: Part
    name: object
    recovery: str
    interval: str
    late: str
    median: str
    p90: str
    well: str
    closed_url: str
    solved_url: str
    open_url: str
    overdue_url: str
    late_url: str
    median_url: str
    p90_url: str
    well_url: str
    cost_url: str


@require_safe
@permission_required(Permission.WORK_VIEW)
def second_loop_page(request: HttpRequest) -> HttpResponse:
    """Cases closed in a period (`period`), and those open now, by cause, stage, location or playbook (`by`)."""
    member = member_of(request)
    period = business.named_period(request.GET.get("period", DEFAULT)) or business.named_period(DEFAULT)
    assert period is not None  # noqa: S101 – one of ours
    report = business.report_clock()
    since, until = business.borders(period, report)
    words = _by_words()
    by: By = next((one for one in words if one == request.GET.get("by", "")), "cause")
    location = number_in(request.GET.get("location", ""))
    parts, total = second_loop(sight=sight_of(member), by=by, since=since, until=until, location=location)
    names = _names(by, parts)
    base: dict[str, Any] = {} if location is None else {"location": location}
    days: dict[str, Any] = {}
    if since and until:
        days = {"since": report.day_of(since), "until": report.day_of(until - timedelta(seconds=1))}
    shown = [
        _shown(one, names.get(one.part or 0, _("not known yet")), base | {by: one.part or 0}, days) for one in parts
    ]
    context = {
        "rows": shown,
        "total": _shown(total, _("All"), base, days) if parts else None,
        "by": by,
        "by_choices": list(words.items()),
        "period": period,
        "periods": business.PERIODS,
        "places": [(place.id, place.name) for place in business.locations(scope=member.scope)],
        "location": location or "",
        "kept": {"by": by, "period": period.key},
        "currency": business.profile().currency,
        "worst": _worst(shown, total),
    }
    return render(request, "work/loop.html", context)


def _by_words() -> dict[By, str]:
    return {"cause": _("By cause"), "location": _("By location"), "stage": _("By stage"), "playbook": _("By playbook")}


def _names(by: By, parts: list[Part]) -> dict[int, object]:
    if by == "cause":
        return {cause.pk: cause.name for cause in causes(with_archived=True)}
    if by == "stage":
        return {stage.id: stage.name for stage in stages()}
    if by == "playbook":
        return dict(playbook_names([one.part for one in parts if one.part]))
    return {place.id: place.name for place in business.locations(with_archived=True)}


def _shown(part: Part, name: object, narrowed: dict[str, Any], days: dict[str, Any]) -> Shown:
    low, high = wilson(part.solved, part.closed) or (0.0, 1.0)

    def rows(**more: Any) -> str:
        return "?" + urlencode(narrowed | more)

    closed = {"which": "closed"} | days
    return Shown(
        part=part,
        name=name,
        recovery=share_words(part.solved, part.closed),
        interval=f"{formats.percent(low)}–{formats.percent(high)}" if part.closed else "",
        late=share_words(part.late, part.promised),
        median="–" if part.median is None else business_time(part.median),
        p90="–" if part.p90 is None else business_time(part.p90),
        well=share_words(part.recovered, part.answered),
        closed_url=rows(**closed),
        solved_url=rows(**closed, solved=1),
        open_url=rows(which="open"),
        overdue_url=rows(which="late"),
        late_url=rows(**closed, late=1),
        # Whoever took as long as that or longer: half of them, or the slow tenth.
        median_url=rows(**closed, took=math.ceil(part.median or 0)),
        p90_url=rows(**closed, took=math.ceil(part.p90 or 0)),
        well_url=rows(**closed, well=1),
        cost_url=rows(**closed, paid=1),
    )


def _worst(shown: list[Shown], total: Part) -> Shown | None:
    """The known part with the most cases, when it is a third of all or more."""
    known = [one for one in shown if one.part.part is not None]
    first = known[0] if known else None
    every = total.closed + total.open
    return first if first and (first.part.closed + first.part.open) * 3 >= every and every >= 10 else None
