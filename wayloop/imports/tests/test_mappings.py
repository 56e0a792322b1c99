"""A mapping is data: read, checked with a sentence for people, saved, and kept by the run that used it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from wayloop.imports import services
from wayloop.imports.enums import ImportState
from wayloop.imports.models import Import
from wayloop.imports.queries import import_by_id, list_mappings, read_mapping
from wayloop.imports.rules import ImportRefused, parse_mapping, read_toml, shipped_names
from wayloop.imports.tests.twin import rows, twins
from wayloop.kernel.files import store

SHARED = 'source = "shop"\nzone = "Europe/Kyiv"\ncurrency = "UAH"\nlanguage = "uk"\nchannel = "web"\n'
TWO_FILES = (
    SHARED
    + """
[files]
orders = "orders*"
items = "items*"

[[tables]]
entity = "twin"
from = "orders"
optional = ["note"]
[[tables.joins]]
file = "items"
on = { id = "order_id" }
[tables.fields]
number = ["id", "items.line"]
amount = "items.price"
kind = "state"
note = "remark"
[tables.words.kind]
"Готово" = "good"
[tables.constants]
open = true
[tables.when]
shop = ["Kyiv", "LVIV"]

[[tables]]
entity = "other"
from = "items"
[tables.fields]
number = { first = ["code", "line"] }
"""
)
ORDERS = "id,state,shop\n1,готово,kyiv\n2,good,Lviv\n3,что?,Kyiv\n4,good,Odesa\n5,good,Kyiv\n"
ITEMS = "order_id,line,price,code\n1,a,10.5,\n1,b,2,x7\n2,a,3,\n3,a,1,\n4,a,1,\n"


@pytest.fixture(autouse=True)
def both(db: None) -> Iterator[None]:
    with twins():
        yield


def bring(content: dict[str, Any], **named: str) -> Import:
    given = [(store([text.encode()], name), name) for name, text in named.items()]
    import_id = services.start_import(files=given, mapping="mine", content=content, in_worker=False)
    return services.run_import(import_id=import_id)


def test_every_shipped_mapping_can_be_read() -> None:
    assert [read_mapping(name).name for name in shipped_names()] == shipped_names()


def test_files_that_belong_together_are_joined_and_each_table_comes_in_by_its_rank() -> None:
    run = bring(read_toml("mine", TWO_FILES), **{"items.csv": ITEMS, "orders.csv": ORDERS})
    assert (run.state, run.problem) == (ImportState.DONE, "")
    found = import_by_id(run.pk)
    assert found
    assert [(one.entity, one.rows_total, one.rows_done, one.rows_refused) for one in found.tables] == [
        ("other", 5, 5, 0),
        ("twin", 5, 4, 1),
    ]
    # Others of one number come in once; twins have their amount and choice from both files.
    assert rows("number", "amount", "kind", "open") == [
        ("1 a", Decimal("10.5"), "good", True),
        ("1 b", Decimal(2), "good", True),
        ("2 a", Decimal(3), "good", True),
        ("5", None, "good", True),
        ("a", None, None, None),
        ("x7", None, None, None),
    ]


def test_a_word_the_mapping_does_not_know_is_refused_with_the_row_of_the_driving_file() -> None:
    run = bring(read_toml("mine", TWO_FILES), **{"items.csv": ITEMS, "orders.csv": ORDERS})
    errors = import_by_id(run.pk)
    assert errors
    assert errors.errors
    assert errors.errors.read_text(encoding="utf-8-sig").splitlines()[1:] == [
        "3,The word in “Kind” is not among those of the mapping.,3,что?,Kyiv,a,1"
    ]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"orders.csv": ORDERS}, "This mapping needs a file called “items*”. Give it along with the others."),
        (
            {"x.csv": ORDERS, "y.csv": ITEMS},
            "This mapping needs a file called “orders*”. Give it along with the others.",
        ),
        (
            {"orders.csv": ORDERS.replace("shop", "town"), "items.csv": ITEMS},
            "The file has no column “shop”. It has: id, state, town.",
        ),
    ],
)
def test_a_file_that_is_missing_is_named(given: dict[str, str], problem: str) -> None:
    run = bring(read_toml("mine", TWO_FILES), **given)
    assert (run.state, run.problem) == (ImportState.FAILED, problem)


def test_a_table_whose_file_was_not_given_waits_for_another_time() -> None:
    run = bring(read_toml("mine", TWO_FILES), **{"items.csv": ITEMS})
    assert (run.state, run.rows_total, [row[0] for row in rows("number")]) == (ImportState.DONE, 5, ["a", "x7"])


FLAT = SHARED + 'entity = "twin"\n[fields]\nnumber = "id"\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (FLAT.replace("Europe/Kyiv", "Kyiv"), "at “zone”: “Kyiv” is no zone. A zone looks like Europe/Kyiv."),
        (FLAT.replace("UAH", "GRN"), "at “currency”: “GRN” is no currency. A currency looks like UAH."),
        (FLAT.replace('source = "shop"\n', ""), "at “source”: A value is missing."),
        (FLAT.replace('"shop"', "7"), "at “source”: Here should be a text."),
        (
            FLAT + 'nmber = "x"\n',
            "at “fields.nmber”: “nmber” is not known. Known here: amount, at, day, kind, note, number, open.",
        ),
        (FLAT.replace('number = "id"', 'note = "id"'), "at “fields.number”: “Number” is needed for each row."),
        (FLAT + '[words.note]\na = "b"\n', "at “words.note.a”: “b” is not known. Known here: –."),
        (FLAT + '[words.kind]\na = "b"\n', "at “words.kind.a”: “b” is not known. Known here: bad, good."),
        (FLAT + '[constants]\nnumber = "b"\n', "at “constants.number”: This field has a column already."),
        (FLAT + "[field]\n", "at “field”: Known here: channel, constants, currency, entity, fields"),
        (FLAT + "[styles]\nday = 'american'\n", "at “styles.day”: “american” is not known. Known here: day first"),
        (FLAT.replace('"id"', "[]"), "at “fields.number”: Here should be the name of a column, or a list of them."),
        (SHARED, "at “tables”: A value is missing."),
        (SHARED + 'tables = "x"\n', "at “tables”: Here should be a list of tables."),
        (SHARED + "[[tables]]\nentity = 'cats'\n", "at “tables 1.entity”: Known here: "),
        (TWO_FILES.replace('file = "items"', 'file = "orders"'), "at “tables 1.joins 1.file”: “orders” is not known."),
        (TWO_FILES.replace('from = "items"', 'from = "goods"'), "at “tables 2.from”: “goods” is not known."),
    ],
)
def test_a_mapping_that_cannot_be_says_where_and_why(text: str, told: str) -> None:
    with pytest.raises(ImportRefused) as refusal:
        parse_mapping("mine", read_toml("mine", text))
    assert str(refusal.value).startswith(f"Mapping “mine”, {told}")


def test_what_is_no_toml_says_so() -> None:
    with pytest.raises(ImportRefused) as refusal:
        read_toml("mine", "a = \n")
    assert str(refusal.value).startswith("The mapping “mine” is no TOML: ")


def test_a_saved_mapping_is_known_by_name_and_can_be_changed_and_forgotten() -> None:
    content = read_toml("mine", FLAT)
    services.save_mapping(name="mine", title="Наш магазин", content=content, created_by="Olena")
    services.save_mapping(name="mine", title="Магазин", content={**content, "currency": "EUR"})
    own = list_mappings()[0]
    assert (own.name, own.title, own.entities, own.is_own) == ("mine", "Магазин", ("twin",), True)
    assert read_mapping("mine").currency == "EUR"
    assert services.remove_mapping(name="mine") == {**content, "currency": "EUR"}
    with pytest.raises(ImportRefused):
        read_mapping("mine")
    assert services.remove_mapping(name="mine") is None


@pytest.mark.parametrize("name", ["online-retail", "", "x" * 61])
def test_a_mapping_is_not_saved_under_every_name(name: str) -> None:
    with pytest.raises(ImportRefused):
        services.save_mapping(name=name, title="x", content=read_toml("mine", FLAT))


def test_a_run_keeps_the_mapping_it_began_with_and_what_was_chosen_for_it() -> None:
    services.save_mapping(name="mine", title="Mine", content=read_toml("mine", FLAT + 'at = "when"\n'))
    file = store([b"id,when\n1,2025-07-01 10:00\n"], "a.csv")
    import_id = services.start_import(
        files=[(file, "a.csv")], mapping="mine", zone="Asia/Tokyo", source="till", in_worker=False
    )
    services.save_mapping(name="mine", title="Mine", content=read_toml("mine", FLAT))
    run = services.run_import(import_id=import_id)
    kept = parse_mapping("mine", run.content)
    assert (kept.zone, kept.source, kept.currency) == ("Asia/Tokyo", "till", "UAH")
    assert [(source, str(at)) for source, at in rows("source", "at")] == [("till", "2025-07-01 10:00:00")]


def test_several_files_of_one_kind_come_in_as_one() -> None:
    run = bring(read_toml("mine", FLAT), **{"may.csv": "id,more\n1,x\n2,y\n", "june.csv": "id\n3\n"})
    assert (run.state, run.rows_total, [row[0] for row in rows("number")]) == (ImportState.DONE, 3, ["1", "2", "3"])
