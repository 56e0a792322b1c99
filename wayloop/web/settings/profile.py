"""What the business is, and the zones it lived in."""

from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import Any

from django import forms
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from wayloop.accounts.api import Permission, member_of, permission_required
from wayloop.business import api as business
from wayloop.kernel import clock
from wayloop.ui import formats
from wayloop.ui.fields import SEARCHABLE
from wayloop.ui.toasts import notify

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY
MOVE, MISTAKE = "move", "mistake"


def zone_choices() -> list[tuple[str, str]]:
    """Zones by city, in the language of the reader."""
    return [(zone.name, zone.label) for zone in business.zones(get_language() or "en")]


class ProfileForm(forms.Form):
    """Name, trade, country, currency, and the languages customers are written to in."""

    name = forms.CharField(label=gettext_lazy("Name of the business"), max_length=120)
    trade = forms.ChoiceField(label=gettext_lazy("Trade"), choices=business.Trade.choices)
    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        required=False,
        widget=forms.Select(attrs=SEARCHABLE),
        help_text=gettext_lazy("Phone numbers without a country code are read as from here."),
    )
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"),
        widget=forms.Select(attrs=SEARCHABLE),
        help_text=gettext_lazy("All totals are in it. It stays once orders or rates are counted in it."),
    )
    content_languages = forms.MultipleChoiceField(
        label=gettext_lazy("You write to customers in"), widget=forms.CheckboxSelectMultiple(attrs={"class": "check"})
    )
    main_language = forms.ChoiceField(
        label=gettext_lazy("Main language"),
        help_text=gettext_lazy("Names and texts are written in it first."),
    )

    def __init__(self, profile: business.BusinessProfile, data: Any = None) -> None:
        languages = profile.content_languages
        super().__init__(
            data,
            initial={
                "name": profile.name,
                "trade": profile.trade,
                "country": profile.country,
                "currency": profile.currency,
                "content_languages": list(languages),
                "main_language": languages[0] if languages else "",
            },
        )
        reader = get_language() or "en"
        spoken = business.content_language_choices(reader)
        self._choose("country", [("", "–"), *business.countries(reader)])
        self._choose("currency", [(one.code, one.label) for one in business.currencies(reader)])
        self._choose("content_languages", spoken)
        self._choose("main_language", spoken)
        if business.currency_is_fixed():
            self.fields["currency"].disabled = True

    @property
    def has_further_languages(self) -> bool:
        """Whether a language is chosen that the page keeps folded away."""
        return business.names_further(self["content_languages"].value() or [])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        chosen, main = data.get("content_languages"), data.get("main_language")
        if chosen and main and main not in chosen:
            self.add_error("main_language", _("Choose one of the languages above."))
        return data

    def _choose(self, field: str, choices: list[tuple[str, str]]) -> None:
        self.fields[field].choices = choices  # type: ignore[attr-defined]


class ZoneForm(forms.Form):
    """A move into another zone, or a mistake of the first day."""

    zone = forms.ChoiceField(label=gettext_lazy("New time zone"), widget=forms.Select(attrs=SEARCHABLE))
    when = forms.ChoiceField(
        label=gettext_lazy("What happened"),
        widget=forms.RadioSelect,
        choices=[
            (MOVE, gettext_lazy("We move: days before keep their old zone")),
            (MISTAKE, gettext_lazy("It was wrong from the beginning: all days follow the new one")),
        ],
    )
    from_day = forms.DateField(label=gettext_lazy("From this day on"), required=False, widget=forms.DateInput)

    def __init__(self, data: Any = None) -> None:
        profile = business.profile()
        today = business.report_clock().day_of(clock.now())
        super().__init__(data, initial={"zone": profile.zone, "when": MOVE, "from_day": today})
        self.fields["zone"].choices = zone_choices()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("when") == MOVE and not data.get("from_day") and "from_day" not in self.errors:
            self.add_error("from_day", _("Choose the day of the move."))
        return data

    @property
    def day(self) -> date | None:
        """The day of the move, None for a mistake."""
        return self.cleaned_data["from_day"] if self.cleaned_data["when"] == MOVE else None


