"""What contexts offer the shell: places in the navigation, commands, search."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Step = Literal["home", "know", "listen", "understand", "decide", "act", "prove", "settings"]
# The parts of the settings, in the order they are shown.
Section = Literal["business", "customers", "team", "system"]


class Text(Protocol):
    """A text or a lazily translated one."""

    def __str__(self) -> str: ...


@dataclass(frozen=True)
class NavItem:
    """One place in the navigation, under its step of the loop.

    `icon` is a name of the kit's icons; `shortcut` is a hotkey as in "g c"; `permission` hides the place from members
    whose role lacks it; `order` sorts inside the step (equal ones keep the order of the contexts). Places of the step
    `settings` stand in their `section` of the settings' own navigation, with a `note` of a few words on the overview.
    Whoever has one place that is not `aside` is led there at once.
    """

    step: Step
    label: Text
    url_name: str
    icon: str
    shortcut: str | None = None
    permission: str | None = None
    order: int = 100
    section: Section = "system"
    note: Text = ""
    aside: bool = False


@dataclass(frozen=True)
class PaletteCommand:
    """One thing to do from anywhere: a page that starts it. `keywords` are further words people may type for it."""

    label: Text
    url_name: str
    icon: str
    keywords: Text = ""
    shortcut: str | None = None
    permission: str | None = None
    order: int = 100


@dataclass(frozen=True)
class SearchHit:
    """One found thing: what it is called, where it opens, a muted detail, an icon."""

    title: str
    url: str
    detail: str = ""
    icon: str = "search"


class SearchProvider(Protocol):
    """Finds things of one context. The search asks every provider the member has the permission for."""

    label: Text
    permission: str | None

    def search(self, member: Any, text: str, limit: int) -> Sequence[SearchHit]:
        """At most `limit` things that `member` may see, best first. `member` is `request.user`."""
        ...
