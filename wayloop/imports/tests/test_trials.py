"""A trial says what would happen, and nothing of it stays."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from wayloop.imports import services
from wayloop.imports.enums import ImportState
from wayloop.imports.queries import ImportInfo, import_by_id, list_imports
from wayloop.imports.testing import as_csv, bring_in, started
from wayloop.imports.tests.test_reading import bring
from wayloop.imports.tests.twin import rows, twins

APART = ("imports_", "kernel_storedfile")


@pytest.fixture(autouse=True)
def both(db: None) -> Iterator[None]:
    with twins():
        yield


def tried(content: bytes) -> ImportInfo:
    found = import_by_id(services.run_import(import_id=started(content, is_trial=True)).pk)
    assert found
    return found


@pytest.mark.parametrize("together", [100, 0])
def test_a_trial_counts_as_the_import_would_and_leaves_nothing(
    together: int, fingerprints: Callable[..., dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "TRIED_TOGETHER", together)
    before = fingerprints(without=APART)
    trial = tried(as_csv())
    assert fingerprints(without=APART) == before
    assert (trial.state, list_imports()) == (ImportState.DONE, [])
    run = import_by_id(bring_in(as_csv()).pk)
    assert run
    assert (trial.rows_total, trial.rows_done, trial.rows_refused, trial.counts) == (
        run.rows_total,
        run.rows_done,
        run.rows_refused,
        run.counts,
    )
    assert trial.tables[0].told["exact"] is (together == 100)


def test_a_trial_tells_what_is_known_already() -> None:
    bring_in(as_csv())
    counts = tried(as_csv()).counts
    assert (counts["orders"], counts["orders_known"], counts["returns_known"]) == (0, 2, 1)


def test_a_trial_of_many_rows_is_taken_back_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "TRIED_TOGETHER", 0)
    monkeypatch.setattr(services, "STEPS", (2, 2))
    run = bring("Номер\n" + "".join(f"{n}\n" for n in range(7)), is_trial=True)
    assert (run.state, run.rows_done, rows("number")) == (ImportState.DONE, 7, [])


def test_a_trial_shows_refused_rows_with_reasons_and_good_ones_as_they_were_understood() -> None:
    run = bring(
        "Номер;Сума;Дата;Відкрито\n1;1 200,50;31.12.2025;так\nodd;5;;\n2;дорого;;\n3;0;;\n4\n",
        columns="amount day open",
        is_trial=True,
    )
    found = import_by_id(run.pk)
    assert found
    told: dict[str, Any] = dict(found.tables[0].told)
    assert told["headings"] == ["Номер", "Сума", "Дата", "Відкрито"]
    assert told["refused"] == [
        [2, "A number may not be odd.", "odd", "5", None, None],
        [3, "The value in “Amount” cannot be read.", "2", "дорого", None, None],
        [4, "The value in “Amount” must be above 0.", "3", "0", None, None],
        [5, "It has 1 cells instead of 4.", "4"],
    ]
    assert sorted(reason[1] for reason in told["reasons"]) == [1, 1, 1, 1]
    assert told["sample"][0] == [
        1,
        {"number": "1", "day": "2025-12-31", "amount": f"{Decimal('1200.5')}", "open": True},
    ]
    assert (told["fields"]["amount"], told["fields"]["day"]["order"]) == ({"decimal": "comma"}, "day first")
    assert (found.rows_refused, found.errors is not None) == (4, True)


def test_a_trial_can_be_stopped_and_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "TRIED_TOGETHER", 0)
    monkeypatch.setattr(services, "STEPS", (2, 2))
    import_id = started(as_csv(), is_trial=True)

    def stop(run: Any) -> None:
        if run.rows_done:
            services.stop_import(import_id=import_id)

    assert services.run_import(import_id=import_id, tell=stop).state == ImportState.STOPPED
    services.resume_import(import_id=import_id)
    done = services.run_import(import_id=import_id)
    assert (done.state, done.rows_done + done.rows_refused) == (ImportState.DONE, 8)
