"""The drill: writes go on, the backup is killed again and again, and a chosen second comes back on an empty machine."""

import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from tests.faults.installation import Installation
from wayloop.operations.backup import restoring
from wayloop.operations.backup.making import Backups, key_of
from wayloop.operations.backup.places import Folder
from wayloop.operations.backup.repository import Repository
from wayloop.operations.backup.trial import checksums, hold_still, try_restore
from wayloop.operations.home import Home
from wayloop.operations.postgres import Server

KILLS, SEED = 8, 20261122
MEGABYTES = 400
ROWS = 100_000
FILL = (
    "INSERT INTO drill (text, at) SELECT md5(random()::text) || repeat(md5(i::text), 3), now()"
    " FROM generate_series(1, %s) i"
)
BACK_UP = (
    "import sys; from pathlib import Path; from wayloop.operations.home import Home;"
    "from wayloop.operations.postgres import Server; from wayloop.operations.backup.places import Folder;"
    "from wayloop.operations.backup.repository import Repository;"
    "from wayloop.operations.backup.making import Backups, key_of; home = Home(Path(sys.argv[1]));"
    "backups = Backups(Server(home), Repository.make(Folder.make(Path(sys.argv[2])), key_of(home)));"
    "backups.make(); backups.bring()"
)


def write_on(url: str, ending: threading.Event) -> None:
    """Writes as fast as it goes."""
    with psycopg.connect(url, autocommit=True) as connection:
        while not ending.wait(0.001):
            connection.execute("INSERT INTO drill (text, at) VALUES (md5(random()::text), clock_timestamp())")


@pytest.mark.faults
def test_a_chosen_second_comes_back_after_kills_and_under_load(make_folder: Callable[[str], Path]) -> None:
    folder, draw = make_folder("drill"), random.Random(SEED)
    first = Installation(folder / "home")
    assert first.run("manage", "migrate").returncode == 0
    home, place = first.home, Folder.make(folder / "place")
    server = Server(home)
    server.start()
    ending = threading.Event()
    try:
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute("CREATE TABLE drill (id bigserial PRIMARY KEY, text text, at timestamptz)")
            size = 0
            while size < MEGABYTES * 1_000_000:
                connection.execute(FILL, [ROWS])
                (size,) = connection.execute("SELECT pg_database_size(current_database())").fetchone() or (0,)
        repository = Repository.make(place, key_of(home))
        writer = threading.Thread(target=write_on, args=(server.url(), ending))
        writer.start()
        killed = [kill_a_backup(home, place, draw) for _ in range(KILLS)]
        half = len(repository.bases())
        backups = Backups(server, repository)
        made = backups.make()
        time.sleep(1)
        assert backups.bring()
        with psycopg.connect(server.url(admin=True)) as still:
            hold_still(still, seconds=10)
            now = datetime.now(UTC)
            second = now.replace(microsecond=0) + timedelta(seconds=1)
            time.sleep((second - now).total_seconds() + 0.02)
            sums = checksums(still)
        time.sleep(1)
        begun = time.monotonic()
        until = backups.bring()
        brought = time.monotonic() - begun
        tried = try_restore(server, backups, repository, seconds=10)
    finally:
        ending.set()
        writer.join()
        server.stop()
    (folder / "code").write_text(key_of(home).code)
    shutil.move(home.path, folder / "lost")
    second_machine = Installation(folder / "again")
    begun = time.monotonic()
    done = second_machine.run(
        "restore", str(place.path), "--to", second.isoformat(sep=" "), "--key", str(folder / "code")
    )
    taken = time.monotonic() - begun
    assert done.returncode == 0, done.stderr
    again = Server(second_machine.home)
    again.start()
    try:
        with psycopg.connect(again.url(admin=True)) as connection:
            found = checksums(connection)
            (later, epoch, held) = connection.execute(
                "SELECT (SELECT count(*) FROM drill WHERE at > %s), (SELECT epoch FROM kernel_streamepoch),"
                " (SELECT count(*) FROM kernel_sendinghold WHERE released_at IS NULL)",
                [second],
            ).fetchone() or (0, 0, 0)
    finally:
        again.stop()
    after = {"public.kernel_sendinghold", "public.kernel_streamepoch"}
    differing = [name for name in sums if sums[name] != found.get(name) and name not in after]
    print(
        f"\ndrill of {made.read / 1e9:.2f} GB, {KILLS} kills ({sum(killed)} in the middle, {half} whole): backup "
        f"{made.seconds:.1f} s ({made.read / made.seconds / 1e6:.0f} MB/s, {made.written / 1e6:.0f} MB new), log away "
        f"in {brought:.1f} s; restored in {taken:.1f} s ({made.read / taken / 1e6:.0f} MB/s; 10 GB would take "
        f"{10e9 / made.read * taken / 60:.0f} min); trial {tried.copied:.1f} + {tried.replayed:.1f} s, "
        f"{tried.same} tables"
    )
    assert (differing, later, epoch, held, tried.different, until is not None) == ([], 0, 2, 1, [], True)
    # Streams live: a new installation starts on it and does work.
    try:
        second_machine.start()
        assert second_machine.works(second_machine.add_job())
        assert second_machine.run("doctor").returncode == 0
    finally:
        second_machine.remove()


def kill_a_backup(home: Home, place: Folder, draw: random.Random) -> bool:
    """Ends a backup with kill -9 at some moment; answers whether it was under way."""
    process = subprocess.Popen([sys.executable, "-c", BACK_UP, str(home.path), str(place.path)])
    try:
        process.wait(timeout=draw.uniform(0.3, 6))
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        return True
    return False


@pytest.mark.faults
def test_a_killed_restore_leaves_nothing_in_the_way_of_the_next_one(make_folder: Callable[[str], Path]) -> None:
    folder, draw = make_folder("killed-restore"), random.Random(SEED)
    first = Installation(folder / "home")
    assert first.run("manage", "migrate").returncode == 0
    place = folder / "place"
    assert first.run("backup", str(place)).returncode == 0
    (folder / "code").write_text(first.run("backup", "--code").stdout)
    again, refused = Installation(folder / "again"), 0
    for _ in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-m", "wayloop", "restore", str(place), "--key", str(folder / "code")],
            env=again.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            process.wait(timeout=draw.uniform(0.5, 5))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
        if again.home.marker.exists():
            refused += 1
            break
    if not refused:
        assert again.run("restore", str(place), "--key", str(folder / "code")).returncode == 0
    # Killed after everything was in its place, it is a home that recovers when it starts, with sending held back.
    try:
        again.start()
        with psycopg.connect(again.address) as connection:
            row = connection.execute("SELECT count(*) FROM kernel_sendinghold WHERE released_at IS NULL").fetchone()
    finally:
        again.remove()
    assert (row, restoring.read_mark(again.home)) == ((1,), None)
