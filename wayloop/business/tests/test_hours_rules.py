"""Open times and deadlines, against a clock that is watched minute by minute."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wayloop.business.api import (
    ALWAYS,
    NEVER,
    HolidayCalendar,
    Hours,
    Interval,
    Regular,
    ReportClock,
    Span,
    Special,
    Week,
    add_business_time,
    business_time_between,
    is_open_at,
    open_intervals,
    open_state,
    special_days,
    week_problems,
)
from wayloop.business.rules.week import join_spans, week_from_json, week_to_json
from wayloop.kernel.localised import Localised

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
KYIV = ReportClock.of("Europe/Kyiv")
OFFICE = (Span(9 * 60, 13 * 60), Span(14 * 60, 18 * 60))
BAR = (Span(18 * 60, 26 * 60),)
OFFICE_WEEK: Week = (OFFICE,) * 5 + ((), ())
UNTITLED = Localised()
# Days on which clocks change, in zones that do it by an hour, by half an hour, at midnight, or not at all.
CHANGES = [
    ("Europe/Kyiv", date(2026, 3, 29)),
    ("Europe/Kyiv", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Africa/Cairo", date(2026, 4, 24)),
    ("Africa/Cairo", date(2026, 10, 30)),
    ("Asia/Tashkent", date(2026, 6, 1)),
]


def weekly(week: Week, clock: ReportClock = KYIV, **more: object) -> Hours:
    return Hours(clock, (Regular(None, week),), **more)  # type: ignore[arg-type]


def kyiv(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo("Europe/Kyiv")).astimezone(UTC)  # type: ignore[arg-type, misc]


@st.composite
def days(draw: st.DrawFn, last: int = 1440) -> tuple[Span, ...]:
    """Openings whose borders lie before this minute."""
    borders = sorted(draw(st.sets(st.integers(0, last // 20), min_size=2, max_size=6)))
    return tuple(Span(start * 20, end * 20) for start, end in zip(borders[::2], borders[1::2], strict=False))


@st.composite
def lives(draw: st.DrawFn) -> tuple[Hours, str, date]:
    """Hours whose borders crowd around the night in which clocks change, perhaps with other hours on that very day."""
    zone, change = draw(st.sampled_from(CHANGES))
    week = [draw(days()) for _ in range(7)]
    week[change.weekday()] = draw(days(360))
    night = Span(draw(st.integers(60, 71)) * 20, 1440 + draw(st.integers(1, 15)) * 20)
    eve = (change - DAY).weekday()
    week[eve] = (*(span for span in week[eve] if span.end < night.start), night)
    version = Regular(change + draw(st.integers(-1, 1)) * DAY, (draw(days(360)),) * 7)
    special_day = change + draw(st.integers(-1, 1)) * DAY
    special = Special(special_day, special_day, UNTITLED, (draw(days(360)),) * 7, number=1)
    regular = (Regular(None, tuple(week)), version)[: draw(st.integers(1, 2))]
    return Hours(ReportClock.of(zone), regular, (special,)[: draw(st.integers(0, 1))]), zone, change


def watched(hours: Hours, zone: str, start: datetime, minutes: int) -> Iterator[bool]:
    """Whether it is open in each minute, by somebody who looks at the wall and remembers what it has shown already.

    Hours begin when the wall shows their start for the first time, or has gone past it, and end in the same way.
    """
    place = ZoneInfo(zone)
    shown = datetime(1970, 1, 1)  # noqa: DTZ001 – what a wall shows has no zone
    for minute in range(-2 * 1440, minutes):
        shown = max(shown, (start + minute * MINUTE).astimezone(place).replace(tzinfo=None))
        if minute < 0:
            continue
        is_open = False
        for back in range(3):
            day = shown.date() - back * DAY
            passed = (shown - datetime.combine(day, time())) // MINUTE
            week = [one for one in hours.regular if one.valid_from is None or one.valid_from <= day][-1].week
            for special in hours.specials:
                week = special.week if special.first_day <= day <= special.last_day else week
            is_open |= any(span.start <= passed < span.end for span in (week or NEVER)[day.weekday()])
        yield is_open


@settings(max_examples=50, deadline=None)
@given(life=lives(), offset=st.integers(-600, 600), length=st.integers(1, 1440), wish=st.integers(1, 600))
def test_the_rules_agree_with_somebody_who_watches_the_clock(
    life: tuple[Hours, str, date], offset: int, length: int, wish: int
) -> None:
    hours, zone, change = life
    start = ReportClock.of(zone).start_of(change) + offset * MINUTE
    end = start + length * MINUTE
    minutes = list(watched(hours, zone, start, length))
    found = open_intervals(hours, start, end)
    marked = [False] * length
    for one in found:
        for minute in range((one.start - start) // MINUTE, (one.end - start) // MINUTE):
            marked[minute] = True
    assert marked == minutes
    # In order, apart from each other, inside.
    borders = [start, *(border for one in found for border in (one.start, one.end)), end]
    assert borders == sorted(borders)
    assert all(one.end < later.start for one, later in pairwise(found))
    assert business_time_between(hours, start, end) == sum(minutes) * MINUTE
    for minute in (0, length // 2, length - 1):
        assert is_open_at(hours, start + minute * MINUTE) is minutes[minute]
    deadline = add_business_time(hours, start, wish * MINUTE)
    if deadline is None or deadline > end:
        assert sum(minutes) < wish
    else:
        # The earliest instant by which the wish has passed.
        passed = (deadline - start) // MINUTE
        assert (sum(minutes[:passed]), minutes[passed - 1]) == (wish, True)


@settings(max_examples=40, deadline=None)
@given(life=lives(), seconds=st.integers(-200_000, 200_000), first=st.integers(0, 50_000), more=st.integers(0, 50_000))
def test_two_waits_are_as_long_as_one(life: tuple[Hours, str, date], seconds: int, first: int, more: int) -> None:
    hours, _zone, change = life
    start = datetime.combine(change, time(), tzinfo=UTC) + timedelta(seconds=seconds)
    halfway = add_business_time(hours, start, timedelta(seconds=first))
    whole = add_business_time(hours, start, timedelta(seconds=first + more))
    if halfway is None:
        assert whole is None
    elif whole is not None:
        assert business_time_between(hours, start, whole) == timedelta(seconds=first + more)
        assert add_business_time(hours, halfway, timedelta(seconds=more)) in (whole, halfway if not more else whole)


def test_breaks_nights_and_weekends_do_not_count() -> None:
    hours = weekly(OFFICE_WEEK)
    friday = kyiv(2026, 11, 20, 17)
    assert add_business_time(hours, friday, 2 * HOUR) == kyiv(2026, 11, 23, 10)
    assert add_business_time(hours, kyiv(2026, 11, 23, 12), 2 * HOUR) == kyiv(2026, 11, 23, 15)
    assert add_business_time(hours, friday, HOUR) == kyiv(2026, 11, 20, 18)
    assert add_business_time(hours, kyiv(2026, 11, 21, 3), timedelta()) == kyiv(2026, 11, 21, 3)
    assert business_time_between(hours, friday, kyiv(2026, 11, 23, 14, 30)) == 5.5 * HOUR
    assert business_time_between(hours, kyiv(2026, 11, 23), friday) == timedelta()


def test_a_night_belongs_to_the_day_it_began_on() -> None:
    hours = weekly(((), (), (), (), BAR, (), ()))
    assert open_intervals(hours, kyiv(2026, 11, 20), kyiv(2026, 11, 22)) == [
        Interval(kyiv(2026, 11, 20, 18), kyiv(2026, 11, 21, 2))
    ]
    closed = Special(date(2026, 11, 21), date(2026, 11, 21), UNTITLED, NEVER, number=1)
    assert is_open_at(replace(hours, specials=(closed,), _plans={}), kyiv(2026, 11, 21, 1))


@pytest.mark.parametrize(("day", "length"), [((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 6, 1), 24)])
def test_round_the_clock_is_as_long_as_the_day(day: tuple[int, int, int], length: int) -> None:
    start = date(*day)
    hours = weekly(ALWAYS)
    assert business_time_between(hours, KYIV.start_of(start), KYIV.start_of(start + DAY)) == length * HOUR
    assert len(open_intervals(hours, KYIV.start_of(start), KYIV.start_of(start + 5 * DAY))) == 1


def test_who_never_opens_has_no_deadline_and_time_does_not_run_back() -> None:
    assert add_business_time(weekly(NEVER), kyiv(2026, 11, 20), MINUTE) is None
    with pytest.raises(ValueError, match="forwards"):
        add_business_time(weekly(ALWAYS), kyiv(2026, 11, 20), -MINUTE)


def test_far_future_ends_quietly() -> None:
    assert add_business_time(weekly(NEVER), datetime(9989, 12, 1, tzinfo=UTC), MINUTE) is None


def test_hours_nobody_entered_are_always() -> None:
    hours = Hours(KYIV)
    assert (hours.is_entered, is_open_at(hours, kyiv(2026, 11, 22, 3))) == (False, True)


def test_each_day_has_the_version_that_was_valid_then() -> None:
    late = ((Span(12 * 60, 20 * 60),),) * 7
    hours = Hours(KYIV, (Regular(None, OFFICE_WEEK), Regular(date(2026, 11, 24), late)))
    # Monday by the old hours, Tuesday by the new ones.
    assert business_time_between(hours, kyiv(2026, 11, 23), kyiv(2026, 11, 24)) == 8 * HOUR
    assert add_business_time(hours, kyiv(2026, 11, 23, 17), 2 * HOUR) == kyiv(2026, 11, 24, 13)


def test_a_location_has_the_hours_of_the_business_until_its_own_begin_and_when_they_end() -> None:
    business = weekly(OFFICE_WEEK)
    own = (Regular(date(2026, 11, 24), (BAR,) * 7), Regular(date(2026, 11, 26), None))
    location = Hours(ReportClock.of("Europe/Warsaw"), own, business=business)
    days = [location.plan(date(2026, 11, day)).spans for day in (23, 24, 25, 26)]
    assert days == [OFFICE, BAR, BAR, OFFICE]
    # At nine on the location's own wall.
    assert location.intervals_of(date(2026, 11, 23))[0].start == datetime(2026, 11, 23, 8, tzinfo=UTC)


GERMANY = HolidayCalendar("DE")
CHRISTMAS = date(2026, 12, 25)


def test_holidays_are_closed_unless_worked_and_marked_days_worked_unless_kept() -> None:
    def on(day: date, calendar: HolidayCalendar, **more: object) -> tuple[str, bool]:
        plan = Hours(KYIV, (Regular(None, ALWAYS, calendar, **more),)).plan(day)  # type: ignore[arg-type]
        return plan.source, bool(plan.spans)

    assert on(CHRISTMAS, GERMANY) == ("holiday", False)
    assert on(CHRISTMAS, GERMANY, works_on=frozenset({"Erster Weihnachtstag"})) == ("week", True)
    assert on(date(2027, 1, 6), GERMANY) == ("week", True)
    assert on(date(2027, 1, 6), HolidayCalendar("DE", "BY")) == ("holiday", False)
    # Ukraine works on its holidays since 2022; the calendar still marks them.
    independence = date(2026, 8, 24)
    assert on(independence, HolidayCalendar("UA")) == ("week", True)
    assert on(independence, HolidayCalendar("UA"), rests_on=frozenset({"День незалежності України"})) == (
        "holiday",
        False,
    )


def special(first: date, last: date | None = None, week: Week = NEVER, *, number: int = 1, **more: bool) -> Special:
    return Special(first, last or first, UNTITLED, week, number=number, **more)


def test_the_nearest_rule_wins() -> None:
    short: Week = ((Span(600, 720),),) * 7
    long: Week = ((Span(480, 1320),),) * 7
    day = date(2026, 12, 24)
    business = Hours(
        KYIV,
        (Regular(None, OFFICE_WEEK, GERMANY),),
        (special(day, number=1), special(CHRISTMAS - 9 * DAY, CHRISTMAS, long, number=2, is_week=True)),
    )
    location = Hours(
        KYIV,
        specials=(
            special(date(2026, 12, 23), week=short, number=3),
            special(date(2026, 12, 22), date(2026, 12, 26), short, number=4, is_week=True),
            special(CHRISTMAS + DAY, week=long, number=5),
        ),
        business=business,
    )
    told = {
        number: [span.start // 60 for span in location.plan(date(2026, 12, number)).spans] for number in range(20, 29)
    }
    assert told == {
        20: [8],  # the temporary week of the business, on a Sunday
        21: [8],
        22: [10],  # the location's own temporary week
        23: [10],
        24: [],  # a day off for all counts more than a temporary week
        25: [],  # a holiday is kept in temporary weeks too
        26: [8],  # a special day of its own, although a holiday
        27: [],  # Sunday
        28: [9, 14],
    }
    works = replace(location.specials[1], holidays_too=True)
    assert replace(location, specials=(works,), _plans={}).plan(CHRISTMAS).spans == short[0]


def test_of_two_special_days_the_one_written_last_counts() -> None:
    day = date(2026, 12, 24)
    hours = weekly(ALWAYS, specials=(special(day, number=1), special(day, week=ALWAYS, number=2)))
    assert hours.plan(day).special == hours.specials[1]


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (date(2024, 5, 5), date(2024, 5, 5), [date(2026, 5, 5), date(2030, 5, 5)]),
        (date(2024, 12, 31), date(2025, 1, 2), [date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 2)]),
        (date(2024, 2, 29), date(2024, 2, 29), [date(2027, 2, 28), date(2028, 2, 29)]),
    ],
)
def test_special_days_of_every_year_come_again(first: date, last: date, days: list[date]) -> None:
    yearly = special(first, last, is_yearly=True)
    assert [yearly.covers(day) for day in days] == [True] * len(days)
    assert [yearly.covers(day) for day in (first - DAY, last + DAY, days[-1] + DAY)] == [False] * 3


def test_the_days_that_are_unlike_others_are_listed() -> None:
    party = special(date(2026, 12, 20))
    worked = Regular(None, ALWAYS, GERMANY, works_on=frozenset({"Erster Weihnachtstag"}))
    found = special_days(Hours(KYIV, (worked,), (party,)), date(2026, 12, 1), 31)
    assert [(plan.day.day, plan.source, bool(plan.spans)) for plan in found] == [
        (20, "special", False),
        (25, "week", True),
        (26, "holiday", False),
    ]


def test_what_is_open_now_says_until_when() -> None:
    hours = weekly(OFFICE_WEEK)
    told = [open_state(hours, moment) for moment in (kyiv(2026, 11, 20, 17), kyiv(2026, 11, 20, 18))]
    assert [(one.is_open, one.until) for one in told] == [
        (True, kyiv(2026, 11, 20, 18)),
        (False, kyiv(2026, 11, 23, 9)),
    ]
    assert [open_state(weekly(week), kyiv(2026, 1, 1)).until for week in (ALWAYS, NEVER)] == [None, None]
    assert [open_state(weekly(week), kyiv(2026, 1, 1)).is_open for week in (ALWAYS, NEVER)] == [True, False]
    three_nights: Week = ((Span(0, 1440),),) * 3 + ((),) * 4
    assert open_state(weekly(three_nights), kyiv(2026, 11, 23, 5)).until == kyiv(2026, 11, 26)


@pytest.mark.parametrize(
    ("days", "problems"),
    [
        ({0: OFFICE, 4: BAR}, {}),
        ({0: (Span(600, 600),)}, {0: "order"}),
        ({0: (Span(1440, 1500),)}, {0: "order"}),
        ({0: (Span(60, 1501),)}, {0: "order"}),
        ({1: (Span(600, 720), Span(700, 800))}, {1: "overlap"}),
        ({1: (Span(600, 720), Span(720, 800))}, {}),
        ({2: tuple(Span(number * 60, number * 60 + 30) for number in range(7))}, {2: "many"}),
        ({6: BAR, 0: (Span(60, 600),)}, {0: "night"}),
        ({6: BAR, 0: (Span(120, 600),)}, {}),
    ],
)
def test_a_week_that_cannot_be_is_told_day_by_day(days: dict[int, tuple[Span, ...]], problems: dict[int, str]) -> None:
    week = tuple(days.get(number, ()) for number in range(7))
    assert (week_problems(week), week_from_json(week_to_json(week))) == (problems, week)


def test_openings_that_touch_are_one() -> None:
    assert join_spans((Span(720, 800), Span(600, 720), Span(610, 620))) == (Span(600, 800),)
