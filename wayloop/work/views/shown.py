"""The case and the task of an address, for those who see them."""

from uuid import UUID

from django.http import Http404

from wayloop.accounts.api import MemberInfo
from wayloop.work.models import Case, Task
from wayloop.work.queries.cases import case_by_uuid
from wayloop.work.queries.todos import task_by_uuid
from wayloop.work.rules import sight_of


def case_of(uuid: UUID, member: MemberInfo) -> Case:
    """Raises `Http404` when there is none that the member sees."""
    case = case_by_uuid(uuid, sight_of(member))
    if case is None:
        raise Http404
    return case


def task_of(uuid: UUID, member: MemberInfo, *, with_removed: bool = False) -> Task:
    """Raises `Http404` when there is none that the member sees."""
    task = task_by_uuid(uuid, sight_of(member), with_removed=with_removed)
    if task is None:
        raise Http404
    return task
