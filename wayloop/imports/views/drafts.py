"""Files given, looked at before they come in, and handed on to be tried or brought in."""

from http import HTTPStatus

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from wayloop.accounts.api import Permission, member_of, permission_required
from wayloop.imports import drafting, queries
from wayloop.imports.choosing import choose
from wayloop.imports.files.archives import is_archive, unpack
from wayloop.imports.forms import MappingNameForm, SharedForm, UploadForm
from wayloop.imports.looking import look_at
from wayloop.imports.models import ImportDraft
from wayloop.imports.rules import ImportRefused
from wayloop.imports.saving import save_as
from wayloop.kernel.files import store
from wayloop.ui.requests import asks_for
from wayloop.ui.toasts import notify

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY
LAST = 5


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.IMPORTS_RUN)
def new_import(request: HttpRequest) -> HttpResponse:
    """Takes files and shows what they seem to be; nothing of them is written."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            draft_id = drafting.start_draft(
                files=_stored(form.cleaned_data["given"]),
                mapping=form.cleaned_data["mapping"],
                created_by=member_of(request).name,
            )
        except ImportRefused as refused:
            form.add_error("given", str(refused))
        else:
            return redirect("imports:look", draft_id=draft_id)
    context = {"form": form, "last": queries.list_imports(limit=LAST)}
    return render(request, "imports/new.html", context, status=REFUSED if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.IMPORTS_RUN)
def look(request: HttpRequest, draft_id: int) -> HttpResponse:
    """What the program understood, to be corrected; then the files are tried or come in.

    `do`: what to do after the choices are kept: `try`, `bring` or `save`; without it the page shows what they change.
    """
    draft = drafting.draft_by_id(draft_id)
    if draft is None:
        raise Http404
    heads = drafting.heads_of(draft)
    if request.method == "POST":
        content = choose(draft.content, heads, request.POST.dict())
        drafting.change_draft(draft_id=draft_id, content=content)
        draft.content = content
        answer = _do(request, draft, request.POST.get("do", ""))
        if answer is not None:
            return answer
    shown = look_at(content=draft.content, heads=heads, unread=draft.unread, name=draft.mapping)
    context = {
        "draft": draft,
        "look": shown,
        "title": drafting.told_files([name for _id, name in draft.files]),
        "known": next((one for one in queries.list_mappings() if one.name == draft.mapping), None),
        "shared": SharedForm(initial=shown.shared, auto_id="shared-%s"),
        "naming": MappingNameForm(auto_id="naming-%s"),
    }
    template = "imports/_look.html" if asks_for(request, "look") else "imports/look.html"
    return render(request, template, context)


def _do(request: HttpRequest, draft: ImportDraft, what: str) -> HttpResponse | None:
    """Where it leads, or None to show the page again."""
    here = reverse("imports:look", args=[draft.pk])
    try:
        if what in ("try", "bring"):
            import_id = drafting.run_draft(
                draft_id=draft.pk,
                started_by=member_of(request).name,
                is_trial=what == "try",
            )
            return redirect("imports:page", import_id=import_id)
        if what == "save":
            title = request.POST.get("title", "").strip()
            name = save_as(title=title, content=draft.content, created_by=member_of(request).name)
            drafting.change_draft(draft_id=draft.pk, content=draft.content, mapping=name)
            notify(request, _("The mapping “%(name)s” is kept") % {"name": title})
            return redirect(here)
    except ImportRefused as refused:
        notify(request, str(refused), kind="bad")
        return redirect(here)
    return None if asks_for(request, "look") else redirect(here)


def _stored(given: "list[UploadedFile[bytes]]") -> list[tuple[int, str]]:
    stored: list[tuple[int, str]] = []
    for file in given:
        name = file.name or "file"
        if is_archive(name):
            stored += [(store(content, inside), inside) for inside, content in unpack(file, name)]
        else:
            stored.append((store(file.chunks(), name), name))
    return stored
