"""Whether anything may be sent to people outside. Whoever sends asks here first, in the transaction of the sending.

After a restore nothing may be sent: what was sent after that moment is not known any more and would be sent again.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from wayloop.kernel import clock
from wayloop.kernel.models import SendingHold


@dataclass(frozen=True)
class Hold:
    """Since when nothing is sent, and the moment the installation was brought back to."""

    since: datetime
    restored_to: datetime | None


def held() -> Hold | None:
    """Why nothing may be sent now; None when sending is free."""
    row = SendingHold.objects.filter(released_at=None).order_by("id").first()
    return Hold(row.since, row.restored_to) if row else None


@transaction.atomic
def hold_sending(*, restored_to: datetime | None = None) -> None:
    """Holds all sending back until a member releases it. Held twice is held once, for the later reason."""
    SendingHold.objects.filter(released_at=None).update(released_at=clock.now())
    SendingHold.objects.create(since=clock.now(), restored_to=restored_to)


@transaction.atomic
def release_sending(*, member: int) -> bool:
    """Lets everything be sent again; answers whether anything was held. `member` is who decided it."""
    return bool(SendingHold.objects.filter(released_at=None).update(released_at=clock.now(), released_by=member))


@transaction.atomic
def take_back_release(*, member: int) -> bool:
    """Holds back what this member released last; answers whether there was anything to take back."""
    last = SendingHold.objects.filter(released_by=member).order_by("-released_at").first()
    if last is None or SendingHold.objects.filter(released_at=None).exists():
        return False
    last.released_at = last.released_by = None
    last.save(update_fields=["released_at", "released_by"])
    return True
