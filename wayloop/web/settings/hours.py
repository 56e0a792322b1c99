"""Hours and holidays: the week, days off, special days, versions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_skeleton
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wayloop.accounts.api import Permission, member_of, permission_required
from wayloop.business import api as business
from wayloop.kernel import clock
from wayloop.ui import formats
from wayloop.ui.requests import asks_for
from wayloop.ui.toasts import notify
from wayloop.web.settings.hours_forms import MISTAKE, SpecialForm, WeekForm
from wayloop.web.settings.profile import REFUSED
from wayloop.web.settings.week import WeekDraft

AHEAD = 366  # days
FEW = 8
KINDS = ("closed", "hours", "week")
EDITOR = "week-editor"


@dataclass(frozen=True)
class Whose:
    """Whose hours are looked at: a location, or (None) the business as a whole."""

    number: int | None
    name: str
    hours: business.Hours
    today: date

    @property
    def query(self) -> str:
        """The end of every address that is about them."""
        return f"?location={self.number}" if self.number else ""

    @property
    def has_own_week(self) -> bool:
        """Whether the week that counts now is their own."""
        begun = [one for one in self.hours.regular if one.valid_from is None or one.valid_from <= self.today]
        return bool(begun) and begun[-1].week is not None


@dataclass(frozen=True)
class Unusual:
    """Some days that are not like every week, as one line: when, why, which hours, and what can be done about it."""

    days: str
    why: str
    hours: str
    is_closed: bool
    holiday: str
    is_worked: bool
    special: int | None


@dataclass(frozen=True)
class Version:
    """One version of the week in words."""

    number: int
    since: str
    sentences: Sequence[business.Sentence]
    state: str


@require_safe
@permission_required(Permission.SETTINGS_VIEW)
def hours(request: HttpRequest) -> HttpResponse:
    """The hours of the business or of one location."""
    whose = _whose(request)
    regular = whose.hours.regular_on(whose.today)
    unusual = _unusual(whose)
    context = _common(request, whose) | {
        "sentences": business.week_sentences(regular.week or business.ALWAYS),
        "calendar": dict(_countries()).get(regular.calendar.country, ""),
        "is_entered": whose.hours.is_entered,
        "state": _state(whose),
        "unusual": unusual[:FEW],
        "more_unusual": unusual[FEW:],
        "versions": _versions(whose),
        "places": business.locations(scope=member_of(request).scope),
        "own": business.locations_with_own_hours(),
    }
    return render(request, "web/settings/hours.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.SETTINGS_CHANGE)
def week(request: HttpRequest) -> HttpResponse:
    """The editor of the week. Its buttons (`do`) send it and get it back changed; saving writes a version."""
    whose = _whose(request)
    regular = whose.hours.regular_on(whose.today)
    is_first = not whose.hours.regular
    calendar = regular.calendar
    if is_first and whose.number is None:
        country = business.profile().country
        calendar = business.HolidayCalendar(country if country in business.holiday_countries() else "")
    form = WeekForm(request.POST or None, calendar=calendar, today=whose.today, is_first=is_first)
    if request.method != "POST":
        usual = business.NEVER if is_first and not whose.hours.is_entered else regular.week or business.NEVER
        return _week_page(request, whose, form, WeekDraft.of(usual))
    draft = WeekDraft.read(request.POST)
    if "do" in request.POST:
        draft.do(request.POST["do"])
        draft.week()
        form = WeekForm(request.POST, calendar=calendar, today=whose.today, is_first=is_first)
        # It is not sent for good yet: nobody is blamed before.
        form.errors.clear()
        return _week_page(request, whose, form, draft)
    written = draft.week()
    if not form.is_valid() or written is None:
        return _week_page(request, whose, form, draft, REFUSED)
    try:
        made = business.change_hours(
            location=whose.number,
            valid_from=_first_day(whose, form, is_first=is_first),
            week=written,
            calendar=form.calendar,
            works_on=regular.works_on,
            rests_on=regular.rests_on,
            by=member_of(request).id,
        )
    except business.BusinessRefused as refusal:
        form.add_error(None, str(refusal))
        return _week_page(request, whose, form, draft, REFUSED)
    notify(request, _("The hours are saved"), undo_url=_deed(whose, "back", made))
    return _home(whose)


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def hours_deed(request: HttpRequest) -> HttpResponse:
    """Small changes: a holiday worked or kept, a version taken back or written again, a location that follows."""
    whose, member = _whose(request), member_of(request).id
    deed = request.POST.get("do") or request.GET.get("do")
    if deed in ("work", "rest"):
        _choose_holiday(request, whose, works=deed == "work")
    elif deed == "follow" and whose.number is not None:
        made = business.follow_business_hours(location=whose.number, valid_from=whose.today, by=member)
        notify(request, _("It has the hours of the business from today on"), undo_url=_deed(whose, "back", made))
    elif deed in ("back", "again"):
        version = _version(request, whose)
        if deed == "back":
            business.take_back_hours(version=version, by=member)
            notify(request, _("Taken back"), kind="info", undo_url=_deed(whose, "again", version))
        else:
            business.restore_hours(version=version, by=member)
            notify(request, _("The hours are saved"))
    else:
        raise BadRequest("no such deed")
    return _home(whose)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.SETTINGS_CHANGE)
def new_special(request: HttpRequest) -> HttpResponse:
    """A form for special days: closed, other hours, or another week for a while."""
    whose = _whose(request)
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else KINDS[0]
    return _special(request, whose, kind, None)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.SETTINGS_CHANGE)
def special(request: HttpRequest, number: int) -> HttpResponse:
    """Special days; POST changes them."""
    location, found = _special_of(request, number)
    whose = _whose(request, location)
    kind = "week" if found.is_week else "hours" if any(found.week) else "closed"
    asked = request.GET.get("kind", "")
    return _special(request, whose, asked if asked in KINDS else kind, found)


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def special_deed(request: HttpRequest, number: int) -> HttpResponse:
    """Removes special days (that can be undone) or brings them back."""
    deed = request.POST.get("do") or request.GET.get("do")
    if deed == "remove":
        location, _found = _special_of(request, number)
        business.remove_special_days(number=number, by=member_of(request).id)
        undo = reverse("settings_special_deed", args=[number])
        query = {"do": "restore"} | ({"location": location} if location else {})
        notify(request, _("The special days are removed"), undo_url=f"{undo}?{urlencode(query)}")
        return _home(_whose(request, location))
    if deed == "restore":
        whose = _whose(request)
        try:
            business.restore_special_days(number=number, by=member_of(request).id)
        except LookupError as error:
            raise Http404 from error
        notify(request, _("Taken back"), kind="info")
        return _home(whose)
    raise BadRequest("no such deed")


def _whose(request: HttpRequest, location: int | None = None) -> Whose:
    """What the address is about; 404 for a location the member does not see."""
    asked = request.GET.get("location")
    number = location if location is not None else _number(asked) if asked else None
    name = ""
    if number is not None:
        places = business.locations(scope=member_of(request).scope, with_archived=True)
        place = next((one for one in places if one.id == number), None)
        if place is None:
            raise Http404
        name = str(place.name)
    found = business.hours(number)
    return Whose(number, name, found, found.clock.day_of(clock.now()))


def _special_of(request: HttpRequest, number: int) -> tuple[int | None, business.Special]:
    try:
        found = business.special_of(number)
    except (OverflowError, ValueError):
        found = None
    if found is None:
        raise Http404
    if found[0] is not None:
        _whose(request, found[0])
    return found


def _special(request: HttpRequest, whose: Whose, kind: str, found: business.Special | None) -> HttpResponse:
    is_single = kind != "week"
    form = SpecialForm(request.POST or None, kind=kind, special=found)
    if request.method != "POST":
        usual = found.week if found and any(found.week) else whose.hours.regular_on(whose.today).week
        return _special_page(request, whose, kind, form, WeekDraft.of(usual or business.NEVER, single=is_single), found)
    draft = WeekDraft.read(request.POST, single=is_single)
    if "do" in request.POST:
        draft.do(request.POST["do"])
        draft.week()
        form = SpecialForm(request.POST, kind=kind, special=found)
        # It is not sent for good yet: nobody is blamed before.
        form.errors.clear()
        return _special_page(request, whose, kind, form, draft, found)
    written = business.NEVER if kind == "closed" else draft.week()
    if kind == "hours" and written == business.NEVER:
        draft.problems[0] = _("Write the hours, or choose “Closed”.")
        written = None
    if not form.is_valid() or written is None:
        return _special_page(request, whose, kind, form, draft, found, REFUSED)
    given, member = form.special(written, kind), member_of(request).id
    try:
        if found:
            business.change_special_days(number=found.number, special=given, by=member)
        else:
            business.add_special_days(location=whose.number, special=given, by=member)
    except business.BusinessRefused as refusal:
        form.add_error(refusal.part if refusal.part in form.fields else None, str(refusal))
        return _special_page(request, whose, kind, form, draft, found, REFUSED)
    notify(request, _("Saved"))
    return _home(whose)


def _choose_holiday(request: HttpRequest, whose: Whose, *, works: bool) -> None:
    """Keeps or works a holiday, in the version that counts on that day."""
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
    except ValueError as error:
        raise BadRequest("no day") from error
    regular = whose.hours.regular_on(day)
    holiday = whose.hours.plan(day).holiday
    if holiday is None or regular not in whose.hours.regular:
        raise BadRequest("no holiday of theirs")
    works_on, rests_on = set(regular.works_on), set(regular.rests_on)
    # The choice that agrees with the law needs no mention.
    works_on.discard(holiday.key)
    rests_on.discard(holiday.key)
    if works and holiday.is_day_off:
        works_on.add(holiday.key)
    elif not works and not holiday.is_day_off:
        rests_on.add(holiday.key)
    business.change_hours(
        location=whose.number,
        valid_from=regular.valid_from,
        week=regular.week or business.ALWAYS,
        calendar=regular.calendar,
        works_on=works_on,
        rests_on=rests_on,
        by=member_of(request).id,
    )


def _first_day(whose: Whose, form: WeekForm, *, is_first: bool) -> date | None:
    if is_first:
        return None
    if form.cleaned_data["when"] != MISTAKE:
        first: date = form.cleaned_data["from_day"]
        return first
    begun = [one for one in whose.hours.regular if one.valid_from is None or one.valid_from <= whose.today]
    return begun[-1].valid_from if begun else None


def _version(request: HttpRequest, whose: Whose) -> int:
    """The version that is named; 404 for one of somebody else."""
    number = _number(request.POST.get("version") or request.GET.get("version"))
    try:
        location = business.location_of_version(number)
    except LookupError as error:
        raise Http404 from error
    if location != whose.number:
        raise Http404
    return number


def _unusual(whose: Whose) -> list[Unusual]:
    """The days of the year ahead that are not like every week; special days that follow each other are one line."""
    lines: list[tuple[date, date, business.Plan]] = []
    for plan in business.special_days(whose.hours, whose.today, AHEAD):
        last = lines[-1] if lines else None
        same = last and plan.special and last[2].special == plan.special and last[2].spans == plan.spans
        if last and plan.special and (same or (plan.special.is_week and last[2].special == plan.special)):
            lines[-1] = (last[0], plan.day, last[2])
        else:
            lines.append((plan.day, plan.day, plan))
    return [_line(whose, *line) for line in lines]


def _line(whose: Whose, first: date, last: date, plan: business.Plan) -> Unusual:
    regular = whose.hours.regular_on(first)
    is_theirs = regular in whose.hours.regular
    holiday = ""
    if plan.holiday:
        names = business.holiday_names(regular.calendar, first.year, get_language() or "en")
        holiday = names.get(plan.holiday.key, plan.holiday.key)
    special = plan.special
    why = str(special.title) if special and str(special.title) else holiday
    own = special is not None and special in whose.hours.specials
    return Unusual(
        days=_days_in_words(first, last, whose.today),
        why=why or (_("Temporary hours") if special and special.is_week else _("Special hours")),
        hours=_("another week") if special and special.is_week and first != last else business.day_text(plan.spans),
        is_closed=not plan.spans,
        # On a day that is closed anyway there is nothing to choose.
        holiday=first.isoformat()
        if not special and plan.holiday and is_theirs and (plan.spans or plan.source == "holiday")
        else "",
        is_worked=plan.source == "week",
        special=special.number if special and own else None,
    )


def _days_in_words(first: date, last: date, today: date) -> str:
    if first == last:
        name = business.day_name(first.weekday(), is_short=True)
        return f"{name}, {formats.plain_date(first, today)}"
    return f"{formats.plain_date(first, today)} – {formats.plain_date(last, today)}"


def _versions(whose: Whose) -> list[Version]:
    """The versions of the week, the newest first; one alone that has always been needs no list."""
    regular = whose.hours.regular
    if len(regular) < 2 and not (regular and regular[0].valid_from):
        return []
    begun = [one for one in regular if one.valid_from is None or one.valid_from <= whose.today]
    return [
        Version(
            number=one.number,
            since=formats.plain_date(one.valid_from, whose.today) if one.valid_from else "",
            sentences=business.week_sentences(one.week) if one.week is not None else (),
            state="now" if begun and one is begun[-1] else "past" if one in begun else "planned",
        )
        for one in reversed(regular)
    ]


def _state(whose: Whose) -> tuple[bool, str]:
    """Whether it is open now, and in words until when."""
    now = clock.now()
    state = business.open_state(whose.hours, now)
    if state.until is None:
        return state.is_open, _("open round the clock") if state.is_open else _("closed")
    until, here = whose.hours.clock.local(state.until), whose.hours.clock.local(now)
    time = formats.clock(until)
    if until.date() != here.date():
        near = until.date() - here.date() < timedelta(days=7)
        day = (
            str(format_skeleton("EEEd", until, locale=formats.locale_of()))
            if near
            else formats.plain_date(until.date(), here.date())
        )
        time = f"{day}, {time}"
    return state.is_open, (_("open until %(time)s") if state.is_open else _("closed until %(time)s")) % {"time": time}


def _countries() -> Sequence[tuple[str, str]]:
    return business.countries(get_language() or "en")


def _common(request: HttpRequest, whose: Whose) -> dict[str, Any]:
    return {"whose": whose, "may_change": member_of(request).may(Permission.SETTINGS_CHANGE)}


def _week_page(
    request: HttpRequest, whose: Whose, form: WeekForm, draft: WeekDraft, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    context = _common(request, whose) | {"form": form} | _editor(draft)
    template = "_week_editor" if asks_for(request, EDITOR) else "week"
    return render(request, f"web/settings/{template}.html", context, status=status)


def _special_page(
    request: HttpRequest,
    whose: Whose,
    kind: str,
    form: SpecialForm,
    draft: WeekDraft,
    found: business.Special | None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    context = _common(request, whose) | {"form": form, "kind": kind, "special": found} | _editor(draft)
    template = "_week_editor" if asks_for(request, EDITOR) else "special"
    return render(request, f"web/settings/{template}.html", context, status=status)


def _editor(draft: WeekDraft) -> dict[str, Any]:
    problems = draft.problems
    week = replace(draft, problems={}).week()
    draft.problems = problems
    sentences = business.week_sentences(week) if week is not None and len(draft.days) == 7 else ()
    return {"rows": draft.rows(), "sentences": sentences, "is_single": len(draft.days) == 1}


def _home(whose: Whose) -> HttpResponse:
    return redirect(f"{reverse('settings_hours')}{whose.query}")


def _deed(whose: Whose, deed: str, version: int) -> str:
    query = {"do": deed, "version": version} | ({"location": whose.number} if whose.number else {})
    return f"{reverse('settings_hours_deed')}?{urlencode(query)}"


def _number(text: str | None) -> int:
    if not text or not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise Http404
    return int(text)
