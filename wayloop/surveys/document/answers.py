"""What respondents send, made into answers: each type says what it takes, and what to do where it cannot."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wayloop.surveys.document.shape import NO, ONE_NUMBER, YES, Option, Question
from wayloop.surveys.document.walk import LEFT_OUT, Given
from wayloop.surveys.enums import QuestionType
from wayloop.surveys.rules import Scale

LONGEST_TEXT, LONGEST_LINE, LONGEST_OWN = 5000, 300, 300
# The field of a question; its parts are named behind a dot ("a.speed"), what is written beside an option "own.other".
FIELD, OWN = "a", "own"
MAIL, PHONE, NAME = "email", "phone", "name"
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
LARGEST_NUMBER = Decimal(10) ** 12
Sent = Mapping[str, Sequence[str]]
_PHONE = re.compile(r"\+?[\d\s()./-]{5,30}")


class AnswerRefused(Exception):
    """What was sent is no answer; the text says what to do. `field`: the control it belongs to."""

    def __init__(self, message: str, field: str = FIELD) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Part:
    """One piece of an answer. `part`: the row of a matrix, the field of a contact, empty where there is one only.

    Of a ranking `number` is the place of `choice`, 1 the first.
    """

    part: str = ""
    number: Decimal | None = None
    choice: str = ""
    text: str = ""
    day: date | None = None
    file: int | None = None


@dataclass(frozen=True)
class Reply:
    """A whole answer: its pieces with the scale they were given on. Without pieces the question was left out."""

    parts: tuple[Part, ...] = ()
    scale: Scale | None = None

    @property
    def given(self) -> Given:
        """What the logic knows of it."""
        if not self.parts:
            return LEFT_OUT
        alone = self.parts[0] if len(self.parts) == 1 else None
        return Given(
            number=alone.number if alone and not alone.part else None,
            choices=frozenset(part.choice for part in self.parts if part.choice),
        )


def read_answer(question: Question, sent: Sent) -> Reply:
    """The answer in what a form sent; of a file see `services.responses`.

    Raises `AnswerRefused` with a line for the respondent.
    """
    kind = question.type
    if kind == QuestionType.NUMBER:
        parts = _number(question, _one(sent))
    elif kind in ONE_NUMBER:
        parts = _mark(question, _one(sent))
    elif kind in (QuestionType.MATRIX, QuestionType.CONVERSATION):
        parts = _matrix(question, sent)
    elif kind == QuestionType.RANKING:
        parts = _ranking(question, sent)
    elif kind == QuestionType.TEXT:
        parts = _text(question, _one(sent))
    elif kind == QuestionType.DATE:
        parts = _day(_one(sent))
    elif kind == QuestionType.CONTACT:
        parts = _contact(sent)
    elif kind == QuestionType.CONSENT:
        parts = (Part(choice=YES if _one(sent) == YES else NO),)
        if question.is_required and parts[0].choice == NO:
            raise AnswerRefused(_("Tick the box to go on, or close the page: nothing more is sent then."))
    elif kind == QuestionType.FILE:
        parts = ()
    else:
        parts = _chosen(question, sent)
    if question.is_required and not parts and kind != QuestionType.FILE:
        raise AnswerRefused(_("Please answer this question."))
    return Reply(parts, question.scale)


def plain(text: str, longest: int) -> str:
    """A text as it is kept: no signs that cannot be stored, one kind of line ends. Raises `AnswerRefused`."""
    kept = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(kept) > longest:
        raise AnswerRefused(
            _("At most %(most)s characters fit, now there are %(now)s.") % {"most": longest, "now": len(kept)}
        )
    return kept


def _one(sent: Sent, field: str = FIELD) -> str:
    values = sent.get(field, ())
    return values[0] if values else ""


def _decimal(text: str) -> Decimal | None:
    plain_text = re.sub(r"[\s\u00a0\u202f]", "", text).replace(",", ".").replace("−", "-")
    if not re.fullmatch(r"[+-]?\d{1,13}(\.\d{0,9})?", plain_text, re.ASCII):
        return None
    try:
        return Decimal(plain_text)
    except InvalidOperation:
        return None


def _on_scale(scale: Scale, text: str) -> Decimal | None:
    value = _decimal(text)
    if value is None or value % 1 or not scale.low <= value <= scale.high:
        return None
    return value


def _mark(question: Question, text: str) -> tuple[Part, ...]:
    if not text:
        return ()
    scale = question.scale or Scale(1, 5)
    value = _on_scale(scale, text)
    if value is None:
        raise AnswerRefused(_("Choose a number from %(low)s to %(high)s.") % {"low": scale.low, "high": scale.high})
    return (Part(number=value),)


def _number(question: Question, text: str) -> tuple[Part, ...]:
    if not text.strip():
        return ()
    value = _decimal(text)
    if value is None or abs(value) > LARGEST_NUMBER:
        raise AnswerRefused(_("Write a number, in figures."))
    if -int(value.normalize().as_tuple().exponent) > question.decimals:
        raise AnswerRefused(
            _("Write a whole number.")
            if not question.decimals
            else ngettext(
                "Write at most %(number)s figure behind the comma.",
                "Write at most %(number)s figures behind the comma.",
                question.decimals,
            )
            % {"number": question.decimals}
        )
    if question.least is not None and value < question.least:
        raise AnswerRefused(_("The number is %(least)s or more.") % {"least": question.least})
    if question.most is not None and value > question.most:
        raise AnswerRefused(_("The number is %(most)s or less.") % {"most": question.most})
    return (Part(number=value),)


def _matrix(question: Question, sent: Sent) -> tuple[Part, ...]:
    scale = question.scale or Scale(1, 5)
    found = []
    for row in question.rows:
        field = f"{FIELD}.{row.key}"
        text = _one(sent, field)
        if not text:
            if question.is_required:
                raise AnswerRefused(_("Choose one mark in each line."), field)
            continue
        value = _on_scale(scale, text)
        if value is None:
            message = _("Choose a number from %(low)s to %(high)s.") % {"low": scale.low, "high": scale.high}
            raise AnswerRefused(message, field)
        found.append(Part(part=row.key, number=value))
    return tuple(found)


def _ranking(question: Question, sent: Sent) -> tuple[Part, ...]:
    count = len(question.options)
    places: dict[int, str] = {}
    for option in question.options:
        field = f"{FIELD}.{option.key}"
        text = _one(sent, field)
        if not text:
            continue
        place = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
        if not 1 <= place <= count:
            raise AnswerRefused(_("Give each a place from 1 to %(last)s.") % {"last": count}, field)
        if place in places:
            raise AnswerRefused(_("Two stand in place %(place)s. Give each its own.") % {"place": place}, field)
        places[place] = option.key
    if not places:
        return ()
    if len(places) < count:
        raise AnswerRefused(_("Give each a place from 1 to %(last)s.") % {"last": count})
    return tuple(Part(part=key, number=Decimal(place), choice=key) for place, key in sorted(places.items()))


def _text(question: Question, text: str) -> tuple[Part, ...]:
    kept = plain(text, LONGEST_TEXT if question.is_long else LONGEST_LINE)
    if not question.is_long:
        kept = " ".join(kept.split())
    return (Part(text=kept),) if kept else ()


def _day(text: str) -> tuple[Part, ...]:
    if not text.strip():
        return ()
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise AnswerRefused(_("Choose a day.")) from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise AnswerRefused(_("Choose a day of our time."))
    return (Part(day=day),)


def _contact(sent: Sent) -> tuple[Part, ...]:
    found = []
    for name in (NAME, MAIL, PHONE):
        field = f"{FIELD}.{name}"
        text = " ".join(plain(_one(sent, field), LONGEST_LINE).split())
        if not text:
            continue
        if name == MAIL and not _is_mail(text):
            raise AnswerRefused(_("This is no e-mail address: look for a missing dot or @."), field)
        if name == PHONE and (not _PHONE.fullmatch(text) or sum(map(str.isdigit, text)) < 5):
            raise AnswerRefused(_("Write the phone in figures, with the code of the country."), field)
        found.append(Part(part=name, text=text))
    return tuple(found)


def _is_mail(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _chosen(question: Question, sent: Sent) -> tuple[Part, ...]:
    known: dict[str, Option] = {option.key: option for option in question.options}
    keys = list(dict.fromkeys(value for value in sent.get(FIELD, ()) if value))
    is_many = question.type == QuestionType.MULTIPLE
    if unknown := [key for key in keys if key not in known]:
        raise AnswerRefused(_("Choose from what is offered."), f"{FIELD}.{unknown[0][:40]}")
    if not is_many and len(keys) > 1:
        raise AnswerRefused(_("Choose one only."))
    if is_many and keys:
        _count_chosen(question, len(keys))
    found = []
    for key in keys:
        own = plain(_one(sent, f"{OWN}.{key}"), LONGEST_OWN) if known[key].is_open else ""
        number = None
        if question.type == QuestionType.EXPECTATION:
            number = Decimal(list(known).index(key) + 1)
        found.append(Part(part=key if is_many else "", number=number, choice=key, text=own))
    return tuple(found)


def _count_chosen(question: Question, count: int) -> None:
    if question.least is not None and count < question.least:
        raise AnswerRefused(
            ngettext("Choose at least %(number)s.", "Choose at least %(number)s.", question.least)
            % {"number": question.least}
        )
    if question.most is not None and count > question.most:
        raise AnswerRefused(
            ngettext("Choose at most %(number)s.", "Choose at most %(number)s.", question.most)
            % {"number": question.most}
        )
