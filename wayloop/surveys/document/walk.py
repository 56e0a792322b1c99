"""The way through a survey: which question comes next, which can come at all, how many are left at most.

One way for the page, the builder's preview and the tests; `frontend/survey/walk.ts` is the same for a browser without
a connection, held to it by shared cases. Ways lead forward only, so each one ends.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import groupby

from wayloop.surveys.document.shape import END, Condition, Document, Jump, Question, Test, choices_of
from wayloop.surveys.enums import Op


@dataclass(frozen=True)
class Given:
    """What the logic knows of an answer; an empty one is a question that was left out."""

    number: Decimal | None = None
    choices: frozenset[str] = frozenset()
    is_empty: bool = False


LEFT_OUT = Given(is_empty=True)
Answers = Mapping[str, Given]


@dataclass(frozen=True)
class Way:
    """`asked`: the questions gone through, in their order; `next`: the one to ask now, None at the end; `left`: how
    many can still come at most, with the next one."""

    asked: tuple[str, ...]
    next: str | None
    left: int


def in_order(document: Document, seed: str = "") -> tuple[Question, ...]:
    """The questions as this person gets them: neighbours that are mixed change places, the same for the same seed."""
    found: list[Question] = []
    for word, group in groupby(document.questions, key=lambda one: one.mix):
        ones = list(group)
        if word and seed:
            random.Random(f"{seed} {word}").shuffle(ones)  # noqa: S311 – an order, no secret
        found += ones
    return tuple(found)


def go(questions: Sequence[Question], answers: Answers) -> Way:
    """Where somebody stands who gave these answers.

    Answers to questions that this way does not lead through count for nothing: whoever goes back and answers otherwise
    is asked as if the former answers had not been.
    """
    places = {one.key: place for place, one in enumerate(questions)}
    seen: dict[str, Given] = {}
    place = 0
    while place < len(questions):
        question = questions[place]
        if not holds(question.show, seen):
            place += 1
        elif question.key not in answers:
            return Way(tuple(seen), question.key, _most(questions, places, place, seen))
        else:
            seen[question.key] = answers[question.key]
            place = _behind(question, place, seen, places, len(questions))
    return Way(tuple(seen), None, 0)


def longest(questions: Sequence[Question]) -> int:
    """The most questions that anybody can be asked."""
    return _most(questions, {one.key: place for place, one in enumerate(questions)}, 0, {}) if questions else 0


def never_asked(questions: Sequence[Question]) -> list[str]:
    """Questions that no answers lead to: dead ends of the logic.

    Looks at each sentence by itself; two that exclude each other in a way only both together show are not found.
    """
    places = {one.key: place for place, one in enumerate(questions)}
    reached = {0} if questions else set()
    may_come: set[int] = set()
    known: dict[str, Question] = {}
    for place, question in enumerate(questions):
        if place not in reached:
            continue
        if may_hold(question.show, known):
            may_come.add(place)
            known[question.key] = question
            reached.update(_ways_on(question, place, {}, places, len(questions), known))
        # Any sentence may turn out untrue.
        if question.show.tests:
            reached.add(place + 1)
    return [one.key for place, one in enumerate(questions) if place not in may_come]


def holds(condition: Condition, seen: Answers) -> bool:
    """Whether a condition is true of what was answered so far."""
    if not condition.tests:
        return True
    found = (_is_so(test, seen.get(test.question)) for test in condition.tests)
    return any(found) if condition.is_any else all(found)


def may_hold(condition: Condition, known: Mapping[str, Question]) -> bool:
    """Whether some answers to questions that come before can make it true."""
    if not condition.tests:
        return True
    if condition.is_any:
        return any(_can_be(test, known.get(test.question)) for test in condition.tests)
    return all(_can_be(test, known.get(test.question)) for test in condition.tests) and not _contradicts(condition)


def bound_of(test: Test) -> Decimal | None:
    """The number a sentence compares with; None when there is none."""
    try:
        bound = Decimal(test.values[0]) if test.values else None
    except InvalidOperation:
        return None
    return bound if bound is None or bound.is_finite() else None


def _is_so(test: Test, given: Given | None) -> bool:
    if test.op == Op.LEFT_OUT:
        return given is None or given.is_empty
    if given is None or given.is_empty:
        return False
    bound = bound_of(test)
    match test.op:
        case Op.ANSWERED:
            return True
        case Op.AT_LEAST:
            return given.number is not None and bound is not None and given.number >= bound
        case Op.AT_MOST:
            return given.number is not None and bound is not None and given.number <= bound
        case Op.ONE_OF:
            return bool(given.choices & set(test.values))
        case _:
            return not given.choices & set(test.values)


def _can_be(test: Test, question: Question | None) -> bool:
    """Whether a sentence can be true of a question that may have been asked; None: it was not."""
    if question is None:
        return test.op == Op.LEFT_OUT
    bound = bound_of(test)
    match test.op:
        case Op.AT_LEAST:
            top = question.scale.high if question.scale else question.most
            return bound is not None and (top is None or bound <= top)
        case Op.AT_MOST:
            bottom = question.scale.low if question.scale else question.least
            return bound is not None and (bottom is None or bound >= bottom)
        case Op.ONE_OF:
            return bool(set(test.values) & set(choices_of(question)))
        case Op.NONE_OF:
            return bool(set(choices_of(question)) - set(test.values))
        case _:
            return True


def _contradicts(condition: Condition) -> bool:
    """Whether sentences about one number leave none over, or one says that there is no answer and another that there
    is."""
    for _question, group in groupby(
        sorted(condition.tests, key=lambda one: one.question), key=lambda one: one.question
    ):
        tests = list(group)
        ops = {one.op for one in tests}
        if Op.LEFT_OUT in ops and len(ops) > 1:
            return True
        least = [bound for one in tests if one.op == Op.AT_LEAST and (bound := bound_of(one)) is not None]
        most = [bound for one in tests if one.op == Op.AT_MOST and (bound := bound_of(one)) is not None]
        if least and most and max(least) > min(most):
            return True
    return False


def _place_of(jump: Jump, place: int, places: Mapping[str, int], end: int) -> int | None:
    """Where a jump leads; None when nowhere, or back."""
    target = end if jump.to == END else places.get(jump.to)
    return target if target is not None and target > place else None


def _behind(question: Question, place: int, seen: Answers, places: Mapping[str, int], end: int) -> int:
    for jump in question.jumps:
        target = _place_of(jump, place, places, end)
        if target is not None and holds(jump.when, seen):
            return target
    return place + 1


def _ways_on(
    question: Question,
    place: int,
    seen: Answers,
    places: Mapping[str, int],
    end: int,
    known: Mapping[str, Question] | None = None,
) -> Iterator[int]:
    """All places that can follow a question that is asked; `seen`: what is known of the answers before it."""
    for jump in question.jumps:
        target = _place_of(jump, place, places, end)
        if target is None or not _may(jump.when, seen, known):
            continue
        yield target
        if not jump.when.tests or (known is None and _is_certain(jump.when, seen) and holds(jump.when, seen)):
            return
    yield place + 1


def _may(condition: Condition, seen: Answers, known: Mapping[str, Question] | None) -> bool:
    """Whether it can become true, when what was seen is certain and the rest is open."""
    if known is not None:
        return may_hold(condition, known)
    if not condition.tests:
        return True
    found = [test.question not in seen or _is_so(test, seen[test.question]) for test in condition.tests]
    return any(found) if condition.is_any else all(found)


def _most(questions: Sequence[Question], places: Mapping[str, int], start: int, seen: Answers) -> int:
    """The longest way from a place on, by what is certain. What lies before it and was not seen was not asked."""
    end = len(questions)
    certain: dict[str, Given] = {one.key: seen.get(one.key, LEFT_OUT) for one in questions[:start]}
    most = [0] * (end + 1)
    for place in range(end - 1, start - 1, -1):
        question = questions[place]
        best = 0
        if _may(question.show, certain, None):
            best = 1 + max(most[target] for target in _ways_on(question, place, certain, places, end))
        if not (_is_certain(question.show, certain) and holds(question.show, certain)):
            best = max(best, most[place + 1])
        most[place] = best
    return most[start]


def _is_certain(condition: Condition, certain: Answers) -> bool:
    return all(test.question in certain for test in condition.tests)
