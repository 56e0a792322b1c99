"""The commands behind `make test`, `make faults`, `make compat` and `make bench`.

`make test` runs all checks side by side on two cores, prints a line with the time of each, the whole output of those
that failed, and pytest's closing line at the end.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
TOOLS = Path(PYTHON).parent
AT_ONCE = 2
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Check:
    """One program to run, and a file without which there is nothing for it to look at yet."""

    name: str
    command: Sequence[str | Path]
    needs: str = ""

    @property
    def has_work(self) -> bool:
        """Whether what it looks at exists."""
        return not self.needs or (ROOT / self.needs).exists()


def _node(*words: str) -> list[str]:
    return [PYTHON, "-m", "scripts.node", *words]


def _pytest(*words: str) -> list[str]:
    return [PYTHON, "-m", "pytest", *words]


# Three workers, because many tests wait for a process or a browser; the longest begin.
SPREAD = ("-n", "3", "--dist", "loadfile", "--no-loadscope-reorder")
LONGEST_FIRST = ("tests/browser", "tests/flows", "tests/faults", "wayloop", "tests")
# The longest first, so that the short ones fill what is left of the second core.
CHECKS = (
    Check("tests", _pytest(*SPREAD, "-m", "not faults", "--ignore", "tests/compat", *LONGEST_FIRST)),
    Check("types", [TOOLS / "mypy"]),
    Check("lint", [TOOLS / "ruff", "check", "."]),
    Check("format", [TOOLS / "ruff", "format", "--check", "."]),
    Check("layers", [TOOLS / "lint-imports"]),
    Check("front-end lint", _node("biome", "check", "frontend", "vite.config.ts"), needs="biome.json"),
    Check("front-end types", _node("tsc", "--noEmit"), needs="tsconfig.json"),
    Check("front-end tests", _node("vitest", "run"), needs="frontend/tests"),
    Check("texts", [PYTHON, "-m", "scripts.messages", "check"], needs="scripts/messages.py"),
)


@dataclass(frozen=True)
class Outcome:
    """How one check ended."""

    check: Check
    code: int
    seconds: float
    output: str


def _run(check: Check) -> Outcome:
    begun = time.monotonic()
    if not check.has_work:
        return Outcome(check, 0, 0.0, "")
    done = subprocess.run(
        [str(word) for word in check.command], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    outcome = Outcome(check, done.returncode, time.monotonic() - begun, done.stdout.decode(errors="replace"))
    print(f"  {'ok' if not outcome.code else 'FAILED':<7} {check.name:<16} {outcome.seconds:6.1f} s", flush=True)
    return outcome


def test() -> int:
    """Everything: Python, types, lint, layers, front-end, browser, texts."""
    begun = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        outcomes = list(pool.map(_run, CHECKS))
    for outcome in outcomes:
        if outcome.code:
            print(f"\n--- {outcome.check.name} ---\n{outcome.output.rstrip()}")
    skipped = [check.name for check in CHECKS if not check.has_work]
    failed = [outcome.check.name for outcome in outcomes if outcome.code]
    print(f"\n{len(CHECKS) - len(skipped) - len(failed)} of {len(CHECKS)} checks are well", end="")
    print(
        f" in {time.monotonic() - begun:.0f} s" + (f", nothing to look at yet: {', '.join(skipped)}" if skipped else "")
    )
    if failed:
        print(f"failed: {', '.join(failed)}")
    print(_closing_line(outcomes[0].output))
    return 1 if failed else 0


def _closing_line(output: str) -> str:
    """The last line in which pytest says how many passed."""
    lines = COLOURS.sub("", output).strip().splitlines()
    return next(
        (line for line in reversed(lines) if re.search(r"\d+ (passed|failed|error)", line)), (lines or [""])[-1]
    )


def faults() -> int:
    """Processes killed again and again, alone on the machine, with figures."""
    print("faults: each process killed with -9 five times; how long until it works again")
    return _show(_pytest("tests/faults", "tests/flows", "-m", "faults", "-s", "-p", "no:xdist"))


def compat() -> int:
    """The same program on other people's databases."""
    print("compat: start, work and stop with a PostgreSQL that is not ours")
    return _show(_pytest("tests/compat", "-s", "-rs", "-p", "no:xdist"))


def bench() -> int:
    """Ratios measured in one run, in a home of its own."""
    with tempfile.TemporaryDirectory(prefix="wayloop-bench-") as folder:
        Path(folder).chmod(0o755)
        environment = os.environ | {"WAYLOOP_HOME": str(Path(folder) / "home")}
        environment.pop("DATABASE_URL", None)
        print("bench: an empty home on this machine; ratios count, absolute times depend on it")
        starts = []
        for _ in range(2):
            begun = time.monotonic()
            code = subprocess.run(
                [PYTHON, "-m", "wayloop", "bench", "--list"],
                cwd=ROOT,
                env=environment,
                stdout=subprocess.DEVNULL,
                check=False,
            )
            starts.append(time.monotonic() - begun)
            if code.returncode:
                return code.returncode
        print("start: database and tables made, against the second time")
        print(f"  {'first against second':<24} {starts[0] / starts[1]:>12,.1f} times")
        print(f"  {'first':<24} {starts[0]:>12,.1f} s\n  {'second':<24} {starts[1]:>12,.1f} s", flush=True)
        return subprocess.run([PYTHON, "-m", "wayloop", "bench"], cwd=ROOT, env=environment, check=False).returncode


def _show(command: Sequence[str]) -> int:
    return subprocess.run(command, cwd=ROOT, check=False).returncode


COMMANDS: dict[str, Callable[[], int]] = {"test": test, "faults": faults, "compat": compat, "bench": bench}


def main(arguments: Sequence[str]) -> int:
    """Runs one command; answers the exit code."""
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        print(f"python -m scripts.checks {'|'.join(COMMANDS)}", file=sys.stderr)
        return 2
    # Where Python may not keep what it compiled, every process compiles a thousand modules anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    return COMMANDS[arguments[0]]()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
