"""Kiosks: devices that stand at a place and ask everybody who passes."""

from django.contrib.auth.hashers import make_password
from django.db import transaction

from wayloop.kernel import clock
from wayloop.kernel.ids import uuid7
from wayloop.kernel.signing import random_secret
from wayloop.surveys.models import Kiosk


@transaction.atomic
def add_kiosk(*, survey_id: int, name: str, pin: str, location_id: int | None = None) -> Kiosk:
    """Sets a kiosk up; its address alone opens nothing, the PIN does."""
    return Kiosk.objects.create(
        uuid=uuid7(),
        survey_id=survey_id,
        name=name,
        location_id=location_id,
        link=random_secret(),
        pin=make_password(pin),
        created_at=clock.now(),
    )


@transaction.atomic
def remove_kiosk(*, kiosk_id: int) -> None:
    """Closes a kiosk: its device asks nobody any more. What was answered stays."""
    Kiosk.objects.filter(pk=kiosk_id, removed_at=None).update(removed_at=clock.now())


@transaction.atomic
def restore_kiosk(*, kiosk_id: int) -> None:
    """Opens a kiosk again that was taken away."""
    Kiosk.objects.filter(pk=kiosk_id).update(removed_at=None)
