"""What is known of people at the moment of asking, read for many at once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import connection

from wayloop.business import api as business
from wayloop.contracts.privacy import ContactAnswer, ContactAsks
from wayloop.identity import api as identity
from wayloop.kernel import clock, sending
from wayloop.privacy.enums import ConsentAct, Purpose, Reason, Suppression
from wayloop.privacy.models import Limit, Pace
from wayloop.privacy.rules.pressure import (
    Kept,
    LimitRule,
    OpenHold,
    PaceRules,
    Past,
    Situation,
    Word,
    decide,
    standing,
)

# Only contacts that some rule about what is asked looks at: of a year's contacts that is a handful.
CONTACTS = """
SELECT p.person, c.purpose, c.channel, c.at FROM api_identity_people p
JOIN privacy_contact c ON c.handle = p.handle AND c.at > %s AND c.taken_back_at IS NULL
WHERE p.person = ANY (%s) AND EXISTS (
    SELECT FROM unnest(%s::text[], %s::text[], %s::timestamptz[]) AS rule (purpose, channel, since)
    WHERE c.at > rule.since AND rule.channel IN ('', c.channel)
        AND (rule.purpose = c.purpose OR rule.purpose = '' AND c.purpose <> 'service'))
"""
HOLDS = """
SELECT p.person, h.reason, h.until FROM api_identity_people p
JOIN privacy_hold h ON h.handle = p.handle AND h.ended_at IS NULL AND (h.until IS NULL OR h.until > %s)
WHERE p.person = ANY (%s)
"""
KEPT = """
SELECT p.person, r.purpose, r.until, r.subject_kind, r.subject_id FROM api_identity_people p
JOIN privacy_reservation r ON r.handle = p.handle AND r.until > %s AND r.ended_at IS NULL
WHERE p.person = ANY (%s)
"""
WORDS = "SELECT point, purpose, channel, act, said_at, consent_id FROM privacy_standing WHERE point = ANY (%s)"
SUPPRESSED = "SELECT point, reason FROM privacy_suppressed WHERE point = ANY (%s)"


def pace_rules() -> PaceRules:
    """The rules as they are today."""
    pace = Pace.objects.get(id=1)
    limits = Limit.objects.order_by("id").values_list("purpose", "channel", "most", "days")
    return PaceRules(
        limits=tuple(LimitRule(*row) for row in limits),
        gap=timedelta(hours=pace.gap_hours),
        quiet_from=pace.quiet_from,
        quiet_to=pace.quiet_to,
        consent_needed=frozenset(pace.consent_needed),
    )


def preview_each(*, asks: Sequence[ContactAsks], at: datetime | None = None) -> list[list[ContactAnswer]]:
    """What would be answered to each of these (at another moment), wish by wish in their order. Nothing is written.

    What one wish would use up is not there any more for the next of the same `asks` about the same person; each `asks`
    is judged as if it were the only one. What is known is read once for all of them.
    """
    now = at or clock.now()
    known = Known(asks, now)
    return [Deciding(ask, now, known).answers() for ask in asks]


def against_now(*, point: int, purpose: str, channel: str) -> Reason | None:
    """What somebody's own word, the state of the address or a restore says against a message that leaves this moment.

    The last look before it is handed over: two short reads, so that a withdrawal counts within the second.
    """
    if sending.held() is not None:
        return Reason.SENDING_HELD
    suppressed = next((rows[0][0] for rows in _grouped(SUPPRESSED, [point]).values()), "")
    if suppressed and (purpose != Purpose.SERVICE or suppressed != Suppression.COMPLAINED):
        return Reason(suppressed)
    words = [Word(*row) for row in _grouped(WORDS, [point]).get(point, ())]
    is_no = purpose != Purpose.SERVICE and standing(purpose, channel, words) == ConsentAct.WITHDRAWN
    return Reason.WITHDRAWN if is_no else None


class Known:
    """The rules, and what is known at a moment of the people and addresses that are asked about."""

    def __init__(self, asks: Sequence[ContactAsks], now: datetime) -> None:
        self.rules = pace_rules()
        self.is_held = sending.held() is not None
        self.people = identity.people_of(list(dict.fromkeys(handle for ask in asks for handle in ask.handles)))
        people = list(dict.fromkeys(self.people.values()))
        here = list(dict.fromkeys(point for ask in asks for point in ask.points if point is not None))
        self.contacts = self._read_contacts(asks, people, now)
        self.holds = _grouped(HOLDS, now, people)
        self.kept = _grouped(KEPT, now, people)
        self.words = _grouped(WORDS, here)
        self.suppressed = {point: rows[0][0] for point, rows in _grouped(SUPPRESSED, here).items()}
        self._own_zone = business.profile().zone
        self._zones: dict[str, ZoneInfo] = {}

    def _read_contacts(
        self, asks: Sequence[ContactAsks], people: list[int], now: datetime
    ) -> dict[int, list[tuple[Any, ...]]]:
        limited = [ask for ask in asks if ask.purpose != Purpose.SERVICE]
        if not limited:
            return {}
        looked_at = {
            (limit.purpose, limit.channel, now - limit.span)
            for limit in self.rules.limits
            if any(limit.counts(ask.purpose, ask.channel) for ask in limited)
        } | {("", "", now - self.rules.gap)}
        purposes, channels, sinces = zip(*sorted(looked_at), strict=True)
        return _grouped(CONTACTS, min(sinces), people, list(purposes), list(channels), list(sinces))

    def zone(self, name: str) -> ZoneInfo:
        """The zone of this name; that of the business for none, and for a name nobody knows."""
        name = name or self._own_zone
        if name not in self._zones:
            try:
                self._zones[name] = ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError):
                self._zones[name] = ZoneInfo(self._own_zone)
        return self._zones[name]


class Deciding:
    """Answers the wishes in their order, each after what those before it used up."""

    def __init__(self, asks: ContactAsks, now: datetime, known: Known | None = None) -> None:
        if asks.purpose not in Purpose.values:
            raise ValueError(f"{asks.purpose} is no purpose of a contact")
        self._asks, self._now = asks, now
        self._known = known or Known([asks], now)
        # What is granted here is added: others that share what is known must not see it.
        self._contacts = {person: list(rows) for person, rows in self._known.contacts.items()}

    def answers(self, is_counted: Sequence[bool] = ()) -> list[ContactAnswer]:
        """One answer for each wish. `is_counted`: which of them count as contacts already; no limit stops those."""
        zones = self._asks.zones or [""] * len(self._asks.keys)
        counted = is_counted or [False] * len(self._asks.keys)
        rows = zip(self._asks.subject_ids, self._asks.handles, self._asks.points, zones, counted, strict=True)
        return [self._answer(*row) for row in rows]

    def _answer(self, subject: int, handle: int, point: int | None, zone: str, is_counted: bool) -> ContactAnswer:
        known = self._known
        person = known.people.get(handle, handle)
        contacts = self._contacts.setdefault(person, [])
        kept = [
            Kept(purpose, until)
            for purpose, until, kind, number in known.kept.get(person, ())
            if (kind, number) != (self._asks.subject_kind, subject)
        ]
        answer = decide(
            purpose=self._asks.purpose,
            channel=self._asks.channel,
            situation=Situation(
                has_address=point is not None,
                suppressed=known.suppressed.get(point, "") if point is not None else "",
                words=[Word(*row) for row in known.words.get(point, ())] if point is not None else [],
                holds=[OpenHold(*row) for row in known.holds.get(person, ())],
                kept=kept,
                contacts=[Past(*row) for row in contacts],
                zone=known.zone(zone),
            ),
            rules=known.rules,
            now=self._now,
            is_sending_held=known.is_held,
            is_counted=is_counted,
        )
        if answer.is_granted and not is_counted:
            contacts.append((self._asks.purpose, self._asks.channel, self._now))
        return answer


def _grouped(statement: str, *values: Any) -> dict[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        for key, *row in cursor.fetchall():
            found.setdefault(key, []).append(tuple(row))
    return found
