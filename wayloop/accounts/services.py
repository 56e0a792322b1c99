"""Writes of the members."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from wayloop.accounts.enums import Role
from wayloop.accounts.models import Member
from wayloop.accounts.queries import has_owner
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
    language: str = "",
) -> Member:
    """Makes a member who can sign in at once.

    `location_ids`: the locations the member sees, None for all. Raises `MemberRefused` when the e-mail belongs to a
    member already or the password is too weak. Writes one row.
    """
    member = Member(
        name=name.strip(),
        email=email.strip().lower(),
        role=role,
        location_ids=None if location_ids is None else list(location_ids),
        language=language,
    )
    check_password(member=member, password=password)
    if Member.objects.filter(email=member.email).exists():
        raise MemberRefused("email", [_("A member with this e-mail exists already.")])
    member.set_password(password)
    member.save(force_insert=True)
    return member


def check_password(*, member: Member, password: str) -> None:
    """Raises `MemberRefused` when the password is too short, too common or too like the member's name or e-mail."""
    try:
        validate_password(password, member)
    except ValidationError as error:
        raise MemberRefused("password", error.messages) from error


def change_password(*, member: Member, password: str) -> None:
    """Gives the member a new password. All sessions of the member end; the caller renews its own.

    Raises `MemberRefused` when the password is too weak.
    """
    check_password(member=member, password=password)
    member.set_password(password)
    member.save(update_fields=["password"])


def save_profile(*, member: Member, name: str, language: str, theme: str, density: str, single_keys: bool) -> None:
    """Writes the member's name and how pages look to them."""
    member.name, member.language, member.theme = name.strip(), language, theme
    member.density, member.single_keys = density, single_keys
    member.save(update_fields=["name", "language", "theme", "density", "single_keys"])


def save_preference(*, member: Member, preference: str, value: str) -> None:
    """Writes one of the member's preferences: language, theme or density."""
    setattr(member, preference, value)
    member.save(update_fields=[preference])


def end_sessions(*, member: Member) -> None:
    """Signs the member out everywhere, here too."""
    Member.objects.filter(pk=member.pk).update(session_round=F("session_round") + 1)
