"""A small drill: a database is written to, backed up, killed, and brought back to a moment on an empty machine."""

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from wayloop.operations.backup import log, restoring, trial
from wayloop.operations.backup.making import Backups, key_of
from wayloop.operations.backup.places import Folder, Memory
from wayloop.operations.backup.repository import Base, Entry, Packer, Repository, Writer
from wayloop.operations.backup.sealing import Key
from wayloop.operations.backup.trial import checksums, hold_still
from wayloop.operations.errors import OperationError
from wayloop.operations.home import Home
from wayloop.operations.postgres import Server

CANARY = "Оксана Приклад, +380 67 000 00 00"
BACK_UP = (
    "import sys; from pathlib import Path; from wayloop.operations.home import Home;"
    "from wayloop.operations.postgres import Server; from wayloop.operations.backup.places import Folder;"
    "from wayloop.operations.backup.making import Backups, key_of; home = Home(Path(sys.argv[1]));"
    "from wayloop.operations.backup.repository import Repository;"
    "backups = Backups(Server(home), Repository.make(Folder.make(Path(sys.argv[2])), key_of(home)));"
    "print('begun', flush=True); backups.make()"
)


@dataclass
class Drill:
    """What happened: the home, its backup, the moment that was noted, and the checksums of that moment."""

    home: Home
    place: Folder
    key: Key
    moment: datetime
    sums: dict[str, str]
    until: datetime
    left_by_the_killed: tuple[int, int]


@pytest.fixture(scope="module")
def drill(make_folder: Callable[[str], Path]) -> Iterator[Drill]:
    folder = make_folder("backup")
    home, place = Home(folder / "home"), Folder(folder / "place")
    home.prepare()
    server = Server(home, settings={"fsync": "off"})
    server.start()
    try:
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute("CREATE TABLE words (id bigserial PRIMARY KEY, text text, at timestamptz)")
            connection.execute("INSERT INTO words (text) SELECT md5(i::text) FROM generate_series(1, 20000) i")
            connection.execute("INSERT INTO words (text) VALUES (%s)", [CANARY])
        killed = subprocess.Popen(
            [sys.executable, "-c", BACK_UP, str(home.path), str(place.path)], stdout=subprocess.PIPE
        )
        assert killed.stdout is not None
        assert killed.stdout.readline() == b"begun\n"
        while not any(place.names("blobs/")) and killed.poll() is None:
            time.sleep(0.01)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        killed.stdout.close()
        half = Repository.open(place, key_of(home))
        left = (len(half.blobs()), len(half.bases()))
        ending = threading.Event()
        writer = threading.Thread(target=write_on, args=(server.url(), ending))
        writer.start()
        try:
            backups = Backups(server, Repository.open(place, key_of(home)))
            backups.make(zone="Europe/Kyiv")
            (home.files / "ab").mkdir()
            (home.files / "ab" / "abcd").write_text(CANARY, encoding="utf-8")
            moment, sums = note_a_second(server)
            until = backups.bring()
        finally:
            ending.set()
            writer.join()
        assert until is not None
        yield Drill(home, place, key_of(home), moment, sums, until, left)
    finally:
        server.stop()


def write_on(url: str, ending: threading.Event) -> None:
    """Writes as fast as it goes, also while it is backed up."""
    with psycopg.connect(url, autocommit=True) as connection:
        while not ending.wait(0.002):
            connection.execute("INSERT INTO words (text, at) VALUES ('more', clock_timestamp())")


def note_a_second(server: Server) -> tuple[datetime, dict[str, str]]:
    """Holds everybody still over the turn of a second; answers that second and the checksums of it."""
    with psycopg.connect(server.url(admin=True)) as connection:
        hold_still(connection)
        now = datetime.now(UTC)
        second = now.replace(microsecond=0) + timedelta(seconds=1)
        time.sleep((second - now).total_seconds() + 0.02)
        return second, checksums(connection)


def open_again(drill: Drill) -> Repository:
    return Repository.open(drill.place, drill.key)


