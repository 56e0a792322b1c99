"""The holes in texts of a survey, `{{ name }}`, and how words are put into them."""

import re
from collections.abc import Iterator, Mapping

LONGEST = 200
_HOLE = re.compile(r"\{\{\s*([a-z][a-z0-9_]{0,20})\s*\}\}")


def fill(text: str, words: Mapping[str, str]) -> str:
    """The text with its words. An empty hole leaves no double space and no space before a comma."""

    def word(found: "re.Match[str]") -> str:
        return " ".join(words.get(found[1], "").split())[:LONGEST]

    if "{{" not in text:
        return text
    filled = re.sub(r"\s+([,.!?…])", r"\1", re.sub(r"[ \t]{2,}", " ", _HOLE.sub(word, text)))
    kept = filled.lstrip(" ,").rstrip()
    # A text that began with a name nobody knows begins with its next word.
    return kept if kept == filled.rstrip() else kept[:1].upper() + kept[1:]


def holes(text: str) -> Iterator[str]:
    """The words a text asks for."""
    for found in _HOLE.finditer(text):
        yield found[1]
