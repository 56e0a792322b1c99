"""Brands and locations: added, changed, put in order, put away and brought back."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wayloop.accounts.api import MemberInfo, Permission, member_of, permission_required
from wayloop.business import api as business
from wayloop.kernel.localised import Localised
from wayloop.ui.fields import SEARCHABLE
from wayloop.ui.localised import LocalisedTextField
from wayloop.ui.toasts import notify
from wayloop.web.settings.profile import REFUSED, zone_choices


class BrandForm(forms.Form):
    """The name of a brand, as customers read it."""

    def __init__(self, data: Any = None, *, brand: business.BrandInfo | None = None) -> None:
        super().__init__(data)
        self.fields["name"] = _name_field(brand.name if brand else None)


class LocationForm(forms.Form):
    """What a location is, as customers read it."""

    town = forms.CharField(
        label=gettext_lazy("Town"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        widget=forms.Select(attrs=SEARCHABLE),
        help_text=gettext_lazy("Opening hours follow this clock."),
    )

    def __init__(self, data: Any = None, *, place: business.Place | None = None) -> None:
        profile = business.profile()
        initial: dict[str, Any] = {"zone": place.zone if place else profile.zone}
        if place:
            initial |= {"town": place.town, "brand": place.brand or ""}
        super().__init__(data, initial=initial)
        self.fields["name"] = _name_field(place.name if place else None)
        self.fields["address"] = LocalisedTextField(
            label=_("Address"),
            languages=profile.content_languages,
            before=place.address if place else None,
            required=False,
        )
        self.fields["zone"].choices = zone_choices()  # type: ignore[attr-defined]
        known = business.brands(with_archived=True)
        # A brand that was put away is no choice any more, but the one it has stays.
        offered = [one for one in known if not one.is_archived or (place and one.id == place.brand)]
        if offered:
            choices = [("", _("No brand")), *((str(one.id), str(one.name)) for one in offered)]
            self.fields["brand"] = forms.ChoiceField(label=_("Brand"), required=False, choices=choices)
            self.fields["brand"].initial = initial.get("brand", "")
        self.order_fields(["name", "brand", "town", "address", "zone"])

    @property
    def details(self) -> business.LocationDetails:
        """What was typed."""
        data = self.cleaned_data
        return business.LocationDetails(
            name=data["name"],
            brand=int(data["brand"]) if data.get("brand") else None,
            zone=data["zone"],
            town=data["town"],
            address=data["address"],
        )


@require_safe
@permission_required(Permission.SETTINGS_VIEW)
def places(request: HttpRequest) -> HttpResponse:
    """All brands and locations the member sees."""
    member = member_of(request)
    brands = business.brands(with_archived=True)
    names = {one.id: one.name for one in brands}
    found = business.locations(scope=member.scope, with_archived=True)
    rows = [(place, names.get(place.brand) if place.brand else None) for place in found]
    context = {
        "may_change": _may_change(member),
        "rows": [row for row in rows if not row[0].is_archived],
        "archived": [row for row in rows if row[0].is_archived],
        "brands": [one for one in brands if not one.is_archived],
        "archived_brands": [one for one in brands if one.is_archived],
    }
    return render(request, "web/settings/places.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.SETTINGS_CHANGE)
def new_location(request: HttpRequest) -> HttpResponse:
    """A form for a location; POST makes it."""
    form = LocationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            business.add_location(details=form.details, by=member_of(request).id)
        except business.BusinessRefused as refusal:
            form.add_error(refusal.part, str(refusal))
        else:
            notify(request, _("“%(name)s” is added") % {"name": form.details.name})
            return redirect("settings_places")
    return _location_page(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.SETTINGS_CHANGE)
def location(request: HttpRequest, number: int) -> HttpResponse:
    """One location; POST changes it."""
    place = _location(request, number)
    form = LocationForm(request.POST if request.method == "POST" else None, place=place)
    if request.method == "POST" and form.is_valid():
        try:
            business.change_location(location=number, details=form.details, by=member_of(request).id)
        except business.BusinessRefused as refusal:
            form.add_error(refusal.part, str(refusal))
        else:
            notify(request, _("Saved"))
            return redirect("settings_places")
    return _location_page(request, form, place)


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def location_deed(request: HttpRequest, number: int) -> HttpResponse:
    """Moves a location up or down, puts it away (that can be undone) or brings it back."""
    place, member = _location(request, number), member_of(request)
    deed = request.POST.get("do") or request.GET.get("do")
    if deed in ("up", "down"):
        business.move_location(location=number, down=deed == "down")
    elif deed == "archive":
        try:
            business.archive_location(location=number, by=member.id)
        except business.BusinessRefused as refusal:
            notify(request, str(refusal), kind="warn")
        else:
            _tell_archived(request, place.name, reverse("settings_location_deed", args=[number]))
    elif deed == "restore":
        business.restore_location(location=number, by=member.id)
        notify(request, _("“%(name)s” is back") % {"name": place.name}, kind="info")
    else:
        raise BadRequest("no such deed")
    return redirect("settings_places")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.SETTINGS_CHANGE)
def new_brand(request: HttpRequest) -> HttpResponse:
    """A form for a brand; POST makes it."""
    form = BrandForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        business.add_brand(name=form.cleaned_data["name"])
        notify(request, _("“%(name)s” is added") % {"name": form.cleaned_data["name"]})
        return redirect("settings_places")
    return _brand_page(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.SETTINGS_CHANGE)
def brand(request: HttpRequest, number: int) -> HttpResponse:
    """One brand; POST renames it."""
    found = _brand(number)
    form = BrandForm(request.POST if request.method == "POST" else None, brand=found)
    if request.method == "POST" and form.is_valid():
        business.change_brand(brand=number, name=form.cleaned_data["name"])
        notify(request, _("Saved"))
        return redirect("settings_places")
    return _brand_page(request, form, found)


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def brand_deed(request: HttpRequest, number: int) -> HttpResponse:
    """Moves a brand up or down, puts it away (that can be undone) or brings it back."""
    found = _brand(number)
    deed = request.POST.get("do") or request.GET.get("do")
    if deed in ("up", "down"):
        business.move_brand(brand=number, down=deed == "down")
    elif deed == "archive":
        business.archive_brand(brand=number)
        _tell_archived(request, found.name, reverse("settings_brand_deed", args=[number]))
    elif deed == "restore":
        business.restore_brand(brand=number)
        notify(request, _("“%(name)s” is back") % {"name": found.name}, kind="info")
    else:
        raise BadRequest("no such deed")
    return redirect("settings_places")


def _name_field(before: Localised | None) -> LocalisedTextField:
    return LocalisedTextField(
        label=pgettext("of a place or brand", "Name"),
        languages=business.profile().content_languages,
        before=before,
        longest=120,
        help_text=_("As customers read it."),
    )


def _may_change(member: MemberInfo) -> bool:
    return member.may(Permission.SETTINGS_CHANGE)


def _location(request: HttpRequest, number: int) -> business.Place:
    """A location the member sees; 404 for others."""
    found = business.locations(scope=member_of(request).scope, with_archived=True)
    place = next((one for one in found if one.id == number), None)
    if place is None:
        raise Http404
    return place


def _brand(number: int) -> business.BrandInfo:
    found = next((one for one in business.brands(with_archived=True) if one.id == number), None)
    if found is None:
        raise Http404
    return found


def _tell_archived(request: HttpRequest, name: Localised, address: str) -> None:
    notify(request, _("“%(name)s” is put away") % {"name": name}, undo_url=f"{address}?do=restore")


def _location_page(request: HttpRequest, form: LocationForm, place: business.Place | None) -> HttpResponse:
    status = REFUSED if form.is_bound else HTTPStatus.OK
    return render(request, "web/settings/location.html", {"form": form, "place": place}, status=status)


def _brand_page(request: HttpRequest, form: BrandForm, found: business.BrandInfo | None) -> HttpResponse:
    status = REFUSED if form.is_bound else HTTPStatus.OK
    return render(request, "web/settings/brand.html", {"form": form, "brand": found}, status=status)
