"""The face of the members for other contexts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from wayloop.accounts.acts import EXPORTED, SEARCHED
from wayloop.accounts.enums import PERMISSIONS, Permission, Role, permissions_of
from wayloop.accounts.guard import permission_required
from wayloop.accounts.models import Member, scope_of
from wayloop.accounts.origin import address_of
from wayloop.accounts.preferences import Preferences, cookie_name
from wayloop.accounts.queries.members import has_owner
from wayloop.accounts.sample import SAMPLE_MEMBERS, SAMPLE_PASSWORD, SampleMember
from wayloop.accounts.services import members as services
from wayloop.accounts.services.audit import audit, audit_search
from wayloop.accounts.services.keys import key_shown
from wayloop.accounts.services.members import MemberRefused
from wayloop.accounts.services.rescue import Rescued, RescueRefused, let_owner_in
from wayloop.contracts.scope import Scope

__all__ = [
    "EXPORTED",
    "SAMPLE_MEMBERS",
    "SAMPLE_PASSWORD",
    "SEARCHED",
    "KeyInfo",
    "MemberInfo",
    "MemberRefused",
    "Permission",
    "Preferences",
    "RescueRefused",
    "Rescued",
    "Role",
    "SampleMember",
    "address_of",
    "audit",
    "audit_search",
    "caller_of",
    "cookie_name",
    "create_member",
    "create_sample_members",
    "has_owner",
    "let_owner_in",
    "member_for_key",
    "member_of",
    "members_who_may",
    "names_of",
    "permission_required",
]


@dataclass(frozen=True)
class MemberInfo:
    """What other contexts may know of a member. `language`: the one the member chose, or empty."""

    id: int
    name: str
    email: str
    role: Role
    scope: Scope
    language: str = ""

    def may(self, permission: Permission) -> bool:
        """Whether the member's role includes the permission, with the limits the member has."""
        return permission in permissions_of(self.role, sees_everything=self.scope.sees_everything)


@dataclass(frozen=True)
class KeyInfo:
    """Somebody who comes with an API key: whose it is, what the key opens, which locations it sees."""

    id: int
    member: MemberInfo
    permissions: frozenset[Permission]
    scope: Scope

    def may(self, permission: Permission) -> bool:
        """Whether the key opens this. Never more than its member may at the moment."""
        return permission in self.permissions


def member_for_key(text: str, *, request: HttpRequest | None = None) -> KeyInfo | None:
    """Who comes with this API key, or None: wrong, revoked, over, or its member was switched off.

    What the key opens is what it was made for and its member still may. Notes the key's use, at most once a minute.
    With `request`, what follows in it stands in the audit trail as done with this key.
    """
    key = key_shown(text=text, address=address_of(request) if request else "")
    if key is None:
        return None
    if request is not None:
        request.api_key = key  # type: ignore[attr-defined]
    member, places = _info(key.member), scope_of(key.location_ids, None)
    if member.scope.locations is None:
        seen = places
    elif places.locations is None:
        seen = member.scope
    else:
        seen = Scope(tuple(one for one in places.locations if one in member.scope.locations))
    may = permissions_of(member.role, sees_everything=seen.sees_everything)
    opens = frozenset(Permission(one) for one in key.permissions if one in may)
    return KeyInfo(id=key.pk, member=member, permissions=opens, scope=seen)


def caller_of(request: HttpRequest) -> KeyInfo:
    """The key that a request to the REST API came with.

    Raises `PermissionDenied` for a request that came in by another door; sessions never open the API.
    """
    caller = getattr(request, "auth", None)
    if not isinstance(caller, KeyInfo):
        raise PermissionDenied
    return caller


def member_of(request: HttpRequest) -> MemberInfo:
    """The member who asks.

    Raises `PermissionDenied` for a stranger; strangers only reach views that are marked for them.
    """
    if not isinstance(request.user, Member):
        raise PermissionDenied
    return _info(request.user)


def names_of(member_ids: Iterable[int]) -> dict[int, str]:
    """Member → name, for what members wrote. One read, none for nobody."""
    wanted = set(member_ids)
    return dict(Member.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def members_who_may(permission: Permission) -> list[MemberInfo]:
    """Members who have the permission, by name: those something can be given to."""
    roles = [role for role, permissions in PERMISSIONS.items() if permission in permissions]
    rows = Member.objects.filter(role__in=roles, is_active=True).order_by("name", "pk")
    return [_info(row) for row in rows if row.has_permission(permission)]


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
    return MemberInfo(
        id=member.pk, name=member.name, email=member.email, role=Role(member.role), scope=member.scope,
        language=member.language,
    )  # fmt: skip
