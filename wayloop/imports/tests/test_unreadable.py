"""A file that cannot be read as a whole says what to put right in it."""

import stat
from pathlib import Path

import pytest

from wayloop.imports.enums import ImportState
from wayloop.imports.files import tables
from wayloop.imports.queries import read_mapping
from wayloop.imports.rules import entity_named
from wayloop.imports.testing import COLUMNS, ROWS, as_csv, bring_in

ENCODING = "The file is not in UTF-8. Save it as CSV in UTF-8 and give it again."
LINES = as_csv().decode().splitlines(keepends=True)
RUSSIAN = as_csv([(*ROWS[0][:2], "Кружка", *ROWS[0][3:])]).decode().splitlines(keepends=True)[1]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(
            "".join([*LINES, "536399,22633\r\n"]).encode(),
            "Cells in row 9: 2 instead of 8. Put it right and give the file again.",
            id="a row too short",
        ),
        pytest.param(
            "".join([LINES[0], LINES[1].rstrip() + ",more\r\n", *LINES[2:]]).encode(),
            "Cells in row 1: 9 instead of 8. Put it right and give the file again.",
            id="a row too long",
        ),
        pytest.param(
            "".join([*LINES, '536399,22633,"open', "x" * 3_000_000]).encode(),
            "A row is longer than a megabyte. Most often a quotation mark is opened and never closed.",
            id="a quotation mark without an end",
        ),
        pytest.param("".join([LINES[0], RUSSIAN * 2000]).encode("cp1251"), ENCODING, id="another encoding"),
        pytest.param("".join([*LINES * 300, RUSSIAN]).encode("cp1251"), ENCODING, id="another encoding late in it"),
        pytest.param(LINES[0].strip().encode(), "The file is empty.", id="a head and nothing below"),
        pytest.param(
            as_csv([("x", *ROWS[0])], columns=("invoiceno", *COLUMNS)),
            "The file has the column “InvoiceNo” more than once. Keep one of them and give it again.",
            id="a column twice",
        ),
    ],
)
def test_what_cannot_be_read_says_what_to_put_right(content: bytes, problem: str) -> None:
    run = bring_in(content)
    assert (run.state, run.problem) == (ImportState.FAILED, problem)


def test_a_letter_cut_where_the_first_look_ends_is_no_other_encoding() -> None:
    for shift in (0, 1):
        text = LINES[0] + RUSSIAN.replace("Кружка", "x" * shift + "Кружка") * 2000
        assert bring_in(text.encode()).state == ImportState.DONE


def test_what_is_prepared_is_for_nobody_else_on_the_machine(home: Path) -> None:
    (home / "orders.csv").write_bytes(as_csv())
    mapping = read_mapping("online-retail")
    tables.prepare(
        given=[tables.Given(home / "orders.csv", "orders.csv")],
        mapping=mapping,
        entities={"order_lines": entity_named("order_lines")},
        folder=home / "work" / "import-1-1",
    )
    assert stat.S_IMODE((home / "work" / "import-1-1").stat().st_mode) == 0o700
