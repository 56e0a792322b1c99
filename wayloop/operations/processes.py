"""What the operating system says about processes, and how a child never outlives its supervisor."""

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PROC = Path("/proc")
_PR_SET_PDEATHSIG = 1


def is_alive(pid: int) -> bool:
    """Whether the process runs. A zombie (dead, not yet collected by its parent) does not."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return _state(pid) not in ("Z", "X", "")


def _state(pid: int) -> str:
    if _PROC.joinpath("self").exists():
        try:
            # The name stands in brackets and may hold anything, so the state is looked for behind the last one.
            return (_PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()[0]
        except (OSError, IndexError):
            return ""
    listed = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return listed.stdout.strip()[:1]


def works_in(pid: int, folder: Path) -> bool | None:
    """Whether the process' current folder is `folder`; None where the system does not tell."""
    try:
        return (_PROC / str(pid) / "cwd").resolve(strict=True) == folder.resolve()
    except OSError:
        return None


def processes_in(folder: Path) -> list[int]:
    """The living processes whose current folder is `folder` (empty where the system does not tell)."""
    found = [int(entry.name) for entry in _PROC.glob("[0-9]*")]
    return [pid for pid in found if works_in(pid, folder) and is_alive(pid)]


def memory_size() -> int:
    """Megabytes of memory of this machine, or of the container when that is given less."""
    size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    for limit in (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes")):
        # "max" where there is no limit, no file where there is no container.
        with suppress(OSError, ValueError):
            size = min(size, int(limit.read_text()))
    return size // 1024**2


def wait_until(happened: Callable[[], bool], *, seconds: float, pause: float = 0.02) -> bool:
    """Waits until `happened()` or the time is over; returns the last answer."""
    end = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True


def die_with(parent: int) -> None:
    """Binds this process' life to its parent's: when the parent ends in any way, this process is killed.

    Call it first in the child's main thread. Linux lets the kernel do it; elsewhere a thread looks twice a second.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        threading.Thread(target=_watch_parent, args=(parent,), daemon=True).start()
    # The parent may have died before the line above took effect.
    if os.getppid() != parent:
        os._exit(1)


def _watch_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


class LockTaken(Exception):
    """Somebody else holds the lock."""


@contextmanager
def locked(path: Path, *, shared: bool = False, wait: bool = True) -> Iterator[int]:
    """Holds the lock file inside the block; the kernel gives it back however the process ends.

    Yields the file descriptor. Raises `LockTaken` when `wait` is false and somebody else has it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise LockTaken(str(path)) from error
        yield descriptor
    finally:
        os.close(descriptor)


def is_locked(path: Path) -> bool:
    """Whether somebody holds the lock file exclusively or shared."""
    if not path.exists():
        return False
    try:
        with locked(path, wait=False):
            return False
    except LockTaken:
        return True
