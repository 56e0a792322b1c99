"""What the work refuses, its limits, and which cases somebody sees. Pure."""

from dataclasses import dataclass

from wayloop.accounts.api import KeyInfo, MemberInfo, Permission
from wayloop.contracts.scope import Scope

LONGEST_NOTE = 4000
LONGEST_TITLE = 200
# Of money, in minor units; a year of business hours.
LARGEST_AMOUNT = 10**12
LONGEST_PROMISE = 366 * 24 * 60
MOST_STEPS, MOST_STAGES, MOST_CAUSES, MOST_PLAYBOOKS = 20, 20, 60, 60


class WorkRefused(ValueError):
    """What was asked cannot be done; the text says in one line what to do."""


@dataclass(frozen=True)
class Sight:
    """Which cases and tasks somebody sees: those of these locations, and (`own`) only the ones a member has."""

    scope: Scope
    own: int | None = None


def sight_of(who: MemberInfo | KeyInfo) -> Sight:
    """What this member, or this key, sees. Whoever does not see all cases of their locations sees their own."""
    member = who.member if isinstance(who, KeyInfo) else who
    return Sight(who.scope, None if who.may(Permission.WORK_VIEW) else member.id)


def sees(member: MemberInfo, location: int | None) -> bool:
    """Whether the member's locations include this one; rows without one belong to all."""
    return location is None or member.scope.locations is None or location in member.scope.locations
