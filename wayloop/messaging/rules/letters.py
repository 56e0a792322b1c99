"""Letters: the names they hold, how they are kept, and what they read like when the names are filled in.

The language of letters is names in braces and nothing else: `{{ first_name }}`. What is filled in is text for ever; it
is never read again for further braces.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from wayloop.contracts.messaging import Block, Button, Choice, Choices, Letter, Paragraph

NAME = re.compile(r"\{\{\s*([a-z][a-z0-9_]{0,39})\s*\}\}")
LONGEST_VALUE, LONGEST_SUBJECT = 2_000, 300
MOST_BLOCKS, MOST_CHOICES, LONGEST_TEXT = 40, 20, 10_000
# C0 and C1 controls but for the line break, and what turns the direction of a line around.
CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class LetterRefused(ValueError):
    """The letter cannot be sent as it is; the text says why."""


def check(letter: Letter) -> None:
    """Raises `LetterRefused` for a letter without a subject or text, too long, or with links that lead nowhere."""
    if not letter.subject.strip() or not letter.blocks:
        raise LetterRefused("a letter has a subject and says something")
    if len(letter.blocks) > MOST_BLOCKS or any(len(text) > LONGEST_TEXT for text in texts_of(letter)):
        raise LetterRefused("the letter is too long")
    if any(isinstance(block, Choices) and len(block.choices) > MOST_CHOICES for block in letter.blocks):
        raise LetterRefused("the question has too many answers for a letter")
    for link in links_of(letter):
        if not NAME.fullmatch(link) and not is_link(link):
            raise LetterRefused("a link is a path of ours, an https address or one name")


def names_in(letter: Letter) -> set[str]:
    """The names that stand in a letter."""
    return {found for text in (*texts_of(letter), *links_of(letter)) for found in NAME.findall(text)}


def is_link(link: str) -> bool:
    """Whether it is a path of ours or an address of the web."""
    is_path = link.startswith("/") and not link.startswith("//")
    return (is_path or link.startswith(("https://", "http://"))) and not re.search(r"[\s\\\"'<>]", link)


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its names filled in; once, so that a value with braces stays what it is."""
    return NAME.sub(lambda found: CONTROLS.sub(" ", str(values.get(found[1], "")))[:LONGEST_VALUE], text)


def filled(letter: Letter, values: Mapping[str, str], base: str) -> Letter:
    """The letter as one person gets it, with absolute links. `base`: the address of this installation.

    The subject is one line; a link that leads nowhere any more becomes that of the house.
    """

    def link(raw: str) -> str:
        found = fill(raw, values).strip()
        if not is_link(found):
            return base
        return base + found if found.startswith("/") else found

    def block(one: Block) -> Block:
        match one:
            case Paragraph(text):
                return Paragraph(fill(text, values))
            case Button(label, to):
                return Button(fill(label, values), link(to))
            case Choices(question, choices, low, high):
                told = tuple(Choice(fill(choice.label, values), link(choice.link)) for choice in choices)
                return Choices(fill(question, values), told, fill(low, values), fill(high, values))

    subject = " ".join(fill(letter.subject, values).split())[:LONGEST_SUBJECT]
    return Letter(letter.language, subject, tuple(block(one) for one in letter.blocks))


def texts_of(letter: Letter) -> Iterator[str]:
    """All texts of a letter."""
    yield letter.subject
    for block in letter.blocks:
        match block:
            case Paragraph(text):
                yield text
            case Button(label, _link):
                yield label
            case Choices(question, choices, low, high):
                yield from (question, low, high, *(choice.label for choice in choices))


def links_of(letter: Letter) -> Iterator[str]:
    """All links of a letter, as they were written."""
    for block in letter.blocks:
        match block:
            case Button(_label, link):
                yield link
            case Choices(_question, choices, _low, _high):
                yield from (choice.link for choice in choices)
            case Paragraph():
                pass


def packed(letter: Letter) -> list[dict[str, Any]]:
    """The blocks as they are kept."""
    return [_packed(block) for block in letter.blocks]


def unpacked(language: str, subject: str, blocks: list[dict[str, Any]]) -> Letter:
    """The letter that was kept."""
    return Letter(language, subject, tuple(_unpacked(block) for block in blocks))


def _packed(block: Block) -> dict[str, Any]:
    match block:
        case Paragraph(text):
            return {"text": text}
        case Button(label, link):
            return {"label": label, "link": link}
        case Choices(question, choices, low, high):
            told = [[choice.label, choice.link] for choice in choices]
            return {"question": question, "choices": told, "low": low, "high": high}


def _unpacked(kept: dict[str, Any]) -> Block:
    if "text" in kept:
        return Paragraph(kept["text"])
    if "question" in kept:
        choices = tuple(Choice(label, link) for label, link in kept["choices"])
        return Choices(kept["question"], choices, kept["low"], kept["high"])
    return Button(kept["label"], kept["link"])
