"""What somebody wants, as it stands today, and what was done about it."""

from dataclasses import dataclass
from datetime import datetime

from wayloop.identity import api as identity
from wayloop.privacy.enums import Channel, ConsentAct, Purpose
from wayloop.privacy.models import Consent, ConsentText, Contact, Hold, Refusal, Reservation, Standing
from wayloop.privacy.queries.pressure import pace_rules
from wayloop.privacy.rules.pressure import Word, standing
from wayloop.privacy.rules.texts import TEXTS

# What can be refused or agreed to. A service message is part of the service.
CHOOSABLE = (Purpose.SURVEY, Purpose.REVIEW, Purpose.REMINDER, Purpose.FEEDBACK, Purpose.MARKETING)
# Through which channels an address can be reached.
CHANNELS_OF = {
    identity.IdentifierKind.EMAIL: (Channel.EMAIL,),
    identity.IdentifierKind.PHONE: (Channel.SMS, Channel.PHONE, Channel.VIBER, Channel.WHATSAPP),
    identity.IdentifierKind.TELEGRAM: (Channel.TELEGRAM,),
    identity.IdentifierKind.WHATSAPP: (Channel.WHATSAPP,),
}
MOST = 200


@dataclass(frozen=True)
class Choice:
    """One purpose for one address: whether it is written to."""

    purpose: Purpose
    is_on: bool


@dataclass(frozen=True)
class Address:
    """An address of somebody; `value` as it is known today, empty when it is gone; the channels that lead to it."""

    point: int
    value: str
    channels: tuple[Channel, ...]

    @property
    def masked(self) -> str:
        """The address as whoever holds a link may read it: enough to know one's own."""
        name, at, domain = self.value.partition("@")
        if at:
            return f"{name[:1]}•••{name[-1:]}@{domain}"
        return f"•••{self.value[-3:]}" if self.value else ""


@dataclass(frozen=True)
class Step:
    """One line of what was done about somebody: asked, not asked, held, said."""

    at: datetime
    what: str  # contact, refusal, hold, kept, consent
    purpose: str
    channel: str
    reasons: tuple[str, ...] = ()
    later: datetime | None = None
    act: str = ""
    times: int = 1
    ended_at: datetime | None = None


def address_of(point: int, handle: int) -> Address:
    """The address behind a contact point, as far as this handle tells it."""
    found = next(
        (one for one in identity.identifiers_of([handle] if handle else []) if one.contact_point == point), None
    )
    if found is None:
        return Address(point, "", (Channel.EMAIL,))
    return Address(point, found.value, CHANNELS_OF.get(found.kind, ()))


def choices_of(address: Address) -> list[Choice]:
    """What is sent to this address today, for each purpose that can be chosen."""
    words = [
        Word(*row)
        for row in Standing.objects.filter(point=address.point).values_list(
            "purpose", "channel", "act", "said_at", "consent_id"
        )
    ]
    needed = pace_rules().consent_needed
    found = []
    for purpose in CHOOSABLE:
        acts = (standing(purpose, channel, words) for channel in address.channels)
        is_on = any(act == ConsentAct.GIVEN or (act != ConsentAct.WITHDRAWN and purpose not in needed) for act in acts)
        found.append(Choice(purpose, is_on))
    return found


def wording(purpose: Purpose, language: str, business_name: str) -> tuple[str, int | None]:
    """The words of a consent in a language, and the number of the version that a member wrote (None: as shipped)."""
    last = ConsentText.objects.filter(purpose=purpose, language=language).order_by("-version").first()
    body = last.body if last else TEXTS.get((purpose, language), TEXTS[purpose, "en"])
    return body.replace("{business}", business_name), last.pk if last else None


def history_of(person: int) -> list[Step]:
    """What was done and said about being contacted, the newest first, at most 200 of each kind."""
    handles = identity.handles_of(person)
    steps = [
        Step(row.at, "contact", row.purpose, row.channel, ended_at=row.taken_back_at)
        for row in Contact.objects.filter(handle__in=handles).order_by("-at")[:MOST]
    ]
    steps += [
        Step(row.at, "refusal", row.purpose, row.channel, tuple(row.reasons), row.later, times=row.times)
        for row in Refusal.objects.filter(handle__in=handles).order_by("-at")[:MOST]
    ]
    steps += [
        Step(row.since, "hold", "", "", (row.reason,), row.until, ended_at=row.ended_at)
        for row in Hold.objects.filter(handle__in=handles).order_by("-since")[:MOST]
    ]
    steps += [
        Step(
            row.since, "kept", row.purpose, "", later=row.until if row.ended_at is None else None, ended_at=row.ended_at
        )
        for row in Reservation.objects.filter(handle__in=handles).order_by("-since")[:MOST]
    ]
    steps += [
        Step(row.said_at, "consent", row.purpose, row.channel, act=row.act)
        for row in Consent.objects.filter(handle__in=handles).order_by("-id")[:MOST]
    ]
    return sorted(steps, key=lambda one: one.at, reverse=True)
