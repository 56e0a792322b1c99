"""The shell's own places: Home, and the gallery of the kit for whoever builds or translates screens."""

from django.utils.translation import gettext_lazy as _

from wayloop.contracts.shell import NavItem, PaletteCommand
from wayloop.kernel.registry import offer

offer(NavItem, NavItem(step="home", label=_("Today"), url_name="home", icon="house", shortcut="g h", order=0))
offer(PaletteCommand, PaletteCommand(label=_("Component gallery"), url_name="gallery", icon="blocks", order=900))
offer(
    NavItem,
    NavItem(
        step="settings",
        label=_("Gallery"),
        url_name="gallery",
        icon="blocks",
        permission="settings.change",
        order=900,
    ),
)
