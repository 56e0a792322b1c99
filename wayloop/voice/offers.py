"""What the customers' voice adds to places it does not know: navigation, and who must stay."""

from collections.abc import Sequence

from django.db import connection
from django.utils.translation import gettext_lazy

from wayloop.accounts.api import Permission
from wayloop.contracts.identity import HandleKeeper, Held
from wayloop.contracts.shell import NavItem, PaletteCommand
from wayloop.kernel.registry import offer

HELD = """
SELECT handle FROM voice_behind WHERE handle = ANY (%(handles)s)
UNION SELECT handle FROM voice_thanks WHERE handle = ANY (%(handles)s)
"""


class VoiceKeeper:
    """Whoever stands behind a change, or was thanked, stays, whatever import is undone."""

    def held(self, handles: Sequence[int], *, batch: str) -> Held:
        with connection.cursor() as cursor:
            cursor.execute(HELD, {"handles": list(handles)})
            return Held(frozenset(handle for (handle,) in cursor.fetchall()), frozenset())


VIEW, CHANGE = Permission.VOICE_VIEW, Permission.VOICE_CHANGE
offer(NavItem, NavItem("act", gettext_lazy("You said, we did"), "voice:changes", "megaphone", None, VIEW, 40))
offer(NavItem, NavItem("act", gettext_lazy("Thanks"), "voice:thanks", "heart-handshake", None, VIEW, 41))
offer(PaletteCommand, PaletteCommand(gettext_lazy("New change"), "voice:new_change", "plus", permission=CHANGE))
offer(HandleKeeper, VoiceKeeper())  # type: ignore[type-abstract]
