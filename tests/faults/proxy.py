"""A TCP proxy in front of PostgreSQL that fails on purpose.

It reads what the client says (the messages of the protocol), so it can cut the connection at the k-th statement, or
after the server has committed and before the client learns of it. One proxy serves any number of connections; what is
armed happens once, to whichever connection meets it first.
"""

import contextlib
import re
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from enum import StrEnum

LENGTH = struct.Struct("!I")
CODES = {80877103, 80877104}  # asks for TLS and GSS before the start
CHUNK = 65536


class Mode(StrEnum):
    """What the proxy does to everybody."""

    PASS = "pass"
    DELAY = "delay"
    BLACK_HOLE = "black hole"  # connections stay open and nothing arrives


@dataclass
class Armed:
    """What happens once. Counting begins when it is armed; 0 means never."""

    at_statement: int = 0
    after_commit: int = 0
    after_bytes: int = 0
    answer_of: int = 0
    among: str = ""
    statements: int = 0
    commits: int = 0
    bytes: int = 0
    has_fired: bool = False
    statements_seen: list[str] = field(default_factory=list)


class Proxy:
    """Listens on a port of its own; `upstream` is a host and port, or the path of a Unix socket."""

    def __init__(self, upstream: tuple[str, int] | str) -> None:
        self.mode, self.delay = Mode.PASS, 0.05
        self.cuts = 0
        self._upstream = upstream
        self._armed = Armed()
        self._lock = threading.Lock()
        self._pairs: set[_Pair] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def arm(
        self, *, at_statement: int = 0, answer_of: int = 0, after_commit: int = 0, after_bytes: int = 0, among: str = ""
    ) -> Armed:
        """Cuts once: before the k-th statement reaches the server, between the k-th statement or COMMIT and its answer,
        or when the server has sent so many bytes. `among`: only statements that hold this text are counted. Arming
        again replaces it; the answer tells later whether it happened.
        """
        with self._lock:
            self._armed = Armed(at_statement, after_commit, after_bytes, answer_of, among)
            return self._armed

    def cut_all(self) -> None:
        """Cuts every connection now."""
        for pair in list(self._pairs):
            pair.close()

    def close(self) -> None:
        """Stops listening and cuts everything."""
        self._listener.close()
        self.cut_all()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = self._connect()
            except OSError:
                client.close()
                continue
            pair = _Pair(self, client, server)
            self._pairs.add(pair)
            for work in (pair.from_client, pair.from_server):
                threading.Thread(target=work, daemon=True).start()

    def _connect(self) -> socket.socket:
        if isinstance(self._upstream, str):
            server = socket.socket(socket.AF_UNIX)
            server.connect(self._upstream)
            return server
        return socket.create_connection(self._upstream)

    def hold(self) -> None:
        """Waits as the mode says."""
        if self.mode is Mode.DELAY:
            time.sleep(self.delay)
        while self.mode is Mode.BLACK_HOLE:
            time.sleep(0.02)

    def meets(self, statement: str) -> tuple[bool, bool]:
        """Counts a statement; answers whether to cut here, and whether to cut when its answer comes."""
        with self._lock:
            armed = self._armed
            if armed.among not in statement:
                return False, False
            armed.statements += 1
            armed.statements_seen.append(statement)
            is_commit = re.match(r"commit\b", statement, re.IGNORECASE) is not None
            armed.commits += is_commit
            here = armed.statements == armed.at_statement
            later = armed.statements == armed.answer_of or (is_commit and armed.commits == armed.after_commit)
            armed.has_fired = armed.has_fired or here or later
            return here, later

    def brings(self, size: int) -> bool:
        """Counts bytes of answers; answers whether to cut."""
        with self._lock:
            armed = self._armed
            armed.bytes += size
            is_full = bool(armed.after_bytes) and not armed.has_fired and armed.bytes >= armed.after_bytes
            armed.has_fired = armed.has_fired or is_full
            return is_full

    def forget(self, pair: "_Pair") -> None:
        """A connection has ended."""
        self._pairs.discard(pair)


class _Pair:
    """One connection through the proxy."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy, self._client, self._server = proxy, client, server
        self._buffer = b""
        self._is_started = False
        self._prepared = ""
        self._texts: dict[bytes, str] = {}
        self._drops_answer = False

    def from_client(self) -> None:
        """Passes on what the client says, message by message."""
        try:
            while data := self._client.recv(CHUNK):
                self._buffer += data
                while (message := self._next()) is not None:
                    self._proxy.hold()
                    if self._is_cut_by(message):
                        self._proxy.cuts += 1
                        return
                    self._server.sendall(message)
        except OSError:
            pass
        finally:
            # While the answer to a COMMIT is awaited, the server must be heard before anything is closed.
            if not self._drops_answer:
                self.close()

    def from_server(self) -> None:
        """Passes on what the server says."""
        try:
            while data := self._server.recv(CHUNK):
                if self._drops_answer or self._proxy.brings(len(data)):
                    self._proxy.cuts += 1
                    return
                self._proxy.hold()
                self._client.sendall(data)
        except OSError:
            pass
        finally:
            self.close()

    def close(self) -> None:
        """Cuts both sides."""
        for one in (self._client, self._server):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._proxy.forget(self)

    def _next(self) -> bytes | None:
        """The next whole message of the client, or None when there is none yet."""
        start = 0 if not self._is_started else 1
        if len(self._buffer) < start + 4:
            return None
        (length,) = LENGTH.unpack_from(self._buffer, start)
        if len(self._buffer) < start + length:
            return None
        message, self._buffer = self._buffer[: start + length], self._buffer[start + length :]
        if not self._is_started:
            (code,) = LENGTH.unpack_from(message, 4)
            self._is_started = code not in CODES
        elif message[:1] == b"P":
            name, text = message[5:].split(b"\0")[:2]
            self._texts[name] = self._prepared = text.decode(errors="replace")
        elif message[:1] == b"B":
            # A statement that was prepared before is only named.
            self._prepared = self._texts.get(message[5:].split(b"\0")[1], "")
        return message

    def _is_cut_by(self, message: bytes) -> bool:
        kind = message[:1]
        if kind not in (b"Q", b"E") or len(message) < 6:
            return False
        text = message[5:].split(b"\0")[0].decode(errors="replace") if kind == b"Q" else self._prepared
        here, later = self._proxy.meets(text.strip())
        self._drops_answer = self._drops_answer or later
        return here