def test_it_comes_back_to_the_second_with_every_table_as_it_was(
    drill: Drill, make_folder: Callable[[str], Path]
) -> None:
    home = Home(make_folder("brought-back") / "home")
    restored = restoring.restore(open_again(drill), home, moment=drill.moment, tell=lambda _: None)
    server = Server(home)
    try:
        with psycopg.connect(server.url(admin=True)) as connection:
            sums = checksums(connection)
            (later,) = connection.execute("SELECT count(*) FROM words WHERE at > %s", [drill.moment]).fetchone() or ()
            (timeline,) = connection.execute("SELECT timeline_id FROM pg_control_checkpoint()").fetchone() or ()
    finally:
        server.stop()
    assert (sums, later, timeline) == (drill.sums, 0, 2)
    assert {name: (home.secrets / name).read_text() for name in ("signing-key", "database", "backup-key")} == {
        name: (drill.home.secrets / name).read_text() for name in ("signing-key", "database", "backup-key")
    }
    assert (home.files / "ab" / "abcd").read_text(encoding="utf-8") == CANARY
    assert (restored.moment, restoring.read_mark(home)) == (drill.moment, drill.moment)
    # What was brought back begins a life of its own, and never writes into the log of the former one.
    server.start()
    try:
        backups = Backups(server, open_again(drill))
        assert (backups.bring(), json.loads((home.path / "backup.json").read_text())["has base"]) == (None, False)
        Backups.stop(server)
    finally:
        server.stop()


