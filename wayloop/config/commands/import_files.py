"""`wayloop import FILE_OR_FOLDER… --mapping NAME`: the same import as on the page, in this process."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wayloop.config.environment import read_environment
from wayloop.operations.database import database
from wayloop.operations.errors import OperationError
from wayloop.operations.home import Home

if TYPE_CHECKING:
    from wayloop.imports.api import ImportInfo, TableInfo

GOES_ON = "What came in stays; give the file again and the rest comes in."


@click.command("import")
@click.argument("paths", metavar="FILE_OR_FOLDER…", nargs=-1, type=click.Path(path_type=Path))
@click.option("--mapping", help="How columns are read: a name, for example online-retail, or a TOML file.")
@click.option("--dry-run", is_flag=True, help="Tell what would happen; nothing stays.")
@click.option("--undo", "undo", type=int, help="Take the import with this number back.")
@click.option("--zone", default="", help="Zone of times that name none, in place of the mapping's: Europe/Kyiv.")
@click.option("--currency", default="", help="Currency of the amounts, in place of the mapping's: UAH.")
@click.option("--source", default="", help="The system it comes from, in place of the mapping's.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on the last line.")
def command(
    paths: tuple[Path, ...],
    mapping: str | None,
    dry_run: bool,
    undo: int | None,
    zone: str,
    currency: str,
    source: str,
    as_json: bool,
) -> None:
    """Bring files in, which belong together. Rows that cannot come in go to a file with the reason; the rest is in."""
    _check(paths, mapping, undo)
    environment = read_environment()
    with database(Home(environment.home), environment.database_url):
        # slow import: Django is ready only inside the block
        from wayloop.imports import api as imports

        started = time.monotonic()
        tell = _show if sys.stderr.isatty() else _quiet
        try:
            if undo is not None:
                run = imports.take_back(import_id=undo, tell=tell)
            else:
                name, content = _mapping(str(mapping), imports.read_toml)
                run = imports.import_path(
                    path=paths,
                    mapping=name,
                    content=content,
                    tell=tell,
                    zone=zone,
                    currency=currency,
                    source=source,
                    is_trial=dry_run,
                )
        except imports.ImportRefused as refused:
            raise OperationError(str(refused)) from refused
        except KeyboardInterrupt as stop:
            again = f"Give --undo {undo} again and it goes on." if undo is not None else GOES_ON
            raise OperationError(f"stopped. {'Nothing was written.' if dry_run else again}") from stop
        finally:
            if tell is _show:
                print(file=sys.stderr)
        if run.problem:
            raise OperationError(run.problem)
        seconds = time.monotonic() - started
        if as_json:
            print(json.dumps(_told(run, seconds, imports.told_table), ensure_ascii=False))
        else:
            _print(run, seconds, imports.told_table)


def _check(paths: tuple[Path, ...], mapping: str | None, undo: int | None) -> None:
    if undo is not None:
        if paths or mapping:
            raise OperationError("--undo takes an import back: give no file and no mapping with it.")
        return
    if not paths:
        raise OperationError("give a file or a folder to bring in, or --undo with the number of an import.")
    for path in paths:
        if not path.exists():
            raise OperationError(f"there is no file {path}.")
        if path.is_dir() and not any(each.is_file() for each in path.iterdir()):
            raise OperationError(f"there are no files in {path}.")
    if not mapping:
        raise OperationError("say how columns are read, for example --mapping online-retail.")


def _mapping(given: str, read: Callable[[str, str], dict[str, Any]]) -> tuple[str, dict[str, Any] | None]:
    """The name of a mapping, and its content when a file was given."""
    if not given.endswith(".toml"):
        return given, None
    try:
        return Path(given).stem, read(Path(given).stem, Path(given).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise OperationError(f"the mapping {given} cannot be read.") from error


def _told(run: "ImportInfo", seconds: float, told: "Callable[[TableInfo], Any]") -> dict[str, Any]:
    is_gone = run.undone_at is not None
    return {
        "value": run.rows_undone if is_gone else run.rows_done,
        "n": run.rows_undone if is_gone else run.rows_total,
        "unit": "rows",
        "interval": None,
        "rows": [
            {
                "entity": table.entity,
                "rows": table.rows_total,
                "good": table.rows_done,
                "refused": table.rows_refused,
                "counts": dict(table.counts),
                "told": [str(sentence) for sentence in told(table)],
                **{key: table.told[key] for key in ("exact", "aside", "reasons") if key in table.told},
            }
            for table in run.tables
        ],
        "id": run.id,
        "state": str(run.state.value),
        "is_trial": run.is_trial,
        "refused": run.rows_refused,
        "counts": dict(run.counts),
        "errors": str(run.errors) if run.errors else None,
        "seconds": round(seconds, 1),
    }


def _print(run: "ImportInfo", seconds: float, told: "Callable[[TableInfo], Any]") -> None:
    if run.undone_at is not None:
        print(f"Import {run.id} is taken back: {run.rows_undone} rows in {seconds:.0f} s.")
        return
    would = "would come in" if run.is_trial else "came in"
    print(f"{run.rows_total} rows read in {seconds:.0f} s: {run.rows_done} {would}, {run.rows_refused} refused.")
    for table in run.tables:
        print(f"  {table.entity}: {', '.join(told(table)) or 'nothing new'}")
        for reason, count in table.told.get("reasons", ()):
            print(f"    {count} × {reason}")
    if run.is_trial:
        print("Nothing was written.")
        return
    if run.errors:
        print(f"Refused rows and why: {run.errors}")
    print(f"To take it back: wayloop import --undo {run.id}")


def _show(run: "ImportInfo") -> None:
    # app ready: as above
    from wayloop.imports.api import progress_of

    if run.undone_at is not None:
        line = f"{run.rows_undone} rows taken back"
    else:
        progress = progress_of(run)
        line = f"{run.rows_seen} of {run.rows_total or '…'} rows"
        if progress.rows_per_second:
            line += f", {progress.rows_per_second} a second, {progress.seconds_left} s left"
    print(f"\r{line:<70}", end="", file=sys.stderr, flush=True)


def _quiet(_run: object) -> None:
    return
