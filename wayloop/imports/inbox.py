"""The watched folder as it lies on the disk: who waits there, and what was refused and why. Nothing here moves a file.

Each folder `inbox/MAPPING` of the home is watched; see `watching` for what becomes of files.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from wayloop.imports.enums import UNFINISHED
from wayloop.imports.models import Import
from wayloop.imports.queries import ImportInfo, info_of, list_mappings
from wayloop.kernel import clock

# A file nobody has written to for so long is whole.
QUIET_SECONDS = 60
TAKEN, DONE, REFUSED, WHY = ".taken", "done", "refused", ".why.txt"
# Of what waits and of what was refused; the folder itself shows the rest.
SHOWN = 5
LONGEST_WHY = 2_000
# As `watching` writes the time before the name of what is over.
STAMP = "%Y-%m-%d %H%M%S"
STAMPED = len("2026-11-22 133000 ")


@dataclass(frozen=True)
class Waiting:
    """A file or folder that lies there. `is_whole`: nobody writes to it any more, so the next look takes it."""

    name: str
    since: datetime
    is_whole: bool


@dataclass(frozen=True)
class Refused:
    """A file that could not come in, and why: what stands beside it."""

    name: str
    when: datetime | None
    why: str


@dataclass(frozen=True)
class Watched:
    """One watched folder. `title`: that of its mapping, empty when there is no such mapping any more.

    `waiting_count` and `refused_count` are of all, the lists hold the first. `running`: what is being brought in;
    `last`: the newest import from this folder that is over.
    """

    name: str
    title: str
    path: Path
    waiting: Sequence[Waiting]
    waiting_count: int
    running: ImportInfo | None
    last: ImportInfo | None
    refused: Sequence[Refused]
    refused_count: int


def folders() -> Iterator[Path]:
    """The folders that are watched, by name."""
    inbox = inbox_path()
    for folder in sorted(inbox.iterdir()) if inbox.is_dir() else ():
        if folder.is_dir() and not folder.is_symlink() and not folder.name.startswith("."):
            yield folder


def inbox_path() -> Path:
    """Where the watched folders lie."""
    return Path(settings.HOME.path) / "inbox"


def given_in(folder: Path) -> list[Path]:
    """What lies there to come in, by name, whole or not."""
    return [
        entry
        for entry in sorted(folder.iterdir())
        if entry.name not in (DONE, REFUSED) and not entry.name.startswith(".")
    ]


def is_whole(entry: Path) -> bool:
    """Whether nobody writes to it any more; a folder is whole when all its files are. Links are not followed."""
    before = clock.now().timestamp() - QUIET_SECONDS
    try:
        inside = list(entry.iterdir()) if entry.is_dir() else [entry]
        if entry.is_symlink() or any(file.is_symlink() or not file.is_file() for file in inside):
            return False
        # The change of the name counts too: a file that was moved here keeps its older time of writing.
        newest = max((max(file.stat().st_mtime, file.stat().st_ctime) for file in inside), default=before + 1)
    except FileNotFoundError:
        return False
    return newest < before


def has_work() -> bool:
    """Whether anything lies in the folders that a look could take or put away."""
    return any(given_in(folder) or any((folder / TAKEN).glob("*")) for folder in folders())


def list_watched() -> list[Watched]:
    """Every watched folder with what is in it."""
    titles = {one.name: one.title for one in list_mappings()}
    found = list(folders())
    newest = _newest([folder.name for folder in found])
    watched = []
    for folder in found:
        given = given_in(folder)
        refused = _refused_in(folder / REFUSED)
        watched.append(
            Watched(
                name=folder.name,
                title=titles.get(folder.name, ""),
                path=folder,
                waiting=[one for entry in given[:SHOWN] if (one := _waiting(entry))],
                waiting_count=len(given),
                running=newest.get((folder.name, True)),
                last=newest.get((folder.name, False)),
                refused=[_told(entry) for entry in refused[:SHOWN]],
                refused_count=len(refused),
            )
        )
    return watched


def _newest(names: Sequence[str]) -> dict[tuple[str, bool], ImportInfo]:
    """Folder, and whether it still runs → the newest import from there."""
    mine = (
        Import.objects.select_related("errors").exclude(taken_as="").filter(mapping__in=[name[:60] for name in names])
    )
    newest = mine.order_by("mapping", "-created_at", "-id").distinct("mapping")
    found: dict[tuple[str, bool], ImportInfo] = {}
    for runs, is_running in (
        (newest.filter(state__in=UNFINISHED), True),
        (newest.exclude(state__in=UNFINISHED), False),
    ):
        found |= {(row.mapping, is_running): info_of(row) for row in runs}
    return found


def _waiting(entry: Path) -> Waiting | None:
    try:
        since = datetime.fromtimestamp(entry.lstat().st_mtime, UTC)
    except FileNotFoundError:
        return None
    return Waiting(entry.name, since, is_whole(entry))


def _refused_in(folder: Path) -> list[Path]:
    """The reasons that stand there, the newest first: their names begin with the time."""
    return sorted(folder.glob(f"*{WHY}"), reverse=True)


def _told(why: Path) -> Refused:
    stamp, name = why.name[: STAMPED - 1], why.name[STAMPED:].removesuffix(WHY)
    try:
        when = datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)
    except ValueError:
        # Somebody gave it another name.
        when, name = None, why.name.removesuffix(WHY)
    try:
        with why.open(encoding="utf-8", errors="replace") as file:
            text = file.read(LONGEST_WHY).strip()
    except OSError:
        text = ""
    return Refused(name, when, text)
