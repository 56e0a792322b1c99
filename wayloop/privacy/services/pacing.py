"""The rules of contact pressure, as a business changes them."""

from collections.abc import Collection
from datetime import time

from django.db import IntegrityError, transaction

from wayloop.privacy.enums import Channel, Purpose
from wayloop.privacy.models import Limit, Pace

MOST, LONGEST, LONGEST_GAP = 100, 366, 720


class RuleRefused(Exception):
    """There is such a rule already."""


@transaction.atomic
def change_pace(*, gap_hours: int, quiet_from: time, quiet_to: time, consent_needed: Collection[str]) -> None:
    """How contacts follow each other, when nobody is disturbed, and what is never sent without a consent.

    News and offers always need one. Raises `ValueError` for a gap of over 30 days or a purpose that does not exist.
    """
    if not 0 <= gap_hours <= LONGEST_GAP:
        raise ValueError(f"a gap of 0 to {LONGEST_GAP} hours")
    needed = {Purpose(one) for one in consent_needed} - {Purpose.SERVICE} | {Purpose.MARKETING}
    pace = Pace.objects.select_for_update().get(id=1)
    pace.gap_hours, pace.quiet_from, pace.quiet_to = gap_hours, quiet_from, quiet_to
    pace.consent_needed = sorted(one.value for one in needed)
    pace.save()


@transaction.atomic
def add_limit(*, purpose: str, channel: str, most: int, days: int) -> int:
    """One more limit; answers its number. Raises `RuleRefused` and `ValueError`."""
    if purpose not in ("", *Purpose.values) or channel not in ("", *Channel.values):
        raise ValueError(f"{purpose} by {channel} is no kind of contact")
    if not (0 <= most <= MOST and 1 <= days <= LONGEST):
        raise ValueError(f"{most} in {days} days is no limit")
    try:
        with transaction.atomic():
            return Limit.objects.create(purpose=purpose, channel=channel, most=most, days=days).pk
    except IntegrityError:
        raise RuleRefused from None


@transaction.atomic
def remove_limit(*, number: int) -> Limit | None:
    """Removes a limit; answers what it was, for whoever wants it back. None when it was gone already."""
    limit = Limit.objects.filter(pk=number).first()
    if limit is not None:
        Limit.objects.filter(pk=number).delete()
    return limit
