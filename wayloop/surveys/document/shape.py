"""The typed tree of a survey: what is asked, on which scale, under which conditions.

Frozen values. Question keys ("q1") are given once and never again, so answers and conditions keep their meaning.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from wayloop.kernel.localised import Localised
from wayloop.surveys.document.holes import fill
from wayloop.surveys.enums import Op, QuestionType, ScoreMetric
from wayloop.surveys.rules import Scale

# Where a jump leads that ends the survey.
END = ""


@dataclass(frozen=True)
class Option:
    """One thing to choose, or one row of a matrix. `is_open`: asks for words of their own."""

    key: str
    label: Localised = field(default_factory=Localised)
    is_open: bool = False


@dataclass(frozen=True)
class Test:
    """One sentence of the logic: the answer to `question` is so. `values`: numbers as text, or keys of options."""

    question: str
    op: Op
    values: tuple[str, ...] = ()

    __test__ = False


@dataclass(frozen=True)
class Condition:
    """All of the sentences, or any of them; without sentences it always holds."""

    tests: tuple[Test, ...] = ()
    is_any: bool = False


@dataclass(frozen=True)
class Jump:
    """When the condition holds, the question `to` comes next, which stands further down, or the end."""

    when: Condition
    to: str = END


@dataclass(frozen=True)
class Question:
    """One question.

    `scale`: only where the type has one; `least`, `most`: of a number, or how many options may be chosen; `mix`:
    neighbours with the same word stand in a random order; `shuffled`: its options do. `show`: when it is asked;
    `jumps`: the first that holds leads on, else the next question comes.
    """

    key: str
    type: QuestionType
    text: Localised = field(default_factory=Localised)
    hint: Localised = field(default_factory=Localised)
    is_required: bool = False
    scale: Scale | None = None
    low_label: Localised = field(default_factory=Localised)
    high_label: Localised = field(default_factory=Localised)
    options: tuple[Option, ...] = ()
    rows: tuple[Option, ...] = ()
    least: int | None = None
    most: int | None = None
    decimals: int = 0
    unit: Localised = field(default_factory=Localised)
    is_long: bool = True
    shuffled: bool = False
    mix: str = ""
    show: Condition = Condition()
    jumps: tuple[Jump, ...] = ()

    @property
    def metric(self) -> ScoreMetric | None:
        """Which scores its answers are."""
        return METRICS.get(self.type)

    @property
    def told(self) -> str:
        """The text for the team, without what is put in for each person."""
        return fill(str(self.text), {})


@dataclass(frozen=True)
class Quota:
    """Of responses like this so many are enough; later ones end with `message`."""

    key: str
    when: Condition
    most: int
    message: Localised = field(default_factory=Localised)


@dataclass(frozen=True)
class Theme:
    """How the page looks. `colour`: six hexadecimal digits, made readable where it is not; `look`: of the page."""

    colour: str = ""
    look: str = "device"
    corners: str = "soft"


@dataclass(frozen=True)
class Document:
    """All of one survey. `languages`: those it is asked in, the first is the one it was written in.

    `title`: stands on the page; `reason`: why we ask, beside who asks; `thanks`, `next_label`, `next_url`: the end and
    the next step. `least_shown`: the promise that answers are told in groups of so many people and more, 0 without one.
    `last_key`: number of the last key that was given.
    """

    languages: tuple[str, ...] = ("en",)
    title: Localised = field(default_factory=Localised)
    reason: Localised = field(default_factory=Localised)
    questions: tuple[Question, ...] = ()
    quotas: tuple[Quota, ...] = ()
    thanks: Localised = field(default_factory=Localised)
    next_label: Localised = field(default_factory=Localised)
    next_url: str = ""
    theme: Theme = Theme()
    least_shown: int = 0
    last_key: int = 0

    def question(self, key: str) -> Question | None:
        """The question of this key."""
        return next((one for one in self.questions if one.key == key), None)

    @property
    def source(self) -> str:
        """The language it was written in."""
        return self.languages[0] if self.languages else "en"


# What a type is measured on: the first scale is the usual one.
SCALES: Mapping[QuestionType, tuple[Scale, ...]] = {
    QuestionType.NPS: (Scale(0, 10), Scale(1, 10)),
    QuestionType.CSAT: (Scale(1, 5), Scale(1, 10)),
    QuestionType.CES: (Scale(1, 7), Scale(1, 5, lower_is_better=True)),
    QuestionType.STARS: (Scale(1, 5),),
    QuestionType.EMOJI: (Scale(1, 5),),
    QuestionType.CONVERSATION: (Scale(1, 5),),
    QuestionType.MATRIX: (Scale(1, 5), Scale(1, 7), Scale(1, 10)),
    QuestionType.EXPECTATION: (Scale(1, 3),),
}
# Stars and faces are other drawings of how content somebody is.
METRICS: Mapping[QuestionType, ScoreMetric] = {
    QuestionType.NPS: ScoreMetric.NPS,
    QuestionType.CSAT: ScoreMetric.CSAT,
    QuestionType.STARS: ScoreMetric.CSAT,
    QuestionType.EMOJI: ScoreMetric.CSAT,
    QuestionType.CES: ScoreMetric.CES,
}
ONE_NUMBER = frozenset(
    {
        QuestionType.NPS,
        QuestionType.CSAT,
        QuestionType.CES,
        QuestionType.STARS,
        QuestionType.EMOJI,
        QuestionType.NUMBER,
    }
)
CHOSEN = frozenset(
    {
        QuestionType.EMOTION,
        QuestionType.EXPECTATION,
        QuestionType.SINGLE,
        QuestionType.MULTIPLE,
        QuestionType.CONSENT,
    }
)
HAS_OPTIONS = frozenset(
    {
        QuestionType.EMOTION,
        QuestionType.EXPECTATION,
        QuestionType.SINGLE,
        QuestionType.MULTIPLE,
        QuestionType.RANKING,
    }
)
HAS_ROWS = frozenset({QuestionType.MATRIX, QuestionType.CONVERSATION})
# Their options are ours: always the same, so that answers can be put together over surveys.
FIXED_OPTIONS: Mapping[QuestionType, tuple[str, ...]] = {
    QuestionType.EMOTION: ("glad", "calm", "surprised", "confused", "disappointed", "angry"),
    QuestionType.EXPECTATION: ("worse", "same", "better"),
    QuestionType.CONVERSATION: ("channel", "speed", "solution"),
}
YES, NO = "yes", "no"


def ops_of(kind: QuestionType) -> tuple[Op, ...]:
    """What can be said of answers of this type."""
    if kind in ONE_NUMBER:
        return (Op.AT_LEAST, Op.AT_MOST, Op.ANSWERED, Op.LEFT_OUT)
    if kind in CHOSEN:
        return (Op.ONE_OF, Op.NONE_OF, Op.ANSWERED, Op.LEFT_OUT)
    return (Op.ANSWERED, Op.LEFT_OUT)


def choices_of(question: Question) -> tuple[str, ...]:
    """The keys a sentence of the logic may name for this question."""
    if question.type == QuestionType.CONSENT:
        return (YES, NO)
    return tuple(option.key for option in question.options)
