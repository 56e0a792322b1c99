"""Pages of imports: what came in, a new file, one run with its progress."""

from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wayloop.accounts.api import Permission, member_of, permission_required
from wayloop.imports import queries, services
from wayloop.imports.enums import ImportState
from wayloop.imports.forms import UploadForm
from wayloop.imports.progress import progress_of, told_counts
from wayloop.kernel.files import store
from wayloop.ui.requests import asks_for


@require_safe
@permission_required(Permission.IMPORTS_VIEW)
def import_list(request: HttpRequest) -> HttpResponse:
    """All imports, the newest first."""
    may_run = member_of(request).may(Permission.IMPORTS_RUN)
    return render(request, "imports/list.html", {"imports": queries.list_imports(), "may_run": may_run})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.IMPORTS_RUN)
def new_import(request: HttpRequest) -> HttpResponse:
    """Takes a file and hands it to the worker."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "imports/new.html", {"form": form}, status=422 if request.method == "POST" else 200)
    file: UploadedFile[bytes] = form.cleaned_data["file"]
    import_id = services.start_import(
        files=[(store(file.chunks(), file.name or "file"), file.name or "file")],
        mapping=form.cleaned_data["mapping"],
        language=(get_language() or "en")[:2],
        started_by=member_of(request).name,
    )
    return redirect("imports:page", import_id=import_id)


@require_safe
@permission_required(Permission.IMPORTS_VIEW)
def import_page(request: HttpRequest, import_id: int) -> HttpResponse:
    """One import; while it runs, its progress asks for itself again."""
    run = queries.import_by_id(import_id)
    if run is None:
        raise Http404
    context = {
        "run": run,
        "counts": told_counts(run),
        "progress": progress_of(run),
        "may_run": member_of(request).may(Permission.IMPORTS_RUN),
        "can_resume": run.state in (ImportState.STOPPED, ImportState.FAILED),
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


@require_safe
@permission_required(Permission.IMPORTS_RUN)
def errors(request: HttpRequest, import_id: int) -> HttpResponseBase:
    """The rows that did not come in, with the reason, as a file; personal data, so only for who may import."""
    run = queries.import_by_id(import_id)
    if run is None or run.errors is None:
        raise Http404
    return FileResponse(
        run.errors.open("rb"), as_attachment=True, filename=f"refused-{import_id}{Path(run.errors_name).suffix}"
    )


def _must_exist(import_id: int) -> None:
    if queries.import_by_id(import_id) is None:
        raise Http404
