"""The real network: names resolved once, every address checked, the connection made to a checked address."""

import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import h11

from wayloop import __version__
from wayloop.kernel.http import record
from wayloop.kernel.http.messages import Answer, Limits, OutboundFailed, OutboundRefused, Reason, Request
from wayloop.kernel.http.targets import Target, all_public

USER_AGENT = f"Wayloop/{__version__}"
CHUNK = 16_384
LOOKUPS = threading.BoundedSemaphore(32)  # the system's resolver may hang; so many threads wait for it at most


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name as the system's resolver tells them, IPv4 and IPv6.

    Raises `OSError` when it has none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def dial(address: str, port: int, timeout: float) -> socket.socket:
    """A connection to exactly this IP address."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.settimeout(timeout)
        made.connect((address, port))
    except OSError:
        made.close()
        raise
    return made


@dataclass
class Network:
    """Carries requests over the network. A laboratory may bring its own resolver, connections, trust and record."""

    resolve: Callable[[str, int], Sequence[str]] = resolve
    dial: Callable[[str, int, float], socket.socket] = dial
    trust: Callable[[], ssl.SSLContext] = ssl.create_default_context
    note: Callable[[str, int], None] = record.note
    _context: ssl.SSLContext | None = field(default=None, init=False)

    def check(self, target: Target, request: Request) -> None:
        """See `Carrier`."""
        self._addresses(target, time.monotonic() + request.limits.total)

    def exchange(self, target: Target, request: Request, deadline: float) -> Answer:
        """See `Carrier`."""
        with self._connected(target, request.limits, deadline) as connection:
            return _Exchange(connection, target, request, deadline).run()

    def _connected(self, target: Target, limits: Limits, deadline: float) -> socket.socket:
        for address in self._addresses(target, deadline):
            try:
                plain = self.dial(address, target.port, min(limits.connect, time_left(deadline)))
            except OSError:
                continue
            self.note(target.host, target.port)
            return plain if target.scheme == "http" else self._secured(plain, target, limits, deadline)
        time_left(deadline)
        raise OutboundFailed(Reason.UNREACHABLE)

    def _addresses(self, target: Target, deadline: float) -> Sequence[str]:
        if target.literal is not None:
            return [str(target.literal)]
        addresses = within(lambda: self.resolve(target.host, target.port), time_left(deadline))
        if not addresses:
            raise OutboundFailed(Reason.UNKNOWN_NAME)
        # One bad address among good ones is no accident: the whole name is refused.
        if not all_public(addresses):
            raise OutboundRefused(Reason.NOT_PUBLIC)
        return addresses

    def _secured(self, plain: socket.socket, target: Target, limits: Limits, deadline: float) -> socket.socket:
        if self._context is None:
            self._context = self.trust()
        try:
            plain.settimeout(min(limits.silence, time_left(deadline)))
            return self._context.wrap_socket(plain, server_hostname=target.host)
        except ssl.SSLCertVerificationError as error:
            raise OutboundFailed(Reason.CERTIFICATE) from error
        except TimeoutError as error:
            raise OutboundFailed(Reason.TIME) from error
        except (OSError, ValueError) as error:
            raise OutboundFailed(Reason.UNREACHABLE) from error
        finally:
            # After success the wrapped socket owns the connection, and this closes nothing.
            plain.close()


class _Exchange:
    """One request and its answer on an open connection. The protocol itself is h11's."""

    def __init__(self, connection: socket.socket, target: Target, request: Request, deadline: float) -> None:
        self._connection = connection
        self._target = target
        self._request = request
        self._limits = request.limits
        self._deadline = deadline
        self._protocol = h11.Connection(h11.CLIENT, max_incomplete_event_size=request.limits.head)

    def run(self) -> Answer:
        try:
            self._write()
            head = self._head()
            headers = {name.decode("ascii"): value.decode("latin-1") for name, value in head.headers}
            body = _unpacked(self._parts(), headers.get("content-encoding", ""), self._limits.body)
        except TimeoutError as error:
            raise OutboundFailed(Reason.TIME) from error
        except (h11.RemoteProtocolError, zlib.error) as error:
            raise OutboundFailed(Reason.UNREADABLE) from error
        except h11.LocalProtocolError as error:
            raise OutboundRefused(Reason.REQUEST) from error
        except OSError as error:
            raise OutboundFailed(Reason.UNREACHABLE) from error
        return Answer(status=head.status_code, headers=headers, body=body, url=self._target.url)

    def _write(self) -> None:
        request = self._request
        own = {"Host": self._target.authority, "User-Agent": USER_AGENT, "Connection": "close"}
        own["Accept-Encoding"] = "gzip"
        if request.body or request.method not in ("GET", "HEAD"):
            own["Content-Length"] = str(len(request.body))
        events: list[h11.Event] = [
            h11.Request(
                method=request.method, target=self._target.path, headers=[*own.items(), *request.headers.items()]
            )
        ]
        if request.body:
            events.append(h11.Data(data=request.body))
        for event in (*events, h11.EndOfMessage()):
            raw = self._protocol.send(event)
            if raw:
                self._connection.settimeout(self._patience())
                self._connection.sendall(raw)

    def _head(self) -> h11.Response:
        while not isinstance(event := self._next(), h11.Response):
            if not isinstance(event, h11.InformationalResponse):
                raise OutboundFailed(Reason.UNREADABLE)
        return event

    def _parts(self) -> Iterable[bytes]:
        while isinstance(event := self._next(), h11.Data):
            yield bytes(event.data)
        if not isinstance(event, h11.EndOfMessage):
            raise OutboundFailed(Reason.UNREADABLE)

    def _next(self) -> object:
        while (event := self._protocol.next_event()) is h11.NEED_DATA:
            self._connection.settimeout(self._patience())
            self._protocol.receive_data(self._connection.recv(CHUNK))
        return event

    def _patience(self) -> float:
        return min(self._limits.silence, time_left(self._deadline))


def time_left(deadline: float) -> float:
    """Seconds until the deadline. Raises `OutboundFailed` when there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise OutboundFailed(Reason.TIME)
    return left


def within(look_up: Callable[[], Sequence[str]], seconds: float) -> Sequence[str]:
    """Asks in a thread of its own: the system's resolver knows no time limit that we could set."""
    if not LOOKUPS.acquire(timeout=seconds):
        raise OutboundFailed(Reason.TIME)
    found: list[Sequence[str]] = []

    def ask() -> None:
        try:
            found.append(look_up())
        except (OSError, UnicodeError):
            found.append(())
        finally:
            LOOKUPS.release()

    thread = threading.Thread(target=ask, name="look up a name", daemon=True)
    thread.start()
    thread.join(seconds)
    if not found:
        raise OutboundFailed(Reason.TIME)
    return found[0]


def _unpacked(parts: Iterable[bytes], encoding: str, limit: int) -> bytes:
    """The body, unpacked by at most `limit` bytes, however small it came."""
    name = encoding.strip().lower()
    if name not in ("", "identity", "gzip", "x-gzip"):
        raise OutboundFailed(Reason.UNREADABLE)
    unpacking = zlib.decompressobj(wbits=31) if name.endswith("gzip") else None
    body = bytearray()
    received = 0
    for part in parts:
        received += len(part)
        body += unpacking.decompress(part, limit + 1 - len(body)) if unpacking else part
        if max(len(body), received) > limit or (unpacking and unpacking.unconsumed_tail):
            raise OutboundFailed(Reason.TOO_LARGE)
    if unpacking and received and not unpacking.eof:
        raise OutboundFailed(Reason.UNREADABLE)
    return bytes(body)
