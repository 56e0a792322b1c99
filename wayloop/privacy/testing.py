"""What tests of privacy and of those above it need: people with addresses, wishes to contact them."""

from collections.abc import Sequence
from datetime import UTC, datetime

from wayloop.contracts.privacy import ConsentColumns, ContactAnswer, ContactAsks
from wayloop.identity import api as identity
from wayloop.privacy.enums import Channel, ConsentAct, Purpose
from wayloop.privacy.models import Consent, Contact, Hold, Refusal, Reservation, Standing
from wayloop.privacy.services.consents import record_consents
from wayloop.privacy.services.contacts import may_contact

__all__ = ["NOON", "Consent", "Contact", "Hold", "Refusal", "Reservation", "Standing", "ask", "people", "say", "wish"]
# A Wednesday, at noon in Kyiv.
NOON = datetime(2026, 6, 3, 9, tzinfo=UTC)
Person = tuple[int, int]


def people(*names: str) -> list[Person]:
    """People known by an e-mail each: handle and contact point."""
    values = [f"{name}@example.com" for name in names]
    handles = identity.resolve_handles(kind=identity.IdentifierKind.EMAIL, values=values)
    points = identity.contact_points(kind=identity.IdentifierKind.EMAIL, values=values)
    return list(zip(handles, points, strict=True))


def wish(
    who: Sequence[tuple[int, int | None]],
    *,
    purpose: str = Purpose.SURVEY,
    channel: str = Channel.EMAIL,
    kind: str = "survey",
    subject: int = 1,
    key: str = "",
    zone: str = "Europe/Kyiv",
) -> ContactAsks:
    """The wish to contact all of these about one subject."""
    return ContactAsks(
        purpose=purpose,
        channel=channel,
        subject_kind=kind,
        subject_ids=[subject] * len(who),
        keys=[f"{purpose}/{channel}/{subject}/{key}/{handle}" for handle, _point in who],
        handles=[handle for handle, _point in who],
        points=[point for _handle, point in who],
        zones=[zone] * len(who),
    )


def ask(who: tuple[int, int | None], **others: str | int) -> ContactAnswer:
    """Asks about one person."""
    (answer,) = may_contact(asks=wish([who], **others))  # type: ignore[arg-type]
    return answer


def say(
    who: Person,
    act: str = ConsentAct.GIVEN,
    *,
    purpose: str = Purpose.MARKETING,
    channel: str = Channel.EMAIL,
    at: datetime = NOON,
) -> int:
    """One word of somebody about one purpose and channel; answers its number."""
    handle, point = who
    (number,) = record_consents(
        columns=ConsentColumns(
            source="test",
            acts=[act],
            purposes=[purpose],
            channels=[channel],
            points=[point],
            handles=[handle],
            said_at=[at],
        )
    )
    return number
