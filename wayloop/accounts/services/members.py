"""Writes of the members."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from wayloop.accounts import acts
from wayloop.accounts.enums import ALWAYS_LIMITED, Role
from wayloop.accounts.models import Member
from wayloop.accounts.queries.members import has_owner
from wayloop.accounts.services.audit import audit
from wayloop.accounts.services.factors import settle_duty
from wayloop.accounts.services.sessions import end_sessions
from wayloop.business.api import NewLocation, set_up_business

FIRST_RUN_LOCK = "wayloop first run"


class FirstRunOver(Exception):
    """This installation has its owner already."""


class MemberRefused(ValueError):
    """What was given cannot be a member; `part` names the field, `reasons` say why, ready for the screen."""

    def __init__(self, part: str, reasons: Sequence[str]) -> None:
        super().__init__(" ".join(reasons))
        self.part = part
        self.reasons = list(reasons)


@dataclass(frozen=True)
class NewBusiness:
    """The answers of the first run about the business; see `business.api.set_up_business`."""

    name: str
    trade: str
    zone: str
    currency: str
    content_languages: tuple[str, ...]
    location: NewLocation


@dataclass(frozen=True)
class Rights:
    """What a member may: the role, and the locations and brands they are limited to (None: all)."""

    role: Role
    location_ids: tuple[int, ...] | None = None
    brand_ids: tuple[int, ...] | None = None

    def checked(self) -> "Rights":
        """The same as it is kept: an owner has no limits.

        Raises `MemberRefused` when the role needs a limit and has none, or a limit leaves nothing.
        """
        if self.role == Role.OWNER:
            return replace(self, location_ids=None, brand_ids=None)
        if self.location_ids is None and self.brand_ids is None and self.role in ALWAYS_LIMITED:
            raise MemberRefused("sees", [_("Choose what somebody from outside may see.")])
        if self.location_ids == () or self.brand_ids == ():
            raise MemberRefused("sees", [_("Choose at least one.")])
        return self


@transaction.atomic
def create_owner(*, name: str, email: str, password: str, language: str, business: NewBusiness) -> Member:
    """Ends the first run: makes the business, its first location and its owner, all or nothing.

    Of two that come at once one waits for the other. Raises `FirstRunOver` when an owner exists, `MemberRefused` or
    `BusinessRefused` when a part cannot be used.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [FIRST_RUN_LOCK])
    if has_owner():
        raise FirstRunOver
    set_up_business(
        name=business.name,
        trade=business.trade,
        zone=business.zone,
        currency=business.currency,
        content_languages=business.content_languages,
        locations=[business.location],
    )
    return create_member(name=name, email=email, password=password, role=Role.OWNER, language=language)


@transaction.atomic
def create_member(
    *,
    name: str,
    email: str,
    password: str,
    role: Role,
    location_ids: Sequence[int] | None = None,
    brand_ids: Sequence[int] | None = None,
    language: str = "",
) -> Member:
    """Makes a member who can sign in at once.

    `location_ids`, `brand_ids`: what the member is limited to, None for all. Raises `MemberRefused` when the
    e-mail belongs to a member already or the password is too weak. Writes one row.
    """
    member = Member(
        name=name.strip(),
        email=email.strip().lower(),
        role=role,
        location_ids=None if location_ids is None else list(location_ids),
        brand_ids=None if brand_ids is None else list(brand_ids),
        language=language,
    )
    check_password(member=member, password=password)
    if Member.objects.filter(email=member.email).exists():
        raise MemberRefused("email", [_("A member with this e-mail exists already.")])
    member.set_password(password)
    member.save(force_insert=True)
    settle_duty(member=member)
    return member


def check_password(*, member: Member, password: str) -> None:
    """Raises `MemberRefused` when the password is too short, too common or too like the member's name or e-mail."""
    try:
        validate_password(password, member)
    except ValidationError as error:
        raise MemberRefused("password", error.messages) from error


