"""The doctor's place in the navigation."""

from django.utils.translation import gettext_lazy as _

from wayloop.accounts.api import Permission
from wayloop.contracts.shell import NavItem
from wayloop.kernel.registry import offer

offer(
    NavItem,
    NavItem(
        step="settings",
        label=_("Health"),
        url_name="doctor",
        icon="activity",
        permission=Permission.SETTINGS_CHANGE.value,
        order=800,
        note=_("Whether everything behind the pages works"),
    ),
)
