"""The folder of one installation: where things lie, its format number, its secrets. No Django here."""

import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from wayloop.operations.errors import OperationError

FORMAT = 1
DRAFT = ".restoring"  # in the home: what a restore puts together


class Home:
    """Paths and secrets under `WAYLOOP_HOME`. Reading creates nothing; `prepare` does."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.marker = path / "home.json"
        self.secrets = path / "secrets"
        self.database = path / "database"
        self.binaries = path / "pg"
        self.run = path / "run"
        self.logs = path / "logs"
        self.files = path / "files"

    def read_secret(self, name: str) -> str | None:
        """The secret of this name, or None when it was not made yet."""
        try:
            return (self.secrets / name).read_text(encoding="utf-8").strip() or None
        except OSError:
            return None

    def secret(self, name: str, *, make: Callable[[], str] = lambda: secrets.token_urlsafe(48)) -> str:
        """The secret of this name; made once, readable by the owner of the home only."""
        found = self.read_secret(name)
        if found:
            return found
        value = make()
        target = self.secrets / name
        draft = self.secrets / f".{name}.{os.getpid()}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(value)
            file.flush()
            os.fsync(file.fileno())
        try:
            # link, not rename: of two processes that make the same secret at once, the first one wins.
            os.link(draft, target)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        return self.read_secret(name) or value

    def prepare(self) -> None:
        """Makes the folders and the marker of this format; refuses a home that is newer or cannot be written.

        Raises `OperationError` with what to do.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            for folder in (self.run, self.logs):
                folder.mkdir(exist_ok=True)
            # What people uploaded is as personal as the database: not for other users of this machine.
            for folder in (self.files, self.secrets):
                folder.mkdir(mode=0o700, exist_ok=True)
            if self.marker.exists():
                self._check_format()
            elif (self.path / DRAFT).exists():
                raise OperationError(
                    f"a restore into {self.path} did not end. Run it again, or empty the folder to begin anew."
                )
            else:
                draft = self.path / f".home.json.{os.getpid()}"
                draft.write_text(json.dumps({"format": FORMAT}) + "\n", encoding="utf-8")
                draft.replace(self.marker)
            self.secret("signing-key")
        except OSError as error:
            reason = error.strerror or str(error)
            raise OperationError(
                f"the home {self.path} cannot be used: {reason}. Set WAYLOOP_HOME to a folder you may write to."
            ) from error

    def _check_format(self) -> None:
        try:
            found = int(json.loads(self.marker.read_text(encoding="utf-8"))["format"])
        except (ValueError, KeyError, TypeError) as error:
            raise OperationError(f"{self.marker} cannot be read; restore it from a backup of the home.") from error
        if found > FORMAT:
            raise OperationError(
                f"the home {self.path} was made by a newer Wayloop (format {found}, this one knows {FORMAT}). "
                "Update the program."
            )
