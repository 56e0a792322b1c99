"""What privacy offers: its events, its place in the settings, a question for the doctor."""

from django.utils.translation import gettext_lazy

from wayloop.accounts.api import Permission
from wayloop.contracts.doctor import Check
from wayloop.contracts.ledger import EventKind
from wayloop.contracts.shell import NavItem
from wayloop.kernel.registry import offer
from wayloop.privacy.checks import contacts_agreed_to
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
offer(
    NavItem,
    NavItem(
        "settings",
        gettext_lazy("Consent texts"),
        "privacy:texts",
        "file-text",
        permission=Permission.SETTINGS_VIEW.value,
        order=42,
        section="customers",
        note=gettext_lazy("The words people agree to, in every language, with versions"),
    ),
)
offer(
    Check,
    Check(
        "consents",
        contacts_agreed_to,
        gettext_lazy("Nobody is written to against their word"),
        gettext_lazy(
            "Something went around the contact rules. The page of each customer shows what was sent to them and why."
        ),
    ),
)
