"""Writes the access matrix anew: `python -m scripts.access`, then read what changed with `git diff`.

It asks every address as everybody (see tests/flows/access) and keeps what was answered; the test compares with it.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEST = "tests/flows/test_access.py"


def main() -> int:
    """Runs the test that asks, and lets it keep the answers. Answers its exit code."""
    command = [sys.executable, "-m", "pytest", "-n", "0", "-k", "not has_its_line and not browser", TEST]
    return subprocess.run(command, cwd=ROOT, env=os.environ | {"ACCESS_MATRIX": "write"}, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
