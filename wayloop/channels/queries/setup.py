"""The server, the senders and the keys, as they are set up."""

from collections.abc import Sequence
from dataclasses import dataclass

from wayloop.business import api as business
from wayloop.channels.enums import Security
from wayloop.channels.mail.signing import Signature, dns_line
from wayloop.channels.mail.smtp import Server
from wayloop.channels.models import MailServer, Sender, SigningKey
from wayloop.kernel.secrets import Place, unseal


@dataclass(frozen=True)
class SenderInfo:
    """Who writes: the name people read, and the postal name that stands under every letter."""

    name: str
    postal: str = ""


@dataclass(frozen=True)
class KeyShown:
    """The key of a domain, as an owner sees it. `name` and `line`: what belongs into the DNS."""

    domain: str
    name: str
    line: str
    is_on: bool


def senders(brand_ids: Sequence[int | None]) -> dict[int | None, SenderInfo]:
    """Brand → who writes in its name; a brand without a sender of its own is signed by the business."""
    rows = {one.brand_id: SenderInfo(one.name, one.postal) for one in sender_rows()}
    own = rows.get(None) or SenderInfo(business.profile().name)
    return {brand: rows.get(brand, own) for brand in brand_ids}


def mail_server() -> MailServer | None:
    """The server that takes our mail."""
    return MailServer.objects.filter(pk=1).first()


def sender_rows() -> list[Sender]:
    """All senders; the one of the business first."""
    return list(Sender.objects.order_by("brand_id"))


def server_of(row: MailServer, own_name: str) -> Server:
    """What a talk with it needs. Raises `SecretUnreadable` when the password does not open."""
    password = unseal(row.password, Place.of(row, "password")) if row.password else None
    return Server(
        host=row.host,
        port=row.port,
        security=Security(row.security),
        username=row.username,
        password=password,
        may_be_local=row.may_be_local,
        own_name=own_name,
    )


def signatures() -> dict[str, Signature]:
    """Domain → with what it signs, of those that do."""
    return {
        row.domain: Signature(row.domain, row.selector, unseal(row.private, Place.of(row, "private")).reveal())
        for row in SigningKey.objects.filter(is_on=True).exclude(private=None)
    }


def keys_shown() -> dict[str, KeyShown]:
    """Domain → its key."""
    return {
        row.domain: KeyShown(row.domain, f"{row.selector}._domainkey.{row.domain}", dns_line(row.public), row.is_on)
        for row in SigningKey.objects.order_by("domain")
    }
