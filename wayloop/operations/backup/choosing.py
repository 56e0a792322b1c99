"""What leads to a moment: which base backup, and how much of the log after it. No Django here."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import wayloop
from wayloop.operations.backup.log import History
from wayloop.operations.backup.repository import Base, Reach, Repository
from wayloop.operations.backup.sealing import BackupDamaged
from wayloop.operations.errors import OperationError
from wayloop.operations.errors import gettext_noop as sentence
from wayloop.operations.home import FORMAT
from wayloop.operations.postgres import MAJOR, Server

COMMIT = "desc: COMMIT "


class LogBroken(OperationError):
    """A part of the log is missing or damaged, and the moment lies behind it."""


@dataclass(frozen=True)
class Chosen:
    """What leads to a moment: a base backup, the segments of the log after it, and up to when all of that reaches."""

    name: str
    base: Base
    segments: Sequence[str]
    until: datetime
    is_noted: bool = True  # that moment; else it is a guess


@dataclass
class Choice:
    """Everything that could lead there, best first; what turns out to be damaged is taken out by `without`.

    `is_strict`: the best is taken or nothing.
    """

    repository: Repository
    moment: datetime | None
    life: str = ""
    is_strict: bool = False
    _lives: dict[str, Reach | None] = field(default_factory=dict)
    _damaged: set[str] = field(default_factory=set)

    def best(self) -> Chosen:
        """The newest base backup before the moment, or before the newest moment there is.

        Raises `OperationError` with what can be reached.
        """
        found = self._found()
        if not found:
            raise _absence(self.repository, self.moment)
        trouble: BackupDamaged | None = None
        for until, _, life, name in found:
            # Another list may take its place only when it leads to the same.
            if until != found[0][0] and self.moment is None:
                break
            try:
                base = self.repository.read_base(name)
            except BackupDamaged as error:
                trouble = trouble or error
                if self.is_strict:
                    break
                continue
            return self._chosen(name, base, self._reach(life))
        assert trouble is not None  # noqa: S101 - something was found, and none of it could be read
        raise trouble

    def without(self, name: str, trouble: BackupDamaged) -> Chosen:
        """The next best one that leads to the same moment. Raises `trouble` when there is none."""
        before = self._found()[0][0]
        self._damaged.add(name)
        found = self._found()
        if self.is_strict or not found or (self.moment is None and found[0][0] != before):
            raise trouble
        return self.best()

    @cached_property
    def _bases(self) -> Sequence[tuple[str, datetime, str]]:
        # Each listing walks the whole place, the parts of the log too.
        return self.repository.bases()

    def _found(self) -> list[tuple[datetime, datetime, str, str]]:
        found = []
        for life, ended, name in self._bases:
            if name in self._damaged or self.life not in ("", life):
                continue
            reach = self._reach(life)
            until = max(ended, reach.until) if reach else ended
            if self.moment is None:
                found.append((until, ended, life, name))
            elif ended <= self.moment and (self.moment <= until or life.startswith("dump-")):
                # Of a dump there is one moment only: what comes after it is the next one.
                found.append((ended, ended, life, name))
        return sorted(found, reverse=True)

    def _reach(self, life: str) -> Reach | None:
        if life not in self._lives:
            self._lives[life] = reach_of(self.repository, life)
        return self._lives[life]

    def _chosen(self, name: str, base: Base, reach: Reach | None) -> Chosen:
        if base.kind != "physical":
            return Chosen(name, base, (), base.ended)
        if reach is None:
            raise OperationError(sentence("the log of the backup of %(moment)s is missing."), moment=told(base.ended))
        history = History("", int(base.first_segment[:8], 16), base.segment_bytes)
        first, last = history.number(base.first_segment), history.number(self._enough(base.life) or reach.segment)
        return Chosen(
            name, base, [history.name(number) for number in range(first, last + 1)], reach.until, reach.is_noted
        )

    def _enough(self, life: str) -> str:
        """A segment behind which nothing is needed for the moment; empty when that is not known.

        What was committed before a base backup began lies before the place from which that one needs its log, and each
        one ends with a commit of its own: of two that began after the moment, the log up to the second is enough.
        """
        if self.moment is None:
            return ""
        later = 0
        for other, ended, name in self._bases:
            if other == life and ended > self.moment:
                try:
                    base = self.repository.read_base(name)
                except BackupDamaged:
                    continue
                later += base.began > self.moment
                if later == 2:
                    return base.first_segment
        return ""


def reach_of(repository: Repository, life: str) -> Reach | None:
    """Up to when the log of a life goes: as was noted, or (that note being damaged or gone) as its parts tell."""
    try:
        noted = repository.read_reach(life)
    except BackupDamaged:
        noted = None
    return noted or repository.look_for_reach(life)


def reachable(repository: Repository) -> list[tuple[datetime, datetime]]:
    """From when until when each life can be restored, oldest first."""
    first: dict[str, datetime] = {}
    for life, moment, _ in repository.bases():
        first.setdefault(life, moment)
    spans = []
    for life, begin in first.items():
        reach = reach_of(repository, life)
        if reach or life.startswith("dump-"):
            spans.append((begin, max(begin, reach.until) if reach else begin))
    return sorted(spans)


def check_program(base: Base) -> None:
    """Raises `OperationError` when the backup was made by a newer program than this one."""
    package = Path(wayloop.__file__).parent
    unknown = [
        name
        for name in base.migrations
        for app, _, step in [name.partition(".")]
        if (package / app / "migrations").is_dir() and not (package / app / "migrations" / f"{step}.py").exists()
    ]
    if unknown or base.home_format > FORMAT:
        raise OperationError(
            f"the backup of {told(base.ended)} was made by a newer Wayloop ({base.version}"
            f"{f', {unknown[-1]}' if unknown else ''}). Update the program."
        )


def last_commit(folder: Path, segments: Sequence[str], major: int) -> datetime | None:
    """The moment of the last commit in these segments (in their order) that lie in `folder`, by PostgreSQL's own reader
    of its log; None when none holds a commit."""
    program = Server.carried("pg_waldump", major=major if Server.carries(major) else MAJOR)
    for name in reversed(segments):
        # It ends with 1 where the segment ends; what it read until then is printed.
        done = subprocess.run(
            [str(program), "--rmgr=Transaction", str(folder / name)],
            env={"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath},
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        moments = [line.partition(COMMIT)[2] for line in done.stdout.splitlines() if COMMIT in line]
        if moments:
            text = moments[-1].partition(" UTC")[0]
            return datetime.fromisoformat(text).replace(tzinfo=UTC)
    return None


def told(moment: datetime) -> str:
    """A moment as people read it."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _absence(repository: Repository, moment: datetime | None) -> OperationError:
    spans = [told(begin) if begin == end else f"{told(begin)} to {told(end)}" for begin, end in reachable(repository)]
    if not spans:
        return OperationError(
            sentence("there is no whole backup in %(place)s: one that was begun does not count."),
            place=repository.place.label,
        )
    held = "; ".join(spans[-3:])
    if moment is None:
        return OperationError(sentence("nothing is in the backup. It holds %(moments)s."), moments=held)
    return OperationError(f"{told(moment)} is not in the backup. It holds {held}.")
