"""A home of its own for each file here: imports work in folders of the home, named by their number in the database."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import override_settings


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("home")
    for inside in ("files", "secrets"):
        (folder / inside).mkdir()
    with override_settings(HOME=type(settings.HOME)(folder)):
        yield
