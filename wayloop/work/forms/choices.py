"""Choices that forms of the work share: places and members."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from wayloop.accounts import api as accounts
from wayloop.accounts.api import Permission
from wayloop.business import api as business
from wayloop.contracts.scope import Scope

Choice = tuple[str, object]


def place_choices(scope: Scope, anywhere: object, current: Sequence[int | None] = ()) -> list[Choice]:
    """Locations the member sees; none at all is a choice for those who see everything.

    `current`: what the row has; it stays a choice. Empty when the business has no locations.
    """
    places: list[Choice] = [
        (str(place.id), str(place.name))
        for place in business.locations(scope=scope, with_archived=True)
        if not place.is_archived or place.id in current
    ]
    return [("", anywhere), *places] if places and (scope.sees_everything or None in current) else places


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
