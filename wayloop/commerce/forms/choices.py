"""Choices that forms of agreements and of jobs share: members."""

from wayloop.accounts import api as accounts
from wayloop.accounts.api import Permission
from wayloop.business.api import Choice


def member_choices(nobody: object, kept: int | None = None) -> list[Choice]:
    """Members who may work on jobs; `kept` stays even when they may no longer."""
    members = {one.id: one.name for one in accounts.members_who_may(Permission.SERVICE_CHANGE)}
    if kept is not None and kept not in members:
        members |= accounts.names_of([kept])
    return [("", nobody), *((str(member), name) for member, name in members.items())]


def number_or_none(text: str) -> int | None:
    """The id that was chosen; None for the empty choice."""
    return int(text) if text else None
