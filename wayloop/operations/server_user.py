"""PostgreSQL refuses to run as root. Here is the user it runs as then, and that user's way to the data folder."""

import os
import pwd
import shutil
import stat
import struct
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wayloop.operations.errors import OperationError

NAME = "wayloop-db"
_ACL = "system.posix_acl_access"
_VERSION = 2
_USER_OBJ, _USER, _GROUP_OBJ, _GROUP, _MASK, _OTHER = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
_NOBODY = 0xFFFFFFFF


@dataclass(frozen=True)
class ServerUser:
    """Whom the database server runs as. `switch` is false when that is whoever we are."""

    uid: int
    gid: int
    switch: bool

    @property
    def run_as(self) -> dict[str, Any]:
        """The arguments of `subprocess` that start a program as this user, without root's further groups."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else {}

    def own(self, path: Path) -> None:
        """Gives `path` (and what is in it) to this user."""
        if self.switch:
            for entry in (path, *path.rglob("*")):
                os.chown(entry, self.uid, self.gid, follow_symlinks=False)

    def can_enter(self, folder: Path) -> bool:
        """Whether this user may go into the folder."""
        if not self.switch:
            return os.access(folder, os.X_OK)
        tried = subprocess.run(
            ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)], capture_output=True, check=False, cwd="/", **self.run_as
        )
        return tried.returncode == 0


def server_user(data: Path) -> ServerUser:
    """Whom the server of this data folder runs as: its owner, or (as root, for a new one) a service user.

    Effects: as root, makes the system user `wayloop-db` when there is none; falls back to `nobody`.
    Raises `OperationError` when the folder belongs to somebody else and we are not root.
    """
    me = os.geteuid()
    owner = data.stat().st_uid if data.exists() else None
    if me != 0:
        if owner not in (None, me):
            raise OperationError(f"{data} belongs to {_name(owner)}. Run wayloop as that user.")
        return ServerUser(me, os.getegid(), switch=False)
    if owner:
        return ServerUser(owner, data.stat().st_gid, switch=True)
    entry = _find(NAME) or _make() or _find("nobody")
    if entry is None:
        raise OperationError(
            "PostgreSQL does not run as root. Make a user for it (useradd --system wayloop-db), "
            "or run wayloop as an ordinary user."
        )
    return ServerUser(entry.pw_uid, entry.pw_gid, switch=True)


def _name(uid: int | None) -> str:
    try:
        return pwd.getpwuid(uid or 0).pw_name
    except KeyError:
        return f"user {uid}"


def _find(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _make() -> pwd.struct_passwd | None:
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if useradd:
        subprocess.run(
            [
                useradd,
                "--system",
                "--user-group",
                "--no-create-home",
                "--home-dir",
                "/nonexistent",
                "--shell",
                "/usr/sbin/nologin",
                NAME,
            ],
            capture_output=True,
            check=False,
        )
    return _find(NAME)


def open_way(user: ServerUser, folder: Path, *, tell: Callable[[str], None]) -> None:
    """Lets the server's user, and where possible nobody else, pass through every folder above `folder`.

    Effects: adds an access list entry (pass through, not list) for that one user; where there are no access lists,
    the right to pass for everybody, told by a line. Raises `OperationError` when neither works.
    """
    if user.can_enter(folder):
        return
    for step in [*reversed(folder.parents), folder]:
        if user.can_enter(step):
            continue
        try:
            _let_pass(step, user.uid)
        except (OSError, AttributeError):
            _let_everybody_pass(step, tell)
        if not user.can_enter(step):
            raise OperationError(
                f"the database's user ({_name(user.uid)}) cannot pass through {step}. "
                f"Set WAYLOOP_HOME to a folder it can reach, for example /var/lib/wayloop."
            )


def _let_everybody_pass(folder: Path, tell: Callable[[str], None]) -> None:
    try:
        folder.chmod(stat.S_IMODE(folder.stat().st_mode) | stat.S_IXOTH)
    except OSError:
        return
    tell(f"other users may now pass through {folder} (not list it): the database's own user has to.")


def _let_pass(folder: Path, uid: int) -> None:
    """Adds `user:uid:--x` to the folder's POSIX access list: a version, then (tag, rights, id) in order of tag."""
    mode = folder.stat().st_mode
    try:
        raw = os.getxattr(folder, _ACL)
        entries = [struct.unpack_from("<HHI", raw, at) for at in range(4, len(raw), 8)]
    except OSError:
        entries = [
            (_USER_OBJ, mode >> 6 & 7, _NOBODY),
            (_GROUP_OBJ, mode >> 3 & 7, _NOBODY),
            (_OTHER, mode & 7, _NOBODY),
        ]
    before = next((rights for tag, rights, who in entries if (tag, who) == (_USER, uid)), 0)
    kept = [entry for entry in entries if entry[0] != _MASK and (entry[0], entry[2]) != (_USER, uid)]
    kept.append((_USER, before | 1, uid))
    # The old mask (without a list: the group's rights) stays, so that nobody else gains anything.
    mask = next((rights for tag, rights, _ in entries if tag == _MASK), mode >> 3 & 7)
    kept.append((_MASK, mask | 1, _NOBODY))
    kept.sort(key=lambda entry: (entry[0], entry[2]))
    os.setxattr(folder, _ACL, struct.pack("<I", _VERSION) + b"".join(struct.pack("<HHI", *entry) for entry in kept))
