"""`wayloop backup`."""

import json
from pathlib import Path

import click

from wayloop.config.environment import read_environment
from wayloop.operations.backup.choosing import reachable
from wayloop.operations.backup.logical import dump
from wayloop.operations.backup.making import Backups, key_of
from wayloop.operations.backup.places import Folder
from wayloop.operations.backup.repository import Repository
from wayloop.operations.database import database
from wayloop.operations.errors import OperationError
from wayloop.operations.home import Home
from wayloop.operations.postgres import Server


@click.command("backup")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--code", is_flag=True, help="Only print the recovery code, without which no backup can be opened.")
@click.option("--list", "only_list", is_flag=True, help="Only say which moments can be brought back.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on the last line of standard output.")
def command(folder: Path | None, code: bool, only_list: bool, as_json: bool) -> None:
    """Back up database, files and keys, sealed, to FOLDER once, or to the place of the plan."""
    found = read_environment()
    home = Home(found.home)
    home.prepare()
    if code:
        print(key_of(home).code)
    elif only_list:
        _list(_folder(folder), home, as_json=as_json)
    elif folder is None:
        _by_plan(home, found.database_url, as_json=as_json)
    else:
        _once(_folder(folder), home, found.database_url, as_json=as_json)


def _folder(folder: Path | None) -> Path:
    if folder is None:
        raise OperationError("say which: wayloop backup FOLDER --list.")
    return folder.expanduser().absolute()


def _list(folder: Path, home: Home, *, as_json: bool) -> None:
    spans = reachable(Repository.open(Folder(folder), key_of(home)))
    for begin, end in spans:
        print(f"{begin:%Y-%m-%d %H:%M:%S} to {end:%Y-%m-%d %H:%M:%S} UTC")
    if as_json:
        rows = [{"from": begin.isoformat(), "to": end.isoformat()} for begin, end in spans]
        print(json.dumps({"value": len(rows), "n": len(rows), "unit": "spans", "rows": rows}))


def _by_plan(home: Home, url: str | None, *, as_json: bool) -> None:
    """To the place of the plan, as the worker does it every night."""
    with database(home, url):
        # app ready: Django's settings are read on import
        from wayloop.operations import queries, services

        if not queries.plan().kind:
            raise OperationError("no place is chosen yet: wayloop backup FOLDER, or the page Backup in the settings.")
        run = services.make_backup_here()
    if run.problem:
        raise OperationError(run.problem, **run.problem_values)
    _tell("the place of the plan", run.read, run.written, run.seconds, as_json=as_json)


def _once(folder: Path, home: Home, url: str | None, *, as_json: bool) -> None:
    """One backup that stands alone. A server that is not ours is dumped: its log is not ours to read."""
    repository = Repository.make(Folder.make(folder), key_of(home))
    with database(home, url, migrate=False):
        # app ready: Django's settings are read on import
        from wayloop.business import api as business

        zone = business.profile().zone
        if url:
            made = dump(home, url, repository, zone=zone)
        else:
            made = Backups(Server(home), repository, once=True).make(zone=zone)
    if url:
        print("the database of DATABASE_URL was dumped: this moment can be brought back, none before or after it.")
    _tell(str(folder), made.read, made.written, made.seconds, as_json=as_json)


def _tell(place: str, read: int, written: int, seconds: float, *, as_json: bool) -> None:
    print(f"{read / 1e9:.2f} GB backed up to {place} in {seconds:.0f} s, {written / 1e6:.0f} MB of it new.")
    print("Keep the recovery code elsewhere: wayloop backup --code")
    if as_json:
        print(json.dumps({"value": read, "n": 1, "unit": "bytes", "written": written, "seconds": round(seconds, 2)}))
