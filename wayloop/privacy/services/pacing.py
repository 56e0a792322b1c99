"""The rules of contact pressure, as a business changes them."""

from collections.abc import Collection
from datetime import time

from django.db import IntegrityError, transaction

from wayloop.privacy.enums import Channel, Purpose
from wayloop.privacy.models import Limit, Pace

MOST, LONGEST = 100, 366


class RuleRefused(Exception):
    """The rule cannot be; `part` names what is wrong: `most`, `days` or `same`."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


@transaction.atomic
def change_pace(*, gap_hours: int, quiet_from: time, quiet_to: time, consent_needed: Collection[str]) -> None:
    """How contacts follow each other, when nobody is disturbed, and what is never sent without a consent.

    News and offers always need one. Raises `ValueError` for a gap of over 30 days or a purpose that does not exist.
    """
    if not 0 <= gap_hours <= 720:
        raise ValueError("a gap of 0 to 720 hours")
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
    if not 0 <= most <= MOST:
        raise RuleRefused("most")
    if not 1 <= days <= LONGEST:
        raise RuleRefused("days")
    try:
        with transaction.atomic():
            return Limit.objects.create(purpose=purpose, channel=channel, most=most, days=days).pk
    except IntegrityError:
        raise RuleRefused("same") from None


@transaction.atomic
def remove_limit(*, number: int) -> Limit | None:
    """Removes a limit; answers what it was, for whoever wants it back. None when it was gone already."""
    limit = Limit.objects.filter(pk=number).first()
    if limit is not None:
        Limit.objects.filter(pk=number).delete()
    return limit
