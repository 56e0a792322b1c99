"""Links that let somebody in: invitations, and new passwords for those who forgot theirs."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from wayloop.accounts import acts
from wayloop.accounts.enums import Role
from wayloop.accounts.models import Invitation, Member
from wayloop.accounts.queries.invitations import open_invitation, reset_seal, reset_token
from wayloop.accounts.services.audit import audit
from wayloop.accounts.services.members import MemberRefused, Rights, change_password, create_member
from wayloop.kernel import clock

# The address of somebody who never came is kept no longer than this after the link is over.
FORGOTTEN_AFTER = timedelta(days=30)


class LinkOver(Exception):
    """The link was used, withdrawn or has ended."""


@transaction.atomic
def invite(*, email: str, rights: Rights, days: int, by: Member) -> Invitation:
    """Makes an invitation; an open one to the same address ends.

    Raises `MemberRefused` when the address belongs to a member, or the rights make no sense.
    """
    rights = rights.checked()
    email = email.strip().lower()
    if Member.objects.filter(email=email).exists():
        raise MemberRefused("email", [_("A member with this e-mail exists already.")])
    now = clock.now()
    Invitation.objects.filter(email=email, accepted_at=None, withdrawn_at=None).update(withdrawn_at=now)
    made = Invitation.objects.create(
        email=email,
        role=rights.role,
        location_ids=None if rights.location_ids is None else list(rights.location_ids),
        brand_ids=None if rights.brand_ids is None else list(rights.brand_ids),
        invited_by=by,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    audit(act=acts.INVITED, kind="invitation", subject=made.pk, details={"role": made.role})
    return made


@transaction.atomic
def withdraw(*, number: int) -> bool:
    """Ends an open invitation. False when there is none of that number."""
    done = Invitation.objects.filter(pk=number, accepted_at=None, withdrawn_at=None).update(withdrawn_at=clock.now())
    if done:
        audit(act=acts.INVITATION_WITHDRAWN, kind="invitation", subject=number)
    return bool(done)


@transaction.atomic
def bring_back(*, number: int) -> bool:
    """Takes a withdrawal back, while the time of the invitation runs and nobody else was invited by that address."""
    found = Invitation.objects.select_for_update().filter(pk=number, accepted_at=None).first()
    if found is None or found.withdrawn_at is None or found.expires_at <= clock.now():
        return False
    if Invitation.objects.filter(email=found.email, accepted_at=None, withdrawn_at=None).exists():
        return False
    found.withdrawn_at = None
    found.save(update_fields=["withdrawn_at"])
    audit(act=acts.INVITED, kind="invitation", subject=found.pk, details={"role": found.role})
    return True


@transaction.atomic
def join(*, invitation: Invitation, name: str, password: str, language: str) -> Member:
    """Makes the invited member. Of two that use the link at once one waits and is refused.

    Raises `LinkOver`, or `MemberRefused` when the password is too weak.
    """
    locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if open_invitation(locked.code) is None:
        raise LinkOver
    member = create_member(
        name=name,
        email=locked.email,
        password=password,
        role=Role(locked.role),
        location_ids=locked.location_ids,
        brand_ids=locked.brand_ids,
        language=language,
    )
    locked.accepted_at, locked.accepted_by = clock.now(), member
    locked.save(update_fields=["accepted_at", "accepted_by"])
    audit(act=acts.JOINED, by=member.pk, kind="invitation", subject=locked.pk, details={"role": member.role})
    return member


@transaction.atomic
def make_reset_link(*, member: Member) -> str:
    """The token of a link by which the member chooses a new password, once, within a day.

    It ends with whatever ends the member's sessions, so that a second link, or a change of role, makes it void.
    """
    audit(act=acts.RESET_MADE, kind="member", subject=member.pk)
    return reset_token(member)


@transaction.atomic
def reset_password(*, member: Member, seal: str, password: str) -> None:
    """Gives the member of a reset link a new password and ends their sessions.

    Raises `LinkOver` when the link was used meanwhile, `MemberRefused` when the password is too weak.
    """
    member = Member.objects.select_for_update().get(pk=member.pk)
    if not member.is_active or reset_seal(member) != seal:
        raise LinkOver
    change_password(member=member, password=password)


@transaction.atomic
def forget_old_invitations() -> int:
    """Removes invitations nobody used, a month after their end; answers how many."""
    over = Invitation.objects.filter(accepted_at=None, expires_at__lt=clock.now() - FORGOTTEN_AFTER)
    return over.delete()[0]
