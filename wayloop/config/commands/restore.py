"""`wayloop restore`."""

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from wayloop.config.environment import read_environment
from wayloop.operations.backup import restoring
from wayloop.operations.backup.making import KEY
from wayloop.operations.backup.places import Folder, Place
from wayloop.operations.backup.repository import Repository
from wayloop.operations.backup.sealing import BackupDamaged, Key
from wayloop.operations.backup.storage import Access, Storage
from wayloop.operations.database import Users, check_database, database, ended_politely
from wayloop.operations.errors import OperationError
from wayloop.operations.home import Home
from wayloop.operations.postgres import Server


@click.command("restore")
@click.argument("place")
@click.option(
    "--to", "text", help="The moment, as in '2026-11-22 10:00', in the zone of the business. Else the newest."
)
@click.option(
    "--key", "key_file", type=click.Path(path_type=Path), help="A file with the recovery code. Else you are asked."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on the last line of standard output.")
def command(place: str, text: str | None, key_file: Path | None, as_json: bool) -> None:
    """Bring back what lies in PLACE, a folder or s3://…, into an empty WAYLOOP_HOME. All sending is held back then."""
    found = read_environment()
    home = Home(found.home)
    restoring.check_home(home)
    if found.database_url:
        check_database(found.database_url)
    key = _read_key(key_file)
    repository = Repository.open(_place(place, found.backup_secret), key)
    begun = time.monotonic()
    with ended_politely():
        restored = restoring.restore(
            repository, home, moment=_moment(repository, text), database_url=found.database_url, tell=_tell
        )
        # The code typed here continues to be the code of this home.
        home.secret(KEY, make=lambda: key.code)
        if not found.database_url:
            Users(home).leave_to_commands(Server(home))
    with database(home, found.database_url):
        seconds = time.monotonic() - begun
    print(
        f"brought back {home.path} as of {restored.moment.isoformat(sep=' ', timespec='seconds')} in {seconds:.0f} s: "
        f"{restored.bytes / 1e9:.2f} GB copied in {restored.copied:.1f} s, log replayed in {restored.replayed:.1f} s."
    )
    print("Nothing is sent until somebody releases it: Settings → Backup. Start with `wayloop up`.")
    if as_json:
        told = {"value": round(seconds, 2), "n": restored.bytes, "unit": "s", "moment": restored.moment.isoformat()}
        print(json.dumps(told | {"copied_s": round(restored.copied, 2), "replayed_s": round(restored.replayed, 2)}))


def _place(text: str, secret: str | None) -> Place:
    """A folder, or the storage of an address like s3://ACCESSKEY@s3.example.com/bucket?region=eu."""
    if not text.startswith("s3:"):
        return Folder(Path(text).expanduser().absolute())
    if secret is None and sys.stdin.isatty():
        secret = click.prompt("Secret key", hide_input=True)
    if not secret:
        raise OperationError("give the secret key of the storage in WAYLOOP_BACKUP_SECRET.")
    return Storage(Access.read(text, secret))


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _read_key(file: Path | None) -> Key:
    if file is None:
        if not sys.stdin.isatty():
            raise OperationError("give the recovery code in a file: --key FILE.")
        return Key.read(click.prompt("Recovery code", hide_input=False))
    try:
        return Key.read(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise OperationError(f"the file of the recovery code {file} cannot be read.") from error


def _moment(repository: Repository, text: str | None) -> datetime | None:
    """The moment as people write it, in the zone the business had in its newest backup."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise OperationError(f"--to must look like '2026-11-22 10:00', not {text!r}.") from None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(_zone(repository)))
    try:
        # The first and last hours there are cannot be told in every zone.
        aware.astimezone(UTC)
    except OverflowError:
        raise OperationError(f"--to must be a moment of these years, not {text!r}.") from None
    return aware


def _zone(repository: Repository) -> str:
    for *_, name in reversed(repository.bases()):
        try:
            return repository.read_base(name).zone
        except BackupDamaged:
            continue
    return "UTC"
