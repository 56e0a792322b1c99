"""All that a page of results shows, worked out once for screen, print, files, links and programs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from wayloop.business import api as business
from wayloop.contracts.metrics import Reading
from wayloop.contracts.scope import Scope
from wayloop.ledger import api as ledger
from wayloop.metrics import api as metrics
from wayloop.surveys.document.shape import Document, Question
from wayloop.surveys.tally.bits import without
from wayloop.surveys.tally.figures import (
    Cut,
    QuestionTold,
    Way,
    counted,
    cuts_of,
    main_question,
    questions_told,
    reading_of,
    way_of,
)
from wayloop.surveys.tally.marks import AT, EPOCH, minutes
from wayloop.surveys.tally.shelf import take_down
from wayloop.surveys.tally.wanted import Selection, Wanted
from wayloop.ui import formats

SHORT = {"nps": "NPS", "nps_1_10": "NPS (1–10)", "csat": "CSAT", "ces": "CES", "ces_1_5": "CES (1–5)"}


@dataclass(frozen=True)
class Headline:
    """The number that stands first: `question` it comes from, the change against the time before, its course.

    `mostly`: the part of the answers most of the change comes from, empty where none stands out.
    """

    question: Question
    reading: Reading
    change: metrics.Change
    before: Reading | None
    course: Sequence[Reading]
    grain: str
    mostly: str = ""

    @property
    def short(self) -> str:
        """What it is called for short."""
        return SHORT.get(self.reading.metric.name, str(self.reading.metric.label))


@dataclass(frozen=True)
class Results:
    """One survey as a filter leaves it. `answered`: responses; `way`: of those that began in the time."""

    selection: Selection
    answered: int
    headline: Headline | None
    cuts: Sequence[Cut]
    questions: Sequence[QuestionTold]
    way: Way

    @property
    def wanted(self) -> Wanted:
        """The filter."""
        return self.selection.wanted


def results(
    *, survey_id: int, document: Document, wanted: Wanted, before: Wanted | None, scope: Scope, grain: str = "week"
) -> Results:
    """The results of a survey. `before`: the time it is compared with; `grain`: of the course, where it is
    not too fine for so many answers."""
    shelf = take_down(survey_id)
    selection = Selection(shelf, document, wanted, scope)
    question = main_question(document)
    headline = _headline(selection, question, before, grain) if question else None
    return Results(
        selection,
        selection.all.bit_count(),
        headline,
        cuts_of(selection, question, label_of) if question else [],
        questions_told(selection),
        way_of(selection),
    )


def label_of(name: str, token: str) -> str:
    """A part of a cut in words."""
    if token == "none":  # noqa: S105 – a word of the address
        return _("not stated")
    if name == "location":
        place = next((one for one in business.locations(with_archived=True) if str(one.id) == token), None)
        return str(place.name) if place else token
    if name == "channel":
        return ledger.channel_word(token)
    if name == "language":
        return formats.language_name(token)
    return _("Version %(number)s") % {"number": token}


def _headline(selection: Selection, question: Question, before: Wanted | None, grain: str) -> Headline:
    reading = reading_of(selection, question, counted(selection, question))
    assert reading is not None  # noqa: S101 – the question was chosen for its number
    change, former, mostly = metrics.Change("unknown"), None, ""
    if before is not None:
        earlier = Selection(selection.shelf, selection.document, before, selection.scope)
        former = reading_of(earlier, question, counted(earlier, question))
        if former is not None:
            change = metrics.compare(reading, former)
        if change.verdict == "changed":
            mostly = _mostly(selection, earlier, question, change.gap or 0)
    course, drawn = _course(selection, question, grain)
    return Headline(question, reading, change, former, course, drawn, mostly)


def _course(selection: Selection, question: Question, grain: str) -> tuple[list[Reading], str]:
    """The number for each part of the time, oldest first, and what the parts are.

    Where a week says nothing by itself, months may: the first that has two parts to compare is taken.
    """
    finest = _parts(selection, question, grain)
    for coarser in metrics.GRAINS[metrics.GRAINS.index(grain) :]:
        found = finest if coarser == grain else _parts(selection, question, coarser)
        if len(found) < 2:
            break
        if sum(one.is_enough for one in found) > 1:
            return found, coarser
    return finest, grain


def _parts(selection: Selection, question: Question, grain: str) -> list[Reading]:
    days = business.report_clock()
    base = counted(selection, question)
    moments = selection.shelf.number(AT)
    n = base.bit_count()
    if not n:
        return []
    wanted = selection.wanted
    first = days.day_of(wanted.start) if wanted.start else days.day_of(_instant(moments.ranked(base, 0)))
    last = days.day_of(_instant(moments.ranked(base, n - 1)))
    found = []
    rest = base
    for day in metrics.run(grain, first, last):
        later = moments.at_least(minutes(days.start_of(metrics.following(grain, day))))
        mine = without(rest, later)
        rest &= later
        reading = reading_of(selection, question, mine)
        if reading is not None:
            found.append(replace(reading, key=metrics.written(grain, day)))
    return found


def _instant(number: int) -> datetime:
    return EPOCH + timedelta(minutes=number)


def _mostly(now: Selection, before: Selection, question: Question, gap: float) -> str:
    """The part that most of a change comes from.

    What a part brings is its share of the answers times how far its number lies from that of the time before; over the
    parts of a cut that is the whole change. It is named when it is more than half of it and changed by itself, too.
    """
    base, base_before = counted(now, question), counted(before, question)
    whole = reading_of(before, question, base_before)
    if whole is None or whole.value is None:
        return ""
    found: list[tuple[float, str]] = []
    for name, letter in (("location", "l"), ("channel", "c")):
        parts = now.shelf.names(f"{letter}|")
        for one in parts if len(parts) > 1 else ():
            mine = now.shelf.of(one)
            reading = reading_of(now, question, base & mine)
            former = reading_of(before, question, base_before & mine)
            if reading is None or former is None or metrics.compare(reading, former).verdict != "changed":
                continue
            brought = _brought(reading, whole, base) - _brought(former, whole, base_before)
            if one[2:]:
                found.append((brought / gap, label_of(name, one[2:])))
    share, label = max(found, default=(0.0, ""))
    return label if share > 0.5 else ""


def _brought(reading: Reading, whole: Reading, base: int) -> float:
    return reading.n / base.bit_count() * ((reading.value or 0) - (whole.value or 0))
