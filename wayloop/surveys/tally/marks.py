"""The names of the sets that one response is in. Everything that can be filtered or counted has one. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from wayloop.surveys.document.shape import Question
from wayloop.surveys.enums import Ending, QuestionType
from wayloop.surveys.rules import Scale
from wayloop.surveys.tally.bits import slice_names

# Instants are told in minutes since then; borders of days lie on whole minutes in every zone of our time.
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
NANO = Decimal(10) ** 9
# A question nobody came back to for longer was not thought about so long.
LONGEST_SECONDS = 1800
OVER, DONE, FULL, KNOWN, INVITED = "over", "done", "full", "known", "invited"
AT, BEGUN = "at", "begun"
WORDS = frozenset({QuestionType.TEXT, QuestionType.FILE})


@dataclass(frozen=True)
class Given:
    """One row of an answer, as it is kept."""

    question: str
    part: str
    type: str
    number: Decimal | None
    choice: str
    has_text: bool
    day: date | None
    scale_low: int | None
    scale_high: int | None
    lower_is_better: bool
    is_empty: bool
    answered_at: datetime


@dataclass(frozen=True)
class Whole:
    """One response with its answers. `stopped`: the question that would have come next, of one that was left."""

    version: int
    location_id: int | None
    channel: str
    language: str
    is_known: bool
    is_invited: bool
    asked: Sequence[str]
    started_at: datetime
    touched_at: datetime
    completed_at: datetime | None
    ending: str
    is_over: bool
    given: Sequence[Given]
    stopped: str = ""


def stem(question: str, type_name: str, scale: Scale | None) -> str:
    """How the sets of a question begin. Another type or scale is another question: they are never put together."""
    written = f"{scale.low}-{scale.high}{'-' if scale.lower_is_better else ''}" if scale else ""
    return f"a|{question}|{type_name}|{written}"


def stem_of(question: Question) -> str:
    """The same of a question of a document."""
    return stem(question.key, question.type.value, question.scale)


def value_name(start: str, value: str, part: str = "") -> str:
    """The set of those who gave this value."""
    return f"{start}|{part}|{value}"


def minutes(moment: datetime) -> int:
    """An instant as it is kept."""
    return max(0, int((moment - EPOCH).total_seconds() // 60))


def marks(one: Whole) -> Iterator[str]:
    """The sets a response is in."""
    yield f"v|{one.version}"
    yield f"l|{one.location_id or ''}"
    yield f"c|{one.channel}"
    yield f"g|{one.language}"
    if one.is_known:
        yield KNOWN
    if one.is_invited:
        yield INVITED
    is_full = one.ending == Ending.QUOTA
    if is_full:
        yield FULL
    elif one.is_over:
        yield OVER
    if one.completed_at is not None and not is_full:
        yield DONE
    yield from slice_names(AT, minutes(one.completed_at or one.touched_at))
    yield from slice_names(BEGUN, minutes(one.started_at))
    if one.completed_at is None and one.stopped:
        yield f"s|{one.stopped}"
    rows: dict[str, list[Given]] = {}
    for row in one.given:
        rows.setdefault(row.question, []).append(row)
    before: datetime | None = None
    for key in one.asked:
        yield f"w|{key}"
        if mine := rows.get(key):
            yield from _answer(key, mine)
            moment = mine[0].answered_at
            if before is not None and 0 <= (seconds := round((moment - before).total_seconds())) <= LONGEST_SECONDS:
                yield from slice_names(f"t|{key}", seconds)
            before = moment


def _answer(key: str, rows: Iterable[Given]) -> Iterator[str]:
    for place, row in enumerate(rows):
        has_scale = row.scale_low is not None and row.scale_high is not None
        scale = Scale(row.scale_low or 0, row.scale_high or 0, row.lower_is_better) if has_scale else None
        start = stem(key, row.type, scale)
        if row.is_empty:
            yield f"{start}|-"
            return
        if not place:
            yield f"{start}|+"
        if row.has_text:
            yield f"{start}|words"
        if row.choice and row.number is None:
            yield value_name(start, row.choice)
        elif row.number is not None and row.type == QuestionType.NUMBER:
            whole = int(row.number * NANO)
            yield from slice_names(f"{start}|{'less' if whole < 0 else 'more'}", abs(whole))
        elif row.number is not None:
            yield value_name(start, str(int(row.number)), row.part)
        if row.day is not None:
            yield from slice_names(f"{start}|day", row.day.toordinal())
