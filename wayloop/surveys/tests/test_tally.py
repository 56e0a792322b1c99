"""Sets, slices and blocks: counted against plain loops, whatever came in which order."""

import html
import random
import re
import statistics
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.identity.api import IdentifierKind, resolve_handles
from wayloop.kernel import clock
from wayloop.kernel.localised import Localised
from wayloop.metrics import api as metrics
from wayloop.surveys import api as surveys
from wayloop.surveys.document.shape import Option
from wayloop.surveys.enums import QuestionType
from wayloop.surveys.models import Answer, Response, Survey, TallyBlock
from wayloop.surveys.services.folding import fold_all
from wayloop.surveys.services.responses import settle_left
from wayloop.surveys.standing import published
from wayloop.surveys.tally.bits import last_positions, positions, slice_names, sliced
from wayloop.surveys.tally.drivers import drivers_of
from wayloop.surveys.tally.funnel import Funnel, funnel_of
from wayloop.surveys.tally.packing import gather, join, pack, unpack
from wayloop.surveys.tally.page import results
from wayloop.surveys.tally.wanted import Picked, Wanted
from wayloop.surveys.testing import JUNE, asked, publish


def test_slices_say_what_plain_lists_say() -> None:
    rng = random.Random(7)
    numbers = {place: rng.choice((0, 1, 7, 8, rng.randrange(3000))) for place in rng.sample(range(900), 500)}
    sets: dict[str, int] = {}
    for place, number in numbers.items():
        for name in slice_names("n", number):
            sets[name] = sets.get(name, 0) | 1 << place
    told = sliced(lambda name: sets.get(name, 0), "n")
    for _round in range(20):
        among = rng.getrandbits(900)
        mine = sorted(number for place, number in numbers.items() if among >> place & 1)
        border = rng.choice((0, 1, 8, 2999, 5000, rng.randrange(3000)))
        assert (told.total(among), told.squares(among)) == (sum(mine), sum(one * one for one in mine))
        assert list(positions(told.at_least(border))) == sorted(p for p, n in numbers.items() if n >= border)
        assert [told.ranked(among, rank) for rank in range(0, len(mine), 40)] == mine[::40]
    below = rng.randrange(900)
    assert list(last_positions(among, below=below)) == [p for p in reversed(range(below)) if among >> p & 1]


def test_blocks_come_back_as_they_were_packed() -> None:
    blocks = {0: gather([(0, ["a", "b"]), (4095, ["a"])]), 2: gather([(7, ["b"])])}
    again = {number: unpack(*pack(sets)) for number, sets in blocks.items()}
    size, sets = join(again)
    assert (size, again) == (3 * 4096, blocks)
    assert {name: list(positions(bits)) for name, bits in sets.items()} == {"a": [0, 4095], "b": [0, 8199]}


WAYS = tuple(Option(key, Localised.of(word, "en")) for key, word in (("o1", "Bus"), ("o2", "Car"), ("o3", "Foot")))


@pytest.fixture
def survey(owner_member: object) -> Survey:
    return publish(
        asked(QuestionType.NPS, "q1"),
        asked(QuestionType.SINGLE, "q2", options=WAYS),
        asked(QuestionType.TEXT, "q3"),
        asked(QuestionType.NUMBER, "q4", decimals=1, least=-100),
        asked(QuestionType.MATRIX, "q5", rows=WAYS[:2]),
        asked(QuestionType.DATE, "q6"),
    )


EVERY = Wanted()
Reply = dict[str, dict[str, str]]


