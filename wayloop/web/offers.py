"""The shell's own places: Home, and the gallery of the kit for whoever builds or translates screens."""

from django.utils.translation import gettext_lazy as _

from wayloop.contracts.shell import NavItem, PaletteCommand
from wayloop.kernel.registry import offer

offer(NavItem, NavItem(step="home", label=_("Today"), url_name="home", icon="house", shortcut="g h", order=0))
offer(
    PaletteCommand, PaletteCommand(_("Component gallery"), "gallery", "blocks", permission="settings.change", order=900)
)
offer(
    NavItem,
    NavItem(
        step="settings",
        label=_("Gallery"),
        url_name="gallery",
        icon="blocks",
        permission="settings.change",
        order=900,
        note=_("Every part of the interface, for makers"),
    ),
)
offer(
    NavItem,
    NavItem(
        step="settings",
        section="business",
        label=_("Business profile"),
        note=_("Name, trade, currency, languages, time zone"),
        url_name="settings_profile",
        icon="building-2",
        permission="settings.view",
        order=10,
    ),
)
offer(
    NavItem,
    NavItem(
        step="settings",
        section="business",
        label=_("Brands and locations"),
        note=_("Where customers meet you, and under which name"),
        url_name="settings_places",
        icon="store",
        permission="settings.view",
        order=20,
    ),
)
offer(
    NavItem,
    NavItem(
        step="settings",
        section="business",
        label=_("Hours and holidays"),
        note=_("When you are open, breaks, days off, temporary hours"),
        url_name="settings_hours",
        icon="clock",
        permission="settings.view",
        order=30,
    ),
)
offer(
    NavItem,
    NavItem(
        step="settings",
        section="business",
        label=_("Currencies and rates"),
        note=_("What orders in other currencies are worth"),
        url_name="settings_currencies",
        icon="coins",
        permission="settings.view",
        order=40,
    ),
)
