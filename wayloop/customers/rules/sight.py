"""Who may see a trait."""

from wayloop.accounts.api import Role
from wayloop.customers.enums import Sight

SEEN_BY: dict[Sight, frozenset[Role]] = {
    Sight.EVERYBODY: frozenset(Role),
    Sight.STAFF: frozenset(Role) - {Role.FRONT_DESK},
    Sight.MANAGERS: frozenset({Role.OWNER, Role.MANAGER}),
    Sight.OWNER: frozenset({Role.OWNER}),
}


def sights_of(role: Role) -> list[Sight]:
    """The levels whose traits a member of this role sees."""
    return [sight for sight, roles in SEEN_BY.items() if role in roles]
