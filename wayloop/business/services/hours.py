"""Hours: versions of the week, special days. Nothing is overwritten: what was known at a moment can be asked later."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from wayloop.business.models import Business, HoursVersion, Location, SpecialDays
from wayloop.business.rules.hours import NewSpecial
from wayloop.business.rules.public_holidays import HolidayCalendar, is_calendar
from wayloop.business.rules.refusals import BusinessRefused
from wayloop.business.rules.week import Week, join_spans, week_problems, week_to_json
from wayloop.business.rules.words import problem_text
from wayloop.contracts.business import HoursChanged
from wayloop.kernel import clock
from wayloop.kernel.stream.announce import announce

LONGEST = timedelta(days=366)
K = TypeVar("K", HoursVersion, SpecialDays)


@transaction.atomic
def change_hours(
    *,
    location: int | None,
    valid_from: date | None,
    week: Week,
    calendar: HolidayCalendar,
    works_on: Iterable[str] = (),
    rests_on: Iterable[str] = (),
    by: int | None,
) -> int:
    """Writes the week as it is from a day on (None: always) and answers the number of this version.

    A version of the same day is replaced. `works_on`, `rests_on`: keys of holidays worked although they are off, and
    kept although they are not. Announces `HoursChanged`. Raises `BusinessRefused` for hours that cannot be,
    `LookupError` when there is no such location.
    """
    _alone(location)
    _check_week(week)
    if not is_calendar(calendar):
        raise BusinessRefused("calendar", _("The holidays of this country or region are not known."))
    made = HoursVersion(
        location_id=location,
        valid_from=valid_from,
        week=week_to_json(tuple(map(join_spans, week))),
        country=calendar.country,
        region=calendar.region,
        works_on=sorted(set(works_on)),
        rests_on=sorted(set(rests_on)),
    )
    return _write_version(made, by)


@transaction.atomic
def follow_business_hours(*, location: int, valid_from: date, by: int | None) -> int:
    """Lets a location have the week of the whole business from a day on; answers the number of this version.

    Announces `HoursChanged`. Raises `LookupError` when there is no such location.
    """
    _alone(location)
    return _write_version(HoursVersion(location_id=location, valid_from=valid_from, week=None), by)


@transaction.atomic
def take_back_hours(*, version: int, by: int | None) -> None:
    """Withdraws a version; one that it had replaced comes back. Twice is once. Announces `HoursChanged`.

    Raises `LookupError` when there never was one.
    """
    _alone(None)
    row = HoursVersion.objects.filter(pk=version).first()
    if row is None:
        raise LookupError(version)
    if row.withdrawn_at is not None:
        return
    replaced = HoursVersion.objects.filter(
        location=row.location_id, valid_from=row.valid_from, withdrawn_at=row.recorded_at
    ).first()
    _withdraw(row)
    if replaced is not None:
        _write_again(replaced)
    announce(HoursChanged(location=row.location_id, first_day=row.valid_from, last_day=None, by=by))


@transaction.atomic
def restore_hours(*, version: int, by: int | None) -> int:
    """Writes a version that was withdrawn anew, under a number it answers. Announces `HoursChanged`.

    Twice is once: one that counts stays as it is. Raises `LookupError` when there never was one.
    """
    _alone(None)
    row = HoursVersion.objects.filter(pk=version).first()
    if row is None:
        raise LookupError(version)
    if row.withdrawn_at is None:
        return int(row.pk)
    row.pk, row.withdrawn_at = None, None
    row._state.adding = True
    return _write_version(row, by)


@transaction.atomic
def add_special_days(*, location: int | None, special: NewSpecial, by: int | None) -> int:
    """Writes special days of a location, or (None) of the business and all its locations; answers their number.

    Announces `HoursChanged`. Raises `BusinessRefused` for days or hours that cannot be, `LookupError` when there is no
    such location.
    """
    _alone(location)
    return _write_special(location, special, by)


@transaction.atomic
def change_special_days(*, number: int, special: NewSpecial, by: int | None) -> int:
    """Writes special days anew; answers their new number. Announces `HoursChanged` for the old and the new days.

    Raises `BusinessRefused` for days or hours that cannot be, `LookupError` when there are none.
    """
    _alone(None)
    row = _special(number)
    _withdraw(row)
    _tell(row, by)
    return _write_special(row.location_id, special, by)


@transaction.atomic
def remove_special_days(*, number: int, by: int | None) -> None:
    """Takes special days away. Announces `HoursChanged`. Raises `LookupError` when there are none."""
    _alone(None)
    row = _special(number)
    _withdraw(row)
    _tell(row, by)


@transaction.atomic
def restore_special_days(*, number: int, by: int | None) -> int:
    """Brings removed special days back under a new number, which it answers. Announces `HoursChanged`.

    Twice is once: those that came back already stay as they are. Raises `LookupError` when there never were any.
    """
    _alone(None)
    row = SpecialDays.objects.filter(pk=number).first()
    if row is None:
        raise LookupError(number)
    same = SpecialDays.objects.filter(
        location=row.location_id,
        first_day=row.first_day,
        last_day=row.last_day,
        week=row.week,
        title=row.title,
        withdrawn_at=None,
    ).first()
    if same is not None:
        return int(same.pk)
    made = _write_again(row)
    _tell(made, by)
    return int(made.pk)


def _write_version(made: HoursVersion, by: int | None) -> int:
    now = clock.now()
    before = HoursVersion.objects.filter(location=made.location_id, valid_from=made.valid_from, withdrawn_at=None)
    before.update(withdrawn_at=now)
    made.recorded_at = now
    made.save()
    announce(HoursChanged(location=made.location_id, first_day=made.valid_from, last_day=None, by=by))
    return int(made.pk)


def _write_special(location: int | None, special: NewSpecial, by: int | None) -> int:
    _check_week(special.week)
    length = special.last_day - special.first_day
    if length < timedelta():
        raise BusinessRefused("last_day", _("The last day lies before the first."))
    if length >= LONGEST:
        raise BusinessRefused("last_day", _("At most a year. For longer, change the weekly hours."))
    made = SpecialDays.objects.create(
        location_id=location,
        recorded_at=clock.now(),
        first_day=special.first_day,
        last_day=special.last_day,
        title=special.title,
        week=week_to_json(tuple(map(join_spans, special.week))),
        is_yearly=special.is_yearly,
        is_week=special.is_week,
        holidays_too=special.holidays_too,
    )
    _tell(made, by)
    return int(made.pk)


def _check_week(week: Week) -> None:
    problems = week_problems(week)
    if len(week) != 7 or problems:
        raise BusinessRefused("week", " ".join(problem_text(*pair) for pair in sorted(problems.items())))


def _special(number: int) -> SpecialDays:
    row = SpecialDays.objects.filter(pk=number, withdrawn_at=None).first()
    if row is None:
        raise LookupError(number)
    return row


def _withdraw(row: HoursVersion | SpecialDays) -> None:
    row.withdrawn_at = clock.now()
    row.save(update_fields=["withdrawn_at"])


def _write_again(row: K) -> K:
    row.pk, row.recorded_at, row.withdrawn_at = None, clock.now(), None
    row._state.adding = True
    row.save()
    return row


def _tell(row: SpecialDays, by: int | None) -> None:
    last = None if row.is_yearly else row.last_day
    announce(HoursChanged(location=row.location_id, first_day=row.first_day, last_day=last, by=by))


def _alone(location: int | None) -> None:
    """Of two who change hours at once, one waits."""
    Business.objects.select_for_update().get(id=1)
    if location is not None and not Location.objects.filter(pk=location).exists():
        raise LookupError(location)
