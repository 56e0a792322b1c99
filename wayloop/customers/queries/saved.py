"""Saved lists: which a member sees."""

from django.db.models import Q, QuerySet

from wayloop.customers.models import SavedView


def views_of(member: int) -> list[SavedView]:
    """The member's own lists and those shared with the team, in their order."""
    return list(_seen_by(member))


def view_by_id(view_id: int, member: int) -> SavedView | None:
    """The list, when the member sees it."""
    return _seen_by(member).filter(pk=view_id).first()


def _seen_by(member: int) -> "QuerySet[SavedView]":
    return SavedView.objects.filter(Q(owner_id=member) | Q(is_shared=True), removed_at=None).select_related("owner")
