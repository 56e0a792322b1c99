"""The face of the customers' voice for other contexts."""

from wayloop.voice.rules import VoiceRefused
from wayloop.voice.services.changes import put_behind, write_change
from wayloop.voice.services.telling import record_told, start_telling, tell_some
from wayloop.voice.services.thanks import note_scores, set_thanking
from wayloop.voice.sources import sources

__all__ = [
    "VoiceRefused",
    "note_scores",
    "put_behind",
    "record_told",
    "set_thanking",
    "sources",
    "start_telling",
    "tell_some",
    "write_change",
]
