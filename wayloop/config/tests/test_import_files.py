"""`wayloop import`: what it prints, for people and for scripts, and what it refuses in one line."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from wayloop.config.commands import import_files
from wayloop.imports.testing import as_csv
from wayloop.operations.errors import OperationError


@pytest.fixture
def orders(tmp_path: Path, settings: Any, no_server: None, db: None) -> Path:
    settings.HOME = type(settings.HOME)(tmp_path / "home")
    (tmp_path / "home" / "files").mkdir(parents=True)
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "orders.csv").write_bytes(as_csv())
    return folder


def run(*arguments: object) -> Result:
    return CliRunner().invoke(import_files.command, [str(one) for one in arguments], catch_exceptions=False)


def last(result: Result) -> dict[str, Any]:
    found = json.loads(result.output.splitlines()[-1])
    assert isinstance(found, dict)
    return found


def test_tried_brought_in_known_taken_back_and_brought_in_again(orders: Path) -> None:
    mapping = ("--mapping", "online-retail", "--json")
    tried = last(run(orders, "--dry-run", *mapping))
    first = last(run(orders, *mapping))
    again = last(run(orders / "orders.csv", *mapping))
    gone = last(run("--undo", first["id"], "--json"))
    back = last(run(orders, *mapping))
    shown = [(one["value"], one["n"], one["unit"], one["interval"], one["state"]) for one in (tried, first, gone)]
    assert shown == [
        (4, 8, "rows", None, "done"),
        (4, 8, "rows", None, "done"),
        (gone["value"], gone["value"], "rows", None, "undone"),
    ]
    orders_new = [one["counts"]["orders"] for one in (tried, first, again, back)]
    assert orders_new == [2, 2, 0, 2]
    table = first["rows"][0]
    assert (table["entity"], table["good"], table["refused"], table["told"]) == (
        "order_lines",
        4,
        4,
        ["2 new orders", "1 new return"],
    )
    # A trial tells what would be left out, too.
    assert [Path(one["errors"]).exists() for one in (tried, first)] == [True, True]


def test_for_people_it_says_what_came_in_and_how_to_take_it_back(orders: Path) -> None:
    told = run(orders, "--mapping", "online-retail").output
    assert "4 came in, 4 refused." in told
    assert "wayloop import --undo " in told
    assert "Nothing was written." in run(orders, "--mapping", "online-retail", "--dry-run").output


def test_a_mapping_may_be_a_file(orders: Path, tmp_path: Path) -> None:
    text = (Path(import_files.__file__).parents[2] / "imports/mappings/online-retail.toml").read_text()
    (tmp_path / "own.toml").write_text(text)
    assert last(run(orders, "--mapping", tmp_path / "own.toml", "--json"))["value"] == 4


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "give a file or a folder to bring in, or --undo with the number of an import."),
        (["here.csv"], "say how columns are read, for example --mapping online-retail."),
        (["nowhere.csv", "--mapping", "olist"], "there is no file nowhere.csv."),
        (["here.csv", "--undo", "7"], "--undo takes an import back: give no file and no mapping with it."),
        (["--undo", "999"], "There is no import 999."),
        ([".", "--mapping", "nowhere.toml"], "the mapping nowhere.toml cannot be read."),
        ([".", "--mapping", "unknown"], "There is no mapping “unknown”."),
        (
            [".", "--mapping", "online-retail", "--zone", "Kyiv"],
            "Mapping “online-retail”, at “zone”: “Kyiv” is no zone.",
        ),
    ],
)
def test_what_cannot_be_is_told_in_one_line(
    arguments: list[str], told: str, orders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(orders)
    (orders / "here.csv").write_bytes(b"")
    with pytest.raises(OperationError) as refusal:
        run(*arguments)
    assert str(refusal.value).startswith(told)
