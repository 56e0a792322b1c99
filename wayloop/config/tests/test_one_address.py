"""One address: what every page answers over http and over https, who is believed to be a proxy, and certificates."""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from wayloop.config.environment import SettingError, read_environment

NAMES = (
    "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SECURE_HSTS_SECONDS",
    "CSRF_TRUSTED_ORIGINS", "ALLOWED_HOSTS",
)  # fmt: skip
TELL = f"import json, wayloop.config.settings as s;print(json.dumps({{name: getattr(s, name) for name in {NAMES!r}}}))"
SAMPLES = ("1", "0190f2f0-0000-7000-8000-000000000000", "x")
FILE = "/static/build/manifest.json"


@pytest.fixture(scope="module")
def settings_of() -> dict[str, dict[str, Any]]:
    """The settings of an installation at an http and at an https address, as a new process reads them."""
    told = {}
    for scheme in ("http", "https"):
        environment = os.environ | {"WAYLOOP_URL": f"{scheme}://crm.example.com"}
        done = subprocess.run([sys.executable, "-c", TELL], env=environment, capture_output=True, text=True, check=True)
        told[scheme] = json.loads(done.stdout)
    return told


def addresses(patterns: list[URLPattern | URLResolver] | None = None, begin: str = "/") -> Iterator[str]:
    """An address of every page there is."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        text = str(pattern.pattern)
        for name, converter in pattern.pattern.converters.items():
            fitting = next(one for one in SAMPLES if re.fullmatch(converter.regex, one))
            text = re.sub(f"<(\\w+:)?{name}>", fitting, text)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, begin + text)
        else:
            yield begin + text


def test_every_pattern_has_an_address() -> None:
    found = list(addresses())
    assert ([one for one in found if "<" in one or resolve(one) is None], len(found) > 150) == ([], True)


@pytest.mark.django_db
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_every_page_has_its_headers_and_safe_cookies(
    scheme: str, settings_of: dict[str, dict[str, Any]], owner_member: Any
) -> None:
    wrong, seen = [], 0
    is_https = scheme == "https"
    with override_settings(**settings_of[scheme]):
        client = Client(raise_request_exception=False)
        # Over https a member looks, over http a stranger: both at once would say nothing more and take twice as long.
        if is_https:
            client.force_login(owner_member)
        for address in sorted({*addresses(), FILE, "/nowhere/"}):
            answer = client.head(address, secure=is_https, headers={"host": "crm.example.com"})
            seen += 1
            wrong += [f"{address}: {problem}" for problem in problems(address, answer, is_https=is_https)]
            if is_https and address != FILE and answer.headers.get("Cache-Control") is None:
                wrong.append(f"{address}: may be kept by whoever stands between")
    assert ("\n".join(wrong), seen > 150) == ("", True)


def problems(address: str, answer: Any, *, is_https: bool) -> Iterator[str]:
    """What a careful browser would miss."""
    headers = answer.headers
    if "camera=()" not in headers.get("Permissions-Policy", ""):
        yield "the page may look through the camera"
    expected = {
        # The pages of others load this one.
        "Cross-Origin-Resource-Policy": "cross-origin" if address == "/popin/v1.js" else "same-origin",
        "X-Permitted-Cross-Domain-Policies": "none",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Strict-Transport-Security": "max-age=31536000" if is_https else None,
    }
    for name, value in expected.items():
        if headers.get(name) != value:
            yield f"{name} is {headers.get(name)}"
    policy = headers.get("Content-Security-Policy", "")
    for part in ("default-src 'self'", "frame-ancestors 'none'", "object-src 'none'", "base-uri 'none'"):
        if part not in policy and "sandbox" not in policy and address != FILE:
            yield f"the policy lacks {part}"
    if "unsafe" in policy:
        yield "the policy allows what is unsafe"
    if answer.status_code >= 500:
        yield f"status {answer.status_code}"
    for name, cookie in answer.cookies.items():
        if (bool(cookie["secure"]), name.startswith("__Host-")) != (is_https, is_https) and name != "language":
            yield f"the cookie {name} is not marked for {'https' if is_https else 'http'}"
        if not cookie["httponly"] or cookie["samesite"] not in ("Lax", "Strict"):
            yield f"the cookie {name} is for scripts or other places"
        if cookie["path"] != "/" or cookie["domain"]:
            yield f"the cookie {name} goes too far"


@pytest.mark.django_db
def test_another_host_gets_nothing(settings_of: dict[str, dict[str, Any]], owner_member: Any) -> None:
    with override_settings(**settings_of["https"]):
        client = Client()
        client.force_login(owner_member)
        answers = [
            client.get("/settings/", secure=True, headers=headers).status_code
            for headers in (
                {"host": "evil.example.com"},
                {"host": "crm.example.com.evil.example.com"},
                {"host": "crm.example.com", "x-forwarded-host": "evil.example.com"},
            )
        ]
    assert answers == [400, 400, 200]


@pytest.mark.parametrize(
    ("client", "forwarded", "seen"),
    [
        ("127.0.0.1", "203.0.113.9", ("203.0.113.9", "https")),
        # What the visitor wrote into the header stands to the left of what the proxy saw.
        ("127.0.0.1", "1.1.1.1, 203.0.113.9", ("203.0.113.9", "https")),
        ("127.0.0.1", "203.0.113.9, 10.1.2.3", ("203.0.113.9", "https")),
        ("203.0.113.9", "127.0.0.1", ("203.0.113.9", "http")),
    ],
)
def test_only_a_trusted_proxy_says_who_came(client: str, forwarded: str, seen: tuple[str, str]) -> None:
    found = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        found.append((scope["client"][0], scope["scheme"]))

    environment = read_environment({"WAYLOOP_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8"})
    headers = [(b"x-forwarded-for", forwarded.encode()), (b"x-forwarded-proto", b"https")]
    scope: Any = {"type": "http", "scheme": "http", "client": (client, 1), "headers": headers}
    proxied: Any = ProxyHeadersMiddleware(application, trusted_hosts=list(environment.trusted_proxies))
    asyncio.run(proxied(scope, None, None))
    assert found == [seen]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of our own for this machine, and its key."""
    return make_certificate(tmp_path_factory.mktemp("tls"))


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Makes the files of a certificate and of its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "cert.pem", folder / "key.pem"


