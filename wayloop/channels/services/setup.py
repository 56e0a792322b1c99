"""Setting the mail server, the senders and the keys up."""

import secrets
from dataclasses import dataclass

from django.db import transaction

from wayloop.accounts import api as accounts
from wayloop.channels.acts import MAIL_CHANGED
from wayloop.channels.enums import Security
from wayloop.channels.mail.signing import make_key
from wayloop.channels.mail.writing import domain_of
from wayloop.channels.models import MailServer, Sender, SigningKey
from wayloop.kernel import clock, http
from wayloop.kernel.secrets import Place, seal


@dataclass(frozen=True)
class ServerChoice:
    """A mail server as an owner wants it. `password` empty: the one that is kept stays."""

    host: str
    port: int
    security: Security
    username: str = ""
    password: str = ""
    may_be_local: bool = False
    per_minute: int = 0


@transaction.atomic
def choose_server(*, choice: ServerChoice) -> None:
    """Sends mail through this server from now on.

    A password is never kept for another server than the one it was typed for: with another host, port or name it has
    to be typed again, or there is none. Raises `OutboundError` when the server is none we would connect to, and
    `ValueError` for an unprotected one that need not be local.
    """
    if choice.security == Security.NONE and not choice.may_be_local:
        raise ValueError("without protection only a server in this house")
    http.check_server(choice.host, choice.port, may_be_local=choice.may_be_local)
    row = MailServer.objects.select_for_update().filter(pk=1).first() or MailServer(pk=1)
    is_other = (row.host, row.port, row.username) != (choice.host, choice.port, choice.username)
    row.host, row.port, row.security, row.username = choice.host, choice.port, choice.security, choice.username
    row.may_be_local, row.per_minute, row.is_on = choice.may_be_local, choice.per_minute, True
    row.trouble, row.trouble_since = "", None
    if choice.password:
        row.password = seal(choice.password, Place.of(row, "password"))
    elif is_other or not choice.username:
        row.password = None
    row.save()
    accounts.audit(act=MAIL_CHANGED, kind="mail", subject="server", details={"local": choice.may_be_local})


@transaction.atomic
def switch_mail(*, is_on: bool) -> None:
    """Stops all mail, or lets it go on. What waits keeps waiting."""
    if MailServer.objects.filter(pk=1).update(is_on=is_on):
        accounts.audit(act=MAIL_CHANGED, kind="mail", subject="switch", details={"on": is_on})


@transaction.atomic
def choose_sender(*, brand: int | None, name: str, address: str, reply_to: str = "", postal: str = "") -> None:
    """Who writes in the name of a brand (None: of the business). Raises `AddressRefused`."""
    for one in filter(None, (address, reply_to)):
        domain_of(one)
    Sender.objects.update_or_create(
        brand_id=brand,
        defaults={"name": " ".join(name.split()), "address": address, "reply_to": reply_to, "postal": postal},
    )
    accounts.audit(act=MAIL_CHANGED, kind="mail", subject="sender", details={"brand": brand or 0})


@transaction.atomic
def make_signing_key(*, domain: str) -> None:
    """Makes a key for a domain of one of the senders, under a new selector; it signs once it is switched on."""
    private, public = make_key()
    made, _is_new = SigningKey.objects.update_or_create(
        domain=domain,
        defaults={
            "selector": f"wayloop{secrets.token_hex(3)}",
            "public": public,
            "private": None,
            "is_on": False,
            "made_at": clock.now(),
        },
    )
    made.private = seal(private, Place.of(made, "private"))
    made.save(update_fields=["private"])
    accounts.audit(act=MAIL_CHANGED, kind="mail", subject="key", details={"made": True})


@transaction.atomic
def switch_signing(*, domain: str, is_on: bool) -> bool:
    """Signs what leaves from this domain, or stops it; answers whether there is a key."""
    found = SigningKey.objects.filter(domain=domain).exclude(private=None).update(is_on=is_on)
    if found:
        accounts.audit(act=MAIL_CHANGED, kind="mail", subject="key", details={"on": is_on})
    return bool(found)
