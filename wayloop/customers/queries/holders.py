"""Who has a phone or an address already."""

from collections.abc import Sequence

from wayloop.identity import api as identity
from wayloop.identity.api import IdentifierKind, Match

MOST_PROPOSED = 5


def holders(identifiers: Sequence[tuple[IdentifierKind, str]]) -> list[int]:
    """The people who have one of these identifiers, some of them when many do."""
    found = [
        person
        for _kind, value in identifiers
        for person, match in identity.match_people(value, MOST_PROPOSED)
        if match == Match.WHOLE
    ]
    return list(dict.fromkeys(found))