def test_with_a_certificate_the_address_is_https(certificate: tuple[Path, Path]) -> None:
    cert, key = certificate
    found = read_environment({"WAYLOOP_TLS_CERT": str(cert), "WAYLOOP_TLS_KEY": str(key), "WAYLOOP_PORT": "8443"})
    assert (found.url, found.is_https, found.tls_cert) == ("https://localhost:8443", True, cert)


def test_what_cannot_be_is_told_in_one_line(certificate: tuple[Path, Path], tmp_path: Path) -> None:
    cert, key = map(str, certificate)
    other = str(make_certificate(tmp_path)[1])
    told = []
    for wrong in (
        {"WAYLOOP_TLS_CERT": cert},
        {"WAYLOOP_TLS_CERT": cert, "WAYLOOP_TLS_KEY": other},
        {"WAYLOOP_TLS_CERT": cert, "WAYLOOP_TLS_KEY": "/nowhere"},
        {"WAYLOOP_TLS_CERT": cert, "WAYLOOP_TLS_KEY": key, "WAYLOOP_URL": "http://crm.example.com"},
        {"WAYLOOP_TRUSTED_PROXIES": "127.0.0.1, proxy.example.com"},
    ):
        with pytest.raises(SettingError) as refused:
            read_environment(wrong)
        told.append(str(refused.value))
    assert [("\n" in line, line.endswith(".")) for line in told] == [(False, True)] * 5
    assert [
        word in line for word, line in zip(("together", "cannot", "No such", "https", "proxy"), told, strict=True)
    ] == [True] * 5
