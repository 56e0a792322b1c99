"""Fixtures of the browser tests: sites, a browser, and people who use it."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.sites import Site, running
from tests.browser.visitors import Visitor
from tests.databases import Databases

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PICTURES = Path(__file__).parent / "pictures"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--pictures", action="store_true", help="take pictures of every screen into tests/browser/pictures"
    )


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Pictures are taken when asked for; they check nothing by themselves."""
    wanted = config.getoption("--pictures", default=False)
    return True if collection_path.name == "test_pictures.py" and not wanted else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def chromium() -> str:
    """The Chromium of this machine; without one the test is skipped, in CI it fails."""
    usual = "/usr/bin/chromium"
    found = usual if Path(usual).exists() else next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium found")
        pytest.skip("not run: no Chromium found")
    return found


# For one file, not for the session: while it is open, this thread has a running loop, and Django refuses to reach the
# database from the tests of other files.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real browser."""
    program = chromium()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def sample(databases: Databases, make_folder: Callable[[str], Path]) -> Iterator[Site]:
    """The sample business, as everybody sees it who tries the program."""
    with running(databases, make_folder, "sample") as site:
        yield site


@pytest.fixture
def new_site(databases: Databases, make_folder: Callable[[str], Path]) -> Iterator[Site]:
    """An installation nobody has used yet."""
    with running(databases, make_folder, "empty") as site:
        yield site


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Opens windows; at the end none of them may have seen trouble."""
    visitors: list[Visitor] = []

    def open_window(site: Site, **wishes: Any) -> Visitor:
        visitor = Visitor(browser, site, **wishes)
        visitors.append(visitor)
        return visitor

    yield open_window
    for visitor in visitors:
        visitor.close()


@pytest.fixture(scope="module")
def _window(browser: Browser, sample: Site) -> Iterator[Visitor]:
    visitor = Visitor(browser, sample)
    yield visitor
    visitor.close()


# One window for a file: a new one costs more than most of the tests.
@pytest.fixture
def owner(_window: Visitor) -> Iterator[Visitor]:
    """The owner of the sample business, in English, signed in."""
    _window.start_anew()
    _window.sign_in()
    yield _window
    _window.check()
