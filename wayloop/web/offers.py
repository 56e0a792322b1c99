"""The shell's own place: the gallery of the kit, for whoever builds or translates screens."""

from django.utils.translation import gettext_lazy as _

from wayloop.contracts.shell import NavItem, PaletteCommand
from wayloop.kernel.registry import offer

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
