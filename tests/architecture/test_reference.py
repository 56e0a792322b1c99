"""The reference pages say what the program says, and the program has no settings of which they are silent."""

import re

from scripts import reference
from tests.architecture.source import modules, texts, tree
from wayloop.config.environment import SETTINGS, Environment


def test_the_reference_pages_are_as_the_program_is() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in reference.FOLDER.glob("*.md")}
    assert {name: written.get(name) for name in reference.pages()} == reference.pages()


def test_every_setting_has_a_meaning_and_no_other_is_read() -> None:
    declared = {one.name for one in SETTINGS if one.meaning}
    read = {
        name
        for module in modules()
        if not module.is_test
        for _, text in texts(tree(module))
        for name in re.findall(r"^(?:WAYLOOP_[A-Z_]+|DATABASE_URL)$", text)
    }
    assert read - declared == set()


def test_every_field_of_the_environment_is_a_declared_setting() -> None:
    named = {re.sub("^wayloop_", "", one.name.lower()) for one in SETTINGS}
    assert set(Environment.__dataclass_fields__) == named


def test_the_text_of_a_cell_cannot_break_a_table() -> None:
    assert reference._table(("A",), [("one | two\nthree",)]) == "| A |\n| --- |\n| one \\| two three |\n"
