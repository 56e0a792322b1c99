"""Documents of agreements: attached, taken home, taken away and brought back."""

from http import HTTPStatus
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from wayloop.accounts.api import EXPORTED, MemberInfo, Permission, audit, member_of, permission_required
from wayloop.commerce.document_links import document_of
from wayloop.commerce.forms.agreements import DocumentForm
from wayloop.commerce.models import Agreement, AgreementDocument
from wayloop.commerce.queries.agreements import agreement_by_uuid
from wayloop.commerce.rules import CommerceRefused
from wayloop.commerce.services import documents as services
from wayloop.commerce.views.agreements import show_agreement
from wayloop.kernel import files, signing
from wayloop.ui.downloads import saved
from wayloop.ui.toasts import notify


@require_POST
@permission_required(Permission.SERVICE_CHANGE)
def attach(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Keeps a file with an agreement."""
    member = member_of(request)
    row = _agreement(uuid, member)
    form = DocumentForm(request.POST, request.FILES)
    if form.is_valid():
        given = form.cleaned_data["file"]
        try:
            kept = services.attach_document(
                agreement_id=row.pk, name=given.name, size=given.size, chunks=given.chunks(), by=member.id
            )
        except CommerceRefused as refusal:
            form.add_error("file", str(refusal))
        else:
            notify(request, _("“%(name)s” is attached") % {"name": kept.name})
            return redirect(reverse("service:agreement", args=[uuid]) + "#documents")
    return show_agreement(request, uuid, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_safe
@permission_required(Permission.SERVICE_VIEW)
def download(request: HttpRequest, uuid: UUID, document_id: int) -> HttpResponseBase:
    """The file as it was attached: always saved, never shown in the page's own origin."""
    document = _document(_agreement(uuid, member_of(request)), document_id)
    audit(act=EXPORTED, kind="document", subject=document.pk, details={"what": "document"})
    return _saved(document)


@require_safe
@never_cache
@login_not_required
def handed_over(request: HttpRequest, token: str) -> HttpResponseBase:
    """The file for the customer who has the link; one whose time is over, or whose document is gone, says so."""
    try:
        document_id = document_of(token)
    except signing.Expired:
        document_id = 0
    except signing.BadToken:
        raise Http404 from None
    found = AgreementDocument.objects.filter(pk=document_id, removed_at=None, agreement__removed_at=None).first()
    if found is None:
        return render(request, "commerce/link_over.html", status=HTTPStatus.GONE)
    return _saved(found)


@require_POST
@permission_required(Permission.SERVICE_CHANGE)
def deed(request: HttpRequest, uuid: UUID, document_id: int) -> HttpResponse:
    """Takes a document away (`do=remove`), or brings it back (`do` is anything else, as in the undo of a toast)."""
    row = _agreement(uuid, member_of(request))
    document = _document(row, document_id, with_removed=True)
    if request.POST.get("do") == "remove":
        services.remove_document(document_id=document.pk)
        notify(request, _("“%(name)s” is taken away") % {"name": document.name}, undo_url=request.path)
    else:
        services.restore_document(document_id=document.pk)
    return redirect(reverse("service:agreement", args=[uuid]) + "#documents")


def _saved(document: AgreementDocument) -> FileResponse:
    return saved(files.path_of(document.file_id), document.name)


def _agreement(uuid: UUID, member: MemberInfo) -> Agreement:
    row = agreement_by_uuid(uuid, member.scope)
    if row is None:
        raise Http404
    return row


def _document(row: Agreement, document_id: int, *, with_removed: bool = False) -> AgreementDocument:
    found = AgreementDocument.objects.filter(pk=document_id, agreement=row).first()
    if found is None or (found.removed_at and not with_removed):
        raise Http404
    return found
