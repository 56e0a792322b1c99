"""A whole installation for each file, and a proxy in front of the database of the test run."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.installation import Installation
from tests.faults.nth_call import proxy_to_database
from tests.faults.proxy import Proxy


@pytest.fixture(scope="module")
def installation(make_folder: Callable[[str], Path]) -> Iterator[Installation]:
    """One that runs."""
    installation = Installation(make_folder("faults") / "home")
    installation.start()
    yield installation
    installation.remove()


@pytest.fixture
def proxy(committed: None) -> Iterator[Proxy]:
    """Passes everything on until it is told otherwise."""
    with proxy_to_database() as proxy:
        yield proxy
