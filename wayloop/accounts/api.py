"""The face of the members for other contexts."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from wayloop.accounts import services
from wayloop.accounts.enums import PERMISSIONS, Permission, Role
from wayloop.accounts.middleware import to_sign_in
from wayloop.accounts.models import Member
from wayloop.accounts.preferences import Preferences, cookie_name
from wayloop.accounts.queries import has_owner
from wayloop.accounts.sample import SAMPLE_MEMBERS, SAMPLE_PASSWORD, SampleMember
from wayloop.accounts.services import MemberRefused
from wayloop.contracts.scope import Scope

__all__ = [
    "SAMPLE_MEMBERS",
    "SAMPLE_PASSWORD",
    "MemberInfo",
    "MemberRefused",
    "Permission",
    "Preferences",
    "Role",
    "SampleMember",
    "cookie_name",
    "create_member",
    "create_sample_members",
    "has_owner",
    "member_of",
    "members_who_may",
    "names_of",
    "permission_required",
]
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


@dataclass(frozen=True)
class MemberInfo:
    """What other contexts may know of a member."""

    id: int
    name: str
    email: str
    role: Role
    scope: Scope

    def may(self, permission: Permission) -> bool:
        """Whether the member's role includes the permission."""
        return permission in PERMISSIONS[self.role]


def member_of(request: HttpRequest) -> MemberInfo:
    """The member who asks.

    Raises `PermissionDenied` for a stranger; strangers only reach views that are marked for them.
    """
    if not isinstance(request.user, Member):
        raise PermissionDenied
    return _info(request.user)


def permission_required(permission: Permission) -> Callable[[View[P]], View[P]]:
    """Opens a view only to members whose role includes `permission`.

    Others get the page of status 403, strangers the sign-in page. The view carries the permission as `permission`.
    """

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not isinstance(request.user, Member):
                return to_sign_in(request)
            if not request.user.has_permission(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return guard


def names_of(member_ids: Iterable[int]) -> dict[int, str]:
    """Member → name, for what members wrote. One read, none for nobody."""
    wanted = set(member_ids)
    return dict(Member.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def members_who_may(permission: Permission) -> list[MemberInfo]:
    """Members whose role includes the permission, by name: those something can be given to."""
    roles = [role for role, permissions in PERMISSIONS.items() if permission in permissions]
    return [_info(row) for row in Member.objects.filter(role__in=roles, is_active=True).order_by("name", "pk")]


def create_member(
    *, name: str, email: str, password: str, role: Role, location_ids: Sequence[int] | None = None, language: str = ""
) -> MemberInfo:
    """Makes a member who can sign in at once; `location_ids`: the locations they see, None for all.

    Raises `MemberRefused` when the e-mail is taken or the password too weak.
    """
    return _info(
        services.create_member(
            name=name, email=email, password=password, role=role, location_ids=location_ids, language=language
        )
    )


def create_sample_members() -> tuple[MemberInfo, ...]:
    """Makes the members of the sample business; their passwords are known to everybody."""
    return tuple(
        create_member(name=one.name, email=one.email, password=SAMPLE_PASSWORD, role=one.role) for one in SAMPLE_MEMBERS
    )


def _info(member: Member) -> MemberInfo:
    return MemberInfo(id=member.pk, name=member.name, email=member.email, role=Role(member.role), scope=member.scope)
