"""What the members offer: pages of the settings, acts of the trail."""

from django.utils.translation import gettext_lazy as _

from wayloop.accounts.acts import ACTS
from wayloop.contracts.audit import Act
from wayloop.contracts.shell import NavItem
from wayloop.kernel.registry import offer

for _act in ACTS:
    offer(Act, _act)
offer(
    NavItem,
    NavItem(
        step="settings",
        section="team",
        label=_("Team"),
        note=_("Who works here, invitations, roles and limits"),
        url_name="team",
        icon="users-round",
        permission="team.view",
        order=10,
    ),
)
offer(
    NavItem,
    NavItem(
        step="settings",
        section="team",
        label=_("API keys"),
        note=_("What other programs may do here"),
        url_name="account_keys",
        icon="key-round",
        permission="keys.make",
        order=20,
    ),
)
offer(
    NavItem,
    NavItem(
        step="settings",
        section="team",
        label=_("Security"),
        note=_("What is open, who has no second factor, old keys"),
        url_name="security",
        icon="shield-check",
        permission="security.view",
        order=30,
    ),
)
offer(
    NavItem,
    NavItem(
        step="settings",
        section="team",
        label=_("Audit trail"),
        note=_("Who did what, when and from where"),
        url_name="audit",
        icon="history",
        permission="audit.view",
        order=40,
    ),
)
