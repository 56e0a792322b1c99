"""What is prepared of a file stays between us."""

import stat
from pathlib import Path

from wayloop.imports.enums import ImportState
from wayloop.imports.files import tables
from wayloop.imports.queries import read_mapping
from wayloop.imports.rules import entity_named
from wayloop.imports.testing import ROWS, as_csv, bring_in

LINES = as_csv().decode().splitlines(keepends=True)
RUSSIAN = as_csv([(*ROWS[0][:2], "Кружка", *ROWS[0][3:])]).decode().splitlines(keepends=True)[1]


def test_a_letter_cut_where_the_first_look_ends_is_no_other_encoding() -> None:
    for shift in (0, 1):
        text = LINES[0] + RUSSIAN.replace("Кружка", "x" * shift + "Кружка") * 4000
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
