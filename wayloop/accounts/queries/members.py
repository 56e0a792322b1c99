"""Reads of the members themselves."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db.models import Exists, Max, OuterRef, Q

from wayloop.accounts.enums import Role
from wayloop.accounts.models import ApiKey, Member, MemberSession, Policy
from wayloop.kernel import clock


@dataclass(frozen=True)
class MemberRow:
    """One line of the team."""

    member: Member
    has_factor: bool
    seen_at: datetime | None


def has_owner() -> bool:
    """Whether the first run is over."""
    return Member.objects.filter(role=Role.OWNER).exists()


def team() -> list[MemberRow]:
    """Everybody who works or worked here: owners first, then by name."""
    order = {role: number for number, role in enumerate(Role.values)}
    seen = dict(MemberSession.objects.values_list("member").annotate(at=Max("seen_at")))
    factor = Authenticator.objects.filter(user=OuterRef("pk"), type__in=("totp", "webauthn"))
    rows = [
        MemberRow(member, member.factor, max(filter(None, (seen.get(member.pk), member.last_login)), default=None))
        for member in Member.objects.annotate(factor=Exists(factor))
    ]
    return sorted(rows, key=lambda row: (order[row.member.role], row.member.name.casefold(), row.member.pk))


def demanded_roles() -> list[str]:
    """The roles that may not work without a second factor."""
    return list(Policy.objects.filter(pk=1).values_list("second_factor_roles", flat=True).first() or [])


def factors_of(member: Member) -> dict[str, list[Authenticator]]:
    """The member's factors by kind: totp, webauthn, recovery_codes; oldest first."""
    found: dict[str, list[Authenticator]] = defaultdict(list)
    for one in Authenticator.objects.filter(user=member).order_by("created_at", "pk"):
        found[one.type].append(one)
    return dict(found)


def keys_of(member: Member | None = None) -> list[ApiKey]:
    """Keys that are not revoked, newest first; of one member or of everybody."""
    rows = ApiKey.objects.filter(revoked_at=None).select_related("member").order_by("-created_at", "-pk")
    return list(rows if member is None else rows.filter(member=member))


def idle_keys(*, since: datetime) -> list[ApiKey]:
    """Living keys that were made before `since` and not used after it."""
    rows = ApiKey.objects.filter(revoked_at=None, created_at__lt=since).select_related("member")
    rows = rows.filter(Q(used_at=None) | Q(used_at__lt=since)).filter(
        Q(expires_at=None) | Q(expires_at__gt=clock.now())
    )
    return list(rows.order_by("created_at", "pk"))
