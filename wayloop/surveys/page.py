"""What the respondent's page shows: one question as its template wants it, and the plan its script walks by."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from wayloop.kernel.localised import Localised
from wayloop.kernel.rest.schemas import plain_decimal
from wayloop.surveys.document.answers import LONGEST_LINE, LONGEST_TEXT, MAIL, NAME, PHONE, Reply, Sent
from wayloop.surveys.document.codec import to_json
from wayloop.surveys.document.holes import fill
from wayloop.surveys.document.piping import pieces
from wayloop.surveys.document.shape import NO, YES, Condition, Document, Option, Question
from wayloop.surveys.enums import QuestionType
from wayloop.surveys.rules import Scale
from wayloop.surveys.uploads import ACCEPTED
from wayloop.ui import formats

FACES = ("frown", "annoyed", "meh", "smile", "laugh")


@dataclass(frozen=True)
class Choice:
    """One thing to choose. `own`: what is written beside it, when it `is_open`."""

    key: str
    label: str
    is_chosen: bool = False
    is_open: bool = False
    own: str = ""
    value: str = ""
    icon: str = ""


@dataclass(frozen=True)
class Card:
    """One question as it stands on the page, in one language, with what was answered or typed."""

    key: str
    type: str
    text: SafeString
    hint: SafeString
    is_required: bool
    marks: Sequence[Choice] = ()
    low: str = ""
    high: str = ""
    options: Sequence[Choice] = ()
    rows: Sequence[tuple[Choice, Sequence[Choice]]] = ()
    value: str = ""
    longest: int = 0
    is_long: bool = True
    unit: str = ""
    accepted: str = ACCEPTED
    error: str = ""
    is_unconfirmed: bool = False

    @property
    def is_group(self) -> bool:
        """Whether several controls belong to it."""
        return self.type not in {"text", "number", "date", "file"}


def card_of(
    question: Question,
    *,
    language: str,
    words: Mapping[str, str],
    seed: str,
    reply: Reply | None = None,
    sent: Sent | None = None,
    error: str = "",
    chosen: str = "",
) -> Card:
    """The card of a question. `sent`: what was typed and refused, else `reply`, else `chosen` from a link, apart."""
    given = _typed(question, sent) if sent is not None else _given(reply)
    is_unconfirmed = bool(chosen) and sent is None and reply is None
    if is_unconfirmed:
        given = {"a": {chosen}}
    options = _mixed(question, seed)
    is_place = question.type == QuestionType.RANKING
    known = given.get("a", set())
    value = next(iter(known), "")
    return Card(
        key=question.key,
        type=question.type.value,
        text=_html(question.text, language, words),
        hint=_html(question.hint, language, words),
        is_required=question.is_required,
        marks=_marks(question, known) if question.scale and not question.rows and not question.options else (),
        low=question.low_label.in_language(language),
        high=question.high_label.in_language(language),
        options=_contact(given)
        if question.type == QuestionType.CONTACT
        else [
            Choice(
                one.key,
                fill(one.label.in_language(language), words),
                is_chosen=one.key in known,
                is_open=one.is_open,
                own=next(iter(given.get(f"own.{one.key}", ())), ""),
                value=next(iter(given.get(f"a.{one.key}", ())), "") if is_place else "",
            )
            for one in options
        ],
        rows=[
            (
                Choice(row.key, fill(row.label.in_language(language), words)),
                _marks(question, given.get(f"a.{row.key}", set())),
            )
            for row in _mixed_rows(question, seed)
        ],
        value=YES if question.type == QuestionType.CONSENT and YES in known else value,
        longest=LONGEST_TEXT if question.is_long else LONGEST_LINE,
        is_long=question.is_long,
        unit=question.unit.in_language(language),
        error=error,
        is_unconfirmed=is_unconfirmed,
    )


def plan_of(document: Document, questions: Sequence[Question], asked: Mapping[str, Reply]) -> dict[str, Any]:
    """What the script needs to go on without us: order, conditions, jumps; no texts, they stand in the page."""
    return {
        "questions": [
            {
                "key": one.key,
                "type": one.type.value,
                "required": one.is_required,
                "show": condition_plan(one.show),
                "jumps": [{"when": condition_plan(jump.when), "to": jump.to} for jump in one.jumps],
            }
            for one in questions
        ],
        "given": {key: given_plan(reply) for key, reply in asked.items()},
        "quotas": bool(document.quotas),
    }


def condition_plan(condition: Condition) -> Any:
    """A condition as the script reads it."""
    return to_json(condition)


def given_plan(reply: Reply) -> dict[str, Any]:
    """An answer as the script's logic knows it."""
    given = reply.given
    return {
        "number": None if given.number is None else float(given.number),
        "choices": sorted(given.choices),
        "empty": given.is_empty,
    }


