"""What makes a case the one of an answer. Pure."""

from typing import Protocol

# What scores of our own surveys are numbered by: the response, then the question.
OWN = "surveys"
ANSWER, SCORE = "answer", "score"


class Numbered(Protocol):
    """A score by its id and its number at the source."""

    @property
    def id(self) -> int: ...
    @property
    def source(self) -> str: ...
    @property
    def number(self) -> str: ...


def about_of(score: Numbered) -> str:
    """What a case of this score is about: all marks of a response are one matter."""
    response, _dot, question = score.number.partition(".")
    return f"{ANSWER}:{response}" if score.source == OWN and question else f"{SCORE}:{score.id}"
