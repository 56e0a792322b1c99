"""One exchange against servers that behave badly; everything stays on loopback."""

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from wayloop.kernel import http
from wayloop.kernel.http import Limits, Memory, OutboundFailed, OutboundRefused, Reason, Request
from wayloop.kernel.http.wire import USER_AGENT, Network, dial

QUICK = Limits(connect=1, silence=0.3, total=0.6)
Behaviour = Callable[[socket.socket], None]


@pytest.fixture
def serve() -> Iterator[Callable[[Behaviour], list[bytes]]]:
    """Lets example.com behave as told; gives the list of what it was asked."""
    with http.using(Network()):
        stops = []

        def start(behave: Behaviour) -> list[bytes]:
            listening = socket.create_server(("127.0.0.1", 0))
            stops.append(listening)
            asked: list[bytes] = []

            def run() -> None:
                try:
                    while True:
                        connection, _ = listening.accept()
                        with connection:
                            asked.append(connection.recv(65_536))
                            behave(connection)
                except OSError:
                    pass

            threading.Thread(target=run, daemon=True).start()
            port = listening.getsockname()[1]
            network = Network(
                resolve=lambda host, _: ["93.184.215.14"],
                dial=lambda _, __, timeout: dial("127.0.0.1", port, timeout),
                note=lambda _, __: None,
            )
            stack.append(http.using(network))
            stack[-1].__enter__()
            return asked

        stack: list[object] = []
        yield start
        for one in reversed(stack):
            one.__exit__(None, None, None)  # type: ignore[attr-defined]
        for one in stops:
            one.close()


def says(raw: bytes) -> Behaviour:
    return lambda connection: connection.sendall(raw)


def drips(head: bytes, drop: bytes) -> Behaviour:
    def behave(connection: socket.socket) -> None:
        connection.sendall(head)
        for _ in range(60):
            connection.sendall(drop)
            time.sleep(0.05)

    return behave


def reason_of(request: Request) -> Reason:
    with pytest.raises(http.OutboundError) as error:
        http.send(request)
    return error.value.reason


def test_an_answer_is_given_whatever_its_status(serve: Callable[[Behaviour], list[bytes]]) -> None:
    asked = serve(says(b"HTTP/1.1 404 Not Found\r\nSet-Cookie: a=b\r\nX-One: 1\r\nContent-Length: 2\r\n\r\nno"))
    answer = http.send(Request("http://example.com/a", method="POST", body=b"{}", headers={"X-Key": "k"}))
    assert (answer.status, answer.body, answer.headers["x-one"], answer.is_good) == (404, b"no", "1", False)
    http.send(Request("http://example.com/a"))
    first, second = asked
    assert first.startswith(b"POST /a HTTP/1.1\r\nHost: example.com\r\n")
    assert (f"User-Agent: {USER_AGENT}".encode() in first, b"X-Key: k" in first, b"ookie" in second) == (
        True,
        True,
        False,
    )


