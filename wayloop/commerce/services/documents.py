"""Documents of agreements: attached, taken away, brought back."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from wayloop.commerce.models import AgreementDocument
from wayloop.commerce.rules import CommerceRefused
from wayloop.kernel import clock, files

MOST_DOCUMENTS = 50
MOST_BYTES = 25 * 1024 * 1024


@transaction.atomic
def attach_document(
    *, agreement_id: int, name: str, size: int, chunks: Iterable[bytes], by: int | None = None
) -> AgreementDocument:
    """Keeps a file with an agreement. `size` in bytes; `name`: what it was called where it comes from.

    Raises `CommerceRefused` when it is empty or too large, or the agreement has 50 already.
    """
    if not 0 < size <= MOST_BYTES:
        raise CommerceRefused(_("A document has at least one byte and at most 25 MB."))
    if AgreementDocument.objects.filter(agreement_id=agreement_id, removed_at=None).count() >= MOST_DOCUMENTS:
        raise CommerceRefused(_("There are 50 documents already. Take some away first."))
    shown = name.replace("\0", "").strip()[:255] or _("document")
    file_id = files.store(chunks, shown)
    return AgreementDocument.objects.create(
        agreement_id=agreement_id, file_id=file_id, name=shown, member_id=by, added_at=clock.now()
    )


@transaction.atomic
def remove_document(*, document_id: int) -> None:
    """Takes a document off its agreement; it can be brought back."""
    AgreementDocument.objects.filter(pk=document_id, removed_at=None).update(removed_at=clock.now())


@transaction.atomic
def restore_document(*, document_id: int) -> None:
    """Brings a document back."""
    AgreementDocument.objects.filter(pk=document_id).update(removed_at=None)
