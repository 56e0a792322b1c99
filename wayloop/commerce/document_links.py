"""Links by which a customer gets a document without an account: signed, good for two weeks, for one document."""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse

from wayloop.kernel import signing

# `Expired` and `BadToken` of the kernel are raised by `document_of`.
HANDED_OVER = signing.purpose("commerce.document", timedelta(days=14))


def link_to(document_id: int) -> str:
    """The absolute address of a document for its customer. Nothing is written; taking the document away ends it."""
    token = signing.sign(HANDED_OVER, str(document_id))
    return f"{settings.ENVIRONMENT.url}{reverse('service:handed_over', args=[token])}"


def document_of(token: str) -> int:
    """The document a link leads to. Raises `signing.Expired` or `signing.BadToken`."""
    return int(signing.unsign(HANDED_OVER, token))
