"""Files are kept once, under the name of their content."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from wayloop.kernel.files import path_of, store, store_path
from wayloop.kernel.models import StoredFile


@pytest.fixture
def folder(tmp_path: Path, settings: Any, db: None) -> Path:
    settings.HOME = SimpleNamespace(files=tmp_path)
    return tmp_path


def kept(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_file_comes_back_as_it_was(folder: Path) -> None:
    file = store([b"one ", b"two"], "words.txt")
    row = StoredFile.objects.get(id=file)
    assert path_of(file).read_bytes() == b"one two"
    assert (row.sha256, row.size, row.name) == (hashlib.sha256(b"one two").hexdigest(), 7, "words.txt")


def test_the_same_content_is_kept_once_whatever_its_name(folder: Path) -> None:
    first, second = store([b"same"], "a.csv"), store([b"sa", b"me"], "b.csv")
    assert (first == second, StoredFile.objects.count(), len(kept(folder))) == (True, 1, 1)


def test_another_content_is_another_file(folder: Path) -> None:
    first, second = store([b"one"], "a.csv"), store([b"two"], "a.csv")
    assert (path_of(first).read_bytes(), path_of(second).read_bytes()) == (b"one", b"two")


def test_a_file_of_nothing_can_be_kept(folder: Path) -> None:
    assert path_of(store([], "nothing")).read_bytes() == b""


def test_a_file_that_broke_off_leaves_nothing(folder: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        store(broken(), "half.csv")
    assert (kept(folder), StoredFile.objects.count()) == ([], 0)


def test_a_copy_of_a_file_on_the_disk_keeps_its_name(folder: Path, tmp_path_factory: Any) -> None:
    source = tmp_path_factory.mktemp("elsewhere") / "orders.csv"
    source.write_bytes(b"x" * 3_000_000)
    file = store_path(source)
    assert StoredFile.objects.get(id=file).name == "orders.csv"
    assert path_of(file).read_bytes() == source.read_bytes()


def test_names_that_are_too_long_are_cut(folder: Path) -> None:
    assert StoredFile.objects.get(id=store([b"x"], "n" * 300)).name == "n" * 255


def test_a_file_nobody_kept_has_no_place(folder: Path) -> None:
    with pytest.raises(StoredFile.DoesNotExist):
        path_of(123)
