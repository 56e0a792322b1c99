"""A home for the imports of these tests. It stays from test to test: the engine that reads files belongs to it."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    for inside in ("files", "secrets"):
        (folder / inside).mkdir()
    return folder


@pytest.fixture(autouse=True)
def home(shared_home: Path, settings: Any, request: pytest.FixtureRequest) -> Path:
    if "committed" not in request.fixturenames:
        request.getfixturevalue("db")
    settings.HOME = type(settings.HOME)(shared_home)
    return shared_home
