"""Tables of the members."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from wayloop.accounts.enums import PERMISSIONS, Role
from wayloop.contracts.scope import Scope
from wayloop.kernel import clock


class MemberManager(BaseUserManager["Member"]):
    """Finds members by e-mail, whatever its capitals."""

    def get_by_natural_key(self, username: str | None) -> "Member":
        return self.get(email__iexact=username)


class Member(AbstractBaseUser):
    """Somebody who works here and signs in. A customer never is one."""

    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=20, choices=Role)
    # None: sees all locations. A list of ids: sees these only.
    location_ids = models.JSONField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=2, blank=True)
    theme = models.CharField(max_length=6, blank=True)
    density = models.CharField(max_length=8, blank=True)
    single_keys = models.BooleanField(default=True)
    # Part of every session's seal: raising it ends all sessions of this member.
    session_round = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name", "role"]
    objects = MemberManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["email"], name="accounts_member_email_once"),
            # Sign-in looks for the address in small letters; any other spelling could never come in.
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="accounts_member_email_small_letters"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scope(self) -> Scope:
        """The locations this member sees."""
        return Scope(None if self.location_ids is None else tuple(self.location_ids))

    def has_permission(self, permission: str) -> bool:
        """Whether the member's role includes the named permission."""
        return self.is_active and permission in PERMISSIONS[Role(self.role)]

    def get_session_auth_hash(self) -> str:
        """Seals a session to the password and to the round; a session with another seal is over."""
        return f"{super().get_session_auth_hash()}.{self.session_round}"

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """The same seal under the former signing keys."""
        for seal in super().get_session_auth_fallback_hash():
            yield f"{seal}.{self.session_round}"

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]

    def natural_key(self) -> tuple[Any, ...]:
        return (self.email,)
