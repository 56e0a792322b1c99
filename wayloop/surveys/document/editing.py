"""Changes of a survey that is being built: each takes a document and gives another."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from wayloop.surveys.document.shape import Condition, Document, Jump, Option, Question

MOST_QUESTIONS, MOST_OPTIONS = 60, 40


class NoSuchQuestion(LookupError):
    """The survey has no question of this key."""


def fresh_key(document: Document) -> tuple[Document, str]:
    """A key that no question ever had, and the document that remembers it."""
    number = document.last_key + 1
    return replace(document, last_key=number), f"q{number}"


def add_question(document: Document, question: Question, after: str = "") -> Document:
    """Puts a question behind another one, or at the end."""
    questions = list(document.questions)
    place = next((place + 1 for place, one in enumerate(questions) if one.key == after), len(questions))
    questions.insert(place, question)
    return replace(document, questions=tuple(questions))


def put_question(document: Document, question: Question) -> Document:
    """Puts a changed question in the place of the former one. Raises `NoSuchQuestion`."""
    if document.question(question.key) is None:
        raise NoSuchQuestion(question.key)
    return _each(document, lambda one: question if one.key == question.key else one)


def copy_question(document: Document, key: str) -> tuple[Document, str]:
    """Puts a copy behind a question, without its logic. Raises `NoSuchQuestion`."""
    found = document.question(key)
    if found is None:
        raise NoSuchQuestion(key)
    document, fresh = fresh_key(document)
    return add_question(document, replace(found, key=fresh, show=Condition(), jumps=()), key), fresh


def remove_question(document: Document, key: str) -> Document:
    """Takes a question out, with all sentences that speak of it. Raises `NoSuchQuestion`."""
    if document.question(key) is None:
        raise NoSuchQuestion(key)
    kept = replace(document, questions=tuple(one for one in document.questions if one.key != key))
    kept = _each(kept, lambda one: _without(one, key))
    quotas = tuple(replace(one, when=_cut(one.when, key)) for one in kept.quotas)
    return replace(kept, quotas=tuple(one for one in quotas if one.when.tests))


def move_question(document: Document, key: str, steps: int) -> Document:
    """Moves a question up (less than 0) or down; not beyond the ends. Raises `NoSuchQuestion`."""
    questions = list(document.questions)
    place = next((place for place, one in enumerate(questions) if one.key == key), None)
    if place is None:
        raise NoSuchQuestion(key)
    one = questions.pop(place)
    questions.insert(min(max(place + steps, 0), len(questions)), one)
    return replace(document, questions=tuple(questions))


def fresh_option(options: Sequence[Option]) -> str:
    """A key for one more option."""
    taken = {one.key for one in options}
    return next(f"o{number}" for number in range(1, len(taken) + 2) if f"o{number}" not in taken)


def _each(document: Document, change: Callable[[Question], Question]) -> Document:
    return replace(document, questions=tuple(map(change, document.questions)))


def _without(question: Question, key: str) -> Question:
    jumps = tuple(
        Jump(_cut(jump.when, key), jump.to)
        for jump in question.jumps
        if jump.to != key and (not jump.when.tests or _cut(jump.when, key).tests)
    )
    return replace(question, show=_cut(question.show, key), jumps=jumps)


def _cut(condition: Condition, key: str) -> Condition:
    return replace(condition, tests=tuple(test for test in condition.tests if test.question != key))
