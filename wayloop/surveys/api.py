"""The face of surveys for other contexts."""

from wayloop.contracts.surveys import ScoreColumns, ScoreOutcome
from wayloop.surveys.services.scores import record_scores

__all__ = ["ScoreColumns", "ScoreOutcome", "record_scores"]
