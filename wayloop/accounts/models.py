"""Tables of the members."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.functional import cached_property

from wayloop.accounts.enums import Role, permissions_of
from wayloop.business import api as business
from wayloop.contracts.scope import Scope
from wayloop.kernel import clock
from wayloop.kernel.secrets import Place, Sealed, SealedField, seal, unseal
from wayloop.kernel.signing import random_secret


def scope_of(
    location_ids: Sequence[int] | None,
    brand_ids: Sequence[int] | None,
    *,
    places: Sequence[business.Place] | None = None,
) -> Scope:
    """The locations of a limit to locations and to brands; no limit costs no read, nor does one when `places` are told.

    `places`: all there are, archived ones too.
    """
    if brand_ids is None:
        return Scope(None if location_ids is None else tuple(location_ids))
    allowed = None if location_ids is None else set(location_ids)
    return Scope(
        tuple(
            place.id
            for place in (business.locations(with_archived=True) if places is None else places)
            if place.brand in brand_ids and (allowed is None or place.id in allowed)
        )
    )


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
    # None: all brands. A list of ids: only locations of these brands, of those above.
    brand_ids = models.JSONField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=2, blank=True)
    theme = models.CharField(max_length=6, blank=True)
    density = models.CharField(max_length=8, blank=True)
    single_keys = models.BooleanField(default=True)
    # Part of every session's seal: raising it ends all sessions of this member.
    session_round = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    # Whether this member must set up a second factor before anything else. Kept by `services.factors.settle_duty`, so
    # that no request has to ask for it.
    owes_second_factor = models.BooleanField(default=False)

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

    @cached_property
    def scope(self) -> Scope:
        """The locations this member sees, as brands stand now. Read once for each time the member is loaded."""
        return scope_of(self.location_ids, self.brand_ids)

    def has_permission(self, permission: str) -> bool:
        """Whether the member's role includes the named permission, with the limits the member has."""
        sees_everything = self.location_ids is None and self.brand_ids is None
        return self.is_active and permission in permissions_of(Role(self.role), sees_everything=sees_everything)

    def get_session_auth_hash(self) -> str:
        """Seals a session to the password and to the round; a session with another seal is over."""
        return f"{super().get_session_auth_hash()}.{self.session_round}"

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """The same seal under the former signing keys."""
        for former in super().get_session_auth_fallback_hash():
            yield f"{former}.{self.session_round}"

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]

    def natural_key(self) -> tuple[Any, ...]:
        return (self.email,)


class Invitation(models.Model):
    """A link that makes one member, once. The link itself is signed and made anew when it is shown."""

    code = models.CharField(max_length=32, unique=True, default=random_secret)
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=20, choices=Role)
    location_ids = models.JSONField(null=True)
    brand_ids = models.JSONField(null=True)
    invited_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="accounts_invitation_email_small_letters"
            ),
        ]


class MemberSession(models.Model):
    """What a member sees of a session of theirs. Without Django's own row it is nothing."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=40, unique=True)
    # The browser's own words, cut; which browser and device that is, is said when it is shown.
    agent = models.CharField(max_length=300)
    address = models.CharField(max_length=45)
    began_at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(default=clock.now)


class ApiKey(models.Model):
    """What another program shows to be let in as a member. Only a digest is kept; the key was shown once."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    # The open part of the key: it finds the row, the digest of the whole decides.
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.BinaryField()
    permissions = models.JSONField()
    location_ids = models.JSONField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    used_from = models.CharField(max_length=45, blank=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["member"], name="accounts_apikey_of_member")]


class Policy(models.Model):
    """What the owner demands of everybody; one row."""

    # The roles that may not work without a second factor.
    second_factor_roles = models.JSONField(default=list)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="accounts_policy_is_one")]


class KeptSecret(models.Model):
    """A secret of somebody's second factor, sealed; the factor's own row names it by its number."""

    sealed = SealedField(null=True)

    @classmethod
    def keep(cls, text: str) -> "KeptSecret":
        """Writes a secret. The seal is bound to the row, so the row comes first."""
        row = cls.objects.create()
        row.sealed = seal(text, Place.of(row, "sealed"))
        row.save(update_fields=["sealed"])
        return row

    def open(self) -> str:
        """The secret itself."""
        return unseal(self.sealed or Sealed(), Place.of(self, "sealed")).reveal()


class AuditEntry(models.Model):
    """One line of the audit trail. Nothing is changed, and deleted only after three years; a trigger sees to it.

    Members and keys are plain numbers: a line must never wait for, or die with, what it tells of. No names, addresses
    or searched words of customers: their numbers only.
    """

    at = models.DateTimeField(default=clock.now)
    member_id = models.BigIntegerField(null=True)
    key_id = models.BigIntegerField(null=True)
    act = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.CharField(max_length=64, blank=True)
    details = models.JSONField(default=dict)
    address = models.CharField(max_length=45, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["member_id", "-id"], name="accounts_audit_member"),
            models.Index(fields=["act", "-id"], name="accounts_audit_act"),
            models.Index(fields=["subject_kind", "subject_id", "-id"], name="accounts_audit_subject"),
        ]
