"""Every effect once, nothing skipped, nothing silent: the stream while everything around it breaks.

The small version runs with the other tests; `make faults` runs the long one and prints its figures.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.architecture.source import ROOT
from tests.faults.stream_app import LISTENERS, TABLES
from wayloop.operations.home import Home
from wayloop.operations.postgres import Server
from wayloop.operations.processes import is_alive, wait_until

# A whole installation and minutes of kills: for `make faults`; the small loops of `make test` are in-process.
pytestmark = pytest.mark.faults

SEED = 20_260
PATIENCE = 300.0  # seconds; a loaded machine is no failure
SMALL, LONG = "small", pytest.param("long", marks=pytest.mark.faults)
PREPARE = """
import os
from wayloop.operations.database import make_django_ready
make_django_ready(os.environ["DATABASE_URL"], migrate=True)
"""


@dataclass
class Model:
    """One database with the model flow, its worker, and the truth outside of it."""

    url: str
    folder: Path
    worker: "subprocess.Popen[bytes] | None" = None
    output: list[Path] = field(default_factory=list)

    @property
    def truth(self) -> Path:
        return self.folder / "truth"

    def environment(self) -> dict[str, str]:
        return os.environ | {
            "DATABASE_URL": self.url,
            "DJANGO_SETTINGS_MODULE": "tests.faults.stream_settings",
            "PYTHONPATH": str(ROOT),
        }

    def python(self, *arguments: str) -> "subprocess.Popen[bytes]":
        with (self.folder / "output").open("ab") as output:
            return subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=self.environment(),
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def prepare(self) -> None:
        """What every start of the program does: the tables, and a look whether this is a copy."""
        assert self.python("-c", PREPARE).wait(PATIENCE) == 0, self.told()

    def start(self) -> None:
        self.worker = self.python("-m", "wayloop.operations.worker", str(os.getpid()))

    def kill(self) -> None:
        assert self.worker is not None
        os.killpg(self.worker.pid, signal.SIGKILL)
        self.worker.wait()

    def stop(self) -> int:
        """Asks the worker to end; answers its exit code."""
        assert self.worker is not None
        self.worker.terminate()
        return self.worker.wait(30)

    def announce(self, first: int, count: int, *, poison: int = 0, seconds: float = 0.0) -> "subprocess.Popen[bytes]":
        words = (str(self.truth), SEED, first, count, poison, seconds)
        return self.python("-m", "tests.faults.stream_driver", *map(str, words))

    def announced(self) -> set[int]:
        return set(map(int, self.truth.read_text().split())) if self.truth.exists() else set()

    def ask(self, question: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(question).fetchall()

    def effects(self) -> dict[str, Counter[int]]:
        found: dict[str, Counter[int]] = {name: Counter() for name in LISTENERS}
        for listener, number in self.ask("SELECT listener, number FROM model_effect"):
            found[str(listener)][int(str(number))] += 1
        return found

    def parked(self) -> list[tuple[object, ...]]:
        return self.ask(
            "SELECT listener, (payload->>'number')::int FROM kernel_parkedrow WHERE settled_at IS NULL ORDER BY 1, 2"
        )

    def count(self) -> int:
        return int(str(self.ask("SELECT count(*) FROM model_effect")[0][0]))

    def settled(self, wanted: int) -> bool:
        return wait_until(lambda: self.count() >= wanted, seconds=PATIENCE, pause=0.2)

    def told(self) -> str:
        return (self.folder / "output").read_text()[-4000:]

    def once_each(self, *, without: set[int] | None = None) -> int:
        """Every announced number has its effect once with every listener; answers how many effects that were."""
        announced = self.announced()
        found = self.effects()
        first = announced - (without or set())
        wanted = {"model.first": first, "model.second": announced, "model.echo": announced}
        differences = {
            name: {
                "missing": sorted(wanted[name] - found[name].keys())[:9],
                "never announced": sorted(found[name].keys() - wanted[name])[:9],
                "more than once": [one for one, times in found[name].items() if times > 1][:9],
            }
            for name in LISTENERS
        }
        assert differences == {
            name: {"missing": [], "never announced": [], "more than once": []} for name in LISTENERS
        }, self.told()
        return sum(found[name].total() for name in LISTENERS)


@pytest.fixture
def model(make_folder: Callable[[str], Path]) -> Iterator[Model]:
    """An empty database on the server of this test run."""
    address = os.environ["DATABASE_URL"]
    name = f"stream_{os.getpid()}_{random.randrange(10**6)}"
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
    model = Model(urlsplit(address)._replace(path=f"/{name}").geturl(), make_folder("stream"))
    try:
        model.prepare()
        with psycopg.connect(model.url) as connection:
            connection.execute(TABLES)
        yield model
    finally:
        if model.worker and is_alive(model.worker.pid):
            model.kill()
        with psycopg.connect(address, autocommit=True) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def figures(text: str) -> None:
    print(f"\n  {text}", end="")


@pytest.mark.parametrize("version", [SMALL, LONG])
def test_a_worker_killed_again_and_again_does_everything_once(model: Model, version: str) -> None:
    kills, count, poison = (50, 5_000, 1_499) if version == "long" else (3, 600, 299)
    chance = random.Random(SEED)
    model.start()
    driver = model.announce(1, count, poison=poison, seconds=kills * 2 if version == "long" else 6)
    in_the_middle = 0
    for _ in range(kills):
        before = model.count()
        # One in five dies while it starts, the others at a batch or soon after one.
        wait_until(lambda before=before: model.count() > before, seconds=chance.choice((1, 20, 20, 20, 20)), pause=0.1)
        time.sleep(chance.random() * 0.5)
        in_the_middle += model.count() > before
        model.kill()
        model.start()
    assert driver.wait(PATIENCE * 5) == 0, model.told()
    poisonous = {one for one in model.announced() if one % poison == 0}
    assert poisonous, "the seed left no poison"
    wanted = 3 * len(model.announced()) - len(poisonous)
    assert model.settled(wanted), model.told()
    assert wait_until(lambda: len(model.parked()) == len(poisonous), seconds=PATIENCE), model.told()
    effects = model.once_each(without=poisonous)
    parked = model.parked()
    assert parked == [("model.first", number) for number in sorted(poisonous)]
    # Cured, the parked rows are replayed: then really everything has happened.
    with psycopg.connect(model.url) as connection:
        connection.execute("INSERT INTO model_cured VALUES (now())")
    assert model.python("-c", REPLAY).wait(PATIENCE) == 0, model.told()
    assert (model.stop(), model.parked()) == (0, [])
    effects = model.once_each()
    figures(
        f"seed {SEED}: {kills} kills -9 ({in_the_middle} after effects had come), {len(model.announced())} facts of "
        f"{count} announced in overlapping transactions, {effects} effects: 0 missing, 0 twice, 0 never announced; "
        f"{len(parked)} of {len(poisonous)} poisonous facts parked, all replayed"
    )


REPLAY = """
import django
django.setup()
from wayloop.kernel.stream import parking, services
for one in parking.parked_rows():
    assert services.replay_parked(number=one.number)
