"""What the builder shows: the questions with what is wrong with them, logic as sentences, languages still missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from wayloop.surveys.document.checks import Problem, minutes_of, missing_texts, problems_of
from wayloop.surveys.document.shape import END, YES, Condition, Document, Question, Test
from wayloop.surveys.document.walk import longest
from wayloop.surveys.enums import Op, QuestionType
from wayloop.surveys.models import Survey, SurveyVersion
from wayloop.ui.localised import language_name

ICONS = {
    QuestionType.NPS: "megaphone",
    QuestionType.CSAT: "gauge",
    QuestionType.CES: "list-checks",
    QuestionType.STARS: "star",
    QuestionType.EMOJI: "smile",
    QuestionType.EMOTION: "heart",
    QuestionType.FILE: "file-up",
    QuestionType.DATE: "calendar",
    QuestionType.CONTACT: "phone",
    QuestionType.CONSENT: "circle-check",
    QuestionType.TEXT: "message-square-text",
}
GROUPS = (
    (QuestionType.CSAT, QuestionType.NPS, QuestionType.CES, QuestionType.STARS, QuestionType.EMOJI),
    (QuestionType.EMOTION, QuestionType.EXPECTATION, QuestionType.CONVERSATION),
    (QuestionType.SINGLE, QuestionType.MULTIPLE, QuestionType.MATRIX, QuestionType.RANKING),
    (
        QuestionType.TEXT,
        QuestionType.NUMBER,
        QuestionType.DATE,
        QuestionType.FILE,
        QuestionType.CONTACT,
        QuestionType.CONSENT,
    ),
)


@dataclass(frozen=True)
class Line:
    """One question in the list on the left."""

    key: str
    place: int
    type: str
    text: str
    shown_when: str
    then: Sequence[str]
    is_wrong: bool
    is_warned: bool
    is_random: bool


@dataclass(frozen=True)
class Desk:
    """Everything the list and the head of the builder show."""

    survey: Survey
    document: Document
    lines: Sequence[Line]
    problems: Sequence[Problem]
    whole_problems: Sequence[Problem]
    languages: Sequence[tuple[str, str, int]]
    count: int
    minutes: int
    is_published: bool
    has_changes: bool

    @property
    def has_branches(self) -> bool:
        """Whether there is more than one way through it."""
        return any(line.shown_when or line.then for line in self.lines)

    def problems_of(self, key: str) -> list[Problem]:
        """Those of one question; empty for the survey as a whole."""
        return [problem for problem in self.problems if problem.question == key]


def desk_of(survey: Survey, document: Document) -> Desk:
    """What there is to show of a draft."""
    problems = problems_of(document)
    missing = missing_texts(document)
    marks = {(problem.question, problem.kind) for problem in problems}
    published = SurveyVersion.objects.filter(survey=survey, number=survey.current).first() if survey.current else None
    return Desk(
        survey=survey,
        document=document,
        lines=[
            Line(
                key=one.key,
                place=place,
                type=str(one.type.label),
                text=one.told,
                shown_when=sentence(one.show, document),
                then=[_then(jump.when, jump.to, document) for jump in one.jumps],
                is_wrong=(one.key, "error") in marks,
                is_warned=(one.key, "warning") in marks,
                is_random=bool(one.mix),
            )
            for place, one in enumerate(document.questions, 1)
        ],
        problems=problems,
        whole_problems=[problem for problem in problems if not problem.question],
        languages=[(code, language_name(code), len(missing[code])) for code in document.languages],
        count=longest(document.questions),
        minutes=minutes_of(document),
        is_published=survey.current is not None,
        has_changes=published is None or published.document != survey.draft,
    )


def sentence(condition: Condition, document: Document) -> str:
    """A condition as people read it; empty when it always holds."""
    join = _(" or ") if condition.is_any else _(" and ")
    return join.join(_said(test, document) for test in condition.tests)


def _said(test: Test, document: Document) -> str:
    places = {one.key: place for place, one in enumerate(document.questions, 1)}
    question = document.question(test.question)
    words = ", ".join(_value(value, question) for value in test.values)
    told = {"place": places.get(test.question, "?"), "words": words}
    sentences: dict[Op, Any] = {
        Op.AT_LEAST: _("answer %(place)s is %(words)s or more"),
        Op.AT_MOST: _("answer %(place)s is %(words)s or less"),
        Op.ONE_OF: _("answer %(place)s is “%(words)s”"),
        Op.NONE_OF: _("answer %(place)s is not “%(words)s”"),
        Op.ANSWERED: _("question %(place)s is answered"),
        Op.LEFT_OUT: _("question %(place)s is left out"),
    }
    return str(sentences[test.op] % told)


def _value(value: str, question: Question | None) -> str:
    for option in question.options if question else ():
        if option.key == value:
            return str(option.label)
    if question and question.type == QuestionType.CONSENT:
        return _("yes") if value == YES else _("no")
    return value


def _then(when: Condition, to: str, document: Document) -> str:
    places = {one.key: place for place, one in enumerate(document.questions, 1)}
    target = _("the end") if to == END else _("question %(place)s") % {"place": places.get(to, "?")}
    if not when.tests:
        return _("then to: %(target)s") % {"target": target}
    return _("when %(sentence)s, to: %(target)s") % {"sentence": sentence(when, document), "target": target}
