"""What the kernel and the frame of the API offer. The kernel stands below the contracts and cannot say so itself."""

from django.utils.translation import gettext_lazy

from wayloop.accounts.api import Permission
from wayloop.contracts.beside import Beside
from wayloop.contracts.shell import NavItem
from wayloop.kernel.due.runner import Runner
from wayloop.kernel.registry import offer

offer(
    NavItem,
    NavItem(
        step="settings",
        section="system",
        label=gettext_lazy("API"),
        url_name="developers",
        icon="blocks",
        permission=Permission.SETTINGS_VIEW,
        order=90,
        note=gettext_lazy("What other programs can do here"),
    ),
)
offer(Beside, Beside("due work", Runner().run))
