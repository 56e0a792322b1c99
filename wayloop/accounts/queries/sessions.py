"""The sessions of a member."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef

from wayloop.accounts.devices import device_icon, device_name
from wayloop.accounts.models import Member, MemberSession
from wayloop.kernel import clock


@dataclass(frozen=True)
class SessionRow:
    """One place a member is signed in: the device, the address of its last use, when that was."""

    id: int
    device: str
    icon: str
    address: str
    began_at: datetime
    seen_at: datetime
    is_here: bool


def sessions_of(member: Member, *, here: str = "") -> list[SessionRow]:
    """The member's living sessions: this one (of the key `here`) first, then by last use."""
    alive = Session.objects.filter(session_key=OuterRef("key"), expire_date__gt=clock.now())
    rows = MemberSession.objects.filter(Exists(alive), member=member).order_by("-seen_at", "-pk")
    found = [
        SessionRow(
            id=row.pk,
            device=device_name(row.agent),
            icon=device_icon(row.agent),
            address=row.address,
            began_at=row.began_at,
            seen_at=row.seen_at,
            is_here=row.key == here,
        )
        for row in rows
    ]
    return sorted(found, key=lambda row: not row.is_here)
