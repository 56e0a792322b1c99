"""The clock of reports: days of a business that moved."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connection

from wayloop.business import api
from wayloop.business.api import ReportClock, ZoneSpan, change_zone, forget_zone_change
from wayloop.business.rules.clocks import clock_of
from wayloop.business.testing import ZoneVersion
from wayloop.kernel import clock

MARCH = date(2026, 3, 10)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def moved(before: str, after: str, day: date = MARCH) -> ReportClock:
    """The clock of a business that moved on that day."""
    begun = ReportClock.of(before)
    return clock_of([*begun.spans, begun.with_change(after, day)])


@pytest.mark.parametrize(
    ("before", "after", "hours"),
    [
        ("Europe/Kyiv", "Europe/Kyiv", [24, 24, 24]),
        # Back by an hour: the day of the move has it twice.
        ("Europe/Kyiv", "Europe/Warsaw", [24, 25, 24]),
        # Forward by an hour: the evening before loses it.
        ("Europe/Warsaw", "Europe/Kyiv", [23, 24, 24]),
        ("Pacific/Auckland", "Pacific/Honolulu", [24, 47, 24]),
        ("Pacific/Honolulu", "Pacific/Auckland", [1, 24, 24]),
    ],
)
def test_days_around_a_move_follow_each_other_without_a_gap(before: str, after: str, hours: list[int]) -> None:
    clock = moved(before, after)
    starts = [clock.start_of(MARCH + place * DAY) for place in (-1, 0, 1, 2)]
    assert [(later - earlier) // HOUR for earlier, later in pairwise(starts)] == hours
    # No instant belongs to a day that was over before.
    days = [clock.day_of(starts[0] + minutes * HOUR / 2) for minutes in range(2 * sum(hours))]
    assert (days, {clock.day_of(start) for start in starts[:3]}) == (sorted(days), {MARCH - DAY, MARCH, MARCH + DAY})


def test_a_place_keeps_the_times_of_its_zone_then(owner_member: object) -> None:
    change_zone(zone="Europe/Warsaw", from_day=MARCH, by=None)
    days = api.report_clock()
    noon = datetime(2026, 3, 9, 12, tzinfo=UTC)
    assert [days.local(noon + step * DAY).hour for step in (0, 1)] == [14, 13]
    assert [days.instant(MARCH + step * DAY, 12 * 60).hour for step in (-1, 0)] == [10, 11]


def test_the_profile_tells_the_zone_of_now_and_a_planned_move_waits(owner_member: object) -> None:
    change_zone(zone="Europe/Warsaw", from_day=MARCH, by=None)
    starts = api.report_clock().start_of(MARCH) + HOUR
    told = []
    for moment in (starts - timedelta(seconds=1), starts):
        with clock.standing_at(moment):
            told.append(api.profile().zone)
    assert told == ["Europe/Kyiv", "Europe/Warsaw"]


def test_a_move_on_a_day_that_has_one_replaces_it_and_going_nowhere_is_no_move(owner_member: object) -> None:
    for zone in ("Europe/Warsaw", "Asia/Tokyo", "Europe/London", "Europe/Warsaw"):
        change_zone(zone=zone, from_day=MARCH, by=None)
    assert [span.zone for span in api.report_clock().spans] == ["Europe/Kyiv", "Europe/Warsaw"]
    change_zone(zone="Europe/Warsaw", from_day=MARCH + 30 * DAY, by=None)
    assert len(api.report_clock().spans) == 2
    forget_zone_change(starts_at=api.report_clock().spans[1].starts_at, by=None)
    assert api.report_clock() == ReportClock.of("Europe/Kyiv")


def test_a_mistake_of_the_first_day_is_put_right_for_all_time_and_for_the_locations_that_share_it(
    owner_member: object, near_location: int, far_location: int
) -> None:
    far = next(place for place in api.locations() if place.id == far_location)
    details = api.LocationDetails(far.name, None, "Asia/Tokyo", far.town, far.address)
    api.change_location(location=far_location, details=details, by=None)
    change_zone(zone="Europe/Warsaw", from_day=MARCH, by=None)
    change_zone(zone="Europe/Chisinau", from_day=None, by=None)
    assert list(ZoneVersion.objects.values_list("starts_at", "zone")) == [(None, "Europe/Chisinau")]
    assert [place.zone for place in api.locations()] == ["Europe/Chisinau", "Asia/Tokyo"]


def test_the_zone_of_the_beginning_cannot_be_removed(owner_member: object) -> None:
    forget_zone_change(starts_at=datetime(2026, 1, 1, tzinfo=UTC), by=None)
    assert api.report_clock() == ReportClock.of("Europe/Kyiv")


def test_zones_without_a_beginning_are_completed() -> None:
    instant = datetime(2026, 1, 1, tzinfo=UTC)
    assert clock_of([]) == ReportClock.of("UTC")
    assert clock_of([ZoneSpan(instant, "Asia/Tokyo")]).spans[0] == ZoneSpan(None, "Asia/Tokyo")


def test_the_published_zones_are_those_of_the_clock(owner_member: object) -> None:
    change_zone(zone="Europe/Warsaw", from_day=MARCH, by=None)
    at = api.report_clock().spans[1].starts_at
    with connection.cursor() as cursor:
        cursor.execute("SELECT starts_at, ends_at, zone FROM api_business_zones ORDER BY starts_at NULLS FIRST")
        assert cursor.fetchall() == [(None, at, "Europe/Kyiv"), (at, None, "Europe/Warsaw")]
