"""Alerts in the words of the reader."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from wayloop.accounts.api import names_of
from wayloop.business import api as business
from wayloop.contracts.metrics import Metric, Reading
from wayloop.kernel import clock
from wayloop.metrics import aims, words
from wayloop.metrics.asking import part_names
from wayloop.metrics.models import Alert
from wayloop.metrics.queries.themes import LATELY
from wayloop.metrics.registry import BY_NAME
from wayloop.ui import formats


@dataclass(frozen=True)
class AlertCard:
    """An alert as the page shows it. `label`: its number, or its theme; `reason`: empty when no part stood out;
    `address`: its number, cut by that; `told_on`: the day whose value it tells."""

    alert: Alert
    label: str
    place: str
    told_on: str
    sentence: str
    before: str
    reason: str
    measure: str
    goal_text: str
    taken: str
    address: str


def alert_cards(alerts: Sequence[Alert]) -> list[AlertCard]:
    """These alerts in the words of the reader."""
    if not alerts:
        return []
    owners = names_of([one.taken_by for one in alerts if one.taken_by])
    places = {place.id: str(place.name) for place in business.locations(with_archived=True)}
    themes = part_names("cause", [])
    return [_card(one, owners, places) if one.goal else _theme(one, owners, themes) for one in alerts]


def _theme(alert: Alert, owners: Mapping[int, str], themes: Mapping[str, str]) -> AlertCard:
    days = business.report_clock()
    since, until = days.day_of(alert.raised_at - LATELY), days.day_of(alert.raised_at)
    asked = {"which": "all", "cause": alert.theme, "since": since.isoformat(), "until": until.isoformat()}
    values = {"value": formats.percent(alert.value), "target": formats.percent(alert.target)}
    n, usual = formats.number(alert.n), formats.number(alert.usual_n or 0)
    return AlertCard(
        alert=alert,
        label=themes.get(alert.theme, alert.theme),
        place="",
        told_on=_day_of(alert),
        sentence=_("%(value)s of the cases have this root cause, usually %(target)s") % values,
        before="",
        reason=_("%(n)s cases of 30 days against %(usual)s of the 90 days before") % {"n": n, "usual": usual},
        measure=str(words.MEASURES["cases_opened"]),
        goal_text="",
        taken=owners.get(alert.taken_by or 0, ""),
        address=f"{reverse('work:cases')}?{urlencode(asked)}",
    )


def _card(alert: Alert, owners: Mapping[int, str], places: Mapping[int, str]) -> AlertCard:
    goal = alert.goal
    if goal is None:
        raise ValueError("an alert over a theme has no goal")
    metric = BY_NAME[goal.metric]
    period = business.named_period(goal.period)
    address = f"{reverse('metrics:metric', args=[metric.name])}?period={goal.period}"
    return AlertCard(
        alert=alert,
        label=str(metric.label),
        place=places.get(goal.location_id or 0, ""),
        told_on=_day_of(alert),
        sentence=_sentence(alert, metric),
        before="" if alert.before is None else words.value_text(metric, alert.before, alert.unit),
        reason=_reason(alert, metric),
        measure=goal.action or str(words.MEASURES[metric.name]),
        goal_text=aims.goal_text(metric, goal.kind, goal.aim, str(period.label) if period else "", alert.unit),
        taken=owners.get(alert.taken_by or 0, ""),
        address=address + (f"&by={alert.cut}" if alert.cut else ""),
    )


def _day_of(alert: Alert) -> str:
    days = business.report_clock()
    return formats.plain_date(days.day_of(alert.raised_at), days.day_of(clock.now()))


def _sentence(alert: Alert, metric: Metric) -> str:
    return _("%(value)s, it should be %(target)s") % {
        "value": words.value_text(metric, alert.value, alert.unit),
        "target": words.value_text(metric, alert.target, alert.unit),
    }


def _reason(alert: Alert, metric: Metric) -> str:
    if not alert.cut:
        return ""
    part = Reading(metric, alert.part_value, alert.part_n or 0, alert.unit)
    told = [part_names(alert.cut, [alert.part]).get(alert.part, alert.part), words.said(part)]
    return " · ".join(told if part.value == part.n else [*told, words.stands_on(part)])
