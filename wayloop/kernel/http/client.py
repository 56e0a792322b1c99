"""Sending: the rules around every exchange, whatever carries it."""

import contextlib
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Protocol
from urllib.parse import urljoin

from wayloop.kernel.http.messages import WEB_PORTS, Answer, OutboundFailed, OutboundRefused, Reason, Request
from wayloop.kernel.http.targets import Target, target_of
from wayloop.kernel.http.wire import Network

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\x20-\x7e\t]*")
# The protocol's own headers are ours to set; cookies are for browsers.
_RESERVED = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "expect", "cookie"}
    | {"accept-encoding", "user-agent", "proxy-authorization", "proxy-connection", "keep-alive"}
)


class Carrier(Protocol):
    """Carries one exchange: the real network, or the twin."""

    def check(self, target: Target, request: Request) -> None:
        """Finds the target's addresses and raises `OutboundRefused` or `OutboundFailed` when it would not connect."""
        ...

    def exchange(self, target: Target, request: Request, deadline: float) -> Answer:
        """One request and its answer, without redirects, before `deadline` (of `time.monotonic`)."""
        ...


_carrier: Carrier = Network()


def send(request: Request) -> Answer:
    """Sends one request and gives the answer, whatever its status.

    Keeps no cookies, asks no proxy, reads no .netrc. A redirect to another server loses the caller's headers.
    Raises `OutboundRefused` when the request is not one we send, `OutboundFailed` when there is no answer in time.
    """
    _check_request(request)
    deadline = time.monotonic() + request.limits.total
    target = target_of(request.url, request.ports)
    for left in range(request.redirects, -1, -1):
        answer = _carrier.exchange(target, request, deadline)
        place = answer.headers.get("location")
        is_followed = request.redirects and request.method in ("GET", "HEAD")
        if not is_followed or answer.status not in _REDIRECTS or not place:
            return answer
        if not left:
            break
        following = target_of(_joined(target.url, place), request.ports)
        if (target.scheme, following.scheme) == ("https", "http"):
            raise OutboundRefused(Reason.DOWNGRADE)
        if following.origin != target.origin:
            request = replace(request, headers={})
        target = following
    raise OutboundFailed(Reason.REDIRECTS)


def check(url: str, ports: frozenset[int] = WEB_PORTS) -> None:
    """Says whether `url` could be sent to now, without connecting: for forms that keep an address.

    `send` checks again, because names change their mind. Raises `OutboundRefused` or `OutboundFailed`.
    """
    request = Request(url, ports=ports)
    _carrier.check(target_of(url, ports), request)


@contextlib.contextmanager
def using(carrier: Carrier) -> Iterator[None]:
    """Lets another carrier take all requests of this process inside the block: the twin, or a laboratory's network."""
    global _carrier
    before, _carrier = _carrier, carrier
    try:
        yield
    finally:
        _carrier = before


def _joined(base: str, place: str) -> str:
    try:
        return urljoin(base, place)
    except ValueError as error:
        raise OutboundRefused(Reason.ADDRESS) from error


def _check_request(request: Request) -> None:
    if not re.fullmatch(r"[A-Z]{1,20}", request.method) or request.method in ("CONNECT", "TRACE"):
        raise OutboundRefused(Reason.REQUEST)
    if not _are_sendable(request.headers):
        raise OutboundRefused(Reason.REQUEST)


def _are_sendable(headers: Mapping[str, str]) -> bool:
    return all(
        _TOKEN.fullmatch(name) and name.lower() not in _RESERVED and _VALUE.fullmatch(value)
        for name, value in headers.items()
    )
