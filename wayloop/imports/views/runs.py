"""Runs: what came in, one import or trial with its progress, and what is done with it."""

from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wayloop.accounts.api import EXPORTED, Permission, audit, member_of, permission_required
from wayloop.imports import brought, drafting, left_out, queries, services, undoing
from wayloop.imports.enums import ImportState
from wayloop.imports.progress import progress_of, told_counts, told_waiting
from wayloop.imports.rules import ImportRefused, entity_named
from wayloop.imports.told import kept_in_words, result_of
from wayloop.ui.downloads import saved
from wayloop.ui.requests import asks_for
from wayloop.ui.toasts import notify


@require_safe
@permission_required(Permission.IMPORTS_VIEW)
def import_list(request: HttpRequest) -> HttpResponse:
    """All imports, the newest first."""
    may_run = member_of(request).may(Permission.IMPORTS_RUN)
    return render(request, "imports/list.html", {"imports": queries.list_imports(), "may_run": may_run})


@require_safe
@permission_required(Permission.IMPORTS_VIEW)
def import_page(request: HttpRequest, import_id: int) -> HttpResponse:
    """One import; while it runs, its progress asks for itself again."""
    run = queries.import_by_id(import_id)
    if run is None:
        raise Http404
    may_run = member_of(request).may(Permission.IMPORTS_RUN)
    context = {
        "run": run,
        "draft": drafting.draft_of(import_id) if may_run else None,
        "counts": told_counts(run),
        "results": [result for table in run.tables if (result := result_of(table))],
        "progress": progress_of(run),
        "may_run": may_run,
        "doing": _("Trying") if run.is_trial else _("Bringing in"),
        "good_label": _("Would come in") if run.is_trial else _("Good rows"),
        "refused_label": _("Would stay out") if run.is_trial else _("Left out"),
        "can_resume": run.can_be_resumed,
        "waits_for": told_waiting(run),
        "kept": kept_in_words(import_id) if run.state == ImportState.UNDONE else [],
    }
    template = "imports/_run.html" if asks_for(request, "import-run") else "imports/page.html"
    return render(request, template, context)


@require_POST
@permission_required(Permission.IMPORTS_RUN)
def stop(request: HttpRequest, import_id: int) -> HttpResponse:
    """Asks the import to stop after its current step."""
    _must_exist(import_id)
    services.stop_import(import_id=import_id)
    return redirect("imports:page", import_id=import_id)


@require_POST
@permission_required(Permission.IMPORTS_RUN)
def resume(request: HttpRequest, import_id: int) -> HttpResponse:
    """Lets a stopped import go on."""
    _must_exist(import_id)
    services.resume_import(import_id=import_id)
    return redirect("imports:page", import_id=import_id)


@require_POST
@permission_required(Permission.IMPORTS_RUN)
def bring(request: HttpRequest, import_id: int) -> HttpResponse:
    """Brings in what was tried, or brings it in again after it was taken back: the same files with the same mapping."""
    run = queries.import_by_id(import_id)
    if run is None or run.is_unfinished:
        raise Http404
    again = services.start_import(
        files=queries.files_of(import_id),
        name=run.file_name,
        mapping=run.mapping,
        content=run.content,
        started_by=member_of(request).name,
    )
    return redirect("imports:page", import_id=again)


@require_POST
@permission_required(Permission.IMPORTS_RUN)
def undo(request: HttpRequest, import_id: int) -> HttpResponse:
    """Takes everything back that this import brought."""
    _must_exist(import_id)
    try:
        undoing.undo_import(import_id=import_id)
    except ImportRefused as refused:
        notify(request, str(refused), kind="bad")
    return redirect("imports:page", import_id=import_id)


@require_safe
@permission_required(Permission.IMPORTS_RUN)
def errors(request: HttpRequest, import_id: int) -> HttpResponseBase:
    """The rows that did not come in, with the reason, as a file; personal data, so only for who may import."""
    run = queries.import_by_id(import_id)
    if run is None or run.errors is None:
        raise Http404
    audit(act=EXPORTED, kind="import", subject=import_id, details={"what": "refused rows", "rows": run.rows_refused})
    return saved(run.errors, f"refused-{import_id}{Path(run.errors_name).suffix}")


@require_safe
@permission_required(Permission.IMPORTS_RUN)
def rows_out(request: HttpRequest, import_id: int) -> HttpResponse:
    """The same rows on a page, some at a time; `part`: of several tables, `after`: where the last page ended."""
    run = queries.import_by_id(import_id)
    if run is None or run.errors is None:
        raise Http404
    try:
        part, after = (max(0, int(request.GET.get(name) or 0)) for name in ("part", "after"))
        shown = left_out.rows_left_out(errors=run.errors, part=part, after=after)
    except (LookupError, ValueError) as error:
        raise Http404 from error
    context = {
        "run": run,
        "shown": shown,
        "part": part,
        "after": after,
        "tables": [
            (place, str(entity_named(name.removesuffix(".csv").split("-", 2)[2]).label))
            for place, name in enumerate(shown.parts)
        ],
    }
    return render(request, "imports/rows_out.html", context)


@require_safe
@permission_required(Permission.IMPORTS_VIEW)
def things(request: HttpRequest, import_id: int, table: int, group: str) -> HttpResponse:
    """What stands behind a number of the page, some at a time; `after`: how many lie before them."""
    run = queries.import_by_id(import_id)
    told = [one for place, one in told_counts(run) if (place, one.group) == (table, group)] if run else []
    if run is None or not told or run.state == ImportState.UNDONE:
        raise Http404
    member = member_of(request)
    needed = brought.permission_for(import_id=import_id, table=table, group=group)
    if needed is None:
        raise Http404
    if not member.may(Permission(needed)):
        raise PermissionDenied
    try:
        after = max(0, int(request.GET.get("after") or 0))
    except ValueError as error:
        raise Http404 from error
    shown = brought.things_of(import_id=import_id, table=table, group=group, after=after, scope=member.scope)
    return render(request, "imports/things.html", {"run": run, "shown": shown, "told": told[0].sentence})


def _must_exist(import_id: int) -> None:
    if queries.import_by_id(import_id) is None:
        raise Http404
