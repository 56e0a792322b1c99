"""Whether somebody may be contacted now, from all that is known of them: the rules, without a database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from wayloop.contracts.privacy import ContactAnswer
from wayloop.privacy.enums import HOLDS, Channel, ConsentAct, HoldReason, Purpose, Reason, Suppression

ORDER = {reason: place for place, reason in enumerate(Reason)}


@dataclass(frozen=True)
class LimitRule:
    """At most `most` contacts in any `days` days; empty purpose: all but service messages, empty channel: any."""

    purpose: str
    channel: str
    most: int
    days: int

    def counts(self, purpose: str, channel: str) -> bool:
        """Whether such a contact is one of those that this rule counts."""
        is_meant = purpose == self.purpose if self.purpose else purpose != Purpose.SERVICE
        return is_meant and self.channel in ("", channel)

    @property
    def span(self) -> timedelta:
        """How far back it looks."""
        return timedelta(days=self.days)


@dataclass(frozen=True)
class PaceRules:
    """The rules of a business. `gap`: the least time between two contacts that are no service messages."""

    limits: tuple[LimitRule, ...]
    gap: timedelta
    quiet_from: time
    quiet_to: time
    consent_needed: frozenset[str]


@dataclass(frozen=True)
class Past:
    """A contact that took place."""

    purpose: str
    channel: str
    at: datetime


@dataclass(frozen=True)
class Word:
    """What somebody said of a purpose and a channel; empty: of all of them."""

    purpose: str
    channel: str
    act: str
    said_at: datetime
    number: int


@dataclass(frozen=True)
class OpenHold:
    """Something open; `until` None: until it is ended."""

    reason: str
    until: datetime | None


@dataclass(frozen=True)
class Kept:
    """A place kept for another subject."""

    purpose: str
    until: datetime


@dataclass(frozen=True)
class Situation:
    """What is known of somebody at the moment of asking; `zone` is theirs."""

    has_address: bool
    suppressed: str
    words: Sequence[Word]
    holds: Sequence[OpenHold]
    kept: Sequence[Kept]
    contacts: Sequence[Past]
    zone: ZoneInfo


Against = tuple[Reason, datetime | None]


def decide(
    *,
    purpose: str,
    channel: str,
    situation: Situation,
    rules: PaceRules,
    now: datetime,
    is_sending_held: bool = False,
    is_counted: bool = False,
) -> ContactAnswer:
    """All that stands against this contact at `now`, and from when on nothing of it does.

    `is_counted`: it is one of the contacts itself, so that limits and the gap are nothing to it.

    A service message asks for no consent and has no limits; it still needs an address that may be written to.
    """
    found: list[Against] = []
    if is_sending_held:
        found.append((Reason.SENDING_HELD, None))
    found += _about_address(purpose, channel, situation)
    if purpose != Purpose.SERVICE:
        found += _about_consent(purpose, channel, situation, rules)
        found += [
            (Reason(hold.reason), hold.until) for hold in situation.holds if purpose in HOLDS[HoldReason(hold.reason)]
        ]
        if not is_counted:
            found += _about_limits(purpose, channel, situation, rules, now)
            last = max((one.at for one in situation.contacts if one.purpose != Purpose.SERVICE), default=None)
            if last is not None and last + rules.gap > now:
                found.append((Reason.TOO_SOON, last + rules.gap))
        if channel != Channel.WEB:
            found += _about_night(rules, now, situation.zone)
    if not found:
        return ContactAnswer()
    ends = [end for _reason, end in found]
    known = [end for end in ends if end is not None]
    later = max(known) if len(known) == len(ends) else None
    if later is not None and purpose != Purpose.SERVICE and channel != Channel.WEB:
        # What ends at night waits for the morning.
        later = next((end for _reason, end in _about_night(rules, later, situation.zone)), later)
    return ContactAnswer(tuple(sorted({reason.value for reason, _end in found}, key=_place)), later)


def standing(purpose: str, channel: str, words: Sequence[Word]) -> str:
    """The word that counts: the newest of those about this purpose and channel or about all; "" when there is none."""
    about = [one for one in words if one.purpose in ("", purpose) and one.channel in ("", channel)]
    return max(about, key=lambda one: (one.said_at, one.number)).act if about else ""


def _about_address(purpose: str, channel: str, situation: Situation) -> Iterator[Against]:
    if channel == Channel.WEB:
        return
    if not situation.has_address:
        yield Reason.NO_ADDRESS, None
    elif situation.suppressed and (purpose != Purpose.SERVICE or situation.suppressed != Suppression.COMPLAINED):
        yield Reason(situation.suppressed), None


def _about_consent(purpose: str, channel: str, situation: Situation, rules: PaceRules) -> Iterator[Against]:
    word = standing(purpose, channel, situation.words)
    if word == ConsentAct.WITHDRAWN:
        yield Reason.WITHDRAWN, None
    elif word == ConsentAct.ASKED and purpose in rules.consent_needed:
        yield Reason.NOT_CONFIRMED, None
    elif not word and purpose in rules.consent_needed:
        yield Reason.NO_CONSENT, None


def _about_limits(
    purpose: str, channel: str, situation: Situation, rules: PaceRules, now: datetime
) -> Iterator[Against]:
    for limit in rules.limits:
        if not limit.counts(purpose, channel):
            continue
        counted = sorted(
            one.at for one in situation.contacts if limit.counts(one.purpose, one.channel) and one.at > now - limit.span
        )
        if len(counted) >= limit.most:
            # There is room again when only `most - 1` of them are left; a limit of none never has any.
            yield Reason.TOO_MANY, counted[len(counted) - limit.most] + limit.span if limit.most else None
            continue
        # Nobody knows which channel a kept place will use: it counts in every limit its purpose may meet.
        kept = [one.until for one in situation.kept if limit.counts(one.purpose, limit.channel or channel)]
        if len(counted) + len(kept) >= limit.most:
            yield Reason.RESERVED, max(kept)


def _about_night(rules: PaceRules, now: datetime, zone: ZoneInfo) -> Iterator[Against]:
    begins, ends = rules.quiet_from, rules.quiet_to
    if begins == ends:
        return
    local = now.astimezone(zone)
    clock = local.time().replace(tzinfo=None)
    is_quiet = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
    if is_quiet:
        day = local.date() if clock < ends else local.date() + timedelta(days=1)
        yield Reason.QUIET_HOURS, datetime.combine(day, ends, tzinfo=zone).astimezone(now.tzinfo)


def _place(reason: str) -> int:
    return ORDER[Reason(reason)]
