"""Two bad habits of questions, found by lists of words per language: asking two things at once, and leading.

Lists (`wording/*.toml`), not models: one sees why a question was marked, and a test says how often they are right.
Nothing of the patterns comes from a user.
"""

import re
import tomllib
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path


class Habit(Enum):
    """What is wrong with the wording."""

    DOUBLE = "double"
    LEADING = "leading"


@dataclass(frozen=True)
class Lists:
    """The words of one language.

    `joins`: what joins two things; `judged`: the question asks for a judgement, only then two things are too many;
    `single`: joined words that are one thing; `leads`: words that suggest an answer.
    """

    joins: "re.Pattern[str]"
    judged: "re.Pattern[str]"
    single: "re.Pattern[str]"
    leads: "re.Pattern[str]"


@cache
def lists_of(language: str) -> Lists | None:
    """The lists of a language, None where we have none."""
    if language not in LANGUAGES:
        return None
    given = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return Lists(**{name: re.compile(r"(?<!\w)(?:" + "|".join(words) + r")(?!\w)") for name, words in given.items()})


FOLDER = Path(__file__).parent.parent / "wording"
LANGUAGES = ("ru", "uk", "en")
_SIGNS = str.maketrans({"’": "'", "‘": "'"})
_MARKS = re.compile(r"[«»“”\"()]")
LONGEST = 500


def habits_in(text: str, language: str) -> list[Habit]:
    """The bad habits of a question. Languages without lists have none."""
    lists = lists_of(language)
    if lists is None:
        return []
    plain = text[:LONGEST].lower().translate(_SIGNS if language == "en" else {})
    if language == "uk":
        plain = re.sub(r"(?<=\w)['’](?=\w)", "ʼ", plain)
    found = []
    if _asks_twice(_MARKS.sub(" ", plain), lists):
        found.append(Habit.DOUBLE)
    if lists.leads.search(plain):
        found.append(Habit.LEADING)
    return found


def _asks_twice(text: str, lists: Lists) -> bool:
    if len([part for part in re.split(r"\?", text) if len(part.split()) > 2]) > 1:
        return True
    rest = lists.single.sub(" ", text)
    if not lists.judged.search(rest):
        return False
    # A join at the very beginning joins to what was said before.
    return lists.joins.search(rest.strip(), 3) is not None or "/" in rest
