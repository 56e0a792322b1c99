"""What goes out, what comes back, and the reasons why it does not."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

WEB_PORTS = frozenset({80, 443})


class Reason(TextChoices):
    """Why there is no answer, in words for whoever entered the address. Says nothing about our own network."""

    ADDRESS = "address", _("This is not a web address. It should look like https://example.com/path.")
    SCHEME = "scheme", _("Only addresses that begin with https:// or http:// can be reached.")
    CREDENTIALS = "credentials", _("The address must not contain a name or a password.")
    PORT = "port", _("Only the usual web ports, 80 and 443, can be reached.")
    MAIL_PORT = "mail_port", _("Mail servers are reached at the ports 25, 465, 587 and 2525.")
    NOT_PUBLIC = "not_public", _("This address does not lead to a public server on the internet.")
    UNKNOWN_NAME = "unknown_name", _("No server with this name was found. Check the spelling.")
    REDIRECTS = "redirects", _("The server sends visitors on too many times.")
    DOWNGRADE = "downgrade", _("The server sends visitors from a secure address to an insecure one.")
    REQUEST = "request", _("The request contains characters that cannot be sent.")
    UNREACHABLE = "unreachable", _("The server does not accept connections now. Try again later.")
    CERTIFICATE = "certificate", _("The server's certificate is not valid for this name.")
    TIME = "time", _("The server took too long to answer. Try again later.")
    TOO_LARGE = "too_large", _("The answer of the server is too large.")
    UNREADABLE = "unreadable", _("The server's answer could not be understood.")


class OutboundError(Exception):
    """There is no answer. `reason.label` may be shown to people; `str()` carries the reason's name only."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class OutboundRefused(OutboundError):
    """We did not try: the address or the request is not one we send. Trying again changes nothing."""


class OutboundFailed(OutboundError):
    """We tried, and the other side did not play along. It may do so later."""


@dataclass(frozen=True)
class Limits:
    """How much one exchange may cost: seconds until connected, of silence, and in all; bytes of head and body."""

    connect: float = 3.0
    silence: float = 5.0
    total: float = 5.0
    head: int = 32_000
    body: int = 1_000_000


@dataclass(frozen=True)
class Request:
    """One request. `ports` other than the web's are allowed by the caller's code, never by what a person typed.

    `redirects`: how many are followed (GET and HEAD only), each checked like a first address; 0 gives the redirect back
    as the answer.
    """

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    redirects: int = 0
    ports: frozenset[int] = WEB_PORTS
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Answer:
    """What the server said: status, headers by small name (the last of several counts), the unpacked body.

    `url` is where it came from after redirects.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def is_good(self) -> bool:
        """Whether the status is one of success (2xx)."""
        return 200 <= self.status < 300
