"""The face of imports for other contexts and the command line."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from django.db import Error, transaction
from django.utils.translation import gettext as _

from wayloop.imports.attending import attended
from wayloop.imports.enums import ImportState
from wayloop.imports.progress import progress_of, told_table
from wayloop.imports.queries import ImportInfo, TableInfo, files_in, info_of, mapping_names, read_mapping, waited_for
from wayloop.imports.rules import ImportRefused, read_toml
from wayloop.imports.services import run_import, start_import, stop_import
from wayloop.imports.undoing import run_undo, undo_import
from wayloop.kernel.files import store_path

__all__ = [
    "ImportInfo",
    "ImportRefused",
    "TableInfo",
    "files_in",
    "import_path",
    "mapping_names",
    "progress_of",
    "read_toml",
    "take_back",
    "told_table",
]


def import_path(
    *,
    path: Path | Sequence[Path],
    mapping: str,
    content: Mapping[str, Any] | None = None,
    tell: Callable[[ImportInfo], None] = lambda _run: None,
    zone: str = "",
    currency: str = "",
    source: str = "",
    is_trial: bool = False,
) -> ImportInfo:
    """Brings files in, in this process, from the first row to the last; answers how it went.

    `path`: a file, a folder, or several of them, which belong together. `content`: the mapping itself, for one that is
    not kept here. `is_trial`: everything happens and nothing stays.
    Raises `ImportRefused` for a mapping that does not exist and while another import is taken back, `KeyboardInterrupt`
    when it was interrupted: the import is then stopped. See `services.run_import` for the effects.
    """
    if content is None:
        read_mapping(mapping)
    paths = [path] if isinstance(path, Path) else list(path)
    _refuse_to_wait(ImportState.QUEUED)
    files = [(store_path(file), file.name) for file in files_in(paths)]
    with ExitStack() as stack:
        # Nobody else takes it for one that was left.
        with transaction.atomic():
            import_id = start_import(
                files=files,
                name=paths[0].name if len(paths) == 1 else "",
                mapping=mapping,
                content=content,
                zone=zone,
                currency=currency,
                source=source,
                in_worker=False,
                is_trial=is_trial,
            )
            stack.enter_context(attended(import_id))
        return _brought_in(import_id, tell)


def _brought_in(import_id: int, tell: Callable[[ImportInfo], None]) -> ImportInfo:
    try:
        return info_of(run_import(import_id=import_id, tell=lambda row: tell(info_of(row))))
    except BaseException as error:
        # No job stands behind a run of this process. What came in stays, and the page of the import offers to go on.
        with suppress(Error):
            stop_import(import_id=import_id)
            run_import(import_id=import_id)
        if "Query interrupted" in str(error):
            # DuckDB's way of telling Ctrl-C.
            raise KeyboardInterrupt from error
        raise


def take_back(*, import_id: int, tell: Callable[[ImportInfo], None] = lambda _run: None) -> ImportInfo:
    """Takes an import back, in this process, until nothing of it is left; answers how it went.

    One that was interrupted goes on when it is called again. Raises `ImportRefused` when there is no such import, or it
    or another one still runs. See `undoing.run_undo` for the effects.
    """
    _refuse_to_wait(ImportState.UNDOING)
    undo_import(import_id=import_id, in_worker=False)
    return info_of(run_undo(import_id=import_id, tell=lambda row: tell(info_of(row))))


def _refuse_to_wait(state: ImportState) -> None:
    """A command does not wait for what others do: nobody may be at work on it."""
    if other := waited_for(state):
        told = {
            ImportState.QUEUED: _("“%(name)s” is being taken back. Try again when that is over."),
            ImportState.UNDOING: _("“%(name)s” is being brought in. Try again when that is over."),
        }
        raise ImportRefused(told[state] % {"name": other})
