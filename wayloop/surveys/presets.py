"""What a new question begins with: its scale, its fixed options, usual words, in the languages of the survey."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from wayloop.kernel.localised import Localised, in_our_words
from wayloop.surveys.document.shape import FIXED_OPTIONS, SCALES, Option, Question
from wayloop.surveys.enums import QuestionType

OPTION_WORDS: Mapping[str, Any] = {
    "glad": pgettext_lazy("feeling", "Glad"),
    "calm": pgettext_lazy("feeling", "Calm"),
    "surprised": pgettext_lazy("feeling", "Surprised"),
    "confused": pgettext_lazy("feeling", "Confused"),
    "disappointed": pgettext_lazy("feeling", "Disappointed"),
    "angry": pgettext_lazy("feeling", "Angry"),
    "worse": pgettext_lazy("expectation", "Worse than I expected"),
    "same": pgettext_lazy("expectation", "As I expected"),
    "better": pgettext_lazy("expectation", "Better than I expected"),
    "channel": pgettext_lazy("conversation", "The way to reach us"),
    "speed": pgettext_lazy("conversation", "How fast we answered"),
    "solution": pgettext_lazy("conversation", "How well your question was solved"),
}
TEXTS: Mapping[QuestionType, Any] = {
    QuestionType.NPS: _("How likely are you to recommend us to a friend or colleague?"),
    QuestionType.CSAT: _("How satisfied are you with your visit?"),
    QuestionType.CES: _("How easy was it to solve your issue?"),
    QuestionType.STARS: _("How did you like it?"),
    QuestionType.EMOJI: _("How do you feel about your visit?"),
    QuestionType.EMOTION: _("What did you feel when you left us?"),
    QuestionType.EXPECTATION: _("How was it, against what you expected?"),
    QuestionType.CONVERSATION: _("How was our conversation?"),
    QuestionType.TEXT: _("What could we do better?"),
    QuestionType.CONTACT: _("How can we reach you?"),
    QuestionType.FILE: _("Would you like to add a photo?"),
    QuestionType.CONSENT: _("Consent"),
}
BAD, GOOD = _("very bad"), _("excellent")
ENDS: Mapping[QuestionType, tuple[Any, Any]] = {
    QuestionType.NPS: (_("not at all likely"), _("extremely likely")),
    QuestionType.CSAT: (BAD, GOOD),
    QuestionType.CES: (_("very difficult"), _("very easy")),
    QuestionType.EMOJI: (BAD, GOOD),
    QuestionType.STARS: (BAD, GOOD),
    QuestionType.MATRIX: (BAD, GOOD),
    QuestionType.CONVERSATION: (BAD, GOOD),
}


def new_question(kind: QuestionType, key: str, languages: Sequence[str]) -> Question:
    """A question as it is added: what can be said for all of its type is said."""
    empty = Localised(source=languages[0])

    def said(words: Any) -> Localised:
        return in_our_words(words, languages[0], languages) if words else empty

    low, high = ENDS.get(kind, ("", ""))
    fixed = FIXED_OPTIONS.get(kind, ())
    options = tuple(Option(name, said(OPTION_WORDS[name])) for name in fixed)
    is_rows = kind == QuestionType.CONVERSATION
    if kind in (QuestionType.SINGLE, QuestionType.MULTIPLE, QuestionType.RANKING):
        options = (Option("o1", empty), Option("o2", empty))
    rows = options if is_rows else (Option("o1", empty), Option("o2", empty)) if kind == QuestionType.MATRIX else ()
    return Question(
        key=key,
        type=kind,
        text=said(TEXTS.get(kind)),
        scale=SCALES[kind][0] if kind in SCALES else None,
        low_label=said(low),
        high_label=said(high),
        options=() if is_rows else options,
        rows=rows,
    )
