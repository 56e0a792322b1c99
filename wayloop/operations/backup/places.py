"""Where backups lie: a few verbs on named objects, a folder that does them, and a twin in memory for tests."""

import errno
import os
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from wayloop.operations.errors import OperationError
from wayloop.operations.errors import gettext_noop as sentence

DRAFT = ".draft-"
DRAFT_SECONDS = 86_400
# What usually is amiss with a folder; anything else is told in the words of the system.
REASONS = {
    errno.ENOSPC: sentence("its disk is full"),
    errno.EDQUOT: sentence("its disk is full"),
    errno.EACCES: sentence("Wayloop may not write there"),
    errno.EPERM: sentence("Wayloop may not write there"),
    errno.EROFS: sentence("its disk can only be read"),
    errno.EIO: sentence("its disk makes mistakes"),
    errno.ENOENT: sentence("it cannot be made there"),
    errno.ENOTDIR: sentence("a file of this name is in the way"),
    errno.EEXIST: sentence("a file of this name is in the way"),
    errno.ESTALE: sentence("the share is no longer there"),
    errno.EHOSTDOWN: sentence("the machine of the share does not answer"),
    errno.ETIMEDOUT: sentence("the machine of the share does not answer"),
}


class PlaceUnreachable(OperationError):
    """The place does not answer or refuses; it may do so later."""


class Missing(LookupError):
    """There is no object of this name."""


@dataclass(frozen=True)
class Found:
    """An object that lies there: its name, its size in bytes, when it was written (seconds since 1970)."""

    name: str
    size: int
    at: float


class Place(Protocol):
    """Named objects. `put` is all or nothing, whatever is killed; a name is a path of letters, digits, `-`, `.`."""

    @property
    def label(self) -> str:
        """The place in words for people, without secrets."""
        ...

    def put(self, name: str, data: bytes) -> None:
        """Writes the object, instead of an older one of the name; it survives a power failure when this returns."""
        ...

    def get(self, name: str) -> bytes:
        """The object. Raises `Missing`."""
        ...

    def names(self, prefix: str) -> Iterator[Found]:
        """The objects whose names begin with `prefix` (whole folders: it ends with a slash)."""
        ...

    def delete(self, name: str) -> None:
        """Removes the object; one that is not there is no mistake."""
        ...


class Folder:
    """A folder: another disk, a mounted share, a stick."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def make(cls, path: Path) -> "Folder":
        """The folder, made when there is none. Raises `PlaceUnreachable`."""
        made = cls(path)
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise made._trouble(error) from error
        return made

    @property
    def label(self) -> str:
        """See `Place`."""
        return str(self.path)

    def put(self, name: str, data: bytes) -> None:
        """See `Place`."""
        target = self.path / name
        draft = target.parent / f"{DRAFT}{secrets.token_hex(6)}"
        try:
            # A disk that is not connected must not be taken for an empty one.
            if not self.path.is_dir():
                raise self._absence()
            _make(target.parent, self.path)
            try:
                with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                draft.replace(target)
            finally:
                draft.unlink(missing_ok=True)
            _sync(target.parent)
        except OSError as error:
            raise self._trouble(error) from error

    def get(self, name: str) -> bytes:
        """See `Place`."""
        try:
            return (self.path / name).read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            if not self.path.is_dir():
                raise self._absence() from None
            raise Missing(name) from None
        except OSError as error:
            raise self._trouble(error) from error

    def names(self, prefix: str) -> Iterator[Found]:
        """See `Place`. Drafts that a kill left behind go after a day."""
        try:
            for folder, _, files in os.walk(self.path / prefix, onerror=_unless_missing):
                for name in files:
                    path = Path(folder) / name
                    try:
                        told = path.stat()
                    except FileNotFoundError:
                        continue
                    if not name.startswith(DRAFT):
                        yield Found(str(path.relative_to(self.path)), told.st_size, told.st_mtime)
                    elif time.time() - told.st_mtime > DRAFT_SECONDS:
                        path.unlink(missing_ok=True)
        except OSError as error:
            raise self._trouble(error) from error

    def delete(self, name: str) -> None:
        """See `Place`."""
        try:
            (self.path / name).unlink(missing_ok=True)
        except OSError as error:
            raise self._trouble(error) from error

    def _absence(self) -> PlaceUnreachable:
        return PlaceUnreachable(
            sentence("the backup folder %(path)s is not there. Is its disk connected?"), path=self.path
        )

    def _trouble(self, error: OSError) -> PlaceUnreachable:
        reason = REASONS.get(error.errno or 0) or error.strerror or error
        return PlaceUnreachable(
            sentence("the backup folder %(path)s cannot be used: %(reason)s."), path=self.path, reason=reason
        )


class Memory:
    """The twin: objects of this process only."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    @property
    def label(self) -> str:
        """See `Place`."""
        return "memory"

    def put(self, name: str, data: bytes) -> None:
        """See `Place`."""
        self.objects[name] = data

    def get(self, name: str) -> bytes:
        """See `Place`."""
        try:
            return self.objects[name]
        except KeyError:
            raise Missing(name) from None

    def names(self, prefix: str) -> Iterator[Found]:
        """See `Place`."""
        yield from [Found(name, len(data), 0.0) for name, data in self.objects.items() if name.startswith(prefix)]

    def delete(self, name: str) -> None:
        """See `Place`."""
        self.objects.pop(name, None)


def _unless_missing(error: OSError) -> None:
    """A folder that is not there has no objects; one that cannot be read may have some."""
    if not isinstance(error, FileNotFoundError):
        raise error


def _make(folder: Path, root: Path) -> None:
    """Makes the folder and those above it, for their owner only."""
    missing = [step for step in (folder, *folder.parents) if step.is_relative_to(root) and not step.exists()]
    for step in reversed(missing):
        step.mkdir(mode=0o700, exist_ok=True)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
