"""Looking at files: what they seem to be, what a person changes, and what is kept of it."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from wayloop.imports.drafting import propose, start_draft
from wayloop.imports.models import ImportDraft
from wayloop.imports.proposal import GUESS, LIKELY, SURE, Head, propose_table
from wayloop.imports.queries import list_mappings, mapping_content
from wayloop.imports.rules import parse_mapping, read_toml, shipped_content, shipped_names
from wayloop.imports.saving import as_toml, save_as
from wayloop.imports.services import run_import
from wayloop.imports.testing import COLUMNS, ROWS, Import, as_csv
from wayloop.kernel.files import store

pytestmark = pytest.mark.django_db
SCORES = "Номер ответа;Когда;Оценка;Комментарий;Телефон моб."
OPINIONS = (
    SCORES
    + """
R-1;05.03.2026 10:15;5;Быстро;+380671110001
R-2;06.03.2026 11:20;4;<b>Долго</b>;+380671110002
R-3;07.03.2026 12:00;пять;;+380671110003
"""
).encode()


def head(name: str, headings: str, *rows: str) -> Head:
    return Head(name, headings.split(";"), [row.split(";") for row in rows], len(rows))


def drafted(*files: tuple[str, bytes], mapping: str = "") -> ImportDraft:
    """A draft of these files."""
    given = [(store([content], name), name) for name, content in files]
    return ImportDraft.objects.get(id=start_draft(files=given, mapping=mapping))


def look(draft: ImportDraft) -> str:
    return f"/imports/look/{draft.pk}/"


def table_of(draft: ImportDraft, number: int = 0) -> dict[str, Any]:
    draft.refresh_from_db()
    found: dict[str, Any] = draft.content["tables"][number]
    return found


def test_columns_are_found_by_their_names_in_three_languages_and_by_their_values() -> None:
    table, sure = propose_table(
        head(
            "отзывы.csv",
            "Номер відповіді;Коли;Rating;Комментарий;Моб. телефон;Контакт",
            "R-1;05.03.2026;5;Быстро;1;a@example.com",
        )
    )
    assert (table["entity"], table["fields"]) == (
        "scores",
        {
            "number": "Номер відповіді",
            "happened_at": "Коли",
            "score": "Rating",
            "comment": "Комментарий",
            "phone": "Моб. телефон",
            "email": "Контакт",
        },
    )
    assert {name: sure[name] for name in ("score", "phone", "happened_at", "email")} == {
        "score": SURE,
        "phone": LIKELY,
        "happened_at": GUESS,
        "email": GUESS,
    }


@pytest.mark.parametrize(
    ("headings", "entity"),
    [
        # Nearly everything has a phone and a comment; only an answer has the number of an answer.
        ("Номер ответа;Когда;Звёздочки;Комментарий;Телефон", "scores"),
        ("Имя;Телефон", "customers"),
        ("Phone;Email;Note", "customers"),
        ("Компания;Телефон", "companies"),
        ("Company name;Phone;Industry", "companies"),
    ],
)
def test_columns_that_many_things_have_do_not_hide_what_a_file_is(headings: str, entity: str) -> None:
    table, _sure = propose_table(head("list.csv", headings, "1;05.03.2026 10:15;5;Быстро;+380671110001"))
    assert table["entity"] == entity


def test_values_that_contradict_a_heading_take_its_certainty_away() -> None:
    _table, sure = propose_table(head("scores.csv", "Date;Score", "soon;good", "later;bad"), "scores")
    assert sure == {"happened_at": GUESS, "score": GUESS}


def test_a_needed_choice_is_found_in_the_name_of_the_file() -> None:
    table, _sure = propose_table(head("nps 2026.csv", "Date;Score", "2026-03-05;9"), "scores")
    assert table["constants"] == {"metric": "nps"}


def test_words_of_the_file_that_say_a_choice_in_our_languages_are_understood() -> None:
    table, _sure = propose_table(
        head("a.csv", "Дата;Оценка;Тип опроса", "05.03.2026;5;CSAT", "05.03.2026;5;Иное"), "scores"
    )
    assert (table["fields"]["metric"], table.get("words")) == ("Тип опроса", None)


@pytest.mark.parametrize("files", [["orders.csv"], ["a.csv", "b.csv"]])
def test_a_mapping_whose_columns_are_all_there_is_taken(files: Sequence[str]) -> None:
    heads = [head(name, ";".join(COLUMNS), ";".join(ROWS[0])) for name in files]
    assert propose(heads)[0] == ("online-retail" if len(files) == 1 else "")


def test_files_with_the_same_headings_are_one_table_and_others_have_their_own() -> None:
    heads = [head("scores 01.csv", "Date;Score", "2026-03-05;9"), head("scores 02.csv", "Date;Score", "2026-03-05;9")]
    _name, content = propose([*heads, head("other.csv", "Day;Score;Note", "2026-03-05;9;x")])
    assert (content["files"], len(content["tables"])) == ({"file": "scores 0*", "file2": "other.csv"}, 2)


def test_what_is_missing_stands_in_one_line_and_nothing_can_be_tried(owner: Client) -> None:
    draft = drafted(("отзывы.csv", OPINIONS))
    page = owner.get(look(draft)).content.decode()
    assert "Still needed: What was asked. Choose a column for it." in page
    assert owner.post(look(draft), {"do": "try"}).headers["Location"] == look(draft)
    assert Import.objects.count() == 0


def test_a_file_of_whose_columns_nothing_is_known_asks_for_one_and_cannot_come_in(owner: Client) -> None:
    draft = drafted(("notes.csv", b"a;b\n1;2\n3;4\n"))
    assert "Choose what at least one column is." in owner.get(look(draft)).content.decode()
    assert [owner.post(look(draft), {"do": do}).headers["Location"] for do in ("try", "bring")] == [look(draft)] * 2
    assert Import.objects.count() == 0


def test_of_columns_with_one_heading_the_first_is_proposed_and_another_can_be_chosen(owner: Client) -> None:
    draft = drafted(("clients.csv", b"Name;Name;Phone\nAna;Hanna;0671234567\n"))
    assert draft.content["tables"][0]["fields"] == {"name": "Name (1)", "phone": "Phone"}
    assert look(draft) != owner.post(look(draft), {"do": "try"}).headers["Location"]


def test_texts_of_a_file_are_never_markup(owner: Client) -> None:
    page = owner.get(look(drafted(("<i>.csv", OPINIONS)))).content.decode()
    assert ("<b>Долго" in page, "&lt;b&gt;Долго" in page, "<i>.csv" in page) == (False, True, False)


def test_choices_are_kept_and_the_part_of_the_page_follows(owner: Client) -> None:
    draft = drafted(("отзывы.csv", OPINIONS))
    part = owner.post(
        look(draft),
        {"t0-c1-0": "happened_at", "t0-c3-0": "", "t0-k-metric": "csat", "source": "cards", "zone": "Asia/Almaty"},
        headers={"HX-Request": "true", "HX-Target": "div#look"},
    )
    text = part.content.decode()
    assert ("<html" in text, "Still needed" in text, "“пять” cannot be read" in text) == (False, False, True)
    table = table_of(draft)
    assert ("comment" in table["fields"], table["constants"]) == (False, {"metric": "csat"})
    assert (draft.content["source"], draft.content["zone"]) == ("cards", "Asia/Almaty")


def test_without_scripts_a_choice_leads_back_to_the_page(owner: Client) -> None:
    draft = drafted(("отзывы.csv", OPINIONS))
    answer = owner.post(look(draft), {"t0-k-metric": "nps"})
    assert (answer.status_code, answer.headers["Location"]) == (302, look(draft))
    assert table_of(draft)["constants"] == {"metric": "nps"}


def test_two_columns_of_one_field_are_put_together(owner: Client) -> None:
    draft = drafted(("a.csv", b"Date;Time;Score;First;Last\n2026-03-05;10:00;5;Ann;Lee\n"))
    owner.post(look(draft), {"t0-entity": "scores", "t0-c0-0": "happened_at", "t0-c1-0": "happened_at"})
    assert table_of(draft)["fields"]["happened_at"] == ["Date", "Time"]


def test_another_content_is_proposed_anew(owner: Client) -> None:
    draft = drafted(("a.csv", as_csv()))
    owner.post(look(draft), {"t0-entity": "scores"})
    assert table_of(draft)["entity"] == "scores"
    owner.post(look(draft), {"t0-entity": "nothing"})
    assert table_of(draft)["entity"] == "scores"
    owner.post(look(draft), {"t0-entity": "order_lines"})
    assert table_of(draft)["fields"]["number"] == "InvoiceNo"


def test_words_get_their_meaning(owner: Client) -> None:
    draft = drafted(("a.csv", "Дата;Оценка;Тип опроса\n05.03.2026;5;визит\n".encode()))
    owner.post(look(draft), {"t0-v-metric-0": "визит", "t0-w-metric-0": "csat"})
    assert table_of(draft)["words"] == {"metric": {"визит": "csat"}}
    owner.post(look(draft), {"t0-v-metric-0": "визит", "t0-w-metric-0": ""})
    assert "words" not in table_of(draft)


@pytest.mark.parametrize("told", [{"zone": "Mars"}, {"currency": ""}, {"source": "\0"}, {"t0-c0-0": "x"}])
def test_choices_that_cannot_be_are_told_and_break_nothing(told: dict[str, str], owner: Client) -> None:
    draft = drafted(("a.csv", as_csv()))
    owner.post(look(draft), told)
    assert owner.get(look(draft)).status_code == 200
    owner.post(look(draft), {"do": "bring"} | told)
    assert Import.objects.count() == 0


def test_a_kept_mapping_is_offered_to_the_next_file_like_it(owner: Client) -> None:
    draft = drafted(("отзывы 2026-03.csv", OPINIONS))
    owner.post(look(draft), {"t0-k-metric": "csat", "do": "save", "title": "Opinion cards"})
    assert [one.title for one in list_mappings() if one.is_own] == ["Opinion cards"]
    again = drafted(("отзывы 2026-04.csv", OPINIONS))
    assert (again.mapping, again.content["tables"][0]["constants"]) == ("Opinion cards", {"metric": "csat"})
    assert "Read by the mapping “Opinion cards”, made here." in owner.get(look(again)).content.decode()


@pytest.mark.parametrize("title", ["", "   ", "online-retail"])
def test_a_mapping_without_a_name_of_its_own_is_not_kept(title: str, owner: Client) -> None:
    draft = drafted(("a.csv", as_csv()))
    owner.post(look(draft), {"do": "save", "title": title})
    assert [one for one in list_mappings() if one.is_own] == []


def test_a_mapping_as_text_says_the_same() -> None:
    for name in shipped_names():
        content = shipped_content(name)
        assert read_toml(name, as_toml(content)) == content
    odd = {"a.b": 'q"\\ \n', "list": ["x", 1], "first": {"first": ["a", "b"]}, "t": [{"on": {"k k": "v"}}, {"e": True}]}
    assert read_toml("odd", as_toml(odd)) == odd


def test_a_mapping_is_downloaded_renamed_removed_and_brought_back(owner: Client) -> None:
    content = shipped_content("online-retail")
    save_as(title="Кава & чай", content=content)
    path = "/imports/mappings/Кава & чай"
    text = owner.get(f"{path}.toml").getvalue().decode()
    assert parse_mapping("", read_toml("", text)) == parse_mapping("", content)
    owner.post(f"{path}/rename/", {"title": "Tea"})
    assert [one.name for one in list_mappings() if one.is_own] == ["Tea"]
    owner.post("/imports/mappings/Tea/remove/")
    assert [one.name for one in list_mappings() if one.is_own] == []
    owner.post("/imports/mappings/Tea/restore/")
    assert mapping_content("Tea") == read_toml("", text)
    owner.post("/imports/mappings/upload/", {"file": SimpleUploadedFile("Coffee.toml", text.encode())})
    assert [one.name for one in list_mappings() if one.is_own] == ["Coffee", "Tea"]
    taken = owner.post("/imports/mappings/Coffee/rename/", {"title": "Tea"})
    assert (taken.status_code, "There is a mapping “Tea” already." in taken.content.decode()) == (422, True)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"entity =", b'entity = "x"', b""])
def test_a_file_that_is_no_mapping_is_told_so(content: bytes, owner: Client) -> None:
    answer = owner.post("/imports/mappings/upload/", {"file": SimpleUploadedFile("a.toml", content)})
    assert (answer.status_code, [one for one in list_mappings() if one.is_own]) == (422, [])


def test_mappings_of_the_program_are_neither_renamed_nor_removed(owner: Client) -> None:
    for end in ("rename", "remove", "restore"):
        assert owner.post(f"/imports/mappings/online-retail/{end}/", {"title": "x"}).status_code == 404
    assert owner.get("/imports/mappings/none.toml").status_code == 404


def test_who_may_only_look_sees_numbers_of_a_trial_and_no_rows(owner: Client, reader: Client) -> None:
    draft = drafted(("отзывы.csv", OPINIONS))
    owner.post(look(draft), {"t0-k-metric": "csat", "do": "try"})
    trial = run_import(import_id=Import.objects.get().pk)
    pages = [who.get(f"/imports/{trial.pk}/").content.decode() for who in (owner, reader)]
    assert ["The value in “Score” cannot be read." in page for page in pages] == [True, True]
    for secret in ("+380671110001", "пять", f"/imports/{trial.pk}/bring/", look(draft)):
        assert (secret, [secret in page for page in pages]) == (secret, [True, False])


def test_what_was_tried_comes_in_with_the_same_mapping(owner: Client) -> None:
    draft = drafted(("отзывы.csv", OPINIONS))
    owner.post(look(draft), {"t0-k-metric": "csat", "do": "try"})
    trial = run_import(import_id=Import.objects.get().pk)
    owner.post(f"/imports/{trial.pk}/bring/")
    run = run_import(import_id=Import.objects.exclude(id=trial.pk).get().pk)
    assert (run.is_trial, run.rows_done, run.rows_refused, run.content) == (False, 2, 1, trial.content)


def test_files_of_an_archive_are_looked_at_one_by_one(owner: Client) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("export/отзывы.csv", OPINIONS)
        archive.writestr("__MACOSX/._отзывы.csv", b"\x00")
        archive.writestr("orders.csv", as_csv())
    owner.post("/imports/new/", {"given": SimpleUploadedFile("export.zip", packed.getvalue()), "mapping": ""})
    draft = ImportDraft.objects.get()
    assert [name for _id, name in draft.files] == ["отзывы.csv", "orders.csv"]
    assert [table["entity"] for table in draft.content["tables"]] == ["scores", "order_lines"]
    assert owner.get(look(draft)).status_code == 200


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 torn", b"no zip"])
def test_a_damaged_archive_is_told_in_one_line(content: bytes, owner: Client) -> None:
    answer = owner.post("/imports/new/", {"given": SimpleUploadedFile("a.zip", content or b"x"), "mapping": ""})
    assert (answer.status_code, "damaged" in answer.content.decode(), ImportDraft.objects.count()) == (422, True, 0)


@pytest.mark.parametrize(("values", "asked"), [(["2.50", "3.75"], False), (["1.234", "5.678"], True)])
def test_how_a_sum_is_written_is_asked_only_where_the_file_does_not_tell(
    values: Sequence[str], asked: bool, owner: Client
) -> None:
    rows = "".join(f"2026-03-05;{value}\n" for value in values)
    draft = drafted(("scores.csv", f"Date;Score\n{rows}".encode()))
    page = owner.get(look(draft)).content.decode()
    assert ("with a decimal comma: 1.234 → 1,234" in page, "t0-s-score" in page) == (asked, asked)
