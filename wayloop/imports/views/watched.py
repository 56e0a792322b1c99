"""Watched folders: which mapping reads which, what waits there, and what was refused and why."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wayloop.accounts.api import Permission, member_of, permission_required
from wayloop.imports import inbox, watching
from wayloop.imports.forms import WatchForm
from wayloop.imports.rules import ImportRefused
from wayloop.ui.toasts import notify


@require_safe
@permission_required(Permission.IMPORTS_VIEW)
def watched_folders(request: HttpRequest) -> HttpResponse:
    """Every watched folder with what lies in it."""
    return _shown(request, WatchForm())


@require_POST
@permission_required(Permission.IMPORTS_RUN)
def add(request: HttpRequest) -> HttpResponse:
    """Makes a folder for a mapping and watches it."""
    form = WatchForm(request.POST)
    if form.is_valid():
        try:
            watching.watch(mapping=form.cleaned_data["mapping"])
        except ImportRefused as refused:
            form.add_error("mapping", str(refused))
        else:
            notify(request, _("The folder is watched from now on"))
            return redirect("imports:watched")
    return _shown(request, form)


@require_POST
@permission_required(Permission.IMPORTS_RUN)
def stop(request: HttpRequest, name: str) -> HttpResponse:
    """Takes an empty folder away; the toast brings it back."""
    if not any(folder.name == name for folder in inbox.folders()):
        raise Http404
    try:
        watching.stop_watching(mapping=name)
    except ImportRefused as refused:
        notify(request, str(refused), kind="bad")
    else:
        notify(request, _("The folder is not watched any more"), undo_url=reverse("imports:watch_again", args=[name]))
    return redirect("imports:watched")


@require_POST
@permission_required(Permission.IMPORTS_RUN)
def again(request: HttpRequest, name: str) -> HttpResponse:
    """Watches a folder again that was taken away a moment ago."""
    try:
        watching.watch(mapping=name)
    except ImportRefused as refused:
        raise Http404 from refused
    return redirect("imports:watched")


def _shown(request: HttpRequest, form: WatchForm) -> HttpResponse:
    context = {
        "watched": inbox.list_watched(),
        "inbox": inbox.inbox_path(),
        "form": form,
        "may_run": member_of(request).may(Permission.IMPORTS_RUN),
    }
    return render(
        request, "imports/watched.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else 200
    )
