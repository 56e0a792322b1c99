"""Choices that forms of the work share: members."""

from django.utils.translation import gettext as _

from wayloop.accounts import api as accounts
from wayloop.accounts.api import Permission
from wayloop.business.api import Choice


def owner_choices(location: int | None = None, kept: int | None = None) -> list[Choice]:
    """Members who work on cases and see the location; `kept` stays even when they may no longer."""
    members = {
        one.id: one.name
        for one in accounts.members_who_may(Permission.WORK_CHANGE)
        if location is None or one.scope.locations is None or location in one.scope.locations
    }
    if kept is not None and kept not in members:
        members |= accounts.names_of([kept])
    return [("", _("Nobody yet")), *((str(member), name) for member, name in members.items())]


def number_or_none(text: str) -> int | None:
    """The id that was chosen; None for the empty choice."""
    return int(text) if text else None
