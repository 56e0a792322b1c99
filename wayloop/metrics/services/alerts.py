"""Alerts are raised once when a number leaves its band or a theme its share, and settled when it is back."""

from django.db import transaction

from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.kernel import clock
from wayloop.metrics import bands
from wayloop.metrics.bands import LEAST_OF_THEMES, has_grown
from wayloop.metrics.enums import GoalKind, Standing
from wayloop.metrics.intervals import Z
from wayloop.metrics.models import Alert, Goal
from wayloop.metrics.queries.alerts import alerts_seen
from wayloop.metrics.queries.goals import Judged, turn_of
from wayloop.metrics.queries.reasons import find_reason
from wayloop.metrics.queries.themes import Theme, themes_at

WITHIN = (Standing.REACHED, Standing.CLOSE)


@transaction.atomic
def follow_goal(*, one: Judged) -> Alert | None:
    """Raises an alert when the number was within its band and is outside now, beyond doubt; answers it.

    Settles the open alert when the number is back. Changes `was_within` of the goal, which the caller saves.
    """
    goal = one.goal
    if one.standing in WITHIN:
        goal.was_within = True
        settle_alerts(goal=goal)
        return None
    reading = one.figure.reading
    if not goal.was_within or reading.value is None or one.target is None or not _is_outside(one):
        return None
    goal.was_within = False
    reason = find_reason(goal.metric, turn_of(goal))
    alert, _is_new = Alert.objects.get_or_create(
        goal=goal,
        settled_at=None,
        defaults={
            "raised_at": clock.now(),
            "value": reading.value,
            "target": one.target,
            "unit": reading.unit,
            "n": reading.n,
            "before": _before(one),
            "cut": reason.cut if reason else "",
            "part": (reason.reading.key or "") if reason else "",
            "part_value": reason.reading.value if reason else None,
            "part_n": reason.reading.n if reason else None,
        },
    )
    return alert


@transaction.atomic
def follow_themes() -> int:
    """Raises an alert over each theme whose share has grown beyond doubt, and settles those whose share is back to what
    was usual when it was raised; answers how many were raised."""
    now = clock.now()
    found = themes_at(now)
    waiting = {one.theme: one for one in Alert.objects.select_for_update().filter(goal=None, settled_at=None)}
    # One that does not come up at all has none of the cases.
    n = next((theme.n for theme in found.values()), 0)
    for key, alert in waiting.items():
        theme = found.get(key, Theme(key, 0, n, 0, 0))
        usual_hits, usual_n = alert.usual_hits or 0, alert.usual_n or 0
        if theme.n >= LEAST_OF_THEMES and not has_grown(theme.hits, theme.n, usual_hits, usual_n, z=Z):
            alert.settled_at = now
            alert.save(update_fields=["settled_at"])
    grown = [
        theme
        for theme in found.values()
        if theme.key not in waiting and has_grown(theme.hits, theme.n, theme.usual_hits, theme.usual_n)
    ]
    Alert.objects.bulk_create(
        Alert(
            theme=theme.key,
            usual_hits=theme.usual_hits,
            usual_n=theme.usual_n,
            raised_at=now,
            value=theme.hits / theme.n,
            target=theme.usual_hits / theme.usual_n,
            unit="share",
            n=theme.n,
        )
        for theme in grown
    )
    return len(grown)


@transaction.atomic
def settle_alerts(*, goal: Goal) -> int:
    """Settles what stands open over the goal; answers how many that were."""
    return Alert.objects.filter(goal=goal, settled_at=None).update(settled_at=clock.now())


@transaction.atomic
def take_alert(*, number: int, member: int, scope: Scope = EVERYTHING, back: bool = False) -> Alert | None:
    """Says that the member (id) sees to an alert, or that nobody does; None when there is none that the scope sees."""
    alert = alerts_seen(scope).filter(pk=number).select_for_update(of=("self",)).first()
    if alert is not None:
        alert.taken_by, alert.taken_at = (None, None) if back else (member, clock.now())
        alert.save(update_fields=["taken_by", "taken_at"])
    return alert


def _is_outside(one: Judged) -> bool:
    if one.goal.kind == GoalKind.GROWTH:
        reading = one.figure.reading
        # In another currency than the aim nobody can say.
        return one.target is not None and bands.grows_too_little(one.figure.change, one.goal.aim, reading.metric.good)
    return bands.is_outside(one.figure.reading, one.target)


def _before(one: Judged) -> float | None:
    reading, change = one.figure.reading, one.figure.change
    is_told = change.verdict == "changed" and reading.value is not None and change.gap is not None
    return (reading.value or 0) - (change.gap or 0) if is_told else None
