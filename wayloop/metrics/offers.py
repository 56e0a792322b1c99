"""What metrics offer: their place in the navigation."""

from django.utils.translation import gettext_lazy

from wayloop.accounts.api import Permission
from wayloop.contracts.shell import NavItem
from wayloop.kernel.registry import offer

offer(
    NavItem,
    NavItem("understand", gettext_lazy("Numbers"), "metrics:list", "chart-column", "g n", Permission.METRICS_VIEW, 10),
)
