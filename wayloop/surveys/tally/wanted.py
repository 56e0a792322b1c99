"""What of a survey is looked at: the filter of a page, a file or a program, and the responses it leaves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property

from django.db import connection

from wayloop.business import api as business
from wayloop.contracts.audiences import AudienceSource
from wayloop.contracts.scope import Scope
from wayloop.kernel import clock, registry
from wayloop.surveys.document.shape import Document, Question
from wayloop.surveys.enums import Feel, QuestionType
from wayloop.surveys.rules import feel_of
from wayloop.surveys.tally import again
from wayloop.surveys.tally.bits import gathered, positions, without
from wayloop.surveys.tally.marks import AT, OVER, minutes, stem_of, value_name
from wayloop.surveys.tally.shelf import Shelf

# What an address may ask for.
LONGEST, MOST_ANSWERS = 80, 20
NONE = "none"
LEFT_OUT, ANSWERED = "-", "+"
FEELS: Mapping[str, Feel] = {"good": Feel.GOOD, "neutral": Feel.NEUTRAL, "bad": Feel.BAD}
OF_AUDIENCE = """
SELECT r.id, r.place, r.is_folded FROM surveys_response r JOIN api_identity_people p ON p.handle = r.handle
WHERE r.survey_id = %(survey)s AND p.person IN ({people})
"""


@dataclass(frozen=True)
class Picked:
    """Answers to one question, or to one line of it; any of the values fits."""

    question: str
    part: str
    values: tuple[str, ...]

    @property
    def token(self) -> str:
        """As it stands in the address, without its values."""
        return f"{self.question}.{self.part}" if self.part else self.question


@dataclass(frozen=True)
class Wanted:
    """The filter. Empty texts: any; `none`: not stated. Instants from `start` to `end` (left out), of the answer.

    `answers`: all of them hold. `audience`: source and key of a group of customers. `latest`: a question of which
    everybody counts once, with the latest answer of the period.
    """

    start: datetime | None = None
    end: datetime | None = None
    location: str = ""
    channel: str = ""
    language: str = ""
    version: int | None = None
    audience: str = ""
    answers: tuple[Picked, ...] = ()
    latest: str = ""

    @property
    def is_narrow(self) -> bool:
        """Whether it leaves anything out but by time."""
        return replace(self, start=None, end=None) != Wanted()


def time_before(wanted: Wanted) -> Wanted | None:
    """The same of the time before, of the same length and up to the same hour; None where there is none."""
    start, end = wanted.start, wanted.end
    if start is None or end is None:
        return None
    days = business.report_clock()
    length = timedelta(days=(days.day_of(end - timedelta(seconds=1)) - days.day_of(start)).days + 1)
    begin = days.start_of(days.day_of(start) - length)
    return replace(wanted, start=begin, end=min(clock.now(), end) - length)


def values_of(question: Question) -> list[str]:
    """What can be chosen of a question, as the address names it."""
    if question.type == QuestionType.CONSENT:
        return ["yes", "no"]
    if question.rows or (question.scale and not question.options):
        scale = question.scale
        return [str(value) for value in range(scale.low, scale.high + 1)] if scale else []
    if question.type == QuestionType.RANKING:
        return [str(place) for place in range(1, len(question.options) + 1)]
    return [one.key for one in question.options]


def feel_values(question: Question, feel: Feel) -> list[str]:
    """The marks that read so."""
    if question.metric is None or question.scale is None:
        return []
    return [value for value in values_of(question) if feel_of(question.metric, question.scale, Decimal(value)) == feel]


def read_answers(given: Iterable[str], document: Document) -> tuple[Picked, ...]:
    """The answers an address names, as `q1:7` or `q5.r1:4`; what there is not is left out."""
    found: dict[tuple[str, str], list[str]] = {}
    for text in given:
        where, _colon, value = text.partition(":")
        key, _dot, part = where.partition(".")
        question = document.question(key)
        if question is None:
            continue
        parts = {one.key for one in (question.rows or question.options)} if _has_parts(question) else {""}
        known = {LEFT_OUT, ANSWERED, *values_of(question), *(FEELS if question.metric else ())}
        if value not in known or (part not in parts and value not in (LEFT_OUT, ANSWERED)):
            continue
        values = found.setdefault((key, part), [])
        if value not in values:
            values.append(value)
    return tuple(Picked(key, part, tuple(values)) for (key, part), values in found.items())


def _has_parts(question: Question) -> bool:
    return bool(question.rows) or question.type == QuestionType.RANKING


class Selection:
    """The responses a filter leaves, with what they are compared with."""

    def __init__(self, shelf: Shelf, document: Document, wanted: Wanted, scope: Scope) -> None:
        self.shelf, self.document, self.wanted, self.scope = shelf, document, wanted, scope

    @cached_property
    def seen(self) -> int:
        """Responses the scope lets see."""
        shelf = self.shelf
        if self.scope.locations is None:
            return shelf.alive
        found = shelf.of("l|")
        for place in self.scope.locations:
            found |= shelf.of(f"l|{place}")
        return shelf.alive & found

    @cached_property
    def window(self) -> int:
        """All responses of the time that are over, whoever may see them: of these the latest of everybody counts."""
        return self.between(AT, self.shelf.alive & self.shelf.of(OVER))

    def between(self, clock: str, among: int) -> int:
        """Those of the period by this clock."""
        moments = self.shelf.number(clock)
        if self.wanted.start:
            among &= moments.at_least(minutes(self.wanted.start))
        if self.wanted.end:
            among = without(among, moments.at_least(minutes(self.wanted.end)))
        return among

    @cached_property
    def narrowed(self) -> int:
        """What everything but the time leaves."""
        shelf, wanted = self.shelf, self.wanted
        found = self.seen
        for letter, value in (("l", wanted.location), ("c", wanted.channel), ("g", wanted.language)):
            if value:
                found &= shelf.of(f"{letter}|{'' if value == NONE else value}")
        if wanted.version:
            found &= shelf.of(f"v|{wanted.version}")
        for one in wanted.answers:
            found &= self.of_answer(one)
        if wanted.audience:
            found &= self._audience()
        return found

    @cached_property
    def all(self) -> int:
        """The responses the filter leaves."""
        found = self.window & self.narrowed
        question = self.document.question(self.wanted.latest) if self.wanted.latest else None
        return found & self.once(question) if question else found

    def once(self, question: Question) -> int:
        """Of everybody the latest answer to this question in the time; those nobody knows all count."""
        answered = self.window & self.shelf.of(f"{stem_of(question)}|+")
        return without(answered, again.superseded(self.shelf, answered))

    def of_answer(self, picked: Picked) -> int:
        """Who answered so."""
        question = self.document.question(picked.question)
        if question is None:
            return 0
        start, found = stem_of(question), 0
        for value in picked.values:
            if value in (LEFT_OUT, ANSWERED):
                found |= self.shelf.of(f"{start}|{value}")
                continue
            marks = feel_values(question, FEELS[value]) if value in FEELS and question.metric else [value]
            for mark in marks:
                found |= self.shelf.of(value_name(start, mark, picked.part))
        return found

    def _audience(self) -> int:
        name, _colon, key = self.wanted.audience.partition(":")
        source = next((one for one in registry.offers(AudienceSource) if one.name == name), None)  # type: ignore[type-abstract]
        people = source.people(key, "who") if source else None
        if people is None:
            return 0
        statement = OF_AUDIENCE.replace("{people}", people.text)
        with connection.cursor() as cursor:
            cursor.execute(statement, {**people.values, "survey": self.shelf.survey})
            rows = cursor.fetchall()
        beside = {number: self.shelf.base + place for place, number in enumerate(self.shelf.beside)}
        places = (beside.get(number, place if is_folded else None) for number, place, is_folded in rows)
        return gathered(place for place in places if place is not None)

    def members(self, bits: int) -> Sequence[int]:
        """Ids of these responses, the first told first."""
        places = list(positions(bits))
        ids = self.shelf.ids(places)
        return [ids[place] for place in places if place in ids]
