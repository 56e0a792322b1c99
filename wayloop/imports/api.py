"""The face of imports for other contexts and the command line."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from django.db import Error
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wayloop.imports.models import Import
from wayloop.imports.queries import ImportInfo, info_of
from wayloop.imports.rules import ImportRefused, mapping_names, read_mapping
from wayloop.imports.services import run_import, start_import, stop_import
from wayloop.kernel.files import store_path

__all__ = ["ImportInfo", "ImportRefused", "import_path", "mapping_names"]


def import_path(*, path: Path, mapping: str, tell: Callable[[ImportInfo], None] = lambda _run: None) -> ImportInfo:
    """Brings a file in, in this process, from its first row to its last; answers how it went.

    Raises `ImportRefused` for a mapping that does not exist, `KeyboardInterrupt` when it was interrupted: the import is
    then stopped. See `services.run_import` for the effects.
    """
    try:
        read_mapping(mapping)
    except KeyError as error:
        raise ImportRefused(
            _("There is no mapping “%(name)s”. Known: %(known)s.")
            % {"name": mapping, "known": ", ".join(mapping_names())}
        ) from error

    def tell_info(row: Import) -> None:
        tell(info_of(row))

    import_id = start_import(
        file_id=store_path(path),
        file_name=path.name,
        mapping=mapping,
        language=(get_language() or "en")[:2],
        in_worker=False,
    )
    try:
        return info_of(run_import(import_id=import_id, tell=tell_info))
    except BaseException as error:
        # No job stands behind a run of this process. What came in stays, and the page of the import offers to go on.
        with suppress(Error):
            stop_import(import_id=import_id)
            run_import(import_id=import_id)
        if "Query interrupted" in str(error):
            # DuckDB's way of telling Ctrl-C.
            raise KeyboardInterrupt from error
        raise
