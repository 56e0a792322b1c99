"""The one way out to other people's servers; any other HTTP client is forbidden by a test.

`send` reaches public addresses only, whatever an address is written like and whatever its name server answers, and
takes limited time and space; `outgoing` tells where it went. `using(Memory())` puts the twin in its place for tests and
the sample business.
"""

from wayloop.kernel.http.client import check, send, using
from wayloop.kernel.http.messages import (
    Answer,
    Limits,
    OutboundError,
    OutboundFailed,
    OutboundRefused,
    Reason,
    Request,
)
from wayloop.kernel.http.plain import MAIL_PORTS, check_server, connect, secure
from wayloop.kernel.http.record import Outgoing, outgoing
from wayloop.kernel.http.targets import Target, target_of
from wayloop.kernel.http.twin import Memory

__all__ = [
    "MAIL_PORTS",
    "Answer",
    "Limits",
    "Memory",
    "OutboundError",
    "OutboundFailed",
    "OutboundRefused",
    "Outgoing",
    "Reason",
    "Request",
    "Target",
    "check",
    "check_server",
    "connect",
    "outgoing",
    "secure",
    "send",
    "target_of",
    "using",
]
