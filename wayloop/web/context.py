"""What every page's frame needs: places, palette, the business, the reader's preferences."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, get_language_from_request, gettext, pgettext

from wayloop.accounts.api import Preferences, cookie_name
from wayloop.business import api as business
from wayloop.contracts.shell import NavItem, PaletteCommand, Section, Step
from wayloop.kernel.registry import offers
from wayloop.web.search import may_search

LOOP: tuple[Step, ...] = ("home", "know", "listen", "understand", "decide", "act", "prove")
SECTIONS: tuple[Section, ...] = ("business", "customers", "team", "system")
DOCK_PLACES = 3
Item = TypeVar("Item", NavItem, PaletteCommand)


@dataclass(frozen=True)
class Place:
    """One link of the navigation."""

    label: str
    url: str
    icon: str
    shortcut: str
    is_current: bool
    is_exact: bool
    note: str = ""


@dataclass(frozen=True)
class Group:
    """The places of one step of the loop, or of one part of the settings; Home has no title."""

    step: str
    title: str
    items: list[Place]


@dataclass(frozen=True)
class Command:
    """One line of the palette: it opens a page or presses a button of this one (`press` is its id)."""

    label: str
    icon: str
    url: str = ""
    press: str = ""
    keywords: str = ""
    keys: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class CommandGroup:
    """Commands under one title."""

    title: str
    items: list[Command]


@dataclass(frozen=True)
class Reader:
    """Who looks at the page."""

    name: str
    role: str


class Shell:
    """The frame of one request; each part is made when the template asks for it, so bare pages cost nothing."""

    home_url = "/"

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        user = getattr(request, "user", None)
        self._user = user if getattr(user, "is_authenticated", False) else None
        self._places: list[tuple[NavItem, Place]] | None = None
        self._profile: business.BusinessProfile | None = None

    @property
    def business_name(self) -> str:
        return self._business.name

    @property
    def is_demo(self) -> bool:
        return self._business.is_sample

    @property
    def mark(self) -> str:
        return (self.business_name or "Wayloop")[:1].upper()

    @property
    def member(self) -> Reader | None:
        if self._user is None:
            return None
        role = getattr(self._user, "get_role_display", lambda: "")()
        return Reader(name=str(self._user), role=str(role))

    @property
    def groups(self) -> list[Group]:
        titles = _titles()
        steps = ((step, [place for item, place in self._all if item.step == step]) for step in LOOP)
        groups = [Group(step=step, title=titles[step], items=places) for step, places in steps if places]
        # Who has one place only needs neither a way to others nor the name of its step.
        return [Group("", "", [place for item, place in self._all if item.step != "home"])] if self.only_url else groups

    @property
    def settings(self) -> list[Place]:
        return [place for item, place in self._all if item.step == "settings"]

    @property
    def settings_groups(self) -> list[Group]:
        titles = _section_titles()
        places = [(item, place) for item, place in self._all if item.step == "settings"]
        parts = ((name, [place for item, place in places if item.section == name]) for name in SECTIONS)
        return [Group(step=name, title=titles[name], items=mine) for name, mine in parts if mine]

    @property
    def only_url(self) -> str:
        """The one place of a member whose role has no other but those aside, as of the front desk; else empty."""
        places = [place for item, place in self._all if item.step != "home" and not item.aside]
        return places[0].url if len(places) == 1 and not self.settings else ""

    @property
    def aside(self) -> list[Place]:
        """Places beside the one a member has: what was given to the member."""
        return [place for item, place in self._all if item.aside]

    @property
    def can_search(self) -> bool:
        """Whether there is anything the member may search."""
        return self._user is not None and may_search(self._user)

    @property
    def settings_url(self) -> str:
        """The overview of the settings; empty for whom there are none."""
        return _url("settings") if self.settings else ""

    @property
    def is_in_settings(self) -> bool:
        return self._request.path == self.settings_url or any(place.is_current for place in self.settings)

    @property
    def dock(self) -> list[Place]:
        """The first places of the loop, for the thumb."""
        return [place for group in self.groups for place in group.items][:DOCK_PLACES]

    @property
    def palette(self) -> list[CommandGroup]:
        if self._user is None:
            return []
        commands = [
            Command(
                label=str(item.label),
                icon=item.icon,
                url=url,
                keywords=str(item.keywords),
                keys=(item.shortcut or "").split(),
            )
            for item in _allowed(offers(PaletteCommand), self._user)
            if (url := _url(item.url_name))
        ]
        places = [
            Command(label=place.label, icon=place.icon, url=place.url, keys=place.shortcut.split())
            for place in [place for group in self.groups for place in group.items] + self.settings
        ]
        own = [
            Command(label=gettext("Your profile"), icon="user-round", url=self.profile_url),
            Command(label=gettext("Keyboard shortcuts"), icon="keyboard", press="open-help", keys=["?"]),
        ]
        groups = (
            CommandGroup(gettext("Go to"), places),
            CommandGroup(gettext("Do"), commands),
            CommandGroup(gettext("You"), [command for command in own if command.url or command.press]),
        )
        return [group for group in groups if group.items]

    @property
    def search_url(self) -> str:
        return _url("search")

    @property
    def profile_url(self) -> str:
        return _url("account_profile")

    @property
    def sign_out_url(self) -> str:
        return _url("account_logout")

    @property
    def language(self) -> str:
        return get_language() or settings.LANGUAGE_CODE

    @property
    def languages(self) -> list[tuple[str, str, str]]:
        return [(code, name, "") for code, name in settings.LANGUAGES]

    @property
    def themes(self) -> list[tuple[str, str, str]]:
        return [
            ("system", gettext("As the device"), "monitor"),
            ("light", gettext("Light"), "sun"),
            ("dark", gettext("Dark"), "moon"),
        ]

    @property
    def densities(self) -> list[tuple[str, str, str]]:
        return [
            ("compact", gettext("Compact"), ""),
            ("normal", gettext("Normal"), ""),
            ("roomy", gettext("Roomy"), ""),
        ]

    @property
    def _business(self) -> business.BusinessProfile:
        if self._profile is None:
            self._profile = business.profile()
        return self._profile

    @property
    def _all(self) -> list[tuple[NavItem, Place]]:
        if self._places is None:
            self._places = _places(self._request.path, self._user)
        return self._places


def shell(request: HttpRequest) -> dict[str, Any]:
    """Adds `shell` (the frame) and `preferences` (language, theme, density, keys). Nothing is read before use."""
    return {"shell": SimpleLazyObject(lambda: Shell(request)), "preferences": preferences_of(request)}


def preferences_of(request: HttpRequest) -> Preferences:
    """What the middleware found; when it never ran (a refused request), the cookies."""
    found = getattr(request, "member_preferences", None)
    if isinstance(found, Preferences):
        return found
    language, theme, density = (
        request.COOKIES.get(cookie_name(preference), "") for preference in ("language", "theme", "density")
    )
    return Preferences(
        language=language if language in dict(settings.LANGUAGES) else get_language_from_request(request),
        theme=theme if theme in ("light", "dark") else "system",
        density=density if density in ("compact", "roomy") else "normal",
        single_keys=True,
    )


def _titles() -> dict[str, str]:
    return {
        "home": "",
        "know": pgettext("step of the loop", "Know"),
        "listen": pgettext("step of the loop", "Listen"),
        "understand": pgettext("step of the loop", "Understand"),
        "decide": pgettext("step of the loop", "Decide"),
        "act": pgettext("step of the loop", "Act"),
        "prove": pgettext("step of the loop", "Prove"),
    }


def _section_titles() -> dict[str, str]:
    return {
        "business": gettext("Business"),
        "customers": gettext("Customers"),
        "team": gettext("Team"),
        "system": gettext("Program"),
    }


def _places(path: str, user: Any) -> list[tuple[NavItem, Place]]:
    if user is None:
        return []
    found = [(item, url) for item in _allowed(offers(NavItem), user) if (url := _url(item.url_name))]
    # The longest address that leads to this page is the place we are in.
    here = max((url for _, url in found if path == url or (url != "/" and path.startswith(url))), key=len, default="")
    return [
        (
            item,
            Place(
                label=str(item.label),
                url=url,
                icon=item.icon,
                shortcut=item.shortcut or "",
                is_current=url == here,
                is_exact=url == path,
                note=str(item.note),
            ),
        )
        for item, url in found
    ]


def _allowed(items: Iterable[Item], user: Any) -> list[Item]:
    may = getattr(user, "has_permission", lambda _: True)
    return sorted(
        (item for item in items if item.permission is None or may(item.permission)), key=lambda item: item.order
    )


def _url(name: str) -> str:
    """The address of a page; empty while no context has it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
