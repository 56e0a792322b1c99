"""The outbound client writes down where it went, whatever becomes of its caller."""

import socket
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection, transaction

from wayloop.kernel import http
from wayloop.kernel.http import record
from wayloop.kernel.http.wire import Network, dial


@pytest.fixture
def outside(committed: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A server outside that answers everything, under any name; nobody has been anywhere yet."""
    monkeypatch.setattr(record, "_pending", {})
    # It is written beside the caller's transaction, so what other tests reached may stand there.
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM kernel_outgoingaddress")
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        try:
            while True:
                caller, _ = listening.accept()
                with caller:
                    caller.recv(65_536)
                    caller.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
        except OSError:
            pass

    threading.Thread(target=serve, daemon=True).start()
    port = listening.getsockname()[1]
    network = Network(
        resolve=lambda host, _: [] if host == "gone.example.com" else ["93.184.215.14"],
        dial=lambda _, __, timeout: dial("127.0.0.1", port, timeout),
    )
    with http.using(network):
        yield
    listening.close()


def told() -> list[tuple[str, int, int]]:
    return sorted((one.host, one.port, one.times) for one in http.outgoing())


@pytest.mark.usefixtures("committed", "outside")
def test_every_server_that_was_reached_stands_in_the_record_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction.atomic():
        http.send(http.Request("http://shop.example.com/secret-path?key=1"))
        transaction.set_rollback(True)
    for refused in ("http://gone.example.com/", "http://127.0.0.1/", "https://user@shop.example.com/"):
        with pytest.raises(http.OutboundError):
            http.send(http.Request(refused))
    assert told() == [("shop.example.com", 80, 1)]
    # Within the same minute it is only counted; what was counted is written with the next one.
    http.send(http.Request("http://shop.example.com/"))
    assert told() == [("shop.example.com", 80, 1)]
    monkeypatch.setattr(record, "EVERY", timedelta())
    http.send(http.Request("http://shop.example.com/"))
    http.send(http.Request("http://93.184.215.14/"))
    assert told() == [("93.184.215.14", 80, 1), ("shop.example.com", 80, 3)]