@pytest.mark.parametrize(
    ("behave", "reason"),
    [
        (says(b""), Reason.UNREADABLE),
        (says(b"220 mail.example.com ESMTP\r\n"), Reason.UNREADABLE),
        (says(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"), Reason.UNREADABLE),
        (says(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"), Reason.UNREADABLE),
        (says(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 60_000 + b"\r\n\r\n"), Reason.UNREADABLE),
        (says(b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx"), Reason.UNREADABLE),
        (says(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx"), Reason.UNREADABLE),
        (says(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1_000_001), Reason.TOO_LARGE),
        (
            says(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"\0" * 50_000_000)),
            Reason.TOO_LARGE,
        ),
        (lambda connection: time.sleep(0.7), Reason.TIME),
        (drips(b"", b"H"), Reason.TIME),
        (drips(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"), Reason.TIME),
        (drips(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n", b"x"), Reason.TIME),
        (drips(b"HTTP/1.1 200 OK\r\n\r\n", b"x"), Reason.TIME),
    ],
)
def test_a_server_that_behaves_badly_costs_little_and_is_told_by_its_reason(
    serve: Callable[[Behaviour], list[bytes]], behave: Behaviour, reason: Reason
) -> None:
    serve(behave)
    begun = time.monotonic()
    assert reason_of(Request("http://example.com/", limits=QUICK)) is reason
    assert time.monotonic() - begun < 1.5


def test_packed_answers_are_unpacked(serve: Callable[[Behaviour], list[bytes]]) -> None:
    serve(says(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress("Привіт".encode())))
    assert http.send(Request("http://example.com/")).body.decode() == "Привіт"


def test_a_resolver_that_hangs_costs_no_more_than_the_time_given() -> None:
    network = Network(resolve=lambda host, port: time.sleep(2) or [])  # type: ignore[func-returns-value]
    begun = time.monotonic()
    with http.using(network):
        assert reason_of(Request("http://example.com/", limits=QUICK)) is Reason.TIME
    assert time.monotonic() - begun < 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "127.0.0.1"},
        {"Cookie": "a=b"},
        {"Content-Length": "0"},
        {"transfer-encoding": "chunked"},
        {"X": "a\r\nHost: b"},
        {"X\r\nY": "a"},
        {"X Y": "a"},
        {"X": "ключ"},
        {"X": "\0"},
    ],
)
def test_headers_that_would_change_the_request_are_refused(headers: dict[str, str]) -> None:
    with http.using(Memory()):
        assert reason_of(Request("http://example.com/", headers=headers)) is Reason.REQUEST


@pytest.mark.parametrize("method", ["CONNECT", "TRACE", "get", "GET /x HTTP/1.1\r\nA: b", ""])
def test_methods_that_are_no_requests_for_a_page_are_refused(method: str) -> None:
    with http.using(Memory()):
        assert reason_of(Request("http://example.com/", method=method)) is Reason.REQUEST


def test_a_redirect_is_an_answer_unless_following_was_asked_for() -> None:
    twin = Memory()
    twin.answer("GET", "https://example.com/", 301, location="/there")
    twin.answer("GET", "https://example.com/there", 200, b"here")
    with http.using(twin):
        assert http.send(Request("https://example.com/")).status == 301
        found = http.send(Request("https://example.com/", redirects=1))
    assert (found.status, found.body, found.url) == (200, b"here", "https://example.com/there")


def test_the_callers_headers_stay_with_the_server_they_were_meant_for() -> None:
    twin = Memory()
    twin.answer("GET", "https://example.com/", 302, location="https://example.com/own")
    twin.answer("GET", "https://example.com/own", 302, location="https://example.org/")
    twin.answer("GET", "https://example.org/", 200)
    with http.using(twin):
        http.send(Request("https://example.com/", headers={"Authorization": "Bearer key"}, redirects=2))
    assert [dict(one.headers) for one in twin.sent] == [{"Authorization": "Bearer key"}] * 2 + [{}]


def test_a_posted_request_follows_no_redirect() -> None:
    twin = Memory()
    twin.answer("POST", "https://example.com/", 307, location="https://example.org/")
    with http.using(twin):
        assert http.send(Request("https://example.com/", method="POST", redirects=3)).status == 307
    assert len(twin.sent) == 1


def test_the_twin_refuses_what_the_network_would_refuse() -> None:
    twin = Memory(names={"inside.example.com": ["10.0.0.1"]})
    with http.using(twin):
        reasons = [reason_of(Request(url)) for url in ("http://127.1/", "ftp://a.b/", "http://inside.example.com/")]
        with pytest.raises(OutboundRefused):
            http.check("http://inside.example.com/")
        with pytest.raises(OutboundFailed):
            http.send(Request("http://silent.example.com/"))
    assert reasons == [Reason.NOT_PUBLIC, Reason.SCHEME, Reason.NOT_PUBLIC]


def test_an_error_says_nothing_of_what_happened_inside() -> None:
    def fail(host: str, port: int) -> list[str]:
        raise OSError("name server 10.1.2.3 refused")

    with http.using(Network(resolve=fail)), pytest.raises(OutboundFailed) as error:
        http.send(Request("http://example.com/"))
    assert (str(error.value), repr(error.value)) == ("unknown_name", "OutboundFailed('unknown_name')")