def word_of(question: Question, reply: Reply, language: str) -> str:
    """An answer as it is put into later texts."""
    labels = {one.key: one.label.in_language(language) for one in (*question.options, *question.rows)}
    found = []
    for part in reply.parts:
        if question.type in (QuestionType.CONTACT, QuestionType.FILE):
            continue
        if part.choice:
            found.append(part.text or labels.get(part.choice, ""))
        elif part.number is not None:
            found.append(formats.number(part.number))
        elif part.day:
            found.append(formats.plain_date(part.day, part.day))
        else:
            found.append(part.text)
    return ", ".join(word for word in found if word)


def _html(text: Localised, language: str, words: Mapping[str, str]) -> SafeString:
    """The text with its words put in; those of answers stand in elements of their own, for the script to fill."""
    return format_html_join(
        "",
        "{}",
        (
            (format_html('<span data-word="{}">{}</span>', hole, words.get(hole, "")) if hole else piece,)
            for piece, hole in pieces(text.in_language(language), words)
        ),
    )


def _marks(question: Question, chosen: set[str]) -> list[Choice]:
    scale = question.scale or Scale(1, 5)
    numbers = range(scale.low, scale.high + 1)
    is_face = question.type == QuestionType.EMOJI
    return [
        Choice(str(number), str(number), str(number) in chosen, icon=FACES[number - 1] if is_face else "")
        for number in numbers
    ]


def _contact(given: Mapping[str, set[str]]) -> list[Choice]:
    labels = {NAME: _("Name"), MAIL: _("E-mail"), PHONE: _("Phone")}
    return [Choice(name, label, value=next(iter(given.get(f"a.{name}", ())), "")) for name, label in labels.items()]


def _mixed(question: Question, seed: str) -> list[Option]:
    """The options as this person gets them; those that ask for words stay at the end."""
    options = list(question.options)
    if not question.shuffled:
        return options
    fixed = [one for one in options if one.is_open]
    free = [one for one in options if not one.is_open]
    random.Random(f"{seed} {question.key}").shuffle(free)  # noqa: S311 – an order, no secret
    return free + fixed


def _mixed_rows(question: Question, seed: str) -> list[Option]:
    rows = list(question.rows)
    if question.shuffled:
        random.Random(f"{seed} {question.key}").shuffle(rows)  # noqa: S311 – an order, no secret
    return rows


def _given(reply: Reply | None) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for part in reply.parts if reply else ():
        value = part.choice
        if part.number is not None and (not part.choice or part.part == part.choice):
            value = plain_decimal(part.number)
        if not value:
            value = part.day.isoformat() if part.day else part.text
        is_many = part.choice and part.number is None
        found.setdefault("a" if is_many or not part.part else f"a.{part.part}", set()).add(value)
        if part.choice and part.text:
            found[f"own.{part.choice}"] = {part.text}
    return found


def _typed(question: Question, sent: Sent) -> dict[str, set[str]]:
    return {field: {value for value in values if value != NO} for field, values in sent.items() if values}
