"""Traits that follow from what a customer did, whatever it was: channels, hours, how often."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from wayloop.business import api as business
from wayloop.identity import api as identity
from wayloop.kernel import clock
from wayloop.ledger import api as ledger
from wayloop.ledger.api import Activity

YEAR = timedelta(days=365)
MONTH_DAYS = 30.44
FEWEST_EVENTS = 3
# A channel or a part of the day belongs to somebody from this share of their events on.
SHARE = 0.25
PARTS = {"night": (*range(6), 22, 23), "morning": range(6, 12), "day": range(12, 17), "evening": range(17, 22)}
PART_OF_HOUR = {hour: part for part, hours in PARTS.items() for hour in hours}


class Habits:
    """Counts the events of the last year; what we sent is no contact of theirs."""

    keys = ("channels", "contact_frequency", "active_hours", "customer_since")

    @property
    def kinds(self) -> Sequence[str]:
        """Everything that customers do."""
        return tuple(kind.name for kind in ledger.kinds().values() if kind.group != "sent")

    def values(self, people: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
        first_seen = _first_seen(people)
        person_of = identity.person_of_handles(people)
        now = clock.now()
        activity = ledger.activity_of(list(person_of), since=now - YEAR, without=_sent_kinds())
        zone = business.profile().zone_info
        found: dict[int, dict[str, Any]] = {
            person: {"customer_since": timezone.localtime(moment, zone).date().isoformat()}
            for person, moment in first_seen.items()
        }
        for person, one in _by_person(activity, person_of).items():
            since = max(first_seen.get(person, now), now - YEAR)
            found.setdefault(person, {}).update(habits_of(one, (now - since).days))
        return found

    def words(self, codes: Mapping[str, Sequence[str]]) -> Mapping[str, Mapping[str, str]]:
        return {"channels": {code: ledger.channel_word(code) for code in codes.get("channels", ())}}


def habits_of(activity: Activity, days: int) -> dict[str, Any]:
    """Channels, frequency and hours of somebody who has been there for so many of the last 365 days.

    Below three events hours and frequency say nothing.
    """
    found: dict[str, Any] = {"channels": _main(activity.channels)}
    if sum(activity.hours.values()) >= FEWEST_EVENTS:
        parts: dict[str, int] = {}
        for hour, events in activity.hours.items():
            parts[PART_OF_HOUR[hour]] = parts.get(PART_OF_HOUR[hour], 0) + events
        found["active_hours"] = _main(parts)
        found["contact_frequency"] = round(activity.days / max(days / MONTH_DAYS, 1), 1)
    return {key: value for key, value in found.items() if value}


def _main(counts: Mapping[str, int]) -> list[str]:
    """Those with a quarter of all or more, the largest first; at least the largest."""
    whole = sum(counts.values())
    named = sorted((key for key in counts if key), key=lambda key: (-counts[key], key))
    return [key for place, key in enumerate(named) if place == 0 or counts[key] >= SHARE * whole]


def _by_person(activity: Mapping[int, Activity], person_of: Mapping[int, int]) -> dict[int, Activity]:
    """Adds up the handles of one person; a day on which two of them were active counts twice, which is rare."""
    found: dict[int, Activity] = {}
    for handle, one in activity.items():
        whole = found.setdefault(person_of[handle], Activity())
        whole.days += one.days
        for channel, events in one.channels.items():
            whole.channels[channel] = whole.channels.get(channel, 0) + events
        for hour, events in one.hours.items():
            whole.hours[hour] = whole.hours.get(hour, 0) + events
    return found


def _first_seen(people: Sequence[int]) -> dict[int, datetime]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT person, first_seen_at FROM customers_card WHERE person = ANY (%s)", [list(people)])
        return dict(cursor.fetchall())


def _sent_kinds() -> list[str]:
    return [kind.name for kind in ledger.kinds().values() if kind.group == "sent"]
