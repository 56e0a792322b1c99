"""Words put into the texts of a survey: `{{ name }}`, the number of the order, an answer given before.

A language without logic: a word between braces, from a short list. What is not on the list stays out; what is put in
is text and is escaped where the page is made.
"""

import re
from collections.abc import Iterator, Mapping

from wayloop.surveys.document.holes import fill, holes
from wayloop.surveys.document.shape import Document, Question

# What is put in from the invitation: the first name, the number of the order, the business, the place.
NAMES = ("name", "order", "business", "place")
_ANSWER = re.compile(r"\{\{\s*(q[0-9]{1,6})\s*\}\}")


def pieces(text: str, words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The text in pieces, each with the answer that stands behind it: (words, "") or ("", "q1").

    What is known from the invitation is put in; answers are not, since they may still change on the page.
    """
    parts = _ANSWER.split(fill(text, {**words, **{key: f"{{{{ {key} }}}}" for key in _ANSWER.findall(text)}}))
    for place, part in enumerate(parts):
        if part:
            yield ("", part) if place % 2 else (part, "")


def empty_holes(document: Document) -> list[tuple[str, str]]:
    """Question and word, where nothing can ever be put in: no such word, or an answer that comes later."""
    before: set[str] = set(NAMES)
    wrong = []
    for question in document.questions:
        wrong += [(question.key, word) for word in _words_of(question) if word not in before]
        before.add(question.key)
    return wrong


def _words_of(question: Question) -> Iterator[str]:
    for text in dict.fromkeys(
        text
        for localised in (question.text, question.hint, *(option.label for option in question.options))
        for text in localised.texts.values()
    ):
        yield from holes(text)
