"""A parcel as the bytes of an e-mail."""

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from wayloop.contracts.channels import Parcel

# One at-sign, no spaces, brackets or controls; what lies before it may be in any script.
ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f]{1,64}@[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f]{1,253}")
# Lines of a base64 or quoted-printable body are short, whatever the text is: no server has to change them.
POLICY = SMTP.clone(cte_type="7bit", max_line_length=200)


class AddressRefused(ValueError):
    """Not an address that mail can go to."""


def address_of(text: str) -> Address:
    """The address, its domain in the form of the DNS. Raises `AddressRefused`."""
    if not ADDRESS.fullmatch(text):
        raise AddressRefused(text)
    user, _at, domain = text.rpartition("@")
    try:
        return Address(username=user, domain=domain.encode("idna").decode("ascii"))
    except (UnicodeError, ValueError) as error:
        raise AddressRefused(text) from error


def domain_of(text: str) -> str:
    """The domain of an address, as the DNS knows it. Raises `AddressRefused`."""
    return address_of(text).domain


def written(parcel: Parcel, *, name: str, address: str, reply_to: str, at: datetime, is_bulk: bool) -> EmailMessage:
    """The letter. Its Message-ID comes from the parcel's key, so that a second try is known for what it is.

    Raises `AddressRefused`.
    """
    sender, receiver = address_of(address), address_of(parcel.to)
    policy = POLICY if receiver.username.isascii() else POLICY.clone(utf8=True)
    made = EmailMessage(policy=policy)
    made["From"] = Address(_line(name), sender.username, sender.domain)
    made["To"] = receiver
    made["Subject"] = _line(parcel.subject)
    made["Date"] = format_datetime(at)
    made["Message-ID"] = f"<{parcel.key}@{sender.domain}>"
    if reply_to:
        made["Reply-To"] = address_of(reply_to)
    made["Content-Language"] = parcel.language
    # Whoever is away does not write back to a program (RFC 3834).
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    if is_bulk:
        made["Precedence"] = "bulk"
    if parcel.leave:
        made["List-Unsubscribe"] = f"<{parcel.leave}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(parcel.text, cte="base64" if _is_dense(parcel.text) else "quoted-printable")
    if parcel.html:
        made.add_alternative(parcel.html, subtype="html", cte="base64")
    return made


def _line(text: str) -> str:
    return " ".join(text.split())


def _is_dense(text: str) -> bool:
    """Whether most letters need an escape, as in Cyrillic: then base64 is shorter."""
    return sum(not letter.isascii() for letter in text) * 6 > len(text)
