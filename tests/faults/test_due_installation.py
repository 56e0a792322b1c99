"""A whole installation does due work and jobs while its database is stopped, cut off and its worker frozen.

What was planned is written down outside of the product, so the verdict is a comparison and not what a counter says.
`make test` hurts it once or twice in each way, `make faults` thirty times. FAULT_SEED repeats a run.
"""

import os
import random
import secrets
import signal
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.faults.installation import PATIENCE, Installation
from tests.faults.proxy import Proxy
from wayloop.operations.home import Home
from wayloop.operations.postgres import Server
from wayloop.operations.processes import wait_until

# A whole installation and minutes of kills: for `make faults`; the small loops of `make test` are in-process.
pytestmark = pytest.mark.faults

RESUMED_WITHIN = 60.0  # seconds
ROWS = 40
LONG_SECONDS = 240
ADD_LONG = (
    "INSERT INTO procrastinate_jobs (queue_name, task_name, args) "
    "VALUES ('default', 'model.long', jsonb_build_object('seconds', %s::int))"
)
MODEL = Path(__file__).parent / "model"


@pytest.fixture(scope="module", autouse=True)
def _model_on_the_path() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(MODEL))
        yield


class Flow:
    """The driver: plans rows, remembers which it planned for certain, and compares."""

    def __init__(self, address: str, what: str) -> None:
        self.address, self.what = address, what
        self.seed = int(os.environ.get("FAULT_SEED") or secrets.randbelow(10**6))
        self.chance = random.Random(self.seed)
        self.planned: list[int] = []
        self.taken: list[float] = []
        with psycopg.connect(address) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS model_effect (number bigint)")
            connection.execute("CREATE TABLE IF NOT EXISTS model_follow (number bigint PRIMARY KEY)")
            connection.execute("TRUNCATE model_effect, model_follow")

    def plan(self) -> None:
        """More rows, due within the next two seconds."""
        numbers = [len(self.planned) + number for number in range(ROWS)]
        with psycopg.connect(self.address) as connection:
            for number in numbers:
                connection.execute(
                    "INSERT INTO kernel_due (name, key, due_at, run_at, local_at, zone, rule, ids) "
                    "VALUES ('model.tick', %s, now() + %s, now() + %s, '', '', '', jsonb_build_object('number', %s))",
                    (str(number), *[f"{self.chance.random() * 2:.6f} s"] * 2, number),
                )
        self.planned += numbers

    def ask(self, question: str) -> list[tuple[int, int]]:
        with psycopg.connect(self.address, connect_timeout=2) as connection:
            return connection.execute(question.encode()).fetchall()

    def count(self, what: str) -> int:
        ((found, _),) = self.ask(f"SELECT count(*), 0 FROM model_effect WHERE {what}")  # noqa: S608
        return found

    def is_done(self) -> bool:
        try:
            ((follows, _),) = self.ask("SELECT count(*), 0 FROM model_follow")
            ((waiting, _),) = self.ask("SELECT count(*), 0 FROM kernel_due WHERE name = 'model.tick'")
            ((running, _),) = self.ask(
                "SELECT count(*), 0 FROM procrastinate_jobs WHERE task_name = 'model.follow' "
                "AND status IN ('todo', 'doing')"
            )
        except psycopg.OperationalError:
            return False
        return (follows, waiting, running) == (len(self.planned), 0, 0)

    def wait(self, output: Callable[[], str]) -> None:
        """Until everything planned is done, without hands; how long that took is judged at the end."""
        begun = time.monotonic()
        assert wait_until(self.is_done, seconds=PATIENCE, pause=0.2), f"seed {self.seed}\n{output()}"
        self.taken.append(time.monotonic() - begun)

    def verdict(self) -> None:
        """Every effect exactly once, no job left over."""
        effects = Counter(dict(self.ask("SELECT number, count(*) FROM model_effect GROUP BY number")))
        wanted = Counter(dict.fromkeys(self.planned, 1))
        left = self.ask(
            "SELECT count(*), 0 FROM procrastinate_jobs WHERE task_name = 'model.follow' AND status <> 'succeeded'"
        )
        print(
            f"\n  {self.what:<36} seed {self.seed}: {len(self.taken)} times, {len(self.planned)} effects, "
            f"{(wanted - effects).total()} missed, {(effects - wanted).total()} double, {left[0][0]} jobs left, "
            f"0 hands, resumed worst {max(self.taken):.1f} s, median {statistics.median(self.taken):.1f} s",
            end="",
        )
        assert (effects, left) == (wanted, [(0, 0)]), f"seed {self.seed}"
        assert max(self.taken) <= RESUMED_WITHIN, f"seed {self.seed}"


@pytest.fixture(scope="module")
def installation(make_folder: Callable[[str], Path], _model_on_the_path: None) -> Iterator[Installation]:
    installation = Installation(make_folder("due") / "home")
    installation.start()
    yield installation
    installation.remove()


def stop_the_database(installation: Installation, times: int) -> None:
    flow, worker = Flow(installation.address, "F3 database stopped at once"), installation.pid("worker")
    for _ in range(times):
        flow.plan()
        time.sleep(flow.chance.random() * 2)
        # What `pg_ctl stop -m immediate` sends.
        os.kill(installation.pid("database"), signal.SIGQUIT)
        flow.wait(installation.output)
    flow.verdict()
    assert installation.pid("worker") == worker


