"""What privacy offers: its events, its place in the settings."""

from django.utils.translation import gettext_lazy

from wayloop.accounts.api import Permission
from wayloop.contracts.ledger import EventKind
from wayloop.contracts.shell import NavItem
from wayloop.kernel.registry import offer
from wayloop.privacy.kinds import KINDS

for kind in KINDS:
    offer(EventKind, kind)
offer(
    NavItem,
    NavItem(
        "settings",
        gettext_lazy("Contact rules"),
        "privacy:rules",
        "shield-check",
        permission=Permission.SETTINGS_VIEW.value,
        order=40,
        section="customers",
        note=gettext_lazy("How often customers hear from us, quiet hours, consents"),
    ),
)
