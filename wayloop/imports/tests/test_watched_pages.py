"""The page of watched folders: which mapping reads which, what waits, what was refused and why; who may change it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from wayloop.imports import inbox as inbox_of
from wayloop.imports import services, tasks, watching
from wayloop.imports.models import Import
from wayloop.imports.testing import as_csv
from wayloop.kernel.due.handlers import Tick

PAGE = "/imports/watched/"


@pytest.fixture
def inbox(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(inbox_of, "QUIET_SECONDS", -5)
    yield home / "inbox"
    if (home / "inbox").exists():
        watching.shutil.rmtree(home / "inbox")


def folders() -> list[str]:
    return [folder.name for folder in inbox_of.folders()]


def text(client: Client) -> str:
    return " ".join(client.get(PAGE).content.decode().split())


def test_who_reaches_it_and_who_changes_it(
    inbox: Path, owner: Client, reader: Client, front_desk: Client, stranger: Client
) -> None:
    people = (reader, front_desk, stranger, owner)
    assert [who.get(PAGE).status_code for who in people] == [200, 403, 302, 200]
    given = {"mapping": "online-retail"}
    assert [(who.post(f"{PAGE}add/", given).status_code, folders()) for who in people] == [
        (403, []),
        (403, []),
        (302, []),
        (302, ["online-retail"]),
    ]
    assert ("Watch a folder" in text(reader), "Watch a folder" in text(owner)) == (False, True)
    stop = f"{PAGE}online-retail/stop/"
    assert [(who.post(stop).status_code, folders()) for who in people] == [
        (403, ["online-retail"]),
        (403, ["online-retail"]),
        (302, ["online-retail"]),
        (302, []),
    ]
    assert [who.post(f"{PAGE}online-retail/again/").status_code for who in people] == [403, 403, 302, 302]
    assert (folders(), owner.post(stop).status_code, owner.post(stop).status_code) == (["online-retail"], 302, 404)


def test_what_waits_what_came_last_and_what_was_refused_stand_there(inbox: Path, owner: Client) -> None:
    folder = watching.watch(mapping="online-retail")
    assert "No file has come in here yet" in text(owner)
    (folder / "good.csv").write_bytes(as_csv())
    (folder / "<b>bad.csv").write_bytes(b"a,b\n1,2\n")
    page = text(owner)
    assert ("good.csv" in page, "2 files wait" in page, "&lt;b&gt;bad.csv" in page, "<b>bad" in page) == (
        True,
        True,
        True,
        False,
    )
    watching.look_at_inbox()
    assert "is being brought in" in text(owner)
    for run in Import.objects.all():
        services.run_import(import_id=run.pk)
    watching.look_at_inbox()
    page = text(owner)
    last = Import.objects.get(file_name="good.csv")
    assert (
        f'href="/imports/{last.pk}/"' in page,
        # In the language of the business: nobody stands before the machine when it happens.
        Import.objects.get(file_name="<b>bad.csv").problem in page,
        "1 file was refused" in page,
        "nothing waits" in page,
    ) == (True, True, True, True)


def test_a_folder_in_which_files_lie_is_not_taken_away(inbox: Path, owner: Client) -> None:
    folder = watching.watch(mapping="online-retail")
    (folder / "good.csv").write_bytes(as_csv())
    page = owner.post(f"{PAGE}online-retail/stop/", follow=True).content.decode()
    assert (f"Files still lie in {folder}" in page, folders()) == (True, ["online-retail"])


@pytest.mark.parametrize("name", ["../x", ".hidden", "no such", ""])
def test_only_mappings_make_folders(name: str, inbox: Path, owner: Client) -> None:
    assert (owner.post(f"{PAGE}add/", {"mapping": name}).status_code, folders()) == (422, [])


def test_a_folder_whose_mapping_is_gone_says_so(inbox: Path, owner: Client) -> None:
    (inbox / "former").mkdir(parents=True)
    assert ("no such mapping" in text(owner), folders()) == (True, ["former"])


def test_nothing_is_handed_to_the_queue_while_nothing_lies_there(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(tasks, "enqueue", lambda name, **_others: asked.append(name))
    tick = Tick("imports.watch", "imports.watch", inbox_of.clock.now())
    folder = watching.watch(mapping="online-retail")
    tasks.hand_over_watch(tick)
    (folder / "good.csv").write_bytes(as_csv())
    tasks.hand_over_watch(tick)
    assert asked == ["imports.watch"]
