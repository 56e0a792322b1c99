"""Hours and holidays on the screen."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from wayloop.business import api as business
from wayloop.business.api import HolidayCalendar, NewSpecial, Span, Week
from wayloop.kernel import clock
from wayloop.kernel.localised import Localised

PAGE = "/settings/hours/"
WEEK = f"{PAGE}week/"
DEED = f"{PAGE}do/"
SPECIAL = f"{PAGE}special/"
# A Friday, noon in Kyiv.
NOON = datetime(2026, 11, 20, 10, tzinfo=UTC)
OFFICE: Week = (*(((Span(540, 780), Span(840, 1080)),) * 5), (), ())
LATE: Week = ((Span(720, 1200),),) * 7
LATER = {"when": "later", "from_day": "2026-12-01", "country": ""}
CHRISTMAS = date(2026, 12, 25)


def sent(week: Week, *, single: bool = False) -> dict[str, str]:
    """A week as its fields are sent."""
    return {
        f"d{number}_{place}_{name}": f"{minutes % 1440 // 60:02d}:{minutes % 60:02d}"
        for number, day in enumerate(week[:1] if single else week)
        for place, span in enumerate(day)
        for name, minutes in (("from", span.start), ("to", span.end))
    }


def enter(week: Week = OFFICE, location: int | None = None, country: str = "", day: date | None = None) -> int:
    return business.change_hours(
        location=location, valid_from=day, week=week, calendar=HolidayCalendar(country), by=None
    )


def main(client: Client, path: str = PAGE) -> str:
    with clock.standing_at(NOON):
        return client.get(path).content.decode().partition("<main")[2].partition("</main>")[0]


def plain(html: str) -> str:
    return re.sub(r"(<[^>]*>|\s)+", " ", html)


def undo_of(page: str) -> str:
    """The way back of the newest toast."""
    found = re.findall(r'action="([^"]+)"[^>]*>(?:(?!</form>).)*undo', page, re.DOTALL)
    return str(found[-1]).replace("&amp;", "&")


def test_without_hours_it_is_said_what_that_means_and_the_owner_can_enter_them(owner: Client, reader: Client) -> None:
    offered = [("count round the clock" in main(who), WEEK in main(who)) for who in (owner, reader)]
    assert offered == [(True, True), (True, False)]


def test_the_first_hours_count_from_the_beginning_and_read_as_sentences(owner: Client, reader: Client) -> None:
    assert owner.post(WEEK, sent(OFFICE) | {"country": "DE"}).headers["Location"] == PAGE
    (regular,) = business.hours().regular
    assert (regular.valid_from, regular.week, regular.calendar) == (None, OFFICE, HolidayCalendar("DE"))
    for who in (owner, reader):
        text = plain(main(who))
        assert "Monday – Friday 09:00–18:00, break 13:00–14:00 Saturday, Sunday closed" in text
        assert ("open until 13:00" in text, "Public holidays: Germany" in text) == (True, True)
    assert (WEEK in main(owner), "<form" in main(reader)) == (True, False)


def test_a_later_version_stands_beside_the_old_one_and_is_taken_back_and_written_again(owner: Client) -> None:
    enter()
    page = owner.post(WEEK, sent(LATE) | LATER, follow=True).content.decode()
    assert [one.valid_from for one in business.hours().regular] == [None, date(2026, 12, 1)]
    assert ("since 1 December" in page, "planned" in page) == (True, True)
    page = owner.post(undo_of(page), follow=True).content.decode()
    assert len(business.hours().regular) == 1
    owner.post(undo_of(page))
    assert business.hours().regular[1].week == LATE


def test_a_mistake_is_put_right_in_the_version_of_now(owner: Client) -> None:
    enter()
    enter(day=date(2026, 11, 1))
    enter(day=date(2026, 12, 1))
    with clock.standing_at(NOON):
        owner.post(WEEK, sent(LATE) | LATER | {"when": "mistake", "from_day": ""})
    assert [one.week == LATE for one in business.hours().regular] == [False, True, False]


@pytest.mark.parametrize(
    ("wrong", "problems"),
    [
        ({"d0_0_to": ""}, 1),
        ({"d0_0_to": "25:99", "d3_0_from": "x"}, 2),
        ({"d0_0_to": "15:00"}, 1),
        ({"when": "never"}, 1),
        ({"from_day": ""}, 1),
        ({"country": "XX"}, 1),
        ({"country": "DE", "region": "Mars"}, 1),
    ],
)
def test_what_cannot_be_comes_back_with_one_line_for_each(owner: Client, wrong: dict[str, str], problems: int) -> None:
    enter()
    answer = owner.post(WEEK, sent(OFFICE) | LATER | wrong)
    assert (answer.status_code, len(business.hours().regular)) == (422, 1)
    assert len(re.findall(r'class="field-error', answer.content.decode())) == problems


def test_the_buttons_of_the_editor_change_the_form_and_keep_nothing(owner: Client, fingerprints: Any) -> None:
    before = fingerprints()
    fields = sent(OFFICE) | {"d5_0_from": "18:00", "d5_0_to": "02:00"}
    page = owner.post(WEEK, fields | {"do": "copy:5:all"}).content.decode()
    assert len(re.findall(r'name="d\d_0_from" value="18:00"', page)) == 7
    assert ("18:00–02:00 the next day" in page, "field-error" in page) == (True, False)
    part = owner.post(
        WEEK, fields | {"do": "look"}, headers={"HX-Request": "true", "HX-Target": "div#week-editor"}
    ).content.decode()
    assert ("<html" in part, part.count("<fieldset")) == (False, 7)
    assert fingerprints() == before


def test_regions_are_offered_where_a_country_has_them(owner: Client) -> None:
    pages = [owner.post(WEEK, {"do": "look", "country": code}).content.decode() for code in ("DE", "UA")]
    assert ["Bayern" in page for page in pages] == [True, False]


def test_a_holiday_is_worked_and_kept_again(owner: Client) -> None:
    enter(country="DE")
    told = []
    for deed in ("work", "rest"):
        owner.post(DEED, {"do": deed, "day": CHRISTMAS.isoformat()})
        told.append(bool(business.hours().plan(CHRISTMAS).spans))
    assert (told, len(business.hours().regular)) == ([True, False], 1)
    assert business.hours().regular[0].works_on == frozenset()


def test_a_day_that_is_only_marked_is_kept(owner: Client) -> None:
    enter(country="UA")
    assert ("Close that day" in main(owner), "New Year" in plain(main(owner))) == (True, True)
    owner.post(DEED, {"do": "rest", "day": "2027-01-01"})
    assert business.hours().plan(date(2027, 1, 1)).spans == ()


def test_special_days_are_added_shown_changed_removed_and_brought_back(owner: Client) -> None:
    enter()
    owner.post(f"{SPECIAL}new/?kind=closed", {"first_day": "2026-12-07", "title_en": "Staff <b>party</b>"})
    (one,) = business.hours().specials
    assert (one.first_day, one.last_day, one.title.texts, any(one.week)) == (
        date(2026, 12, 7),
        date(2026, 12, 7),
        {"en": "Staff <b>party</b>"},
        False,
    )
    assert ("Mon, 7 December" in plain(main(owner)), "<b>party" in main(owner)) == (True, False)
    hours = sent(LATE, single=True) | {"first_day": "2026-12-07", "last_day": "2026-12-09", "is_yearly": "on"}
    owner.post(f"{SPECIAL}{one.number}/?kind=hours", hours)
    (one,) = business.hours().specials
    assert (one.last_day, one.week, one.is_yearly) == (date(2026, 12, 9), LATE, True)
    assert "7 December – 9 December" in plain(main(owner))
    page = owner.post(f"{SPECIAL}{one.number}/do/", {"do": "remove"}, follow=True).content.decode()
    assert business.hours().specials == ()
    owner.post(undo_of(page))
    assert business.hours().specials[0].week == LATE


def test_a_temporary_week_is_one_line(owner: Client) -> None:
    enter()
    days = {"first_day": "2026-12-07", "last_day": "2026-12-20", "holidays_too": "on", "title_en": "Winter hours"}
    owner.post(f"{SPECIAL}new/?kind=week", sent(LATE) | days)
    (one,) = business.hours().specials
    assert (one.is_week, one.holidays_too, one.week) == (True, True, LATE)
    assert plain(main(owner)).count("Winter hours") == 1


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("closed", {"first_day": ""}),
        ("closed", {"first_day": "x"}),
        ("closed", {"last_day": "2026-12-01"}),
        ("closed", {"last_day": "2028-12-01"}),
        ("closed", {"title_en": "x" * 121}),
        ("hours", {"d0_0_from": "", "d0_0_to": ""}),
        ("hours", {"d0_0_to": "x"}),
        ("week", {"d0_0_to": ""}),
    ],
)
def test_special_days_that_cannot_be_are_refused_beside_their_field(
    owner: Client, kind: str, wrong: dict[str, str]
) -> None:
    fields = sent(LATE, single=kind == "hours") | {"first_day": "2026-12-07"} | wrong
    answer = owner.post(f"{SPECIAL}new/?kind={kind}", fields)
    assert (answer.status_code, business.hours().specials) == (422, ())
    assert len(re.findall(r'class="field-error', answer.content.decode())) == 1


def test_a_location_gets_its_own_hours_and_follows_again(owner: Client, near_location: int) -> None:
    enter()
    query = f"?location={near_location}"
    assert "as the whole business" in main(owner, PAGE + query)
    owner.post(WEEK + query, sent(LATE))
    assert (business.hours(near_location).plan(NOON.date()).spans, business.hours().regular[0].week) == (
        LATE[0],
        OFFICE,
    )
    with clock.standing_at(NOON):
        page = owner.post(DEED + query, {"do": "follow"}, follow=True).content.decode()
    assert business.hours(near_location).plan(NOON.date()).spans == OFFICE[0]
    owner.post(undo_of(page))
    assert business.hours(near_location).plan(NOON.date()).spans == LATE[0]


def test_hours_of_a_location_nobody_may_see_are_not_there(
    owner: Client, owner_member: Any, near_location: int, far_location: int, far_manager: Client
) -> None:
    version = enter(location=near_location)
    given = NewSpecial(CHRISTMAS, CHRISTMAS, Localised(), LATE)
    number = business.add_special_days(location=near_location, special=given, by=None)
    assert "Podil" not in main(far_manager)
    owner_member.location_ids = [far_location]
    owner_member.save()
    near, far = f"?location={near_location}", f"?location={far_location}"
    answers = [owner.get(path + near).status_code for path in (PAGE, WEEK, f"{SPECIAL}new/")]
    answers += [owner.post(path + near, {"do": "follow"}).status_code for path in (WEEK, DEED)]
    answers += [owner.post(f"{DEED}{far}", {"do": "back", "version": version}).status_code]
    answers += [owner.get(f"{SPECIAL}{number}/").status_code]
    answers += [owner.post(f"{SPECIAL}{number}/do/", {"do": "remove"}).status_code]
    assert (answers, len(business.hours(near_location).specials)) == ([404] * 8, 1)
    assert (far_manager.get(PAGE + near).status_code, far_manager.get(PAGE + far).status_code) == (404, 200)


def test_garbage_sent_by_hand_is_refused(owner: Client, near_location: int) -> None:
    enter(country="DE")
    for location in ("x", "-1", "9" * 30, "\x00", "²"):
        assert owner.get(PAGE, {"location": location}).status_code == 404
    deeds = [
        {"do": ""},
        {"do": "explode"},
        {"do": "follow"},
        {"do": "rest", "day": "x"},
        {"do": "rest", "day": "2026-12-02"},
    ]
    assert [owner.post(DEED, deed).status_code for deed in deeds] == [400] * 5
    versions = [{"do": deed, "version": number} for deed in ("back", "again") for number in ("", "x", "404")]
    assert [owner.post(DEED, deed).status_code for deed in versions] == [404] * 6
    assert [owner.post(f"{SPECIAL}404/do/", {"do": deed}).status_code for deed in ("remove", "restore", "")] == [
        404, 404, 400,
    ]  # fmt: skip
    assert [owner.get(f"{SPECIAL}{number}/").status_code for number in ("404", "9" * 30)] == [404, 404]
    # A holiday of the business is not the location's to choose.
    assert owner.post(f"{DEED}?location={near_location}", {"do": "work", "day": "2026-12-25"}).status_code == 400


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_database_no_more_for_three_special_days_than_for_one(
    count: int, owner: Client, django_assert_num_queries: Any
) -> None:
    enter()
    for number in range(count):
        day = date(2026, 12, 1 + number)
        business.add_special_days(location=None, special=NewSpecial(day, day, Localised(), LATE), by=None)
    main(owner)
    with django_assert_num_queries(9):
        main(owner)
