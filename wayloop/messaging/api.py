"""The face of messaging for other contexts: the one engine that sends.

The value types (`Letter`, `MessageColumns`, `SendAnswer`…) and the facts (`MessageSent`, `MessageRefused`,
`MessageDoubtful`) stand in `contracts.messaging`.
"""

from wayloop.messaging.enums import Refused
from wayloop.messaging.queries.messages import find_addresses, run_progress, states_of
from wayloop.messaging.rules.letters import LetterRefused, names_in
from wayloop.messaging.services.accepting import send_messages
from wayloop.messaging.services.preparing import show_letter
from wayloop.messaging.services.returning import note_returned
from wayloop.messaging.services.runs import open_run, resume_run, stop_run, take_back_messages

__all__ = [
    "LetterRefused",
    "Refused",
    "find_addresses",
    "names_in",
    "note_returned",
    "open_run",
    "resume_run",
    "run_progress",
    "send_messages",
    "show_letter",
    "states_of",
    "stop_run",
    "take_back_messages",
]
