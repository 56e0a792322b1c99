"""What an invitation says: who asks, why, how long it takes, the first question to be answered by a click."""

from collections.abc import Sequence

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wayloop.business import api as business
from wayloop.contracts.messaging import Block, Button, Choice, Choices, Letter, Paragraph
from wayloop.surveys.document.checks import minutes_of
from wayloop.surveys.document.holes import fill
from wayloop.surveys.document.shape import Document, Question
from wayloop.surveys.enums import QuestionType
from wayloop.surveys.respondent import spoken

# The page of one person, as messaging fills it in; nothing but the token differs between people.
PAGE = "/s/{{token}}/"
# Only what is answered by one click can stand in a letter.
CLICKED = frozenset(
    {
        QuestionType.NPS,
        QuestionType.CSAT,
        QuestionType.CES,
        QuestionType.STARS,
        QuestionType.EMOJI,
        QuestionType.EMOTION,
        QuestionType.EXPECTATION,
        QuestionType.SINGLE,
    }
)
MOST_CHOICES = 11
FACES = ("😞", "🙁", "😐", "🙂", "😀")


def invitation_letter(document: Document, language: str, *, is_reminder: bool = False) -> Letter:
    """The letter in one of the survey's languages; `{{ name }}` and `{{ token }}` are filled in for each person."""
    with translation.override(spoken(language)):
        words = {"business": business.profile().name, "name": "{{ name }}", "order": "{{ order }}"}
        subject = _("A reminder: your opinion of %(business)s") if is_reminder else _("How was it at %(business)s?")
        blocks: list[Block] = [Paragraph(text) for text in _opening(document, language, words, is_reminder=is_reminder)]
        first = document.questions[0]
        if first.type in CLICKED and not any(one.is_open for one in first.options):
            blocks.append(_choices(first, language, words))
        else:
            blocks.append(Button(_("Answer"), PAGE))
        minutes = minutes_of(document)
        blocks.append(
            Paragraph(
                ngettext(
                    "It takes about %(minutes)s minute. A click opens the page; it counts once you go on there.",
                    "It takes about %(minutes)s minutes. A click opens the page; it counts once you go on there.",
                    minutes,
                )
                % {"minutes": minutes}
            )
        )
        return Letter(language, subject % words, tuple(blocks))


def _opening(document: Document, language: str, words: dict[str, str], *, is_reminder: bool) -> Sequence[str]:
    reason = fill(document.reason.in_language(language), words)
    hello = _("Hello!")
    if is_reminder:
        return [hello, _("A few days ago we asked for your opinion. Should you find a moment, we would be glad.")]
    return [hello, reason or _("We would like to know how it was for you.")]


def _choices(question: Question, language: str, words: dict[str, str]) -> Choices:
    if question.scale and not question.options:
        numbers = range(question.scale.low, question.scale.high + 1)
        labels = [(str(number), _label(question, number)) for number in numbers]
    else:
        labels = [(one.key, fill(one.label.in_language(language), words)) for one in question.options[:MOST_CHOICES]]
    return Choices(
        fill(question.text.in_language(language), words),
        tuple(Choice(label, f"{PAGE}?a={key}") for key, label in labels),
        question.low_label.in_language(language),
        question.high_label.in_language(language),
    )


def _label(question: Question, number: int) -> str:
    if question.type == QuestionType.STARS:
        return "★" * number
    if question.type == QuestionType.EMOJI:
        return FACES[number - 1]
    return str(number)
