"""Pages of the shell itself: search, the gallery, errors."""

import logging
import sys
from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST, require_safe

from wayloop.accounts.api import Permission, audit_search, permission_required
from wayloop.kernel.outages import RETRY_SECONDS, is_outage
from wayloop.ui.toasts import notify
from wayloop.web import gallery as samples
from wayloop.web.context import Shell
from wayloop.web.errors import STALE_FORM, error_page, last_resort
from wayloop.web.search import find, may_search

log = logging.getLogger(__name__)


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """What the contexts find for `q`, as options for the palette; 403 for whom there is nothing to search."""
    if not may_search(request.user):
        raise PermissionDenied
    text = request.GET.get("q", "")
    groups = find(request.user, text)
    if groups:
        audit_search(text=text, found=sum(len(group.hits) for group in groups))
    return render(request, "web/_search.html", {"groups": groups})


@require_safe
def settings(request: HttpRequest) -> HttpResponse:
    """All settings the member may see; 403 for whom there are none."""
    if not Shell(request).settings:
        raise PermissionDenied
    return render(request, "web/settings.html")


@require_safe
@permission_required(Permission.SETTINGS_CHANGE)
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component of the kit in every state."""
    return render(request, "web/gallery.html", samples.context())


@require_GET
@permission_required(Permission.SETTINGS_CHANGE)
def gallery_progress(request: HttpRequest) -> HttpResponse:
    """The sample of long work: each look moves it on, until it is done."""
    at = request.GET.get("at", "0")
    done = min(100, int(at) + 20) if at.isdecimal() and len(at) <= 3 else 100
    return render(request, "web/_gallery_progress.html", {"done": done})


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def gallery_toast(request: HttpRequest) -> HttpResponse:
    """Shows a sample toast; its Undo comes here again."""
    if request.POST.get("kind") in ("good", "info", "warn", "bad"):
        notify(request, samples.toast_text(), kind=request.POST["kind"], undo_url=request.path)
    else:
        notify(request, samples.undone_text(), kind="info")
    return HttpResponse() if request.headers.get("HX-Request") else redirect("gallery")


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def gallery_form(request: HttpRequest) -> HttpResponse:
    """Checks the sample form: 422 with its errors, or a toast."""
    form = samples.SampleForm(request.POST, request.FILES)
    if form.is_valid():
        notify(request, samples.toast_text())
        form, status = samples.SampleForm(), HTTPStatus.OK
    else:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    if request.headers.get("HX-Request"):
        return render(request, "web/_gallery_form.html", {"form": form}, status=status)
    return render(request, "web/gallery.html", samples.context() | {"form": form}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return error_page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return error_page(request, 403)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of a form whose token is too old or missing."""
    return error_page(request, 403, reason=STALE_FORM)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 while the database is away; the last words when even the page of it cannot be made."""
    is_away = is_outage(sys.exc_info()[1])
    status = 503 if is_away else 500
    try:
        page = error_page(request, status)
    except Exception:
        log.exception("the error page itself failed")
        page = last_resort(status)
    if is_away:
        page.headers["Retry-After"] = str(RETRY_SECONDS)
    return page
