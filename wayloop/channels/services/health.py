"""How the mail server is."""

from django.db import transaction

from wayloop.channels.models import MailServer
from wayloop.kernel import clock


@transaction.atomic
def note_trouble(*, text: str) -> None:
    """The server could not be used, and why; since when, stays from the first time."""
    found = MailServer.objects.filter(pk=1)
    found.update(trouble=text[:300])
    found.filter(trouble_since=None).update(trouble_since=clock.now())


@transaction.atomic
def note_taken() -> None:
    """It answers again."""
    MailServer.objects.filter(pk=1).update(trouble="", trouble_since=None, taken_at=clock.now())
