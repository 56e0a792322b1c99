"""What is wrong with a survey, or could be better: shown beside the question while it is built.

An error keeps it from being published; a warning is a piece of advice. Each names what to do.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wayloop.kernel.localised import Localised
from wayloop.surveys.document.piping import empty_holes
from wayloop.surveys.document.shape import (
    END,
    HAS_OPTIONS,
    HAS_ROWS,
    Condition,
    Document,
    Question,
    Test,
    choices_of,
    ops_of,
)
from wayloop.surveys.document.walk import bound_of, longest, may_hold, never_asked
from wayloop.surveys.document.wording import Habit, habits_in
from wayloop.surveys.enums import Op, QuestionType

# People finish five to seven questions; behind that each costs answers.
SHORT_ENOUGH, FAR_TOO_LONG = 7, 15
# What most people take, in seconds.
SECONDS = {QuestionType.TEXT: 30, QuestionType.MATRIX: 20, QuestionType.RANKING: 20, QuestionType.CONTACT: 25}
SECONDS_OTHER = 8


@dataclass(frozen=True)
class Problem:
    """`question`: the key it is about, empty for the whole; `language`: the text it stands in, where it is a text."""

    kind: Literal["error", "warning"]
    code: str
    text: str
    question: str = ""
    language: str = ""


def problems_of(document: Document) -> list[Problem]:
    """All of them, in the order of the survey."""
    return [*_whole(document), *_questions(document), *_logic(document), *_quotas(document), *_wording(document)]


def may_publish(problems: Iterable[Problem]) -> bool:
    """Whether nothing stands in the way."""
    return all(problem.kind != "error" for problem in problems)


def minutes_of(document: Document) -> int:
    """How long most people take, rounded up to minutes."""
    count = longest(document.questions)
    ones = [SECONDS.get(one.type, SECONDS_OTHER) for one in document.questions]
    seconds = sum(ones) * count // len(ones) if ones else 0
    return max(1, -(-seconds // 60))


def texts_of(document: Document) -> Iterator[tuple[str, Localised]]:
    """Question key (empty for the whole) and text, of every text that respondents can read."""
    for whole in (document.title, document.reason, document.thanks, document.next_label):
        yield "", whole
    for quota in document.quotas:
        yield "", quota.message
    for one in document.questions:
        labels = (option.label for option in (*one.options, *one.rows))
        for text in (one.text, one.hint, one.low_label, one.high_label, one.unit, *labels):
            yield one.key, text


def missing_texts(document: Document) -> dict[str, list[str]]:
    """Language → the questions (empty: the whole) where a text that is written is not there in this language."""
    found: dict[str, list[str]] = {code: [] for code in document.languages}
    for key, text in texts_of(document):
        if any(text.texts.values()):
            for code in text.missing_in(document.languages):
                if key not in found[code]:
                    found[code].append(key)
    return found


def _whole(document: Document) -> Iterator[Problem]:
    if not document.questions:
        yield Problem("error", "empty", _("Add a question: there is nothing to answer yet."))
        return
    count = longest(document.questions)
    if count > SHORT_ENOUGH:
        text = ngettext(
            "Somebody can be asked %(count)s question. Five to seven is what people finish.",
            "Somebody can be asked %(count)s questions. Five to seven is what people finish.",
            count,
        )
        if count > FAR_TOO_LONG:
            text = ngettext(
                "With %(count)s question most people leave before the end. Make two surveys of it.",
                "With %(count)s questions most people leave before the end. Make two surveys of it.",
                count,
            )
        yield Problem("warning", "long", text % {"count": count})
    if not any(document.reason.texts.values()):
        yield Problem("warning", "reason", _("Say why you ask: whoever knows the reason answers more often."))
    if document.next_url and not document.next_url.startswith(("https://", "http://")):
        yield Problem("error", "next", _("The address of the next step begins with https://."))


def _questions(document: Document) -> Iterator[Problem]:
    for one in document.questions:
        if not any(text.strip() for text in one.text.texts.values()):
            yield Problem("error", "text", _("Write the question."), one.key)
        if one.type in HAS_OPTIONS and len(one.options) < 2:
            yield Problem("error", "options", _("Offer at least two things to choose from."), one.key)
        if one.type in HAS_ROWS and not one.rows:
            yield Problem("error", "rows", _("Add at least one line."), one.key)
        if any(not any(option.label.texts.values()) for option in (*one.options, *one.rows)):
            yield Problem("error", "label", _("One of the options has no words yet."), one.key)
        if one.least is not None and one.most is not None and one.least > one.most:
            yield Problem("error", "range", _("The least is more than the most."), one.key)
        if one.type == QuestionType.MULTIPLE and one.least is not None and one.least > len(one.options):
            yield Problem("error", "range", _("More are to be chosen than there are."), one.key)
        if one.type == QuestionType.CONSENT and not any(one.hint.texts.values()):
            yield Problem("error", "consent", _("Write what one agrees to: a consent needs its text."), one.key)
    for key, word in empty_holes(document):
        text = _("Nothing can stand in “%(word)s” here: no such word, or an answer that comes later.")
        yield Problem("error", "hole", text % {"word": "{{ " + word + " }}"}, key)


def _logic(document: Document) -> Iterator[Problem]:
    places = {one.key: place for place, one in enumerate(document.questions)}
    for place, one in enumerate(document.questions):
        yield from _condition(one.show, document, one.key, place)
        for jump in one.jumps:
            yield from _condition(jump.when, document, one.key, place + 1)
            if jump.to != END and places.get(jump.to, -1) <= place:
                text = _("A jump leads back, or to a question that is gone. Choose one further down.")
                yield Problem("error", "jump", text, one.key)
    for _word, group in groupby(document.questions, key=lambda one: one.mix):
        yield from _mixed(list(group))
    for key in never_asked(document.questions):
        yield Problem("warning", "dead", _("Nobody can get to this question: its conditions are never all true."), key)


def _condition(condition: Condition, document: Document, key: str, place: int) -> Iterator[Problem]:
    before = {one.key: one for one in document.questions[:place]}
    for test in condition.tests:
        asked = before.get(test.question)
        if asked is None:
            text = _("A condition asks for an answer that comes later, or is gone. Choose an earlier question.")
            yield Problem("error", "later", text, key)
        elif not _is_finished(test, asked):
            yield Problem("error", "sentence", _("A condition is not finished: choose what is compared."), key)


def _is_finished(test: Test, asked: Question) -> bool:
    if test.op in (Op.AT_LEAST, Op.AT_MOST) and bound_of(test) is None:
        return False
    if test.op in (Op.ONE_OF, Op.NONE_OF) and not set(test.values) & set(choices_of(asked)):
        return False
    return test.op in ops_of(asked.type)


def _mixed(ones: list[Question]) -> Iterator[Problem]:
    keys = {one.key for one in ones}
    if not ones[0].mix or len(ones) < 2:
        return
    for one in ones:
        named = {test.question for test in one.show.tests} | {
            test.question for jump in one.jumps for test in jump.when.tests
        }
        if one.jumps or named & keys:
            text = _("Questions in a random order cannot depend on each other.")
            yield Problem("error", "mixed", text, one.key)


def _quotas(document: Document) -> Iterator[Problem]:
    known = {one.key: one for one in document.questions}
    for quota in document.quotas:
        yield from _condition(quota.when, document, "", len(document.questions))
        if quota.most < 1:
            yield Problem("error", "quota", _("A quota of nobody closes the survey: write 1 or more."))
        elif quota.when.tests and not may_hold(quota.when, known):
            yield Problem("warning", "quota", _("A quota counts answers that nobody can give."))


def _wording(document: Document) -> Iterator[Problem]:
    said = {
        Habit.DOUBLE: _("This asks for two things at once. Make two questions of it."),
        Habit.LEADING: _("This suggests the answer. Ask so that a bad answer is as easy as a good one."),
    }
    for one in document.questions:
        if one.type in (QuestionType.CONSENT, QuestionType.CONTACT):
            continue
        for language, text in one.text.texts.items():
            for habit in habits_in(text, language):
                yield Problem("warning", habit.value, said[habit], one.key, language)
