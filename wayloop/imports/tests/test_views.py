"""Pages of imports: who may look, who may bring in, what a wrong upload is told."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from wayloop.imports.drafting import start_draft
from wayloop.imports.enums import ImportState
from wayloop.imports.models import ImportDraft
from wayloop.imports.rules import shipped_content
from wayloop.imports.services import run_import, save_mapping
from wayloop.imports.testing import ROWS, Import, as_csv, bring_in, started
from wayloop.kernel.files import store

LIST, NEW, MAPPINGS = "/imports/", "/imports/new/", "/imports/mappings/"


def upload(content: bytes = b"a,b\n1,2\n", name: str = "orders.csv", mapping: str = "online-retail") -> dict[str, Any]:
    return {"given": SimpleUploadedFile(name, content), "mapping": mapping}


def draft(content: bytes | None = None, name: str = "orders.csv") -> int:
    """Files somebody looks at."""
    return start_draft(files=[(store([as_csv() if content is None else content], name), name)])


def jobs() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT args ->> 'import_id' FROM procrastinate_jobs WHERE task_name = 'imports.run_import'")
        return [import_id for (import_id,) in cursor.fetchall()]


def test_who_reaches_which_page(
    owner: Client, reader: Client, front_desk: Client, far_manager: Client, stranger: Client
) -> None:
    run = bring_in(as_csv())
    save_mapping(name="mine", title="Mine", content=shipped_content("online-retail"))
    people = (owner, far_manager, reader, front_desk, stranger)
    doors = {
        LIST: [200, 403, 200, 403, 302],
        NEW: [200, 403, 403, 403, 302],
        f"{LIST}{run.pk}/": [200, 403, 200, 403, 302],
        f"{LIST}{run.pk}/errors.csv": [200, 403, 403, 403, 302],
        f"{LIST}{run.pk}/rows/": [200, 403, 403, 403, 302],
        f"{LIST}{run.pk}/stop/": [405, 405, 405, 405, 302],
        f"{LIST}{run.pk}/resume/": [405, 405, 405, 405, 302],
        f"{LIST}{run.pk}/undo/": [405, 405, 405, 405, 302],
        f"{LIST}{run.pk}/bring/": [405, 405, 405, 405, 302],
        f"{LIST}look/{draft()}/": [200, 403, 403, 403, 302],
        MAPPINGS: [200, 403, 200, 403, 302],
        f"{MAPPINGS}online-retail.toml": [200, 403, 200, 403, 302],
        f"{MAPPINGS}mine/rename/": [200, 403, 403, 403, 302],
        f"{MAPPINGS}mine/remove/": [405, 405, 405, 405, 302],
        f"{MAPPINGS}mine/restore/": [405, 405, 405, 405, 302],
        f"{MAPPINGS}upload/": [405, 405, 405, 405, 302],
    }
    assert {path: [who.get(path).status_code for who in people] for path in doors} == doors


def test_only_those_who_may_bring_files_in_can_send_something(
    owner: Client, reader: Client, front_desk: Client, stranger: Client
) -> None:
    run = bring_in(b"")
    save_mapping(name="mine", title="Mine", content=shipped_content("online-retail"))
    run_ends = [f"{LIST}{run.pk}/{end}/" for end in ("stop", "bring", "resume")]
    mapping_ends = [f"{MAPPINGS}mine/{end}/" for end in ("remove", "restore")]
    for path in (*run_ends, *mapping_ends, f"{LIST}look/{draft()}/", NEW):
        given = [who.post(path, upload(as_csv())).status_code for who in (reader, front_desk, stranger, owner)]
        assert (path, given) == (path, [403, 403, 302, 302])
    assert (Import.objects.count(), ImportDraft.objects.count()) == (2, 2)
    toml = {"file": SimpleUploadedFile("mine.toml", b"")}
    assert [who.post(f"{MAPPINGS}upload/", toml).status_code for who in (reader, front_desk, stranger)] == [
        403,
        403,
        302,
    ]


def test_looking_changes_nothing(owner: Client, stranger: Client, fingerprints: Any) -> None:
    run = bring_in(as_csv())
    waiting = started(as_csv())
    ends = (
        "",
        "new/",
        f"look/{draft()}/",
        "mappings/",
        "mappings/online-retail.toml",
        f"{run.pk}/bring/",
        f"{run.pk}/",
        f"{waiting}/",
        f"{run.pk}/errors.csv",
        f"{waiting}/stop/",
        f"{run.pk}/resume/",
    )
    before = fingerprints(), jobs()
    for who in (owner, stranger):
        for end in ends:
            who.get(LIST + end)
            who.head(LIST + end)
    assert (fingerprints(), jobs()) == before


@pytest.mark.parametrize("end", ["", "stop/", "resume/", "bring/", "errors.csv"])
@pytest.mark.parametrize("number", ["0", "999999999", "9" * 40])
def test_there_is_no_page_of_no_import(end: str, number: str, owner: Client) -> None:
    ask = owner.post if end in ("stop/", "resume/", "bring/") else owner.get
    assert ask(f"{LIST}{number}/{end}").status_code == 404
    assert owner.get(f"{LIST}look/{number}/").status_code == 404


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(method: str, owner: Client) -> None:
    run = bring_in(as_csv())
    paths = (LIST, NEW, f"{LIST}{run.pk}/", f"{LIST}{run.pk}/stop/")
    assert [getattr(owner, method)(path).status_code for path in paths] == [405] * 4


def test_a_file_is_taken_looked_at_and_handed_to_the_worker(owner: Client) -> None:
    answer = owner.post(NEW, upload(as_csv(), mapping=""))
    (drafted,) = ImportDraft.objects.all()
    look = f"{LIST}look/{drafted.pk}/"
    assert (answer.status_code, answer.headers["Location"], Import.objects.count()) == (302, look, 0)
    answer = owner.post(look, {"do": "bring"})
    run = Import.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/imports/{run.pk}/")
    assert (run.state, run.file_name, run.mapping, run.language, run.started_by) == (
        ImportState.QUEUED,
        "orders.csv",
        "online-retail",
        "en",
        "Olena Sad",
    )
    assert (jobs(), run_import(import_id=run.pk).rows_done) == ([str(run.pk)], 4)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"mapping": "online-retail"},
        upload(mapping="unknown"),
        upload(mapping="\x00"),
        upload(b""),
        {"given": "not a file", "mapping": "online-retail"},
    ],
)
def test_an_upload_without_all_it_needs_is_asked_again(given: dict[str, Any], owner: Client) -> None:
    for part in given.values():
        if isinstance(part, SimpleUploadedFile):
            part.seek(0)
    answer = owner.post(NEW, given)
    assert (answer.status_code, Import.objects.count(), jobs()) == (422, 0, [])
    assert 'type="file"' in answer.content.decode()


@pytest.mark.parametrize("name", ["<b>.csv", "../../etc/passwd", "дані 🥐.csv", "n" * 400 + ".csv"])
def test_any_file_name_is_taken_as_a_text(name: str, owner: Client) -> None:
    page = owner.post(NEW, upload(as_csv(), name), follow=True)
    ((_id, told),) = ImportDraft.objects.get().files
    assert (page.status_code, "/" in told, len(told) <= 255, "<b>.csv" in page.content.decode()) == (
        200,
        False,
        True,
        False,
    )


def test_a_run_shows_its_numbers_and_what_was_left_out(owner: Client, reader: Client) -> None:
    run = bring_in(as_csv())
    told = [re.sub(r"(<[^>]*>|\s)+", " ", who.get(f"{LIST}{run.pk}/").content.decode()) for who in (owner, reader)]
    for text in told:
        assert [part in text for part in ("2 new orders", "1 new return", "Done")] == [True] * 3
    assert ["Download the rows left out" in text for text in told] == [True, False]


def test_the_rows_left_out_come_as_a_file(owner: Client) -> None:
    run = bring_in(as_csv())
    answer = owner.get(f"{LIST}{run.pk}/errors.csv")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="refused-{run.pk}.csv"'
    assert b"".join(answer.streaming_content).decode("utf-8-sig").count("\r\n") == 5


def test_there_is_no_file_when_nothing_was_left_out(owner: Client) -> None:
    run = bring_in(as_csv(ROWS[:2]))
    assert owner.get(f"{LIST}{run.pk}/errors.csv").status_code == 404


def test_a_failed_run_says_why_and_can_be_tried_again_by_who_may(owner: Client, reader: Client) -> None:
    run = bring_in(b"a,b\n1,2\n")
    pages = [who.get(f"{LIST}{run.pk}/").content.decode() for who in (owner, reader)]
    assert ["The file has no column “InvoiceNo”" in page for page in pages] == [True, True]
    assert [f"{LIST}{run.pk}/resume/" in page for page in pages] == [True, False]


def test_a_run_that_goes_on_asks_for_itself_and_gets_a_part_of_the_page(owner: Client) -> None:
    path = f"{LIST}{started(as_csv())}/"
    whole = owner.get(path).content.decode()
    part = owner.get(path, headers={"HX-Request": "true", "HX-Target": "div#import-run"}).content.decode()
    assert [("<html" in page, f'hx-get="{path}"' in page) for page in (whole, part)] == [(True, True), (False, True)]


def test_stop_and_go_on_lead_back_to_the_run(owner: Client) -> None:
    import_id = started(as_csv())
    for end, state in (("stop", ImportState.STOPPED), ("resume", ImportState.QUEUED), ("resume", ImportState.QUEUED)):
        answer = owner.post(f"{LIST}{import_id}/{end}/")
        assert (answer.headers["Location"], Import.objects.get().state) == (f"/imports/{import_id}/", state)
    assert jobs() == [str(import_id)]


@pytest.mark.parametrize("imports", [1, 3])
def test_the_list_asks_the_database_no_more_for_three_than_for_one(
    imports: int, owner: Client, django_assert_num_queries: Any
) -> None:
    for _time in range(imports):
        bring_in(as_csv())
    with django_assert_num_queries(7):
        owner.get(LIST)


def test_what_needs_a_person_stands_on_home(owner: Client, front_desk: Client) -> None:
    bring_in(as_csv(), name="left.csv")
    bring_in(b"", name="broken.csv")
    started(as_csv(), name="waiting.csv")
    told = [re.findall(r"“\w+\.csv” [a-z ]+[a-z]", who.get("/").content.decode()) for who in (owner, front_desk)]
    assert [sorted(lines) for lines in told] == [
        ["“broken.csv” could not be brought in", "“left.csv” is in", "“waiting.csv” is being brought in"],
        [],
    ]


def test_an_import_is_taken_back_by_who_may_and_only_once(owner: Client, reader: Client) -> None:
    run = bring_in(as_csv())
    path = f"{LIST}{run.pk}/undo/"
    answers = [who.post(path).status_code for who in (reader, owner, owner)]
    assert (answers, Import.objects.get().state) == ([403, 302, 302], ImportState.UNDOING)
    page = owner.get(f"{LIST}{run.pk}/").content.decode()
    assert (path in page, "Taking back" in page) == (False, True)


def test_the_rows_left_out_are_shown_some_at_a_time_with_their_reasons(owner: Client) -> None:
    wrong = [("1", "A", f"<b>{number}\nnext line", "many", "2024-03-05", "2.50", "7", "") for number in range(60)]
    run = bring_in(as_csv([*ROWS, *wrong]))
    path = f"{LIST}{run.pk}/rows/"
    first = owner.get(path).content.decode()
    rows = re.findall(r'<td class="num">(\d+)</td>', first)
    assert (rows[:4], len(rows), "<b>0" in first, "&lt;b&gt;0" in first) == (["4", "5", "6", "8"], 50, False, True)
    assert f'href="{path}"' in owner.get(f"{LIST}{run.pk}/").content.decode()
    (following,) = re.findall(r'href="([^"]*after=\d+)"', first)
    second = owner.get(following).content.decode()
    rest = re.findall(r'<td class="num">(\d+)</td>', second)
    assert ([*rows, *rest], 'rel="next"' in second) == ([str(n) for n in (4, 5, 6, 8, *range(9, 69))], False)
    assert [owner.get(f"{path}?{wrong}").status_code for wrong in ("after=x", "part=1", "after=99999999")] == [
        404,
        404,
        200,
    ]


def test_why_rows_stayed_out_stands_on_the_page_of_an_import(owner: Client) -> None:
    page = " ".join(owner.get(f"{LIST}{bring_in(as_csv()).pk}/").content.decode().split())
    assert ("Why rows were left out" in page, "An order line needs a quantity above zero." in page) == (True, True)
    assert "WHITE HANGING HEART" not in page
