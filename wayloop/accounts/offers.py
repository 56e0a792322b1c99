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
