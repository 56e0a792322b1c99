"""Locations as a form offers them."""

from collections.abc import Sequence

from wayloop.business.queries.places import locations
from wayloop.contracts.scope import Scope

Choice = tuple[str, object]


def place_choices(scope: Scope, anywhere: object, current: Sequence[int | None] = ()) -> list[Choice]:
    """Locations the member sees; none at all is a choice for those who see everything.

    `anywhere`: what that choice is called; `current`: what the row has; it stays a choice. Empty when the business has
    no locations.
    """
    places: list[Choice] = [
        (str(place.id), str(place.name))
        for place in locations(scope=scope, with_archived=True)
        if not place.is_archived or place.id in current
    ]
    return [("", anywhere), *places] if places and (scope.sees_everything or None in current) else places
