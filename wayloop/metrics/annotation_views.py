"""What happened on which day: written by those who set goals, read by all who see numbers."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from wayloop.accounts.api import Permission, member_of, names_of, permission_required
from wayloop.business import api as business
from wayloop.kernel import clock
from wayloop.metrics.forms import AnnotationForm
from wayloop.metrics.queries.annotations import annotations_seen
from wayloop.metrics.services.annotations import remove_annotation, write_annotation
from wayloop.ui.toasts import notify

SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.METRICS_VIEW)
def annotation_list(request: HttpRequest) -> HttpResponse:
    """All of them, the latest first; a POST writes one."""
    member = member_of(request)
    may_write = member.may(Permission.GOALS_CHANGE)
    today = business.report_clock().day_of(clock.now())
    form = AnnotationForm(request.POST or None, member=member, initial={"day": today})
    if request.method == "POST":
        if not may_write:
            return HttpResponse(status=HTTPStatus.FORBIDDEN)
        if form.is_valid():
            write_annotation(**form.cleaned_data, member=member.id)
            notify(request, _("It stands on every chart now."))
            return redirect("metrics:annotations")
    rows = list(annotations_seen(member.scope)[:SHOWN])
    names = names_of([one.member_id for one in rows if one.member_id])
    places = {place.id: place.name for place in business.locations(with_archived=True)}
    seen = member.scope.locations
    context = {
        "form": form,
        "may_write": may_write,
        "rows": [
            (
                one,
                places.get(one.location_id or 0, ""),
                names.get(one.member_id or 0, ""),
                may_write and (seen is None or one.location_id in seen),
            )
            for one in rows
        ],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "metrics/annotations.html", context, status=status)


@require_POST
@permission_required(Permission.GOALS_CHANGE)
def annotation_remove(request: HttpRequest, number: int) -> HttpResponse:
    """Takes one away, with a way back."""
    _put(request, number, back=False)
    notify(request, _("The note is gone."), undo_url=reverse("metrics:annotation_back", args=[number]))
    return redirect("metrics:annotations")


@require_POST
@permission_required(Permission.GOALS_CHANGE)
def annotation_back(request: HttpRequest, number: int) -> HttpResponse:
    """Brings one back."""
    _put(request, number, back=True)
    return redirect("metrics:annotations")


def _put(request: HttpRequest, number: int, *, back: bool) -> None:
    if remove_annotation(number=number, scope=member_of(request).scope, back=back) is None:
        raise Http404