def test_a_trial_tells_the_table_that_differs_and_those_that_do_not(
    drill: Drill, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Bringing it back is tried above, and as a trial among the long runs; here the living one stands for what came.
    asked: list[dict[str, Any]] = []

    def brought_back(repository: Repository, home: Home, **given: Any) -> restoring.Restored:
        asked.append(given | {"home": home.path})
        return restoring.Restored(drill.moment, 1000, 1.0, 2.0)

    at_one_instant, living = trial._at_one_instant, Server(drill.home)
    monkeypatch.setattr(trial, "_at_one_instant", lambda *given: at_one_instant(*given) | {"public.lost": "1/2"})
    monkeypatch.setattr(trial, "restore", brought_back)
    monkeypatch.setattr(trial, "Server", lambda home, **_: living)
    repository = open_again(drill)
    tried = trial.try_restore(living, Backups(living, repository), repository)
    (given,) = asked
    assert (tried.same, tried.different, given["home"], given["life"], given["point"][:8]) == (
        1,
        ["public.lost"],
        drill.home.run / "trial",
        repository.bases()[0][0],
        "wayloop-",
    )


def test_a_backup_killed_in_the_middle_is_no_backup_but_spares_the_next_one_work(drill: Drill) -> None:
    blobs, bases = drill.left_by_the_killed
    assert (blobs > 0, bases, len(open_again(drill).bases())) == (True, 0, 1)


def test_nothing_in_the_place_can_be_read_without_the_key(drill: Drill) -> None:
    whole = b"".join(path.read_bytes() for path in drill.place.path.rglob("*") if path.is_file())
    secrets = [path.read_text(encoding="utf-8") for path in drill.home.secrets.iterdir()]
    assert [found for found in (CANARY, *secrets) if found.encode() in whole] == []
    assert {path.stat().st_mode & 0o077 for path in drill.place.path.rglob("*")} == {0}


def test_it_refuses_in_one_line_what_it_must_not_or_cannot_bring_back(
    drill: Drill, make_folder: Callable[[str], Path]
) -> None:
    empty = Home(make_folder("empty") / "home")
    with pytest.raises(OperationError, match="made with another key"):
        Repository.open(drill.place, Key.make())
    with pytest.raises(OperationError, match="no Wayloop backup"):
        Repository.open(Memory(), drill.key)
    with pytest.raises(OperationError, match=r"^the home .* is not empty: nothing was changed"):
        restoring.restore(open_again(drill), drill.home, tell=lambda _: None)
    for moment in (drill.moment - timedelta(days=1), datetime.now(UTC) + timedelta(hours=1)):
        with pytest.raises(OperationError, match=r"is not in the backup. It holds 20.* UTC to 20.* UTC"):
            restoring.restore(open_again(drill), empty, moment=moment, tell=lambda _: None)
    newer = Memory()
    newer.put("wayloop-backup.json", json.dumps({"format": 2, "key": drill.key.check, "number": "1"}).encode())
    with pytest.raises(OperationError, match="newer Wayloop"):
        Repository.open(newer, drill.key)
    assert not empty.path.exists()


def test_a_missing_part_of_the_log_is_told_and_a_changed_one_too(
    drill: Drill, make_folder: Callable[[str], Path]
) -> None:
    empty, repository = Home(make_folder("empty") / "home"), open_again(drill)
    first = repository.read_base(repository.bases()[0][2])
    path = drill.place.path / f"lives/{first.life}/wal" / first.first_segment
    whole = path.read_bytes()
    try:
        path.unlink()
        for _ in ("missing", "damaged"):
            with pytest.raises(OperationError, match=rf"broken: {path.name} is missing or damaged\. Give a moment bef"):
                restoring.restore(repository, empty, moment=drill.moment, tell=lambda _: None)
            path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    finally:
        path.write_bytes(whole)
    assert not empty.path.exists()


def base(life: str, day: int, blobs: dict[str, bytes], repository: Repository) -> None:
    """A base backup of that day of January with these files."""
    ended = datetime(2026, 1, day, tzinfo=UTC)
    with Writer(repository) as writer:
        packer = Packer(writer)
        for name, content in blobs.items():
            packer.add(name, 0o600, _reader(content))
        packer.flush()
    repository.write_base(
        Base(life, "physical", ended, ended, "0", 1, 18, 1, packer.entries, [], (), f"{1:08X}{0:08X}{day:08X}", 2**24)
    )


def _reader(content: bytes) -> Callable[[int], bytes]:
    rest = [content]

    def read(size: int) -> bytes:
        part, rest[0] = rest[0][:size], rest[0][size:]
        return part

    return read


def test_what_no_moment_of_the_last_days_needs_is_removed_and_nothing_else() -> None:
    place = Memory()
    repository = Repository.make(place, Key.make())
    same = bytes(range(256)) * 8192
    for day in (1, 5, 9):
        base("one", day, {"always": same, "once": bytes([day]) * 2_000_000}, repository)
        repository.write(f"lives/one/wal/{1:08X}{0:08X}{day:08X}", b"log")
        repository.write_files("one", datetime(2026, 1, day, 1, tzinfo=UTC), [Entry("later", 0o600)])
    base("other", 2, {"gone": b"gone" * 500_000}, repository)
    assert len(repository.blobs()) == 5
    removed = repository.prune(keep=timedelta(days=3), now=datetime(2026, 1, 10, tzinfo=UTC))
    # The fifth stays: from the seventh on every moment has to be in reach.
    assert ([moment.day for _, moment, _ in repository.bases()], len(repository.blobs()), removed) == ([5, 9], 3, 6)
    assert (
        sorted(int(name[16:], 16) for name in repository.segments("one")),
        len(list(place.names("lives/other/"))),
    ) == (
        [5, 9],
        0,
    )
    assert len(list(repository.files_since("one", datetime(2026, 1, 1, tzinfo=UTC)))) == 2
    restored = {blob: len(repository.read_blob(blob)) for blob in repository.blobs()}
    assert sorted(restored.values()) == [2_000_000, 2_000_000, len(same)]


def test_the_newest_backup_stays_however_old_it_is() -> None:
    repository = Repository.make(Memory(), Key.make())
    base("one", 1, {"file": b"content"}, repository)
    repository.prune(keep=timedelta(days=30), now=datetime(2027, 1, 1, tzinfo=UTC))
    assert (len(repository.bases()), len(repository.blobs())) == (1, 1)


def test_nothing_is_removed_while_another_life_writes_there() -> None:
    place = Memory()
    repository = Repository.make(place, Key.make())
    base("one", 1, {"file": b"content"}, repository)
    base("one", 20, {"file": b"other"}, repository)
    place.put("lives/two/working", b"")
    now = datetime(1970, 1, 1, 1, tzinfo=UTC)
    assert (repository.prune(keep=timedelta(days=-365 * 100), now=now, life="one"), len(repository.blobs())) == (0, 2)


def test_a_file_is_made_of_the_same_contents_as_before_where_it_did_not_change() -> None:
    repository = Repository.make(Memory(), Key.make())
    large = b"".join(number.to_bytes(4, "big") * 1024 for number in range(3000))
    for content in (large, large[:5_000_000] + b"!" + large[5_000_001:]):
        with Writer(repository) as writer:
            packer = Packer(writer)
            packer.add("large", 0o600, _reader(content))
            packer.flush()
    assert (len(repository.blobs()), packer.entries[0].size, len(packer.entries[0].pieces)) == (4, len(large), 3)


def test_segments_of_the_log_have_the_names_postgresql_gives_them() -> None:
    history = log.History("1", 3, 16 * 1024 * 1024)
    assert (history.name(257), history.number(history.name(257)), history.containing("1/1000028")) == (
        "000000030000000100000001",
        257,
        "000000030000000100000001",
    )
