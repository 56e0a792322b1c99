"""The face of the ledger for other contexts."""

from wayloop.contracts.ledger import (
    Channel,
    EventChange,
    EventColumns,
    EventInfo,
    EventKind,
    EventRefs,
    Property,
    TimelinePage,
)
from wayloop.kernel import registry
from wayloop.ledger.activity import Activity, activity_of
from wayloop.ledger.catalogue import kinds
from wayloop.ledger.listening import listens_to_events
from wayloop.ledger.queries.changes import former_versions
from wayloop.ledger.queries.subjects import events_about
from wayloop.ledger.queries.timeline import timeline, timeline_page
from wayloop.ledger.rules import EventRefused, properties_that_fail
from wayloop.ledger.services.events import correct_events, known_messages, record_events
from wayloop.ledger.services.months import ensure_months
from wayloop.ledger.services.retractions import RetractedStep, retract_batch, retract_batch_step, retract_events

__all__ = [
    "Activity",
    "EventChange",
    "EventColumns",
    "EventInfo",
    "EventKind",
    "EventRefs",
    "EventRefused",
    "Property",
    "RetractedStep",
    "TimelinePage",
    "activity_of",
    "channel_word",
    "correct_events",
    "ensure_months",
    "events_about",
    "former_versions",
    "kinds",
    "known_messages",
    "listens_to_events",
    "properties_that_fail",
    "record_events",
    "retract_batch",
    "retract_batch_step",
    "retract_events",
    "timeline",
    "timeline_page",
]


def channel_word(name: str) -> str:
    """What a channel is called in the reader's language; one that nobody offers is called by its name."""
    return next((str(one.label) for one in registry.offers(Channel) if one.name == name), name)