def answer(survey: Survey, number: int, place: int | None) -> Reply:
    """One response, other each time; the same number says the same."""
    rng = random.Random(f"reply {number}")
    said: Reply = {"q1": {"a": str(rng.randrange(11))}, "q2": {"a": rng.choice(("o1", "o2", "o3", ""))}}
    said["q3"] = {"a": rng.choice(("", "so", "well"))}
    said["q4"] = {"a": str(rng.randrange(-50, 50) / 10)}
    said["q5"] = {"a.o1": str(rng.randrange(1, 6)), "a.o2": str(rng.randrange(1, 6))}
    said["q6"] = {"a": f"2026-0{rng.randrange(1, 10)}-1{rng.randrange(10)}"}
    surveys.record_answers(
        survey_id=survey.pk, answers=said, at=JUNE + timedelta(hours=number), location_id=place,
        channel=rng.choice(("qr", "link")), language=rng.choice(("en", "uk")),
    )  # fmt: skip
    return said


def told(survey: Survey, wanted: Wanted = EVERY, scope: Scope = EVERYTHING) -> Any:
    return results(survey_id=survey.pk, document=published(survey.pk, 1), wanted=wanted, before=None, scope=scope)


def test_every_figure_is_that_of_a_plain_loop(survey: Survey, near_location: int, far_location: int) -> None:
    places = (near_location, far_location, None)
    said = [answer(survey, number, places[number % 3]) for number in range(60)]
    # Part folded, part beside, one changed after it was folded, one erased.
    fold_all(left_beside=1)
    said += [answer(survey, number, places[number % 3]) for number in range(60, 75)]
    rows = list(Response.objects.order_by("id"))
    Answer.objects.filter(response=rows[3], question="q1").update(number=10)
    said[3]["q1"]["a"] = "10"
    Response.objects.filter(pk=rows[3].pk).update(is_folded=False)
    rows[5].delete()
    del said[5], rows[5]
    assert Response.objects.filter(is_folded=True).count() == 58

    def check(mine: list[Reply], found: Any) -> None:
        nps, way, words, number, matrix, day = found.questions
        marks = [int(one["q1"]["a"]) for one in mine]
        good, bad = sum(one > 8 for one in marks), sum(one < 7 for one in marks)
        assert (nps.answered, [cell.count for cell in nps.cells]) == (
            len(marks), [marks.count(mark) for mark in range(11)],
        )  # fmt: skip
        assert nps.reading.value == pytest.approx(100 * (good - bad) / len(marks))
        assert nps.mean.value == pytest.approx(statistics.mean(marks))
        chosen = [one["q2"]["a"] for one in mine if one["q2"]["a"]]
        assert (way.answered, way.left_out) == (len(chosen), len(mine) - len(chosen))
        assert [cell.count for cell in way.cells] == [chosen.count(key) for key in ("o1", "o2", "o3")]
        assert words.words == sum(bool(one["q3"]["a"]) for one in mine)
        numbers = sorted(float(one["q4"]["a"]) for one in mine)
        assert number.mean.value == pytest.approx(statistics.mean(numbers))
        assert float(number.middle[1]) == numbers[(len(numbers) - 1) // 2]
        spread = statistics.variance(numbers)
        half = metrics.mean_interval(0.0, spread, len(mine))
        assert half is not None
        assert number.mean.interval.high == pytest.approx(statistics.mean(numbers) + half.high)
        assert [line.mean.value for line in matrix.lines] == [
            pytest.approx(statistics.mean(int(one["q5"][f"a.{row}"]) for one in mine)) for row in ("o1", "o2")
        ]
        days = sorted(one["q6"]["a"] for one in mine)
        assert [one.isoformat() for one in day.days] == [days[0], days[(len(days) - 1) // 2], days[-1]]

    check(said, told(survey))
    near = [one for one, row in zip(said, rows, strict=True) if row.location_id in (near_location, None)]
    check(near, told(survey, scope=Scope((near_location,))))
    wanted = Wanted(
        start=JUNE + timedelta(hours=10), end=JUNE + timedelta(hours=70), channel="qr",
        answers=(Picked("q2", "", ("o1", "o3")), Picked("q1", "", ("good", "neutral"))),
    )  # fmt: skip
    picked = [
        one
        for one, row in zip(said, rows, strict=True)
        if row.channel == "qr" and one["q2"]["a"] in ("o1", "o3") and int(one["q1"]["a"]) > 6
        and wanted.start <= row.completed_at < wanted.end
    ]  # fmt: skip
    assert 3 < len(picked) < 20
    check(picked, told(survey, wanted))
    before = told(survey, wanted)
    fold_all(left_beside=1)
    assert (Response.objects.filter(is_folded=False).count(), TallyBlock.objects.get().gone) == (0, [])
    assert [one.cells for one in told(survey, wanted).questions] == [one.cells for one in before.questions]


@pytest.mark.parametrize("folded", [False, True])
def test_of_everybody_the_latest_answer_counts(survey: Survey, folded: bool) -> None:
    one, other = resolve_handles(kind=IdentifierKind.EMAIL, values=["a@example.com", "b@example.com"])
    given = ((1, "9", one), (2, "3", one), (3, "10", other), (4, "0", None), (5, "1", None), (90, "10", one))
    for hours, mark, who in given:
        at = JUNE + timedelta(hours=hours)
        surveys.record_answers(survey_id=survey.pk, answers={"q1": {"a": mark}}, at=at, handle=who)
        if folded:
            fold_all(left_beside=1)
    nps = told(survey).questions[0]
    assert (nps.answered, nps.earlier, [cell.token for cell in nps.cells if cell.count]) == (
        4, 2, ["q1:0", "q1:1", "q1:10"],
    )  # fmt: skip
    # In the first days the last one was not given yet, so the second counts.
    early = told(survey, Wanted(end=JUNE + timedelta(hours=48)))
    assert [cell.token for cell in early.questions[0].cells if cell.count] == ["q1:0", "q1:1", "q1:3", "q1:10"]
    # metrics counts the same scores to the same number.
    question = metrics.question_of(metric=metrics.BY_NAME["nps"])
    assert metrics.read(["nps"], question)[0].whole.value == nps.reading.value


def test_the_funnel_tells_who_was_asked_looked_began_and_answered_and_who_came_by_themselves_is_no_part_of_it(
    survey: Survey, near_location: int
) -> None:
    for person in range(1, 21):
        at = JUNE + timedelta(hours=person)
        if person <= 4:
            # Of four, two go away after the first question.
            surveys.record_answers(
                survey_id=survey.pk, answers={"q1": {"a": "9"}}, at=at, asked_at=JUNE, handle=person,
                most=1 if person < 3 else None,
            )  # fmt: skip
        else:
            surveys.record_asked(survey_id=survey.pk, at=JUNE, handle=person, seen_at=at if person <= 9 else None)
    for number in range(3):
        at = JUNE + timedelta(minutes=number)
        surveys.record_answers(survey_id=survey.pk, answers={"q1": {"a": "2"}}, at=at, channel="qr")
    assert funnel_of(survey.pk, EVERY, EVERYTHING) == Funnel(20, 20, 9, 4, 2)
    way = told(survey).way
    assert (way.begun, way.done) == (7, 5)
    # Marks of whoever went away are marks, and history: nobody is told of them.
    assert (Response.objects.filter(scored_at=None).count(), settle_left()) == (0, 0)


def test_one_answer_in_progress_counts_only_as_begun(survey: Survey, stranger: Client) -> None:
    stranger.post(f"/s/{survey.link}/", {"secret": "a" * 22, "question": "q1", "a": "9"})
    found = told(survey)
    assert (found.way.begun, found.way.now, found.answered, found.questions[0].answered) == (1, 1, 0, 0)
    with clock.standing_at(clock.now() + timedelta(hours=25)):
        settle_left()
    found = told(survey)
    assert (found.way.now, found.way.left, found.questions[0].answered, found.questions[1].stopped) == (0, 1, 1, 1)


def test_what_goes_with_bad_marks_is_named_and_nothing_else(survey: Survey) -> None:
    rng = random.Random(5)
    for number in range(180):
        way = ("o1", "o2", "o3")[number % 3]
        # Who came by car is let down; who walked is as content as who took the bus.
        mark = rng.choice((0, 3, 6, 9)) if way == "o2" else rng.choice((6, 8, 9, 10, 10, 10))
        answers = {"q1": {"a": str(mark)}, "q2": {"a": way}}
        surveys.record_answers(survey_id=survey.pk, answers=answers, at=JUNE + timedelta(hours=number))
    found = told(survey)
    drivers = drivers_of(found.selection, found.headline.question, with_orders=True)
    assert [(one.thing.token, one.compared.n, one.compared.gap > 0.3) for one in drivers.found[:1]] == [
        ("q2:o2", 60, True)
    ]
    assert len(drivers.found) == 1
    few = told(survey, Wanted(end=JUNE + timedelta(hours=80)))
    drivers = drivers_of(few.selection, few.headline.question)
    assert (drivers.found, drivers.compared, drivers.too_few, drivers.n) == ([], 0, 3, 80)


@pytest.mark.parametrize(("answers", "grain"), [(4, "week"), (120, "month"), (420, "week")])
def test_where_a_week_says_nothing_months_are_drawn(survey: Survey, answers: int, grain: str) -> None:
    step = timedelta(days=84) / answers
    for number in range(answers):
        surveys.record_answers(survey_id=survey.pk, answers={"q1": {"a": "9"}}, at=JUNE + number * step, channel="qr")
    headline = told(survey).headline
    assert (headline.grain, sum(one.n for one in headline.course)) == (grain, answers)


def test_what_happened_stands_on_the_course_of_the_answers_for_whom_it_is_meant(
    survey: Survey, owner: Client, far_manager: Client, near_location: int, far_location: int
) -> None:
    for number in range(160):
        answer(survey, number * 8, (near_location, far_location)[number % 2])
    day = (JUNE + timedelta(days=3)).date().isoformat()
    for text, place in (("New menu", ""), ("Roof leaks", near_location), ("Road works", far_location)):
        written = {"day": day, "text": text, "location_id": place}
        assert owner.post("/numbers/annotations/", written).status_code == 302
    here = f"/surveys/{survey.uuid}/"

    def shown(who: Client, path: str) -> list[bool]:
        page = who.get(path).content.decode()
        return [f": {text}</li>" in page for text in ("New menu", "Roof leaks", "Road works")]

    assert shown(owner, f"{here}?period=all") == [True, True, True]
    assert shown(owner, f"{here}?period=all&location={near_location}") == [True, True, False]
    assert shown(far_manager, f"{here}?period=all") == [True, False, True]
    assert shown(owner, f"{here}?from=2026-06-06&to=2026-08-01") == [False, False, False]


def test_every_number_opens_its_answers(survey: Survey, owner: Client, reader: Client, front_desk: Client) -> None:
    for number in range(40):
        answer(survey, number, None)
    page = owner.get(f"/surveys/{survey.uuid}/?period=all").content.decode()
    links = re.findall(r'href="(/surveys/[^"]*answers/[^"]*)">([\d,]+)(?: answers)?</a>', page)
    assert len(links) > 18
    for url, count in links[::4]:
        path = html.unescape(url)
        told = owner.get(path).content.decode()
        found = re.search(r"([\d,]+) (?:person|people) answered so", told)
        assert (path, found and found[1]) == (path, count)
    far_days = "from=0026-01-01&to=9999-12-31"
    far = [f"/surveys/{survey.uuid}/{part}?{far_days}" for part in ("", "answers/", "drivers/", "file/results/csv/")]
    assert [owner.get(path).status_code for path in [*far, f"/scores/?{far_days}"]] == [200] * 5
    assert [who.get(f"/surveys/{survey.uuid}/drivers/").status_code for who in (owner, reader, front_desk)] == [
        200, 200, 403,
    ]  # fmt: skip
