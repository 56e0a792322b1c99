"""What metrics offer: their places in the navigation, and goals that are missed."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wayloop.accounts.api import Permission
from wayloop.contracts.home import AttentionLine, AttentionProvider
from wayloop.contracts.shell import NavItem
from wayloop.kernel.registry import offer
from wayloop.metrics import words
from wayloop.metrics.alert_cards import alert_cards
from wayloop.metrics.enums import Standing
from wayloop.metrics.queries.alerts import open_alerts
from wayloop.metrics.queries.goals import open_goals
from wayloop.metrics.registry import BY_NAME
from wayloop.ui.formats import number

# How many alerts Home names.
MOST_ALERTS = 5

offer(
    NavItem,
    NavItem("understand", gettext_lazy("Numbers"), "metrics:list", "chart-column", "g n", Permission.METRICS_VIEW, 10),
)
offer(
    NavItem,
    NavItem("decide", gettext_lazy("Scorecard"), "metrics:goals", "target", "g b", Permission.METRICS_VIEW, 10),
)


class OpenAlerts:
    """Numbers that left the band of their goal and that nobody else sees to."""

    permission = Permission.METRICS_VIEW

    def lines(self, member: Any) -> Sequence[AttentionLine]:
        """See `AttentionProvider`."""
        waiting = open_alerts(member.scope).filter(Q(taken_by=None) | Q(taken_by=member.pk))
        return [
            AttentionLine(
                "bad", "bell", (_("%(name)s left its band") if card.goal_text else _("%(name)s comes up more often"))
                % {"name": card.label},
                " · ".join(part for part in (card.place, card.told_on, card.sentence, card.reason) if part),
                _("See why"), reverse("metrics:alerts"),
            )
            for card in alert_cards(list(waiting[:MOST_ALERTS]))
        ]  # fmt: skip


class MissedGoals:
    """Goals whose numbers were found to miss them at the last look, where one has no alert that tells of it."""

    permission = Permission.METRICS_VIEW

    def lines(self, member: Any) -> Sequence[AttentionLine]:
        """See `AttentionProvider`."""
        alerted = open_alerts(member.scope).exclude(goal=None).values("goal")
        missed = open_goals(member.scope).filter(standing=Standing.MISSED)
        first = missed.exclude(pk__in=alerted).order_by("-stands_since", "id").first()
        if first is None:
            return []
        # As many as the scorecard shows, those with an alert too.
        count = missed.count()
        metric = BY_NAME[first.metric]
        text = ngettext("%(n)s goal is missed", "%(n)s goals are missed", count) % {"n": number(count)}
        detail = _("%(name)s: %(value)s, it should be %(target)s") % {
            "name": metric.label,
            "value": words.value_text(metric, first.stood_at, first.unit),
            "target": words.value_text(metric, first.should_be, first.unit),
        }
        return [AttentionLine("warn", "target", text, detail, _("See the scorecard"), reverse("metrics:goals"))]


offer(AttentionProvider, OpenAlerts())
offer(AttentionProvider, MissedGoals())
