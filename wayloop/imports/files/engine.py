"""The engine that reads files: one for each process, with a limit to its memory, blind to everything but its folder."""

import os
import shutil
from functools import lru_cache
from pathlib import Path
from threading import Lock

import duckdb

MEMORY = "300MB"
# Two imports that begin at once must not make an engine each: the second would take the first one's folder away.
_MAKING = Lock()


def connect(root: Path) -> duckdb.DuckDBPyConnection:
    """A connection of its own for temporary tables and views; the engine behind it is shared, and so is `MEMORY`.

    `root`: the folder of the work of all imports, the only place it can read and write.
    """
    with _MAKING:
        return _engine(root).cursor()


def name(text: str) -> str:
    """`text` as a name in SQL."""
    escaped = text.replace('"', '""')
    return f'"{escaped}"'


def literal(text: str) -> str:
    """`text` as a value in SQL."""
    escaped = text.replace("'", "''")
    return f"'{escaped}'"


# Making an engine takes longer than reading a small file.
@lru_cache(maxsize=1)
def _engine(root: Path) -> duckdb.DuckDBPyConnection:
    spill = root / f"spill-{os.getpid()}"
    for old in root.glob("spill-*"):
        # What a process left behind that was killed. It holds personal data.
        if old == spill or _is_gone(int(old.name.removeprefix("spill-"))):
            shutil.rmtree(old, ignore_errors=True)
    spill.mkdir(mode=0o700)
    engine = duckdb.connect(
        config={
            "memory_limit": MEMORY,
            "threads": 2,
            "temp_directory": str(spill),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    engine.execute("SET enable_progress_bar = false")
    engine.execute("SET TimeZone = 'UTC'")
    engine.execute(f"SET allowed_directories = [{literal(str(root))}]")
    engine.execute("SET enable_external_access = false")
    return engine


def _is_gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except OSError as error:
        return isinstance(error, ProcessLookupError)
    return False
