"""The face of research for other contexts."""

from wayloop.journeys.enums import Consent, Tone, Way
from wayloop.journeys.rules import ResearchRefused
from wayloop.journeys.services import NoteDetails, add_quote, mark_points, write_guide, write_note

__all__ = [
    "Consent",
    "NoteDetails",
    "ResearchRefused",
    "Tone",
    "Way",
    "add_quote",
    "mark_points",
    "write_guide",
    "write_note",
]
