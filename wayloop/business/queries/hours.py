"""The hours of the business and of its locations, as they are known now or were known at some moment."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F, Q

from wayloop.business.models import HoursVersion, Location, SpecialDays
from wayloop.business.queries.profile import report_clock
from wayloop.business.rules.clocks import ReportClock
from wayloop.business.rules.hours import Hours, Regular, Special
from wayloop.business.rules.public_holidays import HolidayCalendar
from wayloop.business.rules.week import week_from_json


def hours(location: int | None = None, *, as_of: datetime | None = None) -> Hours:
    """The hours of a location, or (None) of the business as a whole.

    `as_of`: as they were known at that instant; a deadline passes the instant it began at, so that later changes do not
    move it. An unknown location has the hours of the business.
    """
    return hours_of([location], as_of=as_of)[location]


def hours_of(locations: Sequence[int | None], *, as_of: datetime | None = None) -> dict[int | None, Hours]:
    """The same for many locations at once, with a fixed number of queries. None stands for the business as a whole."""
    wanted = {number for number in locations if number is not None}
    mine = (Q(location=None) | Q(location__in=wanted)) & _known(as_of)
    regular: dict[int | None, list[Regular]] = {}
    for version in HoursVersion.objects.filter(mine).order_by(F("valid_from").asc(nulls_first=True), "id"):
        regular.setdefault(version.location_id, []).append(_regular(version))
    specials: dict[int | None, list[Special]] = {}
    for row in SpecialDays.objects.filter(mine).order_by("first_day", "id"):
        specials.setdefault(row.location_id, []).append(_special(row))
    whole = Hours(report_clock(), tuple(regular.get(None, ())), tuple(specials.get(None, ())))
    zones = dict(Location.objects.filter(pk__in=wanted).values_list("pk", "zone")) if wanted else {}
    found: dict[int | None, Hours] = {None: whole}
    for number in wanted:
        clock = ReportClock.of(zones[number]) if number in zones else whole.clock
        found[number] = Hours(clock, tuple(regular.get(number, ())), tuple(specials.get(number, ())), whole)
    return found


def special_of(number: int) -> tuple[int | None, Special] | None:
    """Special days by their number, with the location they belong to; None when there are none or they were removed."""
    row = SpecialDays.objects.filter(pk=number, withdrawn_at=None).first()
    return None if row is None else (row.location_id, _special(row))


def location_of_version(number: int) -> int | None:
    """The location a version of the week belongs to, also a withdrawn one; None for the business as a whole.

    Raises `LookupError` when there never was such a version.
    """
    row = HoursVersion.objects.filter(pk=number).first()
    if row is None:
        raise LookupError(number)
    return row.location_id


def locations_with_own_hours() -> frozenset[int]:
    """The locations whose week is their own, by their latest version."""
    latest: dict[int, bool] = {}
    known = HoursVersion.objects.filter(withdrawn_at=None, location__isnull=False)
    for location, week in known.order_by(F("valid_from").asc(nulls_first=True)).values_list("location", "week"):
        latest[location] = week is not None
    return frozenset(location for location, is_own in latest.items() if is_own)


def _known(as_of: datetime | None) -> Q:
    if as_of is None:
        return Q(withdrawn_at=None)
    return Q(recorded_at__lte=as_of) & (Q(withdrawn_at=None) | Q(withdrawn_at__gt=as_of))


def _regular(row: HoursVersion) -> Regular:
    return Regular(
        valid_from=row.valid_from,
        week=None if row.week is None else week_from_json(row.week),
        calendar=HolidayCalendar(row.country, row.region),
        works_on=frozenset(row.works_on),
        rests_on=frozenset(row.rests_on),
        number=row.pk,
    )


def _special(row: SpecialDays) -> Special:
    return Special(
        number=row.pk,
        first_day=row.first_day,
        last_day=row.last_day,
        title=row.title,
        week=week_from_json(row.week),
        is_yearly=row.is_yearly,
        is_week=row.is_week,
        holidays_too=row.holidays_too,
    )
