"""Every setting that comes from the environment, read in one place.

A setting that is not declared here does not exist; `docs/reference/settings.md` is made from this list and a test
compares the two.
"""

import ipaddress
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


class SettingError(ValueError):
    """A setting cannot be used as it was given; the text says what to do, in one line."""


@dataclass(frozen=True)
class Setting:
    """One line of the reference: the variable, its default as people would write it, and what it does."""

    name: str
    default: str
    meaning: str


SETTINGS = (
    Setting(
        "WAYLOOP_HOME",
        "./var/home",
        "The folder that holds everything of one installation: database, files, keys, logs.",
    ),
    Setting("WAYLOOP_PORT", "8000", "The port the web server listens on."),
    Setting(
        "WAYLOOP_HOST",
        "127.0.0.1",
        "The address the web server listens on. Leave it on loopback unless HTTPS stands in front.",
    ),
    Setting("WAYLOOP_URL", "http://localhost:PORT", "The one address people open; the only source of absolute links."),
    Setting(
        "WAYLOOP_TLS_CERT",
        "none",
        "The file of your own certificate with its chain (PEM); then the web server itself speaks https.",
    ),
    Setting("WAYLOOP_TLS_KEY", "none", "The file of the certificate's key (PEM), without a password."),
    Setting(
        "WAYLOOP_TRUSTED_PROXIES",
        "none",
        "Addresses or networks of proxies in front, by commas; only they are believed who came, and that it was https.",
    ),
    Setting(
        "DATABASE_URL",
        "the embedded PostgreSQL",
        "postgresql://user:password@host:port/name of any PostgreSQL 15 or newer.",
    ),
    Setting(
        "WAYLOOP_BACKUP_SECRET",
        "asked for",
        "The secret key of the object storage that `wayloop restore s3://…` reads from.",
    ),
    Setting(
        "WAYLOOP_PROCESS",
        "command",
        "Set by the supervisor for its children (web, worker); decides time limits of queries.",
    ),
)


@dataclass(frozen=True)
class Environment:
    """The settings of one process, checked."""

    home: Path
    port: int
    host: str
    url: str
    database_url: str | None
    backup_secret: str | None
    tls_cert: Path | None
    tls_key: Path | None
    trusted_proxies: tuple[str, ...]
    process: str

    @property
    def is_https(self) -> bool:
        """Whether people reach this installation by https; cookies are marked Secure exactly then."""
        return urlsplit(self.url).scheme == "https"

    @property
    def host_name(self) -> str:
        """The host part of the one address."""
        return urlsplit(self.url).hostname or "localhost"


def read_environment(source: Mapping[str, str] = os.environ) -> Environment:
    """Reads and checks all settings.

    Raises `SettingError` with one line that names the variable and what it may be.
    """
    port = _port(source.get("WAYLOOP_PORT") or "8000")
    cert, key = _certificate(source)
    url = (source.get("WAYLOOP_URL") or f"{'https' if cert else 'http'}://localhost:{port}").rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        raise SettingError(f"WAYLOOP_URL must look like https://crm.example.com, not {url!r}.")
    if cert and parts.scheme != "https":
        raise SettingError(f"WAYLOOP_URL must begin with https:// when there is a certificate, not {url!r}.")
    database_url = source.get("DATABASE_URL") or None
    if database_url and urlsplit(database_url).scheme not in ("postgresql", "postgres"):
        raise SettingError("DATABASE_URL must look like postgresql://user:password@host:5432/name.")
    return Environment(
        home=Path(source.get("WAYLOOP_HOME") or "var/home").expanduser().absolute(),
        port=port,
        host=source.get("WAYLOOP_HOST") or "127.0.0.1",
        url=url,
        database_url=database_url,
        backup_secret=source.get("WAYLOOP_BACKUP_SECRET") or None,
        tls_cert=cert,
        tls_key=key,
        trusted_proxies=_proxies(source.get("WAYLOOP_TRUSTED_PROXIES") or ""),
        process=source.get("WAYLOOP_PROCESS") or "command",
    )


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise SettingError(f"WAYLOOP_PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def _certificate(source: Mapping[str, str]) -> tuple[Path | None, Path | None]:
    """The files of the certificate and its key, which fit each other; or neither."""
    cert, key = source.get("WAYLOOP_TLS_CERT") or "", source.get("WAYLOOP_TLS_KEY") or ""
    if not cert and not key:
        return None, None
    if not cert or not key:
        raise SettingError("WAYLOOP_TLS_CERT and WAYLOOP_TLS_KEY are given together or not at all.")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key, password=lambda: "")
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or error.args[-1]
        raise SettingError(
            f"the certificate of WAYLOOP_TLS_CERT and WAYLOOP_TLS_KEY cannot be used: {reason}."
        ) from error
    return Path(cert).absolute(), Path(key).absolute()


def _proxies(text: str) -> tuple[str, ...]:
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    for one in found:
        try:
            ipaddress.ip_network(one)
        except ValueError:
            raise SettingError(
                f"WAYLOOP_TRUSTED_PROXIES must be addresses or networks like 127.0.0.1,10.0.0.0/8, not {one!r}."
            ) from None
    return found