@dataclass(frozen=True)
class Stay:
    """One zone the business lived in: since which day in words (empty: always), and whether it is the one of now."""

    zone: str
    since: str
    starts_at: datetime | None
    is_current: bool
    is_planned: bool


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.SETTINGS_VIEW)
def profile(request: HttpRequest) -> HttpResponse:
    """The business profile; POST changes it."""
    if request.method != "POST":
        return _page(request)
    member = member_of(request)
    if not member.may(Permission.SETTINGS_CHANGE):
        raise PermissionDenied
    form = ProfileForm(business.profile(), request.POST)
    if form.is_valid():
        data = form.cleaned_data
        main = data["main_language"]
        try:
            business.change_profile(
                name=data["name"],
                trade=data["trade"],
                country=data["country"],
                currency=data["currency"],
                content_languages=[main, *(code for code in data["content_languages"] if code != main)],
                by=member.id,
            )
        except business.BusinessRefused as refusal:
            form.add_error(refusal.part, str(refusal))
        else:
            notify(request, _("Saved"))
            return redirect("settings_profile")
    return _page(request, REFUSED, form=form)


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def zone(request: HttpRequest) -> HttpResponse:
    """Moves the business into another zone."""
    form = ZoneForm(request.POST)
    if not form.is_valid():
        return _page(request, REFUSED, zone_form=form)
    try:
        business.change_zone(zone=form.cleaned_data["zone"], from_day=form.day, by=member_of(request).id)
    except business.BusinessRefused as refusal:
        form.add_error(refusal.part, str(refusal))
        return _page(request, REFUSED, zone_form=form)
    notify(request, _("The time zone is changed"))
    return redirect("settings_profile")


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def forget_zone(request: HttpRequest) -> HttpResponse:
    """Removes one move, named by its instant; it can be taken back."""
    starts_at = parse_datetime(request.POST.get("starts_at", ""))
    if starts_at is None or starts_at.tzinfo is None:
        raise BadRequest("no instant")
    known = business.report_clock()
    gone = next((span for span in known.spans if span.starts_at == starts_at), None)
    if gone is not None:
        business.forget_zone_change(starts_at=starts_at, by=member_of(request).id)
        address = reverse("settings_zone_back")
        back = urlencode({"zone": gone.zone, "day": known.day_of(starts_at).isoformat()})
        notify(request, _("The move is removed"), undo_url=f"{address}?{back}")
    return redirect("settings_profile")


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def zone_back(request: HttpRequest) -> HttpResponse:
    """Brings a removed move back."""
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
        business.change_zone(zone=request.GET.get("zone", ""), from_day=day, by=member_of(request).id)
    except ValueError as error:
        raise BadRequest("no move") from error
    notify(request, _("Taken back"), kind="info")
    return redirect("settings_profile")


def _page(request: HttpRequest, status: HTTPStatus = HTTPStatus.OK, **told: Any) -> HttpResponse:
    found = business.profile()
    names = dict(zone_choices())
    spoken = dict(business.content_language_choices(get_language() or "en"))
    may_change = member_of(request).may(Permission.SETTINGS_CHANGE)
    context = {
        "profile": found,
        "may_change": may_change,
        "trade": dict(business.Trade.choices).get(found.trade, ""),
        "currency": {one.code: one.label for one in business.currencies(get_language() or "en")}.get(
            found.currency, found.currency
        ),
        "languages": [spoken.get(code, code) for code in found.content_languages],
        "zone": names.get(found.zone, found.zone),
        "stays": _stays(names),
    }
    if may_change:
        context |= {"form": ProfileForm(found), "zone_form": ZoneForm()}
    return render(request, "web/settings/profile.html", context | told, status=status)


def _stays(names: dict[str, str]) -> list[Stay]:
    """The zones of the business, the newest first."""
    known, now = business.report_clock(), clock.now()
    today = known.day_of(now)
    current = known.zone_at(now).key
    return [
        Stay(
            zone=names.get(span.zone, span.zone),
            since=formats.plain_date(known.day_of(span.starts_at), today) if span.starts_at else "",
            starts_at=span.starts_at,
            is_current=span.zone == current and (span.starts_at is None or span.starts_at <= now),
            is_planned=bool(span.starts_at and span.starts_at > now),
        )
        for span in reversed(known.spans)
    ]