"""


@pytest.mark.parametrize("version", [SMALL, LONG])
def test_a_transaction_left_open_in_another_database_delays_and_loses_nothing(model: Model, version: str) -> None:
    held, count = (60.0, 2_000) if version == "long" else (2.0, 200)
    model.start()
    assert model.announce(1, 50).wait(PATIENCE) == 0, model.told()
    assert model.settled(3 * len(model.announced())), model.told()
    before = model.count()
    # The database the test run itself uses: the same server, another database.
    with psycopg.connect(os.environ["DATABASE_URL"], application_name="somebody else") as other:
        other.execute("CREATE TEMPORARY TABLE left_open (n int)")
        other.execute("INSERT INTO left_open VALUES (1)")
        begun = time.monotonic()
        assert model.announce(1_000, count).wait(PATIENCE) == 0, model.told()
        time.sleep(max(0.0, held - (time.monotonic() - begun)))
        meanwhile = model.count() - before
        holder = subprocess.run(
            [sys.executable, "-c", HOLDER],
            cwd=ROOT,
            env=model.environment(),
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        other.rollback()
        ended = time.monotonic()
    assert model.settled(3 * len(model.announced())), model.told()
    caught_up = time.monotonic() - ended
    effects = model.once_each()
    assert (meanwhile, holder) == (0, f"somebody else|{urlsplit(os.environ['DATABASE_URL']).path[1:]}|True")
    figures(
        f"left open for {ended - begun:.0f} s in another database: {meanwhile} of {3 * len(model.announced())} effects "
        f"meanwhile, all of them {caught_up:.1f} s after its end; {effects} effects, 0 missing, 0 twice; "
        "the doctor names the holder"
    )


HOLDER = """
import django
django.setup()
from wayloop.kernel.stream.health import horizon_holder
found = horizon_holder()
print(found.who, found.database, found.age.total_seconds() > 1, sep="|")
"""


@pytest.mark.parametrize("version", [SMALL, LONG])
def test_a_dump_brought_into_a_new_cluster_goes_on_where_it_was(
    model: Model, version: str, make_folder: Callable[[str], Path]
) -> None:
    count = 5_000 if version == "long" else 300
    # Half of it digested, the rest still waiting when the dump is taken.
    model.start()
    assert model.announce(1, count).wait(PATIENCE) == 0, model.told()
    assert wait_until(lambda: model.count() > 0, seconds=PATIENCE), model.told()
    model.kill()
    assert model.announce(100_001, count).wait(PATIENCE) == 0, model.told()
    dump = make_folder("dump") / "dump"
    home = Home(make_folder("moved") / "home")
    home.prepare()
    server = Server(home, tell=lambda line: None)
    moved = Model(server.start(), model.folder)
    programs = next(home.binaries.glob("*/*/*/bin"))
    try:
        run(programs / "pg_dump", "--format=custom", f"--file={dump}", model.url)
        run(programs / "pg_restore", "--no-owner", "--exit-on-error", f"--dbname={moved.url}", str(dump))
        old = moved.ask("SELECT max(xid::text::bigint) FROM kernel_fact")[0][0]
        before = moved.count()
        moved.prepare()
        assert moved.announce(200_001, count).wait(PATIENCE) == 0, moved.told()
        new = moved.ask("SELECT min(xid::text::bigint), min(epoch) FROM kernel_fact WHERE epoch > 1")[0]
        moved.start()
        assert moved.settled(3 * len(moved.announced())), moved.told()
        effects = moved.once_each()
        assert moved.stop() == 0
    finally:
        server.stop()
    assert int(str(new[0])) < int(str(old)), "the new cluster must count from further down for this test to mean much"
    assert (new[1], before < effects) == (2, True)
    figures(
        f"dumped after {before} effects, restored into a new cluster (transactions {old} before, {new[0]} after): "
        f"{len(moved.announced())} facts, {effects} effects: 0 missing, 0 twice"
    )


def run(*command: str | Path) -> None:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
