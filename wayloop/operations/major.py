"""A data folder of an older PostgreSQL becomes one of today's, by PostgreSQL's own pg_upgrade. No Django here.

It is copied beside its place, and the copy has to answer before it takes the place: whatever is killed or fails, the
old one is untouched or the new one is whole. Called in the turn of `Users`: nobody else starts or stops the server.
"""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from wayloop.operations.errors import OperationError
from wayloop.operations.home import Home
from wayloop.operations.postgres import ACCESS, ADMIN, MAJOR, Server, run
from wayloop.operations.processes import is_locked, processes_in
from wayloop.operations.server_user import server_user

DRAFT, FORMER = ".database-draft-upgrade", ".database-former"
ROOM = 400_000_000  # bytes beside the copy: the new server's own tables and log
TRUST = "local all all trust\n"  # in a folder that only the server's user can enter


def is_behind(home: Home) -> int:
    """The major version of the data folder when this program brings a newer server along, else 0."""
    try:
        found = int((home.database / "PG_VERSION").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return 0
    return found if found < MAJOR and Server.carries(found) and Server.carries(MAJOR) else 0


def bring_to_newest(server: Server, *, tell: Callable[[str], None]) -> bool:
    """Brings the data folder of a server that is not running to the newest major version; answers whether it did.

    What stands in the way is told in a line, and the old version goes on being used.
    """
    home, data, old = server.home, server.data, is_behind(server.home)
    if not old or server.running() is not None:
        return False
    size = sum(path.stat().st_size for path in data.rglob("*") if path.is_file() and not path.is_symlink())
    needed, free = size + ROOM, shutil.disk_usage(home.path).free
    if free < needed:
        tell(
            f"PostgreSQL {old} goes on being used: to bring the database to {MAJOR}, {needed / 1e9:.1f} GB have to be "
            f"free under {home.path}; {free / 1e9:.1f} GB are"
        )
        return False
    tell(f"the database is brought from PostgreSQL {old} to {MAJOR}…")
    draft = home.path / DRAFT
    try:
        # Cleanly stopped, and (after a restore) come to its moment: only then can it be copied.
        server.start()
        server.stop()
        _copy(server, draft, old)
        copy = Server(home, tell=tell, data=draft / "data")
        try:
            copy.start()
        finally:
            copy.stop()
        data.rename(home.path / FORMER)
        (draft / "data").rename(data)
    except (OperationError, subprocess.CalledProcessError, OSError) as error:
        tell(f"PostgreSQL {old} goes on being used: {_reason(error)}")
        return False
    finally:
        tidy(server)
    return True


def tidy(server: Server) -> None:
    """Ends and takes away what an upgrade that was killed has left; puts the old folder back to an empty place."""
    home = server.home
    draft, former = home.path / DRAFT, home.path / FORMER
    if draft.exists():
        for pid in (*processes_in(draft), *processes_in(draft / "data")):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        # Not started by us: it holds no lock of ours, and serves nobody but pg_upgrade.
        if server.running() and not is_locked(home.run / "database.life"):
            server.stop()
        shutil.rmtree(draft, ignore_errors=True)
    if former.exists():
        if home.database.exists():
            shutil.rmtree(former, ignore_errors=True)
        else:
            former.rename(home.database)


def _copy(server: Server, draft: Path, old: int) -> None:
    """Makes a new data folder in `draft` and lets pg_upgrade fill it."""
    user = server_user(server.data)
    draft.mkdir(mode=0o700)
    user.own(draft)
    before, after = server.programs_of(old), server.programs_of(MAJOR)
    told = run([before / "pg_controldata", server.data], user, folder=draft)
    has_sums = re.search(r"checksum version:\s+0$", told, re.MULTILINE) is None
    options = ["--encoding=UTF8", "--locale=C", "--auth=trust", "--no-sync", "--no-instructions"]
    options.append("--data-checksums" if has_sums else "--no-data-checksums")
    run([after / "initdb", "-D", draft / "data", "-U", ADMIN, *options], user, folder=draft)
    # The path of a socket may have a hundred letters only; a home may lie deeper.
    with tempfile.TemporaryDirectory(prefix="wayloop-") as sockets:
        (Path(sockets) / "hba").write_text(TRUST, encoding="utf-8")
        user.own(Path(sockets))
        alone = f"-c hba_file={sockets}/hba -c listen_addresses="
        folders: list[Path | str] = ["-b", before, "-B", after, "-d", server.data, "-D", draft / "data", "-s", sockets]
        run([after / "pg_upgrade", *folders, "-U", ADMIN, "-j", "2", "-o", alone, "-O", alone], user, folder=draft)
    for name in ("postgresql.conf", "postgresql.auto.conf"):
        shutil.copyfile(server.data / name, draft / "data" / name)
    (draft / "data" / "pg_hba.conf").write_text(ACCESS, encoding="utf-8")
    shutil.copyfile(server.data / "wayloop.conf", draft / "data" / "wayloop.conf")
    user.own(draft)


def _reason(error: Exception) -> str:
    if not isinstance(error, subprocess.CalledProcessError):
        return str(error)
    lines = [line.strip() for line in f"{error.stdout}\n{error.stderr}".splitlines() if line.strip()]
    grave = [line for line in lines if "fatal" in line.lower() or "error" in line.lower() or line.startswith("Your ")]
    return (grave or lines or [f"exit code {error.returncode}"])[0]
