"""What research adds to places it does not know: navigation, search, and who must stay."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext_lazy

from wayloop.accounts.api import Permission
from wayloop.contracts.identity import HandleKeeper, Held
from wayloop.contracts.shell import NavItem, PaletteCommand, SearchHit, SearchProvider
from wayloop.journeys.enums import ICONS
from wayloop.journeys.queries import NoteFilter, list_notes
from wayloop.kernel.registry import offer


class NoteSearch:
    """Finds notes by words of their title, text or quotes."""

    label = gettext_lazy("Research")
    permission = Permission.RESEARCH_VIEW

    def search(self, member: Any, text: str, limit: int) -> Sequence[SearchHit]:
        rows = list_notes(scope=member.scope, wanted=NoteFilter(text=text), limit=limit).rows
        return [
            SearchHit(
                title=row.title,
                url=reverse("journeys:note", args=[row.uuid]),
                detail=str(row.way.label),
                icon=ICONS[row.way],
            )
            for row in rows
        ]


class ResearchKeeper:
    """Whoever was talked to stays, whatever import is undone."""

    def held(self, handles: Sequence[int], *, batch: str) -> Held:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT handle FROM journeys_note WHERE handle = ANY (%(handles)s)", {"handles": list(handles)}
            )
            return Held(frozenset(handle for (handle,) in cursor.fetchall()), frozenset())


VIEW, CHANGE = Permission.RESEARCH_VIEW, Permission.RESEARCH_CHANGE
offer(NavItem, NavItem("listen", gettext_lazy("Research"), "journeys:notes", "search", None, VIEW, 40))
offer(PaletteCommand, PaletteCommand(gettext_lazy("New research note"), "journeys:new_note", "plus", permission=CHANGE))
offer(SearchProvider, NoteSearch())
offer(HandleKeeper, ResearchKeeper())  # type: ignore[type-abstract]
