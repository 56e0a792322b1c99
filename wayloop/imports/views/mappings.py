"""Mappings: those made here and those of the program; to be renamed, taken along and brought back as files."""

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wayloop.accounts.api import Permission, member_of, permission_required
from wayloop.imports import queries, services
from wayloop.imports.forms import MappingFileForm, MappingNameForm
from wayloop.imports.rules import ImportRefused, entity_named, read_toml
from wayloop.imports.saving import as_toml, rename_mapping, save_as
from wayloop.ui.downloads import saved
from wayloop.ui.toasts import notify

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY
# What was removed last, so that it can come back.
REMOVED = "imports_removed_mappings"
MOST_REMOVED = 10
LARGEST = 256 * 1024


@require_safe
@permission_required(Permission.IMPORTS_VIEW)
def mapping_list(request: HttpRequest) -> HttpResponse:
    """All mappings, those made here first."""
    return render(request, "imports/mappings.html", _listed(request, MappingFileForm()))


@require_POST
@permission_required(Permission.IMPORTS_RUN)
def upload(request: HttpRequest) -> HttpResponse:
    """Keeps a mapping that was written or changed elsewhere."""
    form = MappingFileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            name = _from_file(request, form)
        except ImportRefused as refused:
            form.add_error("file", str(refused))
        else:
            notify(request, _("The mapping “%(name)s” is kept") % {"name": name})
            return redirect("imports:mappings")
    return render(request, "imports/mappings.html", _listed(request, form), status=REFUSED)


@require_safe
@permission_required(Permission.IMPORTS_VIEW)
def download(request: HttpRequest, name: str) -> HttpResponseBase:
    """A mapping as the file that brings it back."""
    try:
        content = queries.mapping_content(name)
    except ImportRefused as refused:
        raise Http404 from refused
    return saved(as_toml(content).encode(), f"{name}.toml", "application/toml; charset=utf-8")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.IMPORTS_RUN)
def rename(request: HttpRequest, name: str) -> HttpResponse:
    """Another name for a mapping made here."""
    mapping = _own(name)
    form = MappingNameForm(request.POST or None, initial={"title": mapping.title})
    if request.method == "POST" and form.is_valid():
        title = form.cleaned_data["title"]
        try:
            rename_mapping(name=name, title=title)
        except ImportRefused as refused:
            form.add_error("title", str(refused))
        else:
            notify(request, _("It is called “%(name)s” now") % {"name": title})
            return redirect("imports:mappings")
    context = {"form": form, "mapping": mapping}
    return render(request, "imports/rename.html", context, status=REFUSED if request.method == "POST" else 200)


@require_POST
@permission_required(Permission.IMPORTS_RUN)
def remove(request: HttpRequest, name: str) -> HttpResponse:
    """Forgets a mapping made here; the toast brings it back."""
    mapping = _own(name)
    content = services.remove_mapping(name=name)
    kept = [one for one in request.session.get(REMOVED, []) if one["name"] != name]
    kept.append({"name": name, "title": mapping.title, "content": content})
    request.session[REMOVED] = kept[-MOST_REMOVED:]
    told = _("The mapping “%(name)s” is removed") % {"name": mapping.title}
    notify(request, told, undo_url=reverse("imports:restore_mapping", args=[name]))
    return redirect("imports:mappings")


@require_POST
@permission_required(Permission.IMPORTS_RUN)
def restore(request: HttpRequest, name: str) -> HttpResponse:
    """Brings a mapping back that was removed a moment ago."""
    for one in request.session.get(REMOVED, []):
        if one["name"] == name:
            services.save_mapping(**one, created_by=member_of(request).name)
            return redirect("imports:mappings")
    raise Http404


def _listed(request: HttpRequest, form: MappingFileForm) -> dict[str, Any]:
    known = [
        (one, ", ".join(str(entity_named(entity).label) for entity in one.entities)) for one in queries.list_mappings()
    ]
    return {
        "own": [pair for pair in known if pair[0].is_own],
        "shipped": [pair for pair in known if not pair[0].is_own],
        "form": form,
        "may_run": member_of(request).may(Permission.IMPORTS_RUN),
    }


def _own(name: str) -> queries.MappingInfo:
    for one in queries.list_mappings():
        if one.is_own and one.name == name:
            return one
    raise Http404


def _from_file(request: HttpRequest, form: MappingFileForm) -> str:
    given = form.cleaned_data["file"]
    title = (given.name or "").removesuffix(".toml")
    if given.size > LARGEST:
        raise ImportRefused(_("This is too large for a mapping."))
    try:
        content = read_toml(title, given.read().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ImportRefused(_("The file is not in UTF-8. Save it in UTF-8 and give it again.")) from error
    return save_as(title=title, content=content, created_by=member_of(request).name)
