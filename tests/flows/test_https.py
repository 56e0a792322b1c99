"""Https as visitors meet it: the web process itself with a certificate, and behind a proxy."""

import http.client
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.browser.sites import Site
from tests.certificates import Authority
from tests.databases import Databases

PROXY = {"WAYLOOP_TRUSTED_PROXIES": "127.0.0.1", "WAYLOOP_URL": "https://crm.example.com"}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Whom these visitors believe."""
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def sites(
    authority: Authority, databases: Databases, make_folder: Callable[[str], Path]
) -> Iterator[tuple[Site, Site]]:
    """The same installation with a certificate of its own, and behind a proxy."""
    cert, key = map(str, authority.issue("own", "127.0.0.1"))
    url = databases.url(databases.copy("empty"))
    with ExitStack() as stack:
        made = []
        for wishes in ({"WAYLOOP_TLS_CERT": cert, "WAYLOOP_TLS_KEY": key}, PROXY):
            site = Site(folder=make_folder("https"), database_url=url, **wishes)
            stack.callback(site.stop)
            site.start()
            made.append(site)
        yield made[0], made[1]


def ask(connection: http.client.HTTPConnection, path: str, **headers: str) -> tuple[int, Mapping[str, str], list[str]]:
    """Status, headers and cookies of a GET."""
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    answer.read()
    return answer.status, answer.headers, answer.headers.get_all("Set-Cookie") or []


def test_a_visitor_who_believes_the_authority_comes_in_by_tls_and_nobody_else(
    sites: tuple[Site, Site], authority: Authority
) -> None:
    own, _ = sites
    trust = ssl.create_default_context(cafile=str(authority.path))
    connection: Any = own.connect(trust)
    status, headers, cookies = ask(connection, "/start/")
    spoken = connection.sock.version() if connection.sock else "closed"
    assert (status, headers["Strict-Transport-Security"], spoken) == (200, "max-age=31536000", "TLSv1.3")
    assert [(one.split("=")[0], "Secure" in one, "HttpOnly" in one, "SameSite=" in one) for one in cookies] == [
        ("__Host-wayloop-csrf", True, True, True)
    ]
    with pytest.raises(ssl.SSLCertVerificationError):
        ask(own.connect(ssl.create_default_context()), "/start/")


def test_where_tls_is_spoken_plain_http_gets_no_answer(sites: tuple[Site, Site]) -> None:
    own, _ = sites
    port = int(own.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as plain:
        plain.sendall(b"GET /start/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        try:
            said = plain.recv(1000)
        except ConnectionError:
            said = b""
    assert b"HTTP/" not in said


def test_behind_a_proxy_http_is_led_to_https_and_https_is_served(sites: tuple[Site, Site]) -> None:
    _, proxied = sites
    told = {"Host": "crm.example.com", "X_Forwarded_For": "203.0.113.9"}
    by_http = ask(proxied.connect(), "/start/?a=1", X_Forwarded_Proto="http", **told)
    by_https = ask(proxied.connect(), "/start/", X_Forwarded_Proto="https", **told)
    direct = ask(proxied.connect(), "/start/", Host="127.0.0.1")
    stranger = ask(proxied.connect(), "/start/", X_Forwarded_Proto="https", Host="evil.example.com")
    assert (by_http[0], by_http[1]["Location"]) == (301, "https://crm.example.com/start/?a=1")
    assert (direct[0], direct[1]["Location"]) == (301, "https://crm.example.com/start/")
    assert (by_https[0], by_https[1]["Strict-Transport-Security"], stranger[0]) == (200, "max-age=31536000", 400)
    assert [one.split("=")[0] for one in by_https[2]] == ["__Host-wayloop-csrf"]
