"""`wayloop import FILE --mapping NAME`: the same import as on the page, in this process."""

import json
import sys
import time
from pathlib import Path

import click

from wayloop.config.environment import read_environment
from wayloop.operations.database import database
from wayloop.operations.errors import OperationError
from wayloop.operations.home import Home


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--mapping", required=True, help="How its columns are read, for example online-retail.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on the last line.")
def command(file: Path, mapping: str, as_json: bool) -> None:
    """Bring FILE in. Rows that cannot come in go to a file with the reason; the rest is in."""
    if not file.is_file():
        raise OperationError(f"{file} is a folder; give a file." if file.is_dir() else f"there is no file {file}.")
    environment = read_environment()
    with database(Home(environment.home), environment.database_url):
        # slow import: Django is ready only inside the block
        from wayloop.imports import api as imports

        started = time.monotonic()
        try:
            run = imports.import_path(path=file, mapping=mapping, tell=_show if sys.stderr.isatty() else _quiet)
        except imports.ImportRefused as refused:
            raise OperationError(str(refused)) from refused
        except KeyboardInterrupt as stop:
            raise OperationError("stopped. What came in stays; give the file again and the rest comes in.") from stop
        seconds = time.monotonic() - started
        if run.problem:
            raise OperationError(run.problem)
        if as_json:
            told = {
                "value": run.rows_done,
                "n": run.rows_total,
                "unit": "rows",
                "refused": run.rows_refused,
                "counts": dict(run.counts),
                "errors": str(run.errors) if run.errors else None,
                "seconds": round(seconds, 1),
                "id": run.id,
            }
            print(json.dumps(told))
            return
        print(f"{run.rows_total} rows read in {seconds:.0f} s: {run.rows_done} good, {run.rows_refused} refused.")
        for name, number in sorted(run.counts.items()):
            print(f"  {name.replace('_', ' ')}: {number}")
        if run.errors:
            print(f"Refused rows and why: {run.errors}")


def _show(run: object) -> None:
    done, total = getattr(run, "rows_done", 0), getattr(run, "rows_total", 0)
    print(f"\r{done} of {total or '…'} rows", end="", file=sys.stderr, flush=True)


def _quiet(_run: object) -> None:
    return
