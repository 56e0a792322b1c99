"""A way back in for an owner who is locked out: whoever may start commands on the server owns this place anyway."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from wayloop.accounts import acts
from wayloop.accounts.enums import Role
from wayloop.accounts.models import Member
from wayloop.accounts.queries.invitations import reset_token
from wayloop.accounts.services.audit import audit
from wayloop.accounts.services.factors import remove_all_factors
from wayloop.accounts.services.sessions import end_sessions
from wayloop.kernel import clock

LIVES = timedelta(hours=1)


class RescueRefused(ValueError):
    """Whom it is about is not plain; one line that says what to do."""


@dataclass(frozen=True)
class Rescued:
    """The owner, the link that lets them choose a password (once, within an hour), and whether factors were removed."""

    name: str
    email: str
    link: str
    lost_factors: bool


@transaction.atomic
def let_owner_in(*, email: str = "", remove_factors: bool = False) -> Rescued:
    """Gives an owner a link for a new password, and with `remove_factors` takes all their second factors away.

    `email` may be empty while there is one owner. An owner who was switched off comes back. All their sessions end:
    whoever locked them out is out. Writes a line of the trail. Raises `RescueRefused`.
    """
    owners = Member.objects.select_for_update().filter(role=Role.OWNER).order_by("pk")
    found = [one for one in owners if not email or one.email == email.strip().lower()]
    if not found:
        raise RescueRefused("there is no owner with this e-mail" if email else "nobody owns this place yet: open it")
    if len(found) > 1:
        raise RescueRefused(f"there are several owners, say which: --email {found[0].email}")
    (owner,) = found
    if not owner.is_active:
        owner.is_active = True
        owner.save(update_fields=["is_active"])
    lost_factors = remove_factors and remove_all_factors(member=owner)
    end_sessions(member=owner, tell=False)
    details = {"second_factor": "removed" if lost_factors else "kept"}
    audit(act=acts.LET_IN_BY_COMMAND, by=owner.pk, kind="member", subject=owner.pk, details=details)
    token = reset_token(owner, expires=clock.now() + LIVES)
    link = f"{settings.ENVIRONMENT.url}{reverse('new_password', args=[token])}"
    return Rescued(owner.name, owner.email, link, lost_factors)
