"""The drill: writes go on, the backup is killed again and again, and a chosen second comes back on an empty machine."""

import ast
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from tests.faults.installation import Installation
from wayloop.operations.backup import restoring
from wayloop.operations.backup.making import SWITCH_SECONDS, Backups, files_of, key_of
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
        f"{10e9 / made.read * taken / 60:.0f} min); at risk: what the last {SWITCH_SECONDS + brought:.0f} s wrote; "
        f"{len(sums)} tables, all the same but {differing} (expected to be others: {sorted(after)}); trial "
        f"{tried.copied:.1f} + {tried.replayed:.1f} s, {tried.same} tables"
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


# A restore that ends itself with kill -9 at the n-th thing it asks of the system; without a number it says how many
# there are of each kind.
KILLED = """
import collections, os, signal, sys
from pathlib import Path
from wayloop.operations.backup import restoring
from wayloop.operations.backup.places import Folder
from wayloop.operations.backup.repository import Repository
from wayloop.operations.backup.sealing import Key
from wayloop.operations.home import Home
from wayloop.operations.postgres import Server
place, code, home, kind, number = *sys.argv[1:5], int(sys.argv[5])
counted = collections.Counter()
def notice(event, arguments):
    if event in KINDS:
        counted[event] += 1
        if (event, counted[event]) == (kind, number):
            os.kill(os.getpid(), signal.SIGKILL)
KINDS = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate", "os.chmod", "subprocess.Popen", "fcntl.flock",
         "socket.connect", "shutil.rmtree")
sys.addaudithook(notice)
repository = Repository.open(Folder(Path(place)), Key.read(Path(code).read_text()))
restoring.restore(repository, Home(Path(home)), tell=lambda _: None)
print(dict(counted))
"""
MOST = 12  # of one kind


def restore_killed(place: Path, code: Path, home: Path, kind: str, number: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", KILLED, str(place), str(code), str(home), kind, str(number)],
        capture_output=True,
        text=True,
        check=False,
    )


def what_is_there(home: Home) -> tuple[dict[str, str], dict[str, bytes], object]:
    """Every table, every file that is backed up, and the mark; the server is stopped then."""
    server = Server(home)
    server.start()
    try:
        with psycopg.connect(server.url(admin=True)) as connection:
            sums = checksums(connection)
    finally:
        server.stop()
    files = {name: path.read_bytes() for path, name in files_of(home.path) if not name.startswith("pg/")}
    return sums, files, restoring.read_mark(home)


@pytest.mark.faults
def test_a_restore_killed_anywhere_and_started_again_ends_in_the_same_state(make_folder: Callable[[str], Path]) -> None:
    folder = make_folder("killed-restore")
    first = Installation(folder / "home")
    assert first.run("manage", "migrate").returncode == 0
    (first.home.files / "ab").mkdir()
    (first.home.files / "ab" / "abcd").write_bytes(b"a file somebody uploaded")
    place, code = folder / "place", folder / "code"
    assert first.run("backup", str(place)).returncode == 0
    code.write_text(first.run("backup", "--code").stdout)
    whole = folder / "whole"
    done = restore_killed(place, code, whole, "", 0)
    assert done.returncode == 0, done.stderr
    expected = what_is_there(Home(whole))
    counted: dict[str, int] = ast.literal_eval(done.stdout)
    points = [
        (kind, number)
        for kind, count in counted.items()
        for number in sorted({1 + round(step * (count - 1) / max(1, MOST - 1)) for step in range(min(count, MOST))})
    ]
    outcomes: Counter[str] = Counter()
    for kind, number in points:
        home = folder / "again"
        killed = restore_killed(place, code, home, kind, number)
        outcomes["killed" if killed.returncode == -signal.SIGKILL else f"ended with {killed.returncode}"] += 1
        again = restore_killed(place, code, home, "", 0)
        assert again.returncode == 0, (kind, number, again.stderr)
        outcomes["went on" if "os.mkdir" not in again.stdout or "'os.mkdir': 1," in again.stdout else "anew"] += 1
        assert what_is_there(Home(home)) == expected, (kind, number)
        assert not [path.name for path in home.iterdir() if path.name.startswith(".restoring")]
        shutil.rmtree(home)
    print(f"\nrestore killed at {len(points)} points of {sum(counted.values())} calls ({counted}): {dict(outcomes)}")
    assert outcomes["killed"] == len(points)
    # What `wayloop up` makes of it: everything in its place, sending held back, nothing left to do.
    restore_killed(place, code, folder / "again", "subprocess.Popen", 1)
    last = Installation(folder / "again")
    assert last.home.marker.exists()
    try:
        last.start()
        with psycopg.connect(last.address) as connection:
            row = connection.execute("SELECT count(*) FROM kernel_sendinghold WHERE released_at IS NULL").fetchone()
    finally:
        last.remove()
    assert (row, restoring.read_mark(last.home)) == ((1,), None)


@pytest.mark.faults
def test_a_disk_that_runs_full_is_told_in_one_line_and_leaves_the_folder_as_it_was(
    make_folder: Callable[[str], Path],
) -> None:
    folder = make_folder("full")
    home, place, code = Home(folder / "home"), folder / "place", folder / "code"
    home.prepare()
    server = Server(home)
    server.start()
    try:
        Backups(server, Repository.make(Folder.make(place), key_of(home))).make()
    finally:
        server.stop()
    code.write_text(key_of(home).code)
    small = folder / "small"
    small.mkdir()
    told = {}
    # Too small to begin with; and large enough by what was reckoned, but not in truth.
    for case, before in (("small", ""), ("full", "restoring._need_space = lambda *_: None;")):
        script = (
            f"import sys; from wayloop.operations.backup import restoring; {before}"
            "from wayloop.config.cli import main; sys.argv[0] = 'wayloop'; main()"
        )
        mount = 'mount -t tmpfs -o size=12m none "$1" && shift && "$@"; code=$?; ls -A "$WAYLOOP_HOME" >&2; exit $code'
        done = subprocess.run(
            ["unshare", *(["-m"] if os.geteuid() == 0 else ["-rm"]), "sh", "-c", mount, "sh", str(small),
             sys.executable, "-c", script, "restore", str(place), "--key", str(code)],
            env=Installation(small).environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        lines = [line for line in done.stderr.splitlines() if not line.endswith("…")]
        told[case] = (done.returncode, lines, done.stdout)
    print(f"\n{told}")
    assert told["small"][0::2] == told["full"][0::2] == (2, "")
    assert [len(lines) for _, lines, _ in told.values()] == [1, 1]
    assert "the disk is too small: 0.0 GB are free" in told["small"][1][0]
    assert f"the disk is full under {small}: nothing was changed. Make room, then run it again." in told["full"][1][0]
