"""The sentence of the timeline about a message of ours."""

from collections.abc import Mapping, Sequence

from wayloop.contracts.ledger import EventInfo
from wayloop.messaging.enums import MESSAGE_SENT
from wayloop.messaging.queries.messages import subjects_of
from wayloop.privacy.api import Purpose


class MessageNarrator:
    """Tells what the letter was about, by its subject."""

    kinds = (MESSAGE_SENT,)

    def narrate(self, events: Sequence[EventInfo]) -> Mapping[int, tuple[str, str, str]]:
        subjects = subjects_of([event.subject_id for event in events])
        return {
            event.id: (
                subjects[event.subject_id],
                str(Purpose(event.properties["purpose"]).label),
                "",
            )
            for event in events
            if event.subject_id in subjects
        }
