"""What channels offer: the ways out, a page of the settings, a question for the doctor."""

from django.utils.translation import gettext_lazy

from wayloop.accounts.api import Permission
from wayloop.channels.acts import MAIL_CHANGED
from wayloop.channels.checks import mail_leaves
from wayloop.channels.mail_way import MailWay
from wayloop.contracts.audit import Act
from wayloop.contracts.channels import Way
from wayloop.contracts.doctor import Check
from wayloop.contracts.shell import NavItem
from wayloop.kernel.registry import offer

offer(Way, MailWay())  # type: ignore[type-abstract]
offer(Act, MAIL_CHANGED)
offer(
    NavItem,
    NavItem(
        "settings",
        gettext_lazy("Mail"),
        "channels:mail",
        "mail",
        permission=Permission.SETTINGS_VIEW.value,
        order=45,
        section="customers",
        note=gettext_lazy("The server that takes our letters, who signs them"),
    ),
)
offer(
    Check,
    Check(
        "mail",
        mail_leaves,
        gettext_lazy("Letters leave the house"),
        gettext_lazy("Look at Settings, Mail: there a letter to yourself shows what the server says."),
    ),
)
