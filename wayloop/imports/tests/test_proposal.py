"""How well the program finds out by itself what the columns of a file are: labelled headings with their values."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from wayloop.imports import proposal
from wayloop.imports.proposal import Head, propose_table

pytestmark = pytest.mark.django_db
LABELLED = Path(__file__).with_name("headings")


@dataclass(frozen=True)
class Labelled:
    """A file whose columns somebody has read: its head, what it brings, and the field of each heading that is one."""

    head: Head
    entity: str
    fields: dict[str, str]


@dataclass(frozen=True)
class Found:
    """What was found in the files of a language. `wrong`: file, heading, the field it was taken for, the one it is."""

    columns: int
    right: int
    proposed: int
    labelled: int
    entities: int
    wrong: list[tuple[str, str, str, str]]

    @property
    def precision(self) -> float:
        """Of the columns that were taken for something, how many are that."""
        return round(self.right / self.proposed, 3)

    @property
    def recall(self) -> float:
        """Of the columns that are something, how many were taken for that."""
        return round(self.right / self.labelled, 3)


def labelled_files(language: str) -> list[Labelled]:
    files = []
    for part in (LABELLED / f"{language}.txt").read_text(encoding="utf-8").split("\n= ")[1:]:
        title, *lines = part.strip().splitlines()
        name, _sign, entity = title.partition(" > ")
        columns = [[cell.strip() for cell in line.split("|")] for line in lines if line.strip()]
        values = [column[2:] for column in columns]
        rows = [[column[row] if row < len(column) else "" for column in values] for row in range(max(map(len, values)))]
        head = Head(name, [column[1] for column in columns], rows, len(rows))
        files.append(Labelled(head, entity, {column[1]: column[0] for column in columns if column[0] != "-"}))
    return files


def propose_all(language: str) -> Found:
    files, right, proposed, wrong, entities = labelled_files(language), 0, 0, [], 0
    for one in files:
        table, _sure = propose_table(one.head)
        entities += table["entity"] == one.entity
        taken = {heading: field for field, heading in table["fields"].items()} if table["entity"] == one.entity else {}
        proposed += len(table["fields"])
        for heading in one.head.headings:
            said, is_ = taken.get(heading, "-"), one.fields.get(heading, "-")
            right += said == is_ != "-"
            if said != is_:
                wrong.append((one.head.name, heading, said, is_))
    columns = sum(len(one.head.headings) for one in files)
    return Found(columns, right, proposed, sum(len(one.fields) for one in files), entities, wrong)


@pytest.mark.parametrize(
    ("language", "columns"), [("ru", 71), ("uk", 67), ("en", 70)], ids=["Russian", "Ukrainian", "English"]
)
def test_columns_are_taken_for_what_they_are(
    language: str, columns: int, record_property: Callable[[str, object], None]
) -> None:
    found = propose_all(language)
    record_property(f"proposal {language}", f"precision {found.precision}, recall {found.recall} of {columns} columns")
    assert (found.columns, found.entities, found.precision, found.recall, found.wrong) == (columns, 8, 1.0, 1.0, [])


def test_the_measure_finds_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposal, "_held", lambda *_given: None)
    found = propose_all("ru")
    assert (found.recall < 1, ("orders-2026.csv", "Сп. оплаты", "-", "paid_by") in found.wrong) == (True, True)


@pytest.mark.parametrize("heading", ["Email менеджера", "Телефон відповідального", "Owner email", "Cashier phone"])
def test_what_belongs_to_who_works_there_is_never_the_customers(heading: str) -> None:
    table, _sure = propose_table(Head("list.csv", ["Имя", heading], [["Анна", "boss@example.com"]], 1), "customers")
    assert heading not in table["fields"].values()


@pytest.mark.parametrize(
    ("heading", "field"),
    [("Discount %", None), ("Скидка, %", None), ("Знижка, грн", "discount"), ("Disc.", "discount")],
)
def test_a_share_is_no_amount(heading: str, field: str | None) -> None:
    table, _sure = propose_table(Head("a.csv", ["Order number", heading], [["1", "10"]], 1), "order_lines")
    assert next((name for name, column in table["fields"].items() if column == heading), None) == field
