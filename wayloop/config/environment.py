"""Every setting that comes from the environment, read in one place.

A setting that is not declared here does not exist; `docs/reference/settings.md` is made from this list and a test
compares the two.
"""

import os
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
    url = (source.get("WAYLOOP_URL") or f"http://localhost:{port}").rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        raise SettingError(f"WAYLOOP_URL must look like https://crm.example.com, not {url!r}.")
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
        process=source.get("WAYLOOP_PROCESS") or "command",
    )


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise SettingError(f"WAYLOOP_PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)
