"""The long version, alone on the machine: each process killed five times, with figures. Run by `make faults`."""

import os
import signal
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.installation import Installation
from wayloop.operations.processes import is_alive, wait_until
from wayloop.operations.supervisor import SILENT_SECONDS

pytestmark = pytest.mark.faults
TIMES = 5
BACK_WITHIN = 10.0  # seconds


@pytest.fixture(scope="module")
def installation(make_folder: Callable[[str], Path]) -> Iterator[Installation]:
    installation = Installation(make_folder("faults") / "home")
    first = installation.start()
    assert installation.interrupt() == 0
    second = installation.start()
    figures("first start", [first])
    figures("second start", [second])
    yield installation
    installation.remove()


def figures(what: str, seconds: list[float]) -> None:
    """One line of the table."""
    each = " ".join(f"{one:.1f}" for one in seconds)
    print(f"\n  {what:<30} median {statistics.median(seconds):4.1f} s   worst {max(seconds):4.1f} s   ({each})", end="")


@pytest.mark.parametrize("name", ["database", "web", "worker"])
def test_killed_again_and_again_it_is_back_in_time(installation: Installation, name: str) -> None:
    taken = []
    for _ in range(TIMES):
        former = installation.kill(name)
        taken.append(installation.seconds_until(lambda former=former: installation.came_back(name, former)))
        assert wait_until(installation.answers, seconds=BACK_WITHIN)
    figures(f"{name} killed", taken)
    assert max(taken) < BACK_WITHIN
    assert "Traceback" not in installation.output()


def test_the_supervisor_killed_again_and_again(installation: Installation) -> None:
    taken, gone = [], []
    for _ in range(TIMES):
        before = installation.pids()
        installation.kill("supervisor")
        gone.append(
            installation.seconds_until(lambda before=before: not any(map(is_alive, (before["web"], before["worker"]))))
        )
        assert is_alive(before["database"])
        taken.append(installation.start())
        assert installation.pid("database") == before["database"]
        assert installation.works(installation.add_job())
    figures("web and worker gone with it", gone)
    figures("supervisor killed, up again", taken)
    assert max(gone) < 1.0
    assert max(taken) < BACK_WITHIN


def test_everything_killed_at_once(installation: Installation) -> None:
    pids = installation.pids()
    for pid in pids.values():
        os.kill(pid, signal.SIGKILL)
    assert installation.process is not None
    installation.process.wait()
    figures("everything killed, up again", [installation.start()])
    assert installation.works(installation.add_job())


def test_web_that_hangs_is_replaced(installation: Installation) -> None:
    former = installation.pid("web")
    os.kill(former, signal.SIGSTOP)
    taken = installation.seconds_until(lambda: installation.pid("web") not in (0, former) and installation.answers())
    figures("web that hangs, replaced", [taken])
    assert SILENT_SECONDS - 5 < taken < SILENT_SECONDS + 20


def test_a_worker_that_keeps_ending_is_told_and_tried_more_slowly(installation: Installation) -> None:
    begun, starts = time.monotonic(), set()
    while time.monotonic() - begun < 12:
        pid = installation.pid("worker")
        if is_alive(pid):
            starts.add(pid)
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
    assert len(starts) <= 10
    assert "times in a row" in installation.output()
    assert wait_until(lambda: installation.works(installation.add_job()), seconds=30)


def test_a_start_interrupted_at_any_moment_leaves_nothing_and_the_next_one_works(
    make_folder: Callable[[str], Path],
) -> None:
    folder = make_folder("interrupted")
    for number, moment in enumerate((0.1, 0.4, 0.8, 1.2, 2.0, 3.0)):
        installation = Installation(folder / f"home-{number}")
        out = folder / f"home-{number}.out"
        for ending in (signal.SIGINT, signal.SIGKILL):
            with out.open("a") as output:
                process = start_only(installation, output.fileno())
                time.sleep(moment)
                os.kill(process, ending)
                os.waitpid(process, 0)
        installation.start()
        before = installation.pids()
        assert installation.interrupt() == 0
        assert [name for name, pid in before.items() if is_alive(pid)] == []
        # Before that, Python itself is still getting ready.
        assert moment < 0.5 or "Traceback" not in installation.output()


def start_only(installation: Installation, output: int) -> int:
    """Starts `wayloop up` and does not wait for anything."""
    import subprocess
    import sys

    return subprocess.Popen(
        [sys.executable, "-m", "wayloop", "up"],
        env=installation.environment(),
        stdout=output,
        stderr=output,
        start_new_session=True,
    ).pid
