"""The page of backups, for owners: how old they are, where they go, whether they can be brought back."""

import shlex

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from wayloop.accounts.api import Permission, member_of, permission_required
from wayloop.kernel import sending
from wayloop.kernel.due.table import next_times
from wayloop.operations import queries, services
from wayloop.operations.backup.making import key_of
from wayloop.operations.backup.storage import Access
from wayloop.operations.enums import MAKE_BACKUP, TRY_BACKUP, PlaceKind
from wayloop.operations.errors import OperationError
from wayloop.operations.forms import PlaceForm
from wayloop.operations.words import said
from wayloop.ui.requests import asks_for
from wayloop.ui.toasts import notify


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.SETTINGS_CHANGE)
def backup(request: HttpRequest) -> HttpResponse:
    """How the backups are. A POST decides where they go."""
    found = queries.backups()
    form = PlaceForm(request.POST or None, plan=found.plan)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            services.choose_place(
                kind=told["kind"],
                folder=told["folder"],
                access=form.access(),
                secret=told["secret"],
                keep_days=told["keep_days"],
                at=told["at"],
            )
        except OperationError as error:
            form.add_error(
                "folder" if told["kind"] == PlaceKind.FOLDER else "endpoint",
                capfirst(said(error.sentence, error.values)),
            )
        else:
            notify(request, _("Saved. The first backup begins at once."))
            return redirect("backup")
    if asks_for(request, "backup-work"):
        return render(request, "operations/_backup_work.html", {"backups": found})
    return render(
        request, "operations/backup.html", _context(found, form), status=422 if request.method == "POST" else 200
    )


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def backup_now(request: HttpRequest) -> HttpResponse:
    """Asks for a base backup."""
    if queries.plan().kind:
        services.ask_for_backup(member=member_of(request).id)
    return redirect("backup")


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def try_now(request: HttpRequest) -> HttpResponse:
    """Asks for a trial of the restore."""
    if queries.plan().kind:
        services.ask_for_trial(member=member_of(request).id)
        notify(request, _("The newest backup is brought back beside the living data and compared."), kind="info")
    return redirect("backup")


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def stop_backup(request: HttpRequest) -> HttpResponse:
    """No more backups. What is at the place stays there."""
    services.forget_place()
    notify(request, _("Nothing is backed up any more. What was backed up stays where it is."), kind="warn")
    return redirect("backup")


@require_POST
@never_cache
@permission_required(Permission.SETTINGS_CHANGE)
def show_code(request: HttpRequest) -> HttpResponse:
    """The recovery code, on a page of its own that nobody keeps."""
    return render(request, "operations/recovery_code.html", {"code": key_of(settings.HOME).code})


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def code_kept(request: HttpRequest) -> HttpResponse:
    """The owner says that the code is kept elsewhere."""
    services.note_code_kept()
    return redirect("backup")


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def release_sending(request: HttpRequest) -> HttpResponse:
    """Lets everything be sent again after a restore."""
    if sending.release_sending(member=member_of(request).id):
        notify(request, _("Messages are sent again."), undo_url=reverse("hold_sending"))
    return redirect("backup")


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def hold_sending(request: HttpRequest) -> HttpResponse:
    """Takes the release back."""
    if sending.take_back_release(member=member_of(request).id):
        notify(request, _("Messages are held back again."), kind="info")
    return redirect("backup")


def _context(found: queries.Backups, form: PlaceForm) -> dict[str, object]:
    until = timezone.localtime(found.reached_at) if found.reached_at else None
    place = found.plan.folder if found.plan.kind == PlaceKind.FOLDER else _storage_of(found)
    following = next_times((MAKE_BACKUP, TRY_BACKUP)) if found.plan.kind else {}
    return {
        "backups": found,
        "next_base": following.get(MAKE_BACKUP),
        "next_trial": following.get(TRY_BACKUP),
        "plan": found.plan,
        "form": form,
        "place": place,
        "hold": sending.held(),
        "command": f"wayloop restore {shlex.quote(place)}"
        + (f" --to '{until:%Y-%m-%d %H:%M}'" if until and found.is_embedded else "")
        + " --key code.txt",
    }


def _storage_of(found: queries.Backups) -> str:
    plan = found.plan
    return (
        Access(plan.endpoint, plan.bucket, plan.region, plan.access_key, "", plan.prefix).address if plan.kind else ""
    )
