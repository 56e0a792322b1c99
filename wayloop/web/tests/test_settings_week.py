"""The editor of hours: fields, buttons, and the week they read as."""

import pytest
from django.utils import translation

from wayloop.business.api import ALWAYS, NEVER, Span, Week
from wayloop.web.settings.week import WeekDraft

OFFICE = [("09:00", "13:00"), ("14:00", "18:00")]


def draft(**days: list[tuple[str, str]]) -> WeekDraft:
    """The days by their number (d0 is Monday), the others closed."""
    return WeekDraft([list(days.get(f"d{number}", [])) for number in range(7)])


@pytest.mark.parametrize(
    ("slots", "spans"),
    [
        ([("09:00", "18:00")], (Span(540, 1080),)),
        ([("9.30", "18:00")], (Span(570, 1080),)),
        (OFFICE, (Span(540, 780), Span(840, 1080))),
        (OFFICE[::-1], (Span(540, 780), Span(840, 1080))),
        ([("18:00", "02:00")], (Span(1080, 1560),)),
        ([("00:00", "00:00")], (Span(0, 1440),)),
        ([("00:00", "24:00")], (Span(0, 1440),)),
        ([("18:00", "00:00")], (Span(1080, 1440),)),
    ],
)
def test_fields_read_as_people_mean_them(slots: list[tuple[str, str]], spans: tuple[Span, ...]) -> None:
    assert (draft(d2=slots).week() or NEVER)[2] == spans


@pytest.mark.parametrize(
    "slots",
    [
        [("09:00", "")],
        [("", "18:00")],
        [("nine", "18:00")],
        [("24:00", "25:00")],
        [("24:00", "02:00")],
        [("09:60", "18:00")],
        [("99:99", "\x00")],
        [("09:00", "12:00"), ("11:00", "14:00")],
    ],
)
def test_a_day_that_cannot_be_read_is_named(slots: list[tuple[str, str]]) -> None:
    with translation.override("en"):
        one = draft(d2=slots)
        assert (one.week(), list(one.problems), one.problems[2].startswith("Wednesday: ")) == (None, [2], True)


def test_a_night_that_reaches_into_an_early_morning_is_told_there() -> None:
    one = draft(d0=[("18:00", "06:00")], d1=[("05:00", "12:00")])
    assert (one.week(), list(one.problems)) == (None, [1])


def test_what_is_sent_is_what_was_filled_in() -> None:
    week: Week = ((Span(540, 780), Span(840, 1080)),) * 4 + (ALWAYS[0], (Span(1080, 1560),), ())
    filled = WeekDraft.of(week)
    sent = {
        f"d{number}_{place}_{end}": slot[end == "to"]
        for number, day in enumerate(filled.days)
        for place, slot in enumerate(day)
        for end in ("from", "to")
    }
    again = WeekDraft.read(sent | {"d0_5_from": " ", "d9_0_from": "09:00"})
    assert (again.days, again.week()) == (filled.days, week)


def test_one_day_stands_for_all() -> None:
    one = WeekDraft.read({"d0_0_from": "10:00", "d0_0_to": "16:00", "d3_0_from": "09:00"}, single=True)
    assert (one.week(), len(one.rows())) == (((Span(600, 960),),) * 7, 1)


@pytest.mark.parametrize(
    ("command", "monday", "tuesday"),
    [
        ("add:1", [("08:00", "20:00")], [("08:00", "20:00")]),
        ("add:0", [("08:00", "20:00"), ("", "")], []),
        ("split:0", [("08:00", "14:00"), ("15:00", "20:00")], []),
        ("split:1", [("08:00", "20:00")], []),
        ("drop:0:0", [], []),
        ("drop:0:7", [("08:00", "20:00")], []),
        ("copy:0:1", [("08:00", "20:00")], [("08:00", "20:00")]),
        ("copy:1:all", [], []),
        ("copy:0:9", [("08:00", "20:00")], []),
        ("copy:0:mars", [("08:00", "20:00")], []),
        ("explode:0", [("08:00", "20:00")], []),
        ("add:9", [("08:00", "20:00")], []),
        ("", [("08:00", "20:00")], []),
    ],
)
def test_buttons_do_what_they_say(command: str, monday: list[tuple[str, str]], tuesday: list[tuple[str, str]]) -> None:
    one = draft(d0=[("08:00", "20:00")])
    one.do(command)
    assert (one.days[0], one.days[1]) == (monday, tuesday)


def test_hours_are_copied_to_working_days_and_to_all() -> None:
    copied = []
    for target in ("work", "all"):
        one = draft(d0=OFFICE, d6=[("10:00", "12:00")])
        one.do(f"copy:0:{target}")
        copied.append([day == OFFICE for day in one.days])
    assert copied == [[True] * 5 + [False] * 2, [True] * 7]


def test_the_first_opening_of_a_week_is_a_usual_day_and_six_are_the_most() -> None:
    one = draft()
    for _ in range(9):
        one.do("add:3")
    assert (one.days[3][0], len(one.days[3])) == (("09:00", "18:00"), 6)


def test_a_day_says_that_it_ends_on_the_next_and_whether_a_break_fits() -> None:
    with translation.override("en"):
        rows = draft(d0=[("18:00", "02:00")], d1=[("09:00", "12:00")], d6=[("20:00", "03:00")]).rows()
    assert [(row.is_night, row.may_split) for row in (rows[0], rows[1], rows[6])] == [
        (True, True),
        (False, False),
        (True, True),
    ]
