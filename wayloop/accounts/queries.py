"""Reads of the members."""

from wayloop.accounts.enums import Role
from wayloop.accounts.models import Member


def has_owner() -> bool:
    """Whether the first run is over."""
    return Member.objects.filter(role=Role.OWNER).exists()
