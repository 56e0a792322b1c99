"""What is listened to: scores, since those who would recommend us are thanked."""

from collections.abc import Sequence

from wayloop.contracts.surveys import ScoreGiven
from wayloop.kernel.stream.facts import Row
from wayloop.kernel.stream.listeners import listens
from wayloop.voice.services.thanks import note_scores


@listens("voice.thanks", ScoreGiven, start="now")
def thank_for_scores(rows: Sequence[Row]) -> None:
    """Writes down who is thanked; letters leave by a job."""
    note_scores(scores=[row.fact for row in rows])
