"""What a browser says of itself, in the few words people know it by."""

from django.utils.translation import gettext as _

# The first that fits: many browsers also call themselves by the names of those they descend from.
BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("YaBrowser", "Yandex"), ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
    ("curl", "curl"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip
HANDHELD = frozenset({"iPhone", "iPad", "Android"})


def device_name(agent: str) -> str:
    """As in "Firefox, Windows"; what nobody knows is an unknown browser."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return ", ".join(part for part in (browser, system) if part) or _("Unknown browser")


def device_icon(agent: str) -> str:
    """The kit's icon for it."""
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return "smartphone" if system in HANDHELD else "monitor"
