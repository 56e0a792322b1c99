"""Alerts in the words of the reader."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from wayloop.accounts.api import names_of
from wayloop.business import api as business
from wayloop.contracts.metrics import Metric, Reading
from wayloop.metrics import aims, words
from wayloop.metrics.asking import part_names
from wayloop.metrics.models import Alert
from wayloop.metrics.registry import BY_NAME


@dataclass(frozen=True)
class AlertCard:
    """An alert as the page shows it. `reason`: empty when no part stood out; `address`: its number, cut by that."""

    alert: Alert
    metric: Metric
    place: str
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
    return [_card(one, owners, places) for one in alerts]


def _card(alert: Alert, owners: Mapping[int, str], places: Mapping[int, str]) -> AlertCard:
    goal, metric = alert.goal, BY_NAME[alert.goal.metric]
    period = business.named_period(goal.period)
    address = f"{reverse('metrics:metric', args=[metric.name])}?period={goal.period}"
    return AlertCard(
        alert=alert,
        metric=metric,
        place=places.get(goal.location_id or 0, ""),
        sentence=alert_sentence(alert),
        before="" if alert.before is None else words.value_text(metric, alert.before, alert.unit),
        reason=_reason(alert, metric),
        measure=goal.action or str(words.MEASURES[metric.name]),
        goal_text=aims.goal_text(metric, goal.kind, goal.aim, str(period.label) if period else "", alert.unit),
        taken=owners.get(alert.taken_by or 0, ""),
        address=address + (f"&by={alert.cut}" if alert.cut else ""),
    )


def alert_sentence(alert: Alert) -> str:
    """What the number was, and what it should have been."""
    metric = BY_NAME[alert.goal.metric]
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
