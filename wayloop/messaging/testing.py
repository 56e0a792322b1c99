"""What tests of messaging and of those above it need: letters, wishes to send them, a sender that works at once."""

from collections.abc import Sequence

from wayloop.channels.api import Memory, using
from wayloop.contracts.messaging import Button, Letter, MessageColumns, Paragraph
from wayloop.messaging.models import LetterText, Message
from wayloop.messaging.services.leaving import send_waiting
from wayloop.messaging.services.waking import LANES
from wayloop.privacy.api import Channel, Purpose
from wayloop.privacy.testing import NOON, people

__all__ = ["HELLO", "NOON", "LetterText", "Memory", "Message", "people", "send_all", "using", "wishes"]
HELLO = Letter("en", "How was it, {{ name }}?", (Paragraph("Hello {{ name }}"), Button("Tell us", "{{ link }}")))


def wishes(
    who: Sequence[tuple[int, int | None]],
    *,
    purpose: str = Purpose.SURVEY,
    subject: int = 1,
    key: str = "",
    letter: Letter = HELLO,
    run: int | None = None,
    first_about: int = 100,
) -> MessageColumns:
    """The wish to write to all of these about one subject."""
    return MessageColumns(
        purpose=purpose,
        channel=Channel.EMAIL,
        subject_kind="survey",
        subject_ids=[subject] * len(who),
        about_kind="invitation",
        about_ids=list(range(first_about, first_about + len(who))),
        keys=[f"{subject}/{key}/{handle}" for handle, _point in who],
        handles=[handle for handle, _point in who],
        points=[point for _handle, point in who],
        letters=[letter] * len(who),
        values=[{"name": f"guest {place}", "link": f"/s/{place}/"} for place, _one in enumerate(who)],
        zones=["Europe/Kyiv"] * len(who),
        run=run,
    )


def send_all() -> int:
    """Lets every sender of e-mail work once; answers how many messages were taken."""
    return sum(send_waiting(lane=lane) for lane in range(LANES))
