"""Alerts over goals, of those that a scope lets see."""

from django.db.models import F, Q, QuerySet

from wayloop.contracts.scope import Scope
from wayloop.metrics.models import Alert
from wayloop.metrics.registry import BY_NAME


def alerts_seen(scope: Scope) -> QuerySet[Alert]:
    """Alerts with their goals, what stands open first, then the latest. Of some locations only these are seen."""
    found = Alert.objects.filter(Q(goal__metric__in=BY_NAME) | Q(goal=None)).select_related("goal")
    if scope.locations is not None:
        # The share of a theme would tell of the other places.
        found = found.filter(goal__location_id__in=scope.locations)
    return found.order_by(F("settled_at").desc(nulls_first=True), "-raised_at", "-id")


def open_alerts(scope: Scope) -> QuerySet[Alert]:
    """Those whose number is not back yet, of goals that were not put away."""
    return alerts_seen(scope).filter(settled_at=None, goal__archived_at=None)
