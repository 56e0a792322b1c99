"""Limits, tags, and how a checklist comes to a score. Pure."""

from collections.abc import Iterable, Sequence

LONGEST_TITLE, LONGEST_TEXT, LONGEST_POINT, LONGEST_TAG = 160, 20_000, 160, 40
MOST_POINTS, MOST_TAGS, MOST_GUIDES, MOST_QUOTES = 60, 8, 60, 200
# A point of a checklist gives at most so much.
BEST = 10


class ResearchRefused(ValueError):
    """What was asked cannot be done; the text says in one line what to do."""


def tags_in(text: str) -> list[str]:
    """Tags as somebody writes them, with commas between; small letters, each once, in their order."""
    found = (" ".join(one.casefold().split())[:LONGEST_TAG] for one in text.replace("\0", "").split(","))
    return list(dict.fromkeys(one for one in found if one))[:MOST_TAGS]


def points_in(text: str) -> list[str]:
    """The points of a guide, one a line."""
    found = (" ".join(line.split())[:LONGEST_POINT] for line in text.replace("\0", "").splitlines())
    return list(dict.fromkeys(one for one in found if one))[:MOST_POINTS]


def score_of(marks: Iterable[int | None]) -> tuple[int, int]:
    """What the marked points come to, and what they could: points nobody marked count for neither."""
    given = [mark for mark in marks if mark is not None]
    return sum(given), BEST * len(given)


def share_of(scored: int, possible: int) -> float | None:
    """The score as a share of 1; None where nothing was marked."""
    return scored / possible if possible else None


def words_of(text: str) -> Sequence[str]:
    """Words of a search: letters and digits only, so that nothing in them can be an operator."""
    kept = "".join(sign if sign.isalnum() else " " for sign in text.casefold())
    return kept.split()[:8]
