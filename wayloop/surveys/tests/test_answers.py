"""What each type of question takes, and what it says to the rest."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from wayloop.kernel.localised import Localised
from wayloop.surveys.document.answers import AnswerRefused, Part, read_answer
from wayloop.surveys.document.checks import problems_of
from wayloop.surveys.document.holes import fill
from wayloop.surveys.document.shape import SCALES, Condition, Document, Option, Question, Test
from wayloop.surveys.enums import Op, QuestionType
from wayloop.surveys.presets import new_question
from wayloop.surveys.rules import Scale
from wayloop.surveys.testing import asked

O12 = (Option("o1"), Option("o2", is_open=True))
SHORT = asked(QuestionType.TEXT, "q1", is_long=False)


def one(kind: QuestionType, **others: object) -> Question:
    return asked(kind, "q1", **others)


@pytest.mark.parametrize(
    ("question", "sent", "parts"),
    [
        (one(QuestionType.NPS), {"a": ["0"]}, (Part(number=Decimal(0)),)),
        (one(QuestionType.CSAT, scale=Scale(1, 10)), {"a": ["10"]}, (Part(number=Decimal(10)),)),
        (one(QuestionType.NUMBER, decimals=1), {"a": ["1 234,5"]}, (Part(number=Decimal("1234.5")),)),
        (one(QuestionType.SINGLE, options=O12), {"a": ["o1"]}, (Part(choice="o1"),)),
        (
            one(QuestionType.SINGLE, options=O12),
            {"a": ["o2"], "own.o2": [" the bus "]},
            (Part(choice="o2", text="the bus"),),
        ),
        (
            one(QuestionType.MULTIPLE, options=O12),
            {"a": ["o1", "o2"]},
            (Part("o1", choice="o1"), Part("o2", choice="o2")),
        ),
        (
            one(QuestionType.MATRIX, rows=O12),
            {"a.o1": ["5"], "a.o2": ["1"]},
            (Part("o1", Decimal(5)), Part("o2", Decimal(1))),
        ),
        (
            one(QuestionType.RANKING, options=O12),
            {"a.o1": ["2"], "a.o2": ["1"]},
            (Part("o2", Decimal(1), "o2"), Part("o1", Decimal(2), "o1")),
        ),
        (one(QuestionType.TEXT), {"a": [" so\r\nlong \0"]}, (Part(text="so\nlong"),)),
        (SHORT, {"a": ["a\nb"]}, (Part(text="a b"),)),
        (one(QuestionType.DATE), {"a": ["2026-02-28"]}, (Part(day=date(2026, 2, 28)),)),
        (
            one(QuestionType.CONTACT),
            {"a.name": ["Ira"], "a.email": ["ira@example.com"], "a.phone": ["+380 67 000 00 00"]},
            (Part("name", text="Ira"), Part("email", text="ira@example.com"), Part("phone", text="+380 67 000 00 00")),
        ),
        (one(QuestionType.CONSENT), {"a": ["yes"]}, (Part(choice="yes"),)),
        (one(QuestionType.CONSENT), {}, (Part(choice="no"),)),
        (one(QuestionType.NPS), {}, ()),
        (one(QuestionType.MATRIX, rows=O12), {}, ()),
    ],
)
def test_an_answer_is_read(question: Question, sent: dict[str, list[str]], parts: tuple[Part, ...]) -> None:
    reply = read_answer(question, sent)
    assert (reply.parts, reply.scale) == (parts, question.scale)


@pytest.mark.parametrize(
    ("question", "sent", "message"),
    [
        (one(QuestionType.NPS), {"a": ["11"]}, "Choose a number from 0 to 10."),
        (one(QuestionType.NPS, scale=Scale(1, 10)), {"a": ["0"]}, "Choose a number from 1 to 10."),
        (one(QuestionType.CES), {"a": ["3.5"]}, "Choose a number from 1 to 7."),
        (one(QuestionType.NPS, is_required=True), {}, "Please answer this question."),
        (one(QuestionType.NUMBER), {"a": ["many"]}, "Write a number, in figures."),
        (one(QuestionType.NUMBER), {"a": ["1.5"]}, "Write a whole number."),
        (one(QuestionType.NUMBER, decimals=2), {"a": ["1.555"]}, "Write at most 2 figures behind the comma."),
        (one(QuestionType.NUMBER, least=1, most=5), {"a": ["6"]}, "The number is 5 or less."),
        (one(QuestionType.SINGLE, options=O12), {"a": ["o9"]}, "Choose from what is offered."),
        (one(QuestionType.SINGLE, options=O12), {"a": ["o1", "o2"]}, "Choose one only."),
        (one(QuestionType.MULTIPLE, options=O12, least=2), {"a": ["o1"]}, "Choose at least 2."),
        (one(QuestionType.MULTIPLE, options=O12, most=1), {"a": ["o1", "o2"]}, "Choose at most 1."),
        (one(QuestionType.MATRIX, rows=O12, is_required=True), {"a.o1": ["1"]}, "Choose one mark in each line."),
        (
            one(QuestionType.RANKING, options=O12),
            {"a.o1": ["1"], "a.o2": ["1"]},
            "Two stand in place 1. Give each its own.",
        ),
        (one(QuestionType.RANKING, options=O12), {"a.o1": ["1"]}, "Give each a place from 1 to 2."),
        (SHORT, {"a": ["x" * 301]}, "At most 300 characters fit, now there are 301."),
        (one(QuestionType.DATE), {"a": ["2026-02-30"]}, "Choose a day."),
        (one(QuestionType.DATE), {"a": ["0001-01-01"]}, "Choose a day of our time."),
        (one(QuestionType.CONTACT), {"a.email": ["ira@"]}, "This is no e-mail address: look for a missing dot or @."),
        (one(QuestionType.CONTACT), {"a.phone": ["me"]}, "Write the phone in figures, with the code of the country."),
        (
            one(QuestionType.CONSENT, is_required=True),
            {},
            "Tick the box to go on, or close the page: nothing more is sent then.",
        ),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_refused_in_one_clear_line(
    question: Question, sent: dict[str, list[str]], message: str
) -> None:
    with translation.override("en"), pytest.raises(AnswerRefused) as refused:
        read_answer(question, sent)
    assert str(refused.value) == message


def test_scale_and_direction_belong_to_the_type() -> None:
    told = {kind.value: [(one.low, one.high, one.lower_is_better) for one in scales] for kind, scales in SCALES.items()}
    assert told == {
        "nps": [(0, 10, False), (1, 10, False)],
        "csat": [(1, 5, False), (1, 10, False)],
        "ces": [(1, 7, False), (1, 5, True)],
        "stars": [(1, 5, False)],
        "emoji": [(1, 5, False)],
        "conversation": [(1, 5, False)],
        "matrix": [(1, 5, False), (1, 7, False), (1, 10, False)],
        "expectation": [(1, 3, False)],
    }


@pytest.mark.parametrize("kind", list(QuestionType))
def test_a_new_question_says_in_each_language_what_can_be_said(kind: QuestionType) -> None:
    question = new_question(kind, "q1", ("uk", "ru", "en"))
    words = [question.text, question.low_label, *(row.label for row in (*question.options, *question.rows))]
    assert {len(text.texts) for text in words} <= {0, 3}
    assert question.text.source == "uk"


@pytest.mark.parametrize(
    ("text", "words", "filled"),
    [
        ("{{ name }}, how was it?", {"name": "Ira"}, "Ira, how was it?"),
        ("{{ name }}, how was it?", {}, "How was it?"),
        ("You said {{q1}}. Why {{ q1 }}?", {"q1": "7"}, "You said 7. Why 7?"),
        ("Order {{ order }}!", {}, "Order!"),
        (
            "{{ name.__class__ }} {% if %} {{ name | x }}",
            {"name": "Ira"},
            "{{ name.__class__ }} {% if %} {{ name | x }}",
        ),
        ("{{ name }}", {"name": "<b>{{ order }}</b>", "order": "7"}, "<b>{{ order }}</b>"),
    ],
)
def test_words_are_put_in_as_words_only(text: str, words: dict[str, str], filled: str) -> None:
    assert fill(text, words) == filled


def codes(*questions: Question, **others: object) -> set[tuple[str, str]]:
    document = Document(questions=questions, reason=Localised.of("why", "en"), **others)  # type: ignore[arg-type]
    return {(problem.question, problem.code) for problem in problems_of(document)}


def test_each_problem_is_found_where_it_is() -> None:
    later = Condition((Test("q9", Op.ANSWERED),))
    assert codes() == {("", "empty")}
    assert codes(one(QuestionType.SINGLE, options=O12[:1])) == {("q1", "options"), ("q1", "label")}
    assert codes(one(QuestionType.MATRIX)) == {("q1", "rows")}
    assert codes(one(QuestionType.CONSENT)) == {("q1", "consent")}
    assert codes(one(QuestionType.NUMBER, least=3, most=2)) == {("q1", "range")}
    assert codes(one(QuestionType.TEXT, show=later)) == {("q1", "later"), ("q1", "dead")}
    assert codes(one(QuestionType.TEXT, text=Localised.of("Why {{ q2 }}?", "en"))) == {("q1", "hole")}
    assert codes(one(QuestionType.TEXT), next_url="javascript:alert(1)") == {("", "next")}
    assert codes(*(asked(QuestionType.CSAT, f"q{number}") for number in range(1, 9))) == {("", "long")}
    unfinished = Condition((Test("q1", Op.AT_LEAST, ("x",)),))
    second = asked(QuestionType.TEXT, "q2", show=unfinished)
    assert codes(one(QuestionType.NPS), second) == {("q2", "sentence"), ("q2", "dead")}


def test_the_team_reads_a_text_without_what_is_put_in_for_each_person() -> None:
    question = asked(QuestionType.CSAT, "q1", text=Localised.of("{{ name }}, how was order {{ order }}?", "en"))
    assert question.told == "How was order?"
