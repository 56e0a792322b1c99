"""The way through a survey, for surveys and answers nobody thought of."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from wayloop.surveys.document.codec import document_from, to_json
from wayloop.surveys.document.shape import END, Condition, Document, Jump, Option, Question, Test, choices_of, ops_of
from wayloop.surveys.document.walk import LEFT_OUT, Given, Way, go, in_order, longest, never_asked
from wayloop.surveys.enums import Op, QuestionType
from wayloop.surveys.testing import asked

KINDS = (QuestionType.NPS, QuestionType.CSAT, QuestionType.SINGLE, QuestionType.MULTIPLE, QuestionType.TEXT)
THREE = tuple(Option(f"o{number}") for number in (1, 2, 3))
Walk = tuple[Document, list[Way], dict[str, Given]]
# Drawing each piece by itself costs a hundred times more than one number that everything follows from.
SEEDS = st.integers(0, 2**40)


def sentence(rng: Random, before: list[Question]) -> Test:
    question = rng.choice(before)
    op = rng.choice(ops_of(question.type))
    if op in (Op.AT_LEAST, Op.AT_MOST):
        return Test(question.key, op, (str(rng.randint(-2, 12)),))
    if op in (Op.ONE_OF, Op.NONE_OF):
        keys = choices_of(question)
        return Test(question.key, op, tuple(rng.sample(keys, rng.randint(0, len(keys)))))
    return Test(question.key, op)


def condition(rng: Random, before: list[Question]) -> Condition:
    count = rng.randint(0, 2) if before else 0
    return Condition(tuple(sentence(rng, before) for _ in range(count)), rng.random() < 0.5)


def document_of(rng: Random) -> Document:
    count = rng.randint(1, 9)
    questions: list[Question] = []
    for number in range(1, count + 1):
        kind = rng.choice(KINDS)
        options = THREE if kind in (QuestionType.SINGLE, QuestionType.MULTIPLE) else ()
        plain = asked(kind, f"q{number}", options=options)
        further = [*(f"q{later}" for later in range(number + 1, count + 1)), END]
        jumps = tuple(
            Jump(condition(rng, [*questions, plain]), rng.choice(further)) for _ in range(rng.choice((0, 0, 1, 2)))
        )
        questions.append(replace(plain, show=condition(rng, questions), jumps=jumps))
    return Document(questions=tuple(questions), last_key=count)


def answer_to(rng: Random, question: Question) -> Given:
    if rng.random() < 0.2:
        return LEFT_OUT
    if question.scale:
        return Given(number=Decimal(rng.randint(question.scale.low, question.scale.high)))
    if question.options:
        most = 1 if question.type == QuestionType.SINGLE else 3
        return Given(choices=frozenset(rng.sample(choices_of(question), rng.randint(1, most))))
    return Given()


def walk_of(rng: Random) -> Walk:
    """A survey, each step somebody took in it, and what they answered."""
    document = document_of(rng)
    answers: dict[str, Given] = {}
    steps = [go(document.questions, answers)]
    while (key := steps[-1].next) is not None:
        question = document.question(key)
        assert question
        answers[key] = answer_to(rng, question)
        steps.append(go(document.questions, answers))
    return document, steps, answers


@settings(max_examples=400, deadline=None)
@given(SEEDS)
def test_every_way_leads_forward_asks_nothing_twice_and_ends(seed: int) -> None:
    document, steps, answers = walk_of(Random(seed))
    keys = [one.key for one in document.questions]
    end = steps[-1]
    assert (end.next, end.left) == (None, 0)
    assert list(end.asked) == sorted(set(end.asked), key=keys.index) == list(answers)


@settings(max_examples=400, deadline=None)
@given(SEEDS)
def test_progress_is_honest(seed: int) -> None:
    document, steps, _answers = walk_of(Random(seed))
    assert steps[0].left == longest(document.questions)
    for before, after in pairwise(steps):
        # Never more is asked than was told, and the bar, asked of asked and left, never goes back.
        assert after.left < before.left
        assert len(after.asked) * (len(before.asked) + before.left) >= len(before.asked) * (
            len(after.asked) + after.left
        )
    assert len(steps[-1].asked) <= longest(document.questions)


@settings(max_examples=400, deadline=None)
@given(SEEDS)
def test_what_is_called_a_dead_end_is_one(seed: int) -> None:
    document, steps, _answers = walk_of(Random(seed))
    assert set(never_asked(document.questions)) & set(steps[-1].asked) == set()


@settings(max_examples=200, deadline=None)
@given(SEEDS)
def test_who_goes_back_is_asked_as_if_the_former_answers_had_not_been(seed: int) -> None:
    rng = Random(seed)
    document, steps, answers = walk_of(rng)
    if not steps[-1].asked:
        return
    changed = rng.choice(steps[-1].asked)
    question = document.question(changed)
    assert question
    new = {**answers, changed: answer_to(rng, question)}
    way = go(document.questions, new)
    clean = {key: new[key] for key in way.asked}
    assert go(document.questions, clean) == way


@settings(max_examples=50, deadline=None)
@given(SEEDS)
def test_a_document_is_kept_and_read_back_as_it_is(seed: int) -> None:
    document = document_of(Random(seed))
    assert document_from(to_json(document)) == document


def test_neighbours_that_are_mixed_change_places_and_the_others_stay() -> None:
    ones = [asked(QuestionType.CSAT, f"q{number}", mix="m" if 2 <= number <= 5 else "") for number in range(1, 8)]
    document = Document(questions=tuple(ones))
    orders = {tuple(one.key for one in in_order(document, str(seed))) for seed in range(200)}
    assert len(orders) == 24
    assert {(order[0], order[5:], frozenset(order[1:5])) for order in orders} == {
        ("q1", ("q6", "q7"), frozenset({"q2", "q3", "q4", "q5"}))
    }
    assert in_order(document, "7") == in_order(document, "7")
    assert in_order(document) == document.questions


def test_a_question_that_no_answers_lead_to_is_found() -> None:
    first = asked(QuestionType.NPS, "q1")
    never = Condition((Test("q1", Op.AT_LEAST, ("9",)), Test("q1", Op.AT_MOST, ("6",))))
    too_much = Condition((Test("q1", Op.AT_LEAST, ("11",)),))
    skipped = asked(QuestionType.TEXT, "q4", jumps=(Jump(Condition(), "q6"),))
    questions = (
        first,
        asked(QuestionType.TEXT, "q2", show=never),
        asked(QuestionType.TEXT, "q3", show=too_much),
        skipped,
        asked(QuestionType.TEXT, "q5"),
        asked(QuestionType.TEXT, "q6", show=Condition((Test("q5", Op.ANSWERED),))),
        asked(QuestionType.TEXT, "q7"),
    )
    assert never_asked(questions) == ["q2", "q3", "q5", "q6"]
