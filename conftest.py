"""What every test may ask for: the stock people of views, real transactions, data sets. And who runs where."""

from contextlib import nullcontext
from typing import Any

import pytest
from xdist.scheduler.loadfile import LoadFileScheduling

pytest_plugins = ["wayloop.accounts.testing", "tests.committed", "tests.lean"]
BROWSER = "tests/browser/"
# Files of browser tests that start installations of their own; all others look at one sample.
OWN_PLACES = ("test_doors.py", "test_imports.py")
COMMANDS = "wayloop.config.commands"


@pytest.fixture
def no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands work on the database of the test and start none."""
    for name in ("import_files", "metrics", "owner"):
        monkeypatch.setattr(f"{COMMANDS}.{name}.database", lambda *_home: nullcontext())


class Scheduling(LoadFileScheduling):
    """A file stays with one worker; those that look at the sample in a browser together: each would start its own."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return BROWSER if file.startswith(BROWSER) and not file.endswith(OWN_PLACES) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    """Answers who runs which tests."""
    return Scheduling(config, log)
