"""The way out for e-mail: the server and senders as they are set up, behind the port."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.conf import settings

from wayloop.channels.mail.signing import Signature, signed
from wayloop.channels.mail.smtp import Envelope, Server, ServerAway, Talk
from wayloop.channels.mail.writing import AddressRefused, address_of, domain_of, written
from wayloop.channels.models import MailServer, Sender
from wayloop.channels.queries.setup import mail_server, sender_rows, server_of, signatures
from wayloop.channels.services.health import note_taken, note_trouble
from wayloop.contracts.channels import Handed, Outcome, Parcel, Session
from wayloop.kernel import clock


class MailWay:
    """See `contracts.channels.Way`."""

    channel = "email"

    def is_ready(self) -> bool:
        """See `Way`."""
        server = mail_server()
        return server is not None and server.is_on and Sender.objects.filter(brand_id=None).exists()

    def per_minute(self) -> int:
        """See `Way`."""
        server = mail_server()
        return server.per_minute if server else 0

    @contextmanager
    def session(self) -> Iterator[Session]:
        """See `Way`."""
        row = mail_server()
        own_name = urlsplit(settings.ENVIRONMENT.url).hostname or "localhost"
        talk = MailSession(row, server_of(row, own_name)) if row is not None else NoServer()
        try:
            yield talk
        finally:
            talk.close()


class NoServer:
    """There was a server a moment ago."""

    def hand_over(self, parcel: Parcel, may_go: Callable[[], bool]) -> Handed:
        """See `Session`."""
        return Handed(Outcome.AWAY, "no mail server")

    def close(self) -> None:
        """Nothing is open."""


class MailSession:
    """See `contracts.channels.Session`. Senders and keys are read once for all letters of the session."""

    def __init__(self, row: MailServer, server: Server) -> None:
        self._row, self._talk = row, Talk(server)
        self._senders = {one.brand_id: one for one in sender_rows()}
        self._signatures: dict[str, Signature] = signatures()

    def close(self) -> None:
        """Ends the talk."""
        self._talk.close()

    def open(self) -> None:
        """Connects at once, for a trial. Raises `ServerAway`."""
        self._talk.open()

    def hand_over(self, parcel: Parcel, may_go: Callable[[], bool]) -> Handed:
        """See `Session`."""
        sender = self._senders.get(parcel.brand_id) or self._senders.get(None)
        if sender is None:
            return Handed(Outcome.AWAY, "no sender")
        try:
            receiver = address_of(parcel.to)
            envelope = Envelope(
                sender=str(address_of(sender.address).addr_spec),
                receiver=receiver.addr_spec,
                content=self._content(parcel, sender),
                is_wide=not receiver.username.isascii(),
            )
        except AddressRefused:
            return Handed(Outcome.DEAD, "not an e-mail address")
        handed = self._talk.tell(envelope, may_go)
        if handed.outcome == Outcome.AWAY:
            note_trouble(text=handed.detail)
        elif handed.outcome != Outcome.KEPT and self._row.trouble:
            note_taken()
            self._row.trouble = ""
        return handed

    def _content(self, parcel: Parcel, sender: Sender) -> bytes:
        message = written(
            parcel,
            name=sender.name,
            address=sender.address,
            reply_to=sender.reply_to,
            at=clock.now(),
            is_bulk=bool(parcel.leave),
        )
        raw = message.as_bytes()
        signature = self._signatures.get(domain_of(sender.address))
        return signed(raw, signature) if signature else raw


__all__ = ["MailSession", "MailWay", "ServerAway"]
