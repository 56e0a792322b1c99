"""Whose eyes look at customers."""

from typing import Protocol
from zoneinfo import ZoneInfo

from wayloop.business import api as business
from wayloop.contracts.scope import Scope
from wayloop.customers.fields.base import Eyes
from wayloop.kernel import clock


class Looker(Protocol):
    """A member, as a row or as what other contexts know of one."""

    @property
    def id(self) -> int: ...
    @property
    def role(self) -> str: ...
    @property
    def scope(self) -> Scope: ...


def eyes_of(member: Looker) -> Eyes:
    """The member's, now, in the zone and currency of the business."""
    profile = business.profile()
    return Eyes(member.id, str(member.role), member.scope, profile.zone_info, profile.currency, clock.now())


def plain_eyes(scope: Scope) -> Eyes:
    """Of nobody in particular, who sees this much: for reads that depend on nothing else."""
    return Eyes(0, "", scope, ZoneInfo("UTC"), "", clock.now())
