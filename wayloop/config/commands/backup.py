"""`wayloop backup`."""

import json
from pathlib import Path

import click

from wayloop.config.environment import read_environment
from wayloop.operations.backup.making import Backups, key_of
from wayloop.operations.backup.places import Folder
from wayloop.operations.backup.repository import Repository
from wayloop.operations.backup.restoring import reachable
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
    """Back up database, files and keys, sealed, to FOLDER."""
    found = read_environment()
    home = Home(found.home)
    if code:
        home.prepare()
        print(key_of(home).code)
        return
    if folder is None:
        raise OperationError("say where to: wayloop backup FOLDER, best on another disk.")
    place = folder.expanduser().absolute()
    if only_list:
        spans = reachable(Repository.open(Folder(place), key_of(home)))
        for begin, end in spans:
            print(f"{begin:%Y-%m-%d %H:%M:%S} to {end:%Y-%m-%d %H:%M:%S} UTC")
        if as_json:
            rows = [{"from": begin.isoformat(), "to": end.isoformat()} for begin, end in spans]
            print(json.dumps({"value": len(rows), "n": len(rows), "unit": "spans", "rows": rows}))
        return
    if found.database_url:
        raise OperationError("the database of DATABASE_URL cannot be backed up here yet: use pg_dump.")
    repository = Repository.make(Folder.make(place), key_of(home))
    with database(home, None, migrate=False):
        # app ready: Django's settings are read on import
        from wayloop.business import api as business

        made = Backups(Server(home), repository, once=True).make(zone=business.profile().zone)
    print(
        f"{made.read / 1e9:.2f} GB backed up to {place} in {made.seconds:.0f} s, {made.written / 1e6:.0f} MB new."
        " Keep the recovery code elsewhere: wayloop backup --code"
    )
    if as_json:
        told = {"value": made.read, "n": len(made.base.database), "unit": "bytes", "written": made.written}
        print(json.dumps(told | {"seconds": round(made.seconds, 2), "moment": made.base.ended.isoformat()}))
