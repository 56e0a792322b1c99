"""Links in the documents lead somewhere."""

import re
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_inside_the_repository_lead_somewhere(path: Path) -> None:
    links = [link for link in LINK.findall(path.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "adr"
    listed = set(LINK.findall((folder / "README.md").read_text(encoding="utf-8")))
    assert listed == {path.name for path in folder.glob("0*.md")}


def test_every_make_target_in_the_documents_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = {
        target for path in DOCUMENTS for target in re.findall(r"`make ([a-z]+)`", path.read_text(encoding="utf-8"))
    }
    assert named - targets == set()


def test_every_test_named_in_the_documents_exists() -> None:
    named = {
        (file, test)
        for path in DOCUMENTS
        for file, test in re.findall(r"`([\w/]+\.py)::(test_\w+)`", path.read_text(encoding="utf-8"))
    }
    gone = {f"{file}::{test}" for file, test in named if f"def {test}(" not in (ROOT / file).read_text("utf-8")}
    assert (gone, len(named) > 50) == (set(), True)