@transaction.atomic
def change_password(*, member: Member, password: str, keep: str = "") -> None:
    """Gives the member a new password and ends all their sessions.

    `keep`: the key of the session that goes on, whose seal the caller renews. Raises `MemberRefused` when the password
    is too weak.
    """
    check_password(member=member, password=password)
    member.set_password(password)
    member.save(update_fields=["password"])
    end_sessions(member=member, keep=keep, tell=False)
    audit(act=acts.PASSWORD_CHANGED, kind="member", subject=member.pk)


@transaction.atomic
def change_rights(*, member: Member, rights: Rights) -> bool:
    """Gives the member another role or other limits, at once: their sessions end, their keys can no more than they.

    Answers False when nothing changed. Raises `MemberRefused` for the last owner, and for limits that make no sense.
    """
    rights = rights.checked()
    member = _locked(member)
    before = Rights(Role(member.role), _tuple(member.location_ids), _tuple(member.brand_ids))
    if rights == before:
        return False
    if rights.role != Role.OWNER:
        _keep_an_owner(member)
    member.role = rights.role
    member.location_ids = None if rights.location_ids is None else list(rights.location_ids)
    member.brand_ids = None if rights.brand_ids is None else list(rights.brand_ids)
    member.save(update_fields=["role", "location_ids", "brand_ids"])
    settle_duty(member=member)
    end_sessions(member=member, tell=False)
    details: dict[str, Any] = {"was": before.role.value, "role": rights.role.value}
    if (rights.location_ids, rights.brand_ids) != (before.location_ids, before.brand_ids):
        details |= {"locations": member.location_ids, "brands": member.brand_ids}
    audit(act=acts.RIGHTS_CHANGED, kind="member", subject=member.pk, details=details)
    return True


@transaction.atomic
def switch_off(*, member: Member) -> bool:
    """Keeps the member out, at once: sessions end, keys open nothing. What they did stays. False when it was so.

    Raises `MemberRefused` for the last owner.
    """
    member = _locked(member)
    if not member.is_active:
        return False
    _keep_an_owner(member)
    member.is_active = False
    member.save(update_fields=["is_active"])
    end_sessions(member=member, tell=False)
    audit(act=acts.SWITCHED_OFF, kind="member", subject=member.pk)
    return True


@transaction.atomic
def let_back_in(*, member: Member) -> bool:
    """Lets a member who was switched off sign in again, with the rights they had. False when nothing changed."""
    member = _locked(member)
    if member.is_active:
        return False
    member.is_active = True
    member.save(update_fields=["is_active"])
    audit(act=acts.LET_BACK_IN, kind="member", subject=member.pk)
    return True


def _locked(member: Member) -> Member:
    """The member as of now, locked together with all owners and in one order: two that end each other wait."""
    rows = Member.objects.select_for_update().filter(Q(pk=member.pk) | Q(role=Role.OWNER)).order_by("pk")
    return next(row for row in rows if row.pk == member.pk)


def _keep_an_owner(member: Member) -> None:
    """Raises `MemberRefused` when this is the last owner who can come in. The owners are locked already."""
    if member.role != Role.OWNER or not member.is_active:
        return
    if not Member.objects.filter(role=Role.OWNER, is_active=True).exclude(pk=member.pk).exists():
        raise MemberRefused("role", [_("This is the only owner. Make somebody else an owner first.")])


def _tuple(ids: Sequence[int] | None) -> tuple[int, ...] | None:
    return None if ids is None else tuple(ids)


def save_profile(*, member: Member, name: str, language: str, theme: str, density: str, single_keys: bool) -> None:
    """Writes the member's name and how pages look to them."""
    member.name, member.language, member.theme = name.strip(), language, theme
    member.density, member.single_keys = density, single_keys
    member.save(update_fields=["name", "language", "theme", "density", "single_keys"])


def save_preference(*, member: Member, preference: str, value: str) -> None:
    """Writes one of the member's preferences: language, theme or density."""
    setattr(member, preference, value)
    member.save(update_fields=[preference])
