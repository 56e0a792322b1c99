"""Hours as they are written: versions, corrections, special days, and what was known when."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from wayloop.business import api
from wayloop.business.api import ALWAYS, NEVER, BusinessRefused, HolidayCalendar, NewSpecial, Span, Week
from wayloop.contracts.business import HoursChanged
from wayloop.kernel import clock
from wayloop.kernel.localised import Localised
from wayloop.kernel.testing import announced

MORNING = datetime(2026, 11, 2, 9, tzinfo=UTC)
DAY = date(2026, 11, 9)
HOUR = timedelta(hours=1)
EARLY: Week = ((Span(480, 960),),) * 7
LATE: Week = ((Span(720, 1200),),) * 7
OFFICE: Week = (*(((Span(540, 780), Span(840, 1080)),) * 5), (), ())


def change(week: Week = EARLY, day: date | None = None, location: int | None = None, **more: Any) -> int:
    given = {"calendar": HolidayCalendar(), "by": 7} | more
    return api.change_hours(location=location, valid_from=day, week=week, **given)


def party(week: Week = NEVER, day: date = DAY, **more: Any) -> NewSpecial:
    given = {"last_day": day, "title": Localised.of("Staff party", "en")} | more
    return NewSpecial(first_day=day, week=week, **given)


def opens(location: int | None = None, day: date = DAY, as_of: datetime | None = None) -> list[int]:
    """The hours at which it opens on a day."""
    return [span.start // 60 for span in api.hours(location, as_of=as_of).plan(day).spans]


def test_before_anybody_says_anything_it_is_always_open(owner_member: object, near_location: int) -> None:
    for location in (None, near_location):
        assert (api.hours(location).is_entered, api.hours(location).plan(DAY).spans) == (False, ALWAYS[0])


def test_hours_are_read_as_they_were_written(owner_member: object) -> None:
    change(OFFICE, calendar=HolidayCalendar("DE", "BY"), works_on=["Neujahr"], rests_on=["Heiligabend"])
    assert api.hours().regular == (
        api.Regular(None, OFFICE, HolidayCalendar("DE", "BY"), frozenset({"Neujahr"}), frozenset({"Heiligabend"})),
    )
    assert api.hours().clock == api.report_clock()


def test_a_version_counts_from_its_day_and_one_of_the_same_day_replaces_it(owner_member: object) -> None:
    change()
    change(OFFICE, DAY)
    change(LATE, DAY)
    assert [opens(day=day) for day in (DAY - timedelta(days=1), DAY)] == [[8], [12]]
    assert [one.valid_from for one in api.hours().regular] == [None, DAY]


def test_deadlines_keep_the_hours_they_began_with(owner_member: object) -> None:
    with clock.standing_at(MORNING):
        change()
        number = api.add_special_days(location=None, special=party(LATE), by=None)
    with clock.standing_at(MORNING + HOUR):
        change(OFFICE)
        api.remove_special_days(number=number, by=None)
    seen = [opens(as_of=moment) for moment in (MORNING - HOUR, MORNING, MORNING + HOUR, None)]
    assert seen == [[0], [12], [9, 14], [9, 14]]


def test_a_version_taken_back_gives_way_to_the_one_it_had_replaced(owner_member: object) -> None:
    with clock.standing_at(MORNING):
        change()
    with clock.standing_at(MORNING + HOUR):
        replaced = change(LATE)
        planned = change(OFFICE, DAY)
    for version, hours in ((planned, [12]), (replaced, [8]), (replaced, [8])):
        with clock.standing_at(MORNING + 2 * HOUR):
            api.take_back_hours(version=version, by=7)
        assert opens() == hours


def test_a_version_taken_back_by_mistake_is_written_again(owner_member: object) -> None:
    change()
    planned = change(LATE, DAY)
    api.take_back_hours(version=planned, by=7)
    again = api.restore_hours(version=planned, by=7)
    assert (opens(), api.restore_hours(version=again, by=7), len(api.hours().regular)) == ([12], again, 2)
    with pytest.raises(LookupError):
        api.restore_hours(version=404, by=None)


def test_a_location_goes_its_own_way_and_comes_back(owner_member: object, near_location: int) -> None:
    change()
    change(LATE, location=near_location)
    assert (opens(), opens(near_location), api.locations_with_own_hours()) == ([8], [12], {near_location})
    api.follow_business_hours(location=near_location, valid_from=DAY, by=7)
    before = opens(near_location, DAY - timedelta(days=1))
    assert (before, opens(near_location), api.locations_with_own_hours()) == ([12], [8], frozenset())


def test_special_days_of_the_business_are_those_of_its_locations(
    owner_member: object, near_location: int, far_location: int
) -> None:
    change()
    api.add_special_days(location=None, special=party(), by=7)
    api.add_special_days(location=far_location, special=party(LATE), by=7)
    assert [opens(location) for location in (None, near_location, far_location)] == [[], [], [12]]


def test_special_days_are_changed_removed_and_brought_back(owner_member: object) -> None:
    change()
    number = api.add_special_days(location=None, special=party(), by=7)
    number = api.change_special_days(number=number, special=party(LATE, is_yearly=True), by=7)
    found = api.special_of(number)
    assert found is not None
    assert (found[0], found[1].week, found[1].is_yearly, str(found[1].title)) == (None, LATE, True, "Staff party")
    api.remove_special_days(number=number, by=7)
    assert (opens(), api.special_of(number)) == ([8], None)
    again = {api.restore_special_days(number=number, by=7) for _ in range(2)}
    assert (opens(), len(again), len(api.hours().specials)) == ([12], 1, 1)


@pytest.mark.parametrize(
    ("special", "part"),
    [
        (party(last_day=DAY - timedelta(days=1)), "last_day"),
        (party(last_day=DAY + timedelta(days=366)), "last_day"),
        (party(((Span(600, 600),),) * 7), "week"),
        (party(NEVER[:6]), "week"),
    ],
)
def test_special_days_that_cannot_be_are_refused_by_name(owner_member: object, special: NewSpecial, part: str) -> None:
    number = api.add_special_days(location=None, special=party(), by=7)
    before = api.hours()
    for attempt in (
        lambda: api.add_special_days(location=None, special=special, by=7),
        lambda: api.change_special_days(number=number, special=special, by=7),
    ):
        with pytest.raises(BusinessRefused) as refusal:
            attempt()
        assert (refusal.value.part, api.hours()) == (part, before)


@pytest.mark.parametrize(
    ("week", "calendar", "part"),
    [
        (((Span(600, 720), Span(700, 800)),) * 7, HolidayCalendar(), "week"),
        (EARLY, HolidayCalendar("XX"), "calendar"),
        (EARLY, HolidayCalendar("DE", "Mars"), "calendar"),
        (EARLY, HolidayCalendar("", "BY"), "calendar"),
    ],
)
def test_hours_that_cannot_be_are_refused_by_name(
    owner_member: object, week: Week, calendar: HolidayCalendar, part: str
) -> None:
    with pytest.raises(BusinessRefused) as refusal:
        change(week, calendar=calendar)
    assert (refusal.value.part, api.hours().is_entered) == (part, False)


def test_what_does_not_exist_has_no_hours(owner_member: object) -> None:
    for attempt in (
        lambda: change(location=404),
        lambda: api.follow_business_hours(location=404, valid_from=DAY, by=None),
        lambda: api.take_back_hours(version=404, by=None),
        lambda: api.add_special_days(location=404, special=party(), by=None),
        lambda: api.change_special_days(number=404, special=party(), by=None),
        lambda: api.remove_special_days(number=404, by=None),
        lambda: api.restore_special_days(number=404, by=None),
    ):
        with pytest.raises(LookupError):
            attempt()


def test_hours_of_many_locations_cost_as_much_as_those_of_one(
    owner_member: object, near_location: int, far_location: int, django_assert_num_queries: Any
) -> None:
    change()
    change(LATE, location=far_location)
    for wanted in ([near_location], [near_location, far_location, None, 404]):
        with django_assert_num_queries(4):
            found = api.hours_of(wanted)
        assert set(wanted) <= found.keys()
    assert [found[number].plan(DAY).spans[0].start // 60 for number in (None, near_location, far_location, 404)] == [
        8, 8, 12, 8,
    ]  # fmt: skip


def test_every_change_is_announced_with_the_days_it_concerns(owner_member: object, near_location: int) -> None:
    version = change(LATE, DAY, near_location)
    api.take_back_hours(version=version, by=7)
    number = api.add_special_days(location=None, special=party(last_day=DAY + timedelta(days=2)), by=7)
    api.change_special_days(number=number, special=party(is_yearly=True), by=7)
    told = [(near_location, DAY, None)] * 2 + [(None, DAY, DAY + timedelta(days=2))] * 2 + [(None, DAY, None)]
    assert announced("business.hours_changed") == [HoursChanged(*parts, by=7) for parts in told]


WEEK: Week = (*OFFICE[:4], (Span(540, 1080),), (Span(1080, 1560),), ())


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        (
            "en",
            [
                ("Monday – Thursday", "09:00–18:00, break 13:00–14:00"),
                ("Friday", "09:00–18:00"),
                ("Saturday", "18:00–02:00 the next day"),
                ("Sunday", "closed"),
            ],
        ),
        (
            "ru",
            [
                ("Понедельник – четверг", "09:00–18:00, перерыв 13:00–14:00"),
                ("Пятница", "09:00–18:00"),
                ("Суббота", "18:00–02:00 следующего дня"),
                ("Воскресенье", "закрыто"),
            ],
        ),
        (
            "uk",
            [
                ("Понеділок – четвер", "09:00–18:00, перерва 13:00–14:00"),
                ("Пʼятниця", "09:00–18:00"),
                ("Субота", "18:00–02:00 наступного дня"),
                ("Неділя", "зачинено"),
            ],
        ),
    ],
)
def test_a_week_reads_as_it_stands_on_a_door(language: str, lines: list[tuple[str, str]]) -> None:
    with translation.override(language):
        assert [(line.days, line.hours) for line in api.week_sentences(WEEK)] == lines


def test_days_that_are_alike_are_told_once() -> None:
    with translation.override("en"):
        odd = tuple(EARLY[0] if number in (0, 2, 4, 5, 6) else () for number in range(7))
        assert [line.days for line in api.week_sentences(odd)] == [
            "Monday, Wednesday, Friday – Sunday",
            "Tuesday, Thursday",
        ]
        assert [(line.days, line.hours) for line in api.week_sentences(ALWAYS)] == [("Every day", "round the clock")]
        assert api.day_text((Span(660, 900), Span(1080, 1440))) == "11:00–15:00, 18:00–24:00"


def test_a_holiday_has_its_name_in_the_language_of_the_reader_or_of_its_country() -> None:
    names = [api.holiday_names(HolidayCalendar("PL"), 2027, language)["Nowy Rok"] for language in ("uk", "en", "ru")]
    assert names == ["Новий рік", "New Year's Day", "Nowy Rok"]
    assert ("BY", "Bayern") in api.holiday_regions("DE")
    assert (api.holiday_regions("XX"), "UA" in api.holiday_countries()) == ((), True)
