"""API keys: made, used, revoked."""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from wayloop.accounts import acts
from wayloop.accounts.enums import Permission
from wayloop.accounts.models import ApiKey, Member
from wayloop.accounts.services.audit import audit
from wayloop.accounts.services.members import MemberRefused
from wayloop.contracts.scope import Scope
from wayloop.kernel import clock

MARK = "wl"
PREFIX_BYTES, SECRET_BYTES = 6, 32
NOTED = timedelta(minutes=1)
# What no key may do, whoever made it: the doors themselves stay with people.
NEVER = frozenset({Permission.TEAM_CHANGE, Permission.KEYS_MAKE})


@transaction.atomic
def make_key(
    *,
    member: Member,
    name: str,
    permissions: Collection[Permission],
    location_ids: Collection[int] | None = None,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Makes a key; answers its row and the key itself, which is never to be seen again.

    Raises `MemberRefused` for permissions or locations the member does not have.
    """
    wanted = [one.value for one in Permission if one in permissions]
    if not wanted:
        raise MemberRefused("permissions", [_("Choose at least one.")])
    if NEVER & set(permissions) or not all(member.has_permission(one) for one in wanted):
        raise MemberRefused("permissions", [_("A key can do no more than you.")])
    places = None if location_ids is None else tuple(location_ids)
    if not member.scope.includes(Scope(places)):
        raise MemberRefused("locations", [_("A key can do no more than you.")])
    prefix = secrets.token_hex(PREFIX_BYTES)
    text = f"{MARK}_{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}"
    key = ApiKey.objects.create(
        member=member,
        name=name.strip(),
        prefix=prefix,
        digest=_digest(text),
        permissions=wanted,
        location_ids=None if places is None else list(places),
        expires_at=expires_at,
    )
    audit(act=acts.KEY_MADE, kind="key", subject=key.pk, details={"permissions": wanted})
    return key, text


@transaction.atomic
def revoke_key(*, number: int, member: Member | None = None) -> bool:
    """Ends a key for good; with `member` only one of theirs. False when there is none such."""
    rows = ApiKey.objects.filter(pk=number, revoked_at=None)
    done = (rows if member is None else rows.filter(member=member)).update(revoked_at=clock.now())
    if done:
        audit(act=acts.KEY_REVOKED, kind="key", subject=number)
    return bool(done)


def key_shown(*, text: str, address: str = "") -> ApiKey | None:
    """The living key of this text, or None. Notes its use, at most once a minute.

    A key lives while it is neither revoked nor over and its member is not switched off.
    """
    parts = text.split("_", 2)
    key = None
    if len(parts) == 3 and parts[0] == MARK:
        key = ApiKey.objects.select_related("member").filter(prefix=parts[1]).first()
    # The same work whether there is such a prefix or not.
    fits = hmac.compare_digest(bytes(key.digest) if key else bytes(32), _digest(text))
    now = clock.now()
    if key is None or not fits or key.revoked_at or (key.expires_at and key.expires_at <= now):
        return None
    if not key.member.is_active:
        return None
    if key.used_at is None or now - key.used_at >= NOTED:
        ApiKey.objects.filter(pk=key.pk).update(used_at=now, used_from=address)
    return key


def _digest(text: str) -> bytes:
    """What is kept of a key. Its 256 random bits need no slow hash."""
    return hashlib.sha256(text.encode()).digest()
