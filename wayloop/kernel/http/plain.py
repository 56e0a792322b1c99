"""Connections for other protocols than HTTP (mail), under the same rules: checked addresses only, and written down.

A server of one's own house can be allowed by name: then loopback and private addresses pass too, nothing else does.
"""

import socket
import ssl
import time
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address

from wayloop.kernel.http.messages import Limits, OutboundFailed, OutboundRefused, Reason
from wayloop.kernel.http.targets import all_public, host_of
from wayloop.kernel.http.wire import Network, time_left, within

MAIL_PORTS = frozenset({25, 465, 587, 2525})
# What a house uses inside. Link-local addresses are not among them: machines of clouds answer there about themselves.
_OWN_4 = [IPv4Network(block) for block in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]
_OWN_6 = [IPv6Network(block) for block in ("::1/128", "fc00::/7")]
_UNPRIVILEGED = 1024


def check_server(host: str, port: int, *, may_be_local: bool = False, network: Network | None = None) -> None:
    """Says whether `connect` would try, for forms. Raises `OutboundRefused` or `OutboundFailed`."""
    _addresses(host, port, may_be_local, network or Network(), time.monotonic() + Limits().total)


def connect(
    host: str, port: int, *, may_be_local: bool = False, limits: Limits | None = None, network: Network | None = None
) -> socket.socket:
    """A connection to a mail server. `may_be_local`: an owner allowed a server of their own house, on any port of 1024
    and above.

    Raises `OutboundRefused` when the server is none we talk to, `OutboundFailed` when it does not answer in time.
    """
    limits, network = limits or Limits(), network or Network()
    deadline = time.monotonic() + limits.total
    for address in _addresses(host, port, may_be_local, network, deadline):
        try:
            made = network.dial(address, port, min(limits.connect, time_left(deadline)))
        except OSError:
            continue
        network.note(host, port)
        return made
    raise OutboundFailed(Reason.UNREACHABLE)


def secure(plain: socket.socket, host: str, context: ssl.SSLContext) -> socket.socket:
    """The same connection with TLS; the certificate must be valid for `host`. Raises `OutboundFailed`."""
    try:
        return context.wrap_socket(plain, server_hostname=host)
    except ssl.SSLCertVerificationError as error:
        raise OutboundFailed(Reason.CERTIFICATE) from error
    except (OSError, ValueError) as error:
        raise OutboundFailed(Reason.UNREACHABLE) from error


def _addresses(host: str, port: int, may_be_local: bool, network: Network, deadline: float) -> Sequence[str]:
    name = host_of(host)
    if port not in MAIL_PORTS and not (may_be_local and _UNPRIVILEGED <= port <= 65535):
        raise OutboundRefused(Reason.MAIL_PORT)
    addresses = within(lambda: network.resolve(name, port), time_left(deadline))
    if not addresses:
        raise OutboundFailed(Reason.UNKNOWN_NAME)
    if all_public(addresses) and port in MAIL_PORTS:
        return addresses
    if may_be_local and all(map(_is_own, addresses)):
        return addresses
    raise OutboundRefused(Reason.MAIL_PORT if all_public(addresses) else Reason.NOT_PUBLIC)


def _is_own(address: str) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in block for block in (_OWN_4 if found.version == 4 else _OWN_6))
