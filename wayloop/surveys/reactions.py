"""What the surveys listen to: what happens to customers, since rules ask about it."""

from collections.abc import Sequence

from wayloop.contracts.ledger import EventChange, EventKind
from wayloop.kernel import registry
from wayloop.ledger import api as ledger
from wayloop.surveys.enums import SURVEY_COMPLETED
from wayloop.surveys.services.asking import note_events

# What was sent, and answers to surveys themselves, ask nobody: that would go round in circles.
KINDS = sorted(
    kind.name for kind in registry.offers(EventKind) if kind.group != "sent" and kind.name != SURVEY_COMPLETED
)


@ledger.listens_to_events("surveys.asks", *KINDS, start="now")
def note_what_rules_follow(changes: Sequence[EventChange]) -> None:
    """Writes down whom rules mean to ask about it; they are asked when their time has come."""
    note_events(changes=changes)
