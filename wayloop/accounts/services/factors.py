"""Second factors: added, removed, demanded."""

from collections.abc import Collection
from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.db import transaction
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q

from wayloop.accounts import acts
from wayloop.accounts.enums import Role
from wayloop.accounts.models import KeptSecret, Member, Policy
from wayloop.accounts.queries.members import demanded_roles
from wayloop.accounts.services.audit import audit

FACTORS = ("totp", "webauthn")
KEPT_IN = ("secret", "seed")
# Beside the secret of an app: the half minute whose code was used last.
USED = "used"


def settle_duty(*, member: Member | None = None) -> None:
    """Writes who owes a second factor, for one member or for all. One statement, and a read of what is demanded."""
    has_factor = Exists(Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS))
    roles = demanded_roles()
    owes = ExpressionWrapper(Q(role__in=roles) & ~has_factor, output_field=BooleanField())
    rows = Member.objects.all() if member is None else Member.objects.filter(pk=member.pk)
    rows.update(owes_second_factor=owes if roles else False)
    if member is not None:
        member.refresh_from_db(fields=["owes_second_factor"])


@transaction.atomic
def demand_factor(*, roles: Collection[Role]) -> None:
    """Demands a second factor of these roles, and of no others. Who has none is led to set one up, at once."""
    wanted = [role.value for role in Role if role in roles]
    Policy.objects.update_or_create(pk=1, defaults={"second_factor_roles": wanted})
    settle_duty()
    audit(act=acts.POLICY_CHANGED, details={"roles": wanted})


@transaction.atomic
def add_app(*, member: Member, secret: str, code: str = "") -> bool:
    """Makes an authenticator app the member's second factor, in place of the app before.

    `code`: the one that proved it, which opens nothing any more. Answers whether recovery codes were made: they are to
    be shown now.
    """
    _remove(Authenticator.objects.filter(user=member, type=Authenticator.Type.TOTP))
    totp.TOTP.activate(member, secret)
    if code:
        take_code(member=member, code=code)
    return _added(member, "totp")


def is_used_up(*, member: Member, code: str) -> bool:
    """Whether this is a code of the member's app that was used, or one from before it."""
    app = Authenticator.objects.filter(user=member, type=Authenticator.Type.TOTP).first()
    at = None if app is None else _half_minute(app, code)
    return app is not None and at is not None and at <= app.data.get(USED, 0)


@transaction.atomic
def take_code(*, member: Member, code: str) -> bool:
    """Uses a code of the member's app up, with all before it. False when it was used: of two at once one waits."""
    app = Authenticator.objects.select_for_update().filter(user=member, type=Authenticator.Type.TOTP).first()
    at = None if app is None else _half_minute(app, code)
    if app is None or at is None or at <= app.data.get(USED, 0):
        return False
    app.data[USED] = at
    app.save(update_fields=["data"])
    return True


def _half_minute(app: Authenticator, code: str) -> int | None:
    """Which half minute the code is of, among those that count now."""
    secret = get_adapter().decrypt(app.data["secret"])
    fitting = (
        at
        for at in totp.yield_hotp_counters_from_time()
        if compare_user_code(actual=code, expected=totp.format_hotp_value(totp.hotp_value(secret, at)))
    )
    return next(fitting, None)


@transaction.atomic
def add_passkey(*, member: Member, name: str, credential: dict[str, Any]) -> bool:
    """Adds a passkey (a checked registration). Answers whether recovery codes were made."""
    WebAuthn.add(member, name[:80], credential)
    return _added(member, "webauthn")


@transaction.atomic
def remove_factor(*, member: Member, number: int) -> bool:
    """Removes one of the member's factors, with the last one the recovery codes too. False when there is none such."""
    found = Authenticator.objects.select_for_update().filter(user=member, pk=number, type__in=FACTORS).first()
    if found is None:
        return False
    _remove(Authenticator.objects.filter(pk=found.pk))
    if not Authenticator.objects.filter(user=member, type__in=FACTORS).exists():
        _remove(Authenticator.objects.filter(user=member))
    settle_duty(member=member)
    audit(act=acts.FACTOR_REMOVED, kind="member", subject=member.pk, details={"type": found.type})
    return True


@transaction.atomic
def remove_all_factors(*, member: Member) -> bool:
    """Removes all factors of a member who lost them. False when there was none."""
    factors = Authenticator.objects.filter(user=member)
    if not factors.exists():
        return False
    _remove(factors)
    settle_duty(member=member)
    audit(act=acts.FACTOR_REMOVED, kind="member", subject=member.pk, details={"type": "all"})
    return True


@transaction.atomic
def make_recovery_codes(*, member: Member) -> None:
    """Makes new recovery codes; the former ones open nothing any more."""
    _remove(Authenticator.objects.filter(user=member, type=Authenticator.Type.RECOVERY_CODES))
    RecoveryCodes.activate(member)
    audit(act=acts.CODES_MADE, kind="member", subject=member.pk)


def _added(member: Member, kind: str) -> bool:
    has_codes = Authenticator.objects.filter(user=member, type=Authenticator.Type.RECOVERY_CODES).exists()
    if not has_codes:
        RecoveryCodes.activate(member)
    settle_duty(member=member)
    audit(act=acts.FACTOR_ADDED, kind="member", subject=member.pk, details={"type": kind})
    return not has_codes


def _remove(factors: Any) -> None:
    """Removes factors together with the secrets they name."""
    kept = [
        int(str(data[part]).partition(":")[2])
        for data in factors.values_list("data", flat=True)
        for part in KEPT_IN
        if part in data
    ]
    factors.delete()
    KeptSecret.objects.filter(pk__in=kept).delete()