def freeze_a_worker(installation: Installation, times: int) -> None:
    flow, first = Flow(installation.address, "F17 a worker frozen and woken up"), installation.pid("worker")
    environment = installation.environment() | {
        "DATABASE_URL": installation.address,
        "WAYLOOP_PROCESS": "worker",
        "DJANGO_SETTINGS_MODULE": "wayloop.config.settings",
    }
    other = subprocess.Popen(
        [sys.executable, "-m", "wayloop.operations.worker", str(os.getpid())],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        time.sleep(5)
        for turn in range(times):
            frozen = (first, other.pid)[turn % 2]
            flow.plan()
            time.sleep(0.5 + flow.chance.random())
            os.kill(frozen, signal.SIGSTOP)
            try:
                flow.wait(installation.output)
            finally:
                os.kill(frozen, signal.SIGCONT)
            time.sleep(3)
        flow.verdict()
    finally:
        other.kill()
        other.wait()


@contextmanager
def by_way_of_a_proxy(make_folder: Callable[[str], Path], name: str) -> Iterator[tuple[Installation, Proxy, str]]:
    """An installation that reaches its database through the proxy; the address leads there directly."""
    server = Server(Home(make_folder(f"{name}-database") / "home"))
    server.home.prepare()
    address = server.start()
    proxy = Proxy(("127.0.0.1", urlsplit(address).port or 0))
    installation = Installation(
        make_folder(name) / "home", database_url=address.replace(f":{urlsplit(address).port}/", f":{proxy.port}/")
    )
    try:
        installation.start()
        yield installation, proxy, address
        assert installation.process is not None
        assert installation.process.poll() is None
    finally:
        installation.remove()
        proxy.close()
        server.stop()


def cut_connections(make_folder: Callable[[str], Path], times: int) -> None:
    with by_way_of_a_proxy(make_folder, "cut") as (installation, proxy, address):
        statement = Flow(address, "F3 cut at the k-th statement")
        for _ in range(times):
            proxy.arm(at_statement=statement.chance.randrange(1, 120))
            statement.plan()
            statement.wait(installation.output)
        statement.verdict()
        commit = Flow(address, "F3 cut between COMMIT and its answer")
        for turn in range(times):
            # Every other time any statement's answer, since most of ours commit by themselves.
            armed = (
                proxy.arm(after_commit=1 + turn % 3)
                if turn % 2
                else proxy.arm(answer_of=commit.chance.randrange(1, 99))
            )
            commit.plan()
            commit.wait(installation.output)
            assert wait_until(lambda armed=armed: armed.has_fired, seconds=20)
        commit.verdict()
        assert proxy.cuts >= times


def lose_fetches(make_folder: Callable[[str], Path], times: int) -> None:
    """The worker is cut off while it fetches, and a job that takes minutes holds its end back."""
    with by_way_of_a_proxy(make_folder, "lost") as (installation, proxy, address):
        flow = Flow(address, "F3 cut at a fetch beside a long job")
        begun, added = time.monotonic(), 0
        for turn in range(times):
            if time.monotonic() - begun > added * LONG_SECONDS:
                added += 1
                with psycopg.connect(address) as connection:
                    connection.execute(ADD_LONG, (LONG_SECONDS,))
                assert wait_until(lambda wanted=added: flow.count("number = -1") == wanted, seconds=60), (
                    installation.output()
                )
            cut = {"at_statement": 1 + turn // 2} if turn % 2 else {"answer_of": 1 + turn // 2}
            armed = proxy.arm(**cut, among="procrastinate_fetch_job")
            flow.plan()
            flow.wait(installation.output)
            assert armed.has_fired
        # The long one was not given to anybody else meanwhile.
        assert flow.count("number = -1") == added
        with psycopg.connect(address) as connection:
            connection.execute("DELETE FROM model_effect WHERE number = -1")
        flow.verdict()


def test_the_database_stops_at_once(installation: Installation) -> None:
    stop_the_database(installation, 2)


def test_a_frozen_worker_wakes_up_and_changes_nothing(installation: Installation) -> None:
    freeze_a_worker(installation, 1)


def test_connections_are_cut(make_folder: Callable[[str], Path]) -> None:
    cut_connections(make_folder, 1)


def test_a_worker_cut_off_while_a_long_job_runs_goes_on_with_the_others(make_folder: Callable[[str], Path]) -> None:
    lose_fetches(make_folder, 2)


@pytest.mark.faults
def test_a_worker_is_cut_off_beside_long_jobs_ten_times(make_folder: Callable[[str], Path]) -> None:
    lose_fetches(make_folder, 10)


@pytest.mark.faults
def test_the_database_stops_at_once_thirty_times(installation: Installation) -> None:
    stop_the_database(installation, 30)


@pytest.mark.faults
def test_workers_are_frozen_in_turn(installation: Installation) -> None:
    freeze_a_worker(installation, 8)


@pytest.mark.faults
def test_connections_are_cut_thirty_times(make_folder: Callable[[str], Path]) -> None:
    cut_connections(make_folder, 30)
