"""The settings of the greeting at the counter: its points, where each is asked, in which order."""

from http import HTTPStatus

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wayloop.accounts.api import Permission, permission_required
from wayloop.business import api as business
from wayloop.commerce.forms.counter import GreetingPointForm
from wayloop.commerce.models import GreetingPoint
from wayloop.commerce.queries.counter import greeting_points
from wayloop.commerce.rules import CommerceRefused
from wayloop.commerce.services import greeting as services
from wayloop.ui.toasts import notify

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


@require_safe
@permission_required(Permission.SETTINGS_CHANGE)
def points(request: HttpRequest) -> HttpResponse:
    """All points in their order."""
    places = {one.id: one.name for one in business.locations(with_archived=True)}
    brands = {one.id: one.name for one in business.brands(with_archived=True)}
    rows = [
        (point, places.get(point.location_id or 0) or brands.get(point.brand_id or 0)) for point in greeting_points()
    ]
    context = {
        "rows": [row for row in rows if row[0].archived_at is None],
        "archived": [row for row in rows if row[0].archived_at is not None],
    }
    return render(request, "commerce/greeting.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.SETTINGS_CHANGE)
def new_point(request: HttpRequest) -> HttpResponse:
    """A form for a point; POST adds it."""
    form = GreetingPointForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_point(text=form.cleaned_data["text"], location_id=form.location_id, brand_id=form.brand_id)
        except CommerceRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            notify(request, _("Added"))
            return redirect("settings_greeting")
    return _page(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.SETTINGS_CHANGE)
def point(request: HttpRequest, number: int) -> HttpResponse:
    """One point; POST changes it."""
    found = _point(number)
    form = GreetingPointForm(request.POST if request.method == "POST" else None, point=found)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_point(
                point_id=number,
                text=form.cleaned_data["text"],
                location_id=form.location_id,
                brand_id=form.brand_id,
            )
        except CommerceRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            notify(request, _("Saved"))
            return redirect("settings_greeting")
    return _page(request, form, found)


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def point_deed(request: HttpRequest, number: int) -> HttpResponse:
    """Moves a point up or down, puts it away (that can be undone) or brings it back."""
    found = _point(number)
    deed = request.POST.get("do") or request.GET.get("do")
    if deed in ("up", "down"):
        services.move_point(point_id=number, down=deed == "down")
    elif deed == "archive":
        services.archive_point(point_id=number)
        undo_url = f"{reverse('settings_greeting_deed', args=[number])}?do=restore"
        notify(request, _("“%(name)s” is put away") % {"name": found.text}, undo_url=undo_url)
    elif deed == "restore":
        try:
            services.restore_point(point_id=number)
        except CommerceRefused as refusal:
            notify(request, str(refusal), kind="warn")
        else:
            notify(request, _("“%(name)s” is back") % {"name": found.text}, kind="info")
    else:
        raise BadRequest("no such deed")
    return redirect("settings_greeting")


def _point(number: int) -> GreetingPoint:
    found = GreetingPoint.objects.filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, form: GreetingPointForm, found: GreetingPoint | None) -> HttpResponse:
    status = REFUSED if form.is_bound else HTTPStatus.OK
    return render(request, "commerce/greeting_point.html", {"form": form, "point": found}, status=status)
