"""Imports bring in what is good, say why the rest is not, and can be killed anywhere."""

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from wayloop.commerce.testing import OrderLine
from wayloop.contracts.scope import EVERYTHING
from wayloop.customers.testing import Card
from wayloop.imports import services
from wayloop.imports.enums import ImportState
from wayloop.imports.models import ImportFile, RefusedRow
from wayloop.imports.queries import info_of, mapping_names
from wayloop.imports.rules import ImportRefused, entity_named
from wayloop.imports.testing import COLUMNS, ROWS, Import, as_csv, as_parquet, bring_in, started
from wayloop.kernel.files import path_of
from wayloop.kernel.models import StoredFile
from wayloop.metrics import api as metrics

NUMBERS = ["orders", "gross_revenue", "returns", "net_revenue", "buyers"]
GOOD = {
    "orders": 2,
    "orders_known": 0,
    "orders_moved": 0,
    "orders_lines": 3,
    "orders_lines_known": 0,
    "returns": 1,
    "returns_known": 0,
    "returns_lines": 1,
    "returns_lines_known": 0,
}


class Killed(BaseException):
    """Stands for the end of the process."""


def values() -> list[int | None]:
    return [reading.value for reading in metrics.read_metrics(names=NUMBERS, scope=EVERYTHING, currency="GBP")]


def refused(run: Import) -> list[list[str]]:
    """The error file without its head."""
    return table(run)[1:]


def table(run: Import) -> list[list[str]]:
    assert run.errors_id
    text = path_of(run.errors_id).read_bytes().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def business() -> dict[str, list[tuple[Any, ...]]]:
    """Everything that came of imports, without ids, addresses and positions."""
    selects = {
        "orders": "SELECT d.source, number, i.value, happened_at, offset_minutes, channel, currency, rate, total, "
        "total_base, line_count, fingerprint FROM commerce_order d JOIN identity_identifier i USING (handle)",
        "returns": "SELECT d.source, number, i.value, happened_at, offset_minutes, channel, currency, rate, total, "
        "total_base, line_count, fingerprint FROM commerce_return d JOIN identity_identifier i USING (handle)",
        "lines": "SELECT o.number, position, p.code, quantity, unit_price, amount FROM commerce_orderline l "
        "JOIN commerce_order o ON o.id = order_id JOIN commerce_product p ON p.id = product_id",
        "back": "SELECT o.number, position, p.code, quantity, unit_price, amount FROM commerce_returnline l "
        "JOIN commerce_return o ON o.id = back_id JOIN commerce_product p ON p.id = product_id",
        "products": "SELECT source, code, name::text FROM commerce_product",
        "cards": "SELECT handle_text, name, first_seen_at, seen_at, traits::text, search::text FROM customers_card",
        "traits": "SELECT value, trait, source, valid_from FROM customers_traitvalue",
        "people": "SELECT value, ordinal FROM identity_identifier JOIN identity_person USING (handle)",
        "events": "SELECT key, kind, occurred_at, amount, currency, properties::text, is_news FROM ledger_event",
        "keys": "SELECT key FROM ledger_eventkey",
    }
    found = {}
    for name, select in selects.items():
        with connection.cursor() as cursor:
            cursor.execute(select)
            found[name] = sorted(cursor.fetchall(), key=repr)
    return found


def counts(run: Import) -> Mapping[str, int]:
    return info_of(run).counts


def account(run: Import) -> tuple[Any, ...]:
    """What an import says of itself at its end."""
    return (run.state, run.rows_total, run.rows_done, run.rows_refused, counts(run), table(run))


@pytest.mark.parametrize("kind", ["csv", "semicolons", "parquet"])
def test_good_rows_come_in_and_the_others_are_counted(kind: str, tmp_path: Path) -> None:
    content = {"csv": as_csv, "semicolons": lambda: as_csv(delimiter=";"), "parquet": lambda: as_parquet(tmp_path)}[
        kind
    ]()
    run = bring_in(content)
    assert (run.state, run.rows_total, run.rows_done, run.rows_refused) == (ImportState.DONE, 8, 4, 4)
    assert counts(run) == GOOD
    # 6 × 2.55 + 2 × 3.39 and 3 × 1.85, less 1 × 2.55.
    assert values() == [2, 2208 + 555, 255, 2208 + 555 - 255, 2]


def test_each_row_left_out_stands_in_the_error_file_with_its_reason() -> None:
    run = bring_in(as_csv())
    assert table(run) == [
        ["Row", "Why it is not in", *COLUMNS],
        ["4", "There is no value in “Customer number”.", *ROWS[3]],
        ["5", "The value in “Price per unit” must be above 0.", *ROWS[4]],
        [
            "6",
            "The value in “Date and time” cannot be read.",
            *ROWS[5][:2],
            "'=cmd|' /C calc'!A0",
            *ROWS[5][3:],
        ],
        ["8", "An order line needs a quantity above zero.", *ROWS[7][:2], "'-5 percent", *ROWS[7][3:]],
    ]


def test_reasons_are_told_in_the_language_of_who_started_it() -> None:
    told = refused(bring_in(as_csv(), language="ru"))[0][1]
    assert (told != "There is no value in “Customer number”.", any("а" <= sign <= "я" for sign in told)) == (True, True)


def test_a_file_without_bad_rows_has_no_error_file() -> None:
    run = bring_in(as_csv(ROWS[:3]))
    assert (run.state, run.rows_refused, run.errors_id) == (ImportState.DONE, 0, None)


def test_a_file_of_a_head_alone_brings_nothing() -> None:
    run = bring_in(as_csv([]))
    assert (run.state, run.rows_total, run.rows_done, counts(run)) == (ImportState.DONE, 0, 0, {})


def test_formulas_in_the_head_of_a_file_are_marked_too() -> None:
    run = bring_in(as_csv([(*row, "x") for row in ROWS], (*COLUMNS, "=1+1")))
    assert table(run)[0][-1] == "'=1+1"


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        (0, "x" * 121, "The value in “Order number” cannot be read."),
        (0, "  ", "There is no value in “Order number”."),
        (1, "x" * 121, "The value in “Product code” cannot be read."),
        (3, "0", "An order line needs a quantity above zero."),
        (3, "many", "The value in “Quantity” cannot be read."),
        (3, "99999999999", "The value in “Quantity” cannot be read."),
        (3, "9" * 40, "The value in “Quantity” cannot be read."),
        (3, "NaN", "The value in “Quantity” cannot be read."),
        (4, "", "There is no value in “Date and time”."),
        (4, "infinity", "The value in “Date and time” cannot be read."),
        (4, "0001-01-01", "The value in “Date and time” cannot be read."),
        (4, "99999-01-01", "The value in “Date and time” cannot be read."),
        (4, "0044-03-15 (BC)", "The value in “Date and time” cannot be read."),
        (4, "2010-02-30", "The value in “Date and time” cannot be read."),
        (5, "-1", "The value in “Price per unit” must be above 0."),
        (5, "0.0000001", "The value in “Price per unit” must be above 0."),
        (5, "1e30", "The value in “Price per unit” cannot be read."),
        (6, "\u00a0\t\u3000", "There is no value in “Customer number”."),
        (6, "1" * 300, "The value in “Customer number” cannot be read."),
        (6, "ﷺ" * 100, "The value in “Customer number” cannot be read."),
    ],
)
def test_a_value_that_cannot_be_is_a_reason_and_no_end(column: int, value: str, reason: str) -> None:
    odd = [*ROWS[0]]
    odd[column] = value
    run = bring_in(as_csv([ROWS[1], odd]))
    assert (run.state, run.rows_done, [row[:2] for row in refused(run)]) == (ImportState.DONE, 1, [["2", reason]])


def test_words_for_nothing_are_texts_like_others() -> None:
    run = bring_in(as_csv([("NULL", "NA", "nan", *ROWS[0][3:6], "n/a", "NA")]))
    assert (run.rows_done, OrderLine.objects.get().product.code, Card.objects.get().traits) == (
        1,
        "NA",
        {"country": "NA"},
    )


@pytest.mark.parametrize("value", ["Tee\u0000", "x" * 100_000, "🥐 пʼять \\N \\.", 'a "quoted", text\nin two lines'])
def test_any_text_can_be_a_description(value: str, tmp_path: Path) -> None:
    rows = [(*ROWS[0][:2], value, *ROWS[0][3:])]
    runs = [bring_in(as_parquet(tmp_path, rows))] if "\x00" in value else [bring_in(as_csv(rows))]
    assert [(run.state, run.rows_done) for run in runs] == [(ImportState.DONE, 1)]


def test_the_same_file_again_changes_nothing(fingerprints: Callable[..., dict[str, str]]) -> None:
    first = bring_in(as_csv())
    before, money = fingerprints(without=("imports_", "identity_claim", "kernel_storedfile")), values()
    second = bring_in(as_csv(), name="again.csv")
    assert (fingerprints(without=("imports_", "identity_claim", "kernel_storedfile")), values()) == (before, money)
    assert (second.state, second.rows_done, second.rows_refused) == (ImportState.DONE, 4, 4)
    assert (counts(second)["orders"], counts(second)["orders_known"], counts(second)["returns_known"]) == (0, 2, 1)
    assert refused(first) == refused(second)


def test_the_same_orders_in_another_file_change_nothing(
    fingerprints: Callable[..., dict[str, str]], tmp_path: Path
) -> None:
    bring_in(as_csv())
    before = fingerprints(without=("imports_", "identity_claim", "kernel_storedfile"))
    bring_in(as_parquet(tmp_path))
    assert fingerprints(without=("imports_", "identity_claim", "kernel_storedfile")) == before


def test_an_order_that_changed_is_refused_with_all_its_lines(fingerprints: Callable[..., dict[str, str]]) -> None:
    bring_in(as_csv(ROWS[:3]))
    before = fingerprints(without=("imports_", "identity_claim", "kernel_storedfile"))
    changed = [ROWS[0], ROWS[1], (*ROWS[2][:3], "20", *ROWS[2][4:])]
    run = bring_in(as_csv(changed))
    reason = "An order with this number is already here with other lines."
    assert [row[:2] for row in refused(run)] == [["1", reason], ["3", reason]]
    assert (run.rows_done, run.rows_refused, counts(run)["orders_known"]) == (1, 2, 1)
    assert fingerprints(without=("imports_", "identity_claim", "kernel_storedfile")) == before


def test_a_new_order_beside_a_changed_one_comes_in() -> None:
    bring_in(as_csv(ROWS[:1]))
    run = bring_in(as_csv([(*ROWS[0][:3], "7", *ROWS[0][4:]), ROWS[1]]))
    assert (counts(run)["orders"], run.rows_refused, values()[:2]) == (1, 1, [2, 1530 + 555])


@pytest.mark.parametrize("step", [1, 2, 3, 100])
def test_the_size_of_a_step_makes_no_difference(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = several_orders()
    with undone():
        expected = (account(bring_in(whole)), business())
    monkeypatch.setattr(services, "STEPS", (step, step))
    assert (account(bring_in(whole)), business()) == expected


def several_orders() -> bytes:
    rows = [row for copy in range(2) for row in _renumbered(copy)]
    return as_csv(rows)


# Told: the reading, each of four steps and the end; each step is also killed between its write and its end.
EVERY_MOMENT = 10


def _renumbered(copy: int) -> list[tuple[str, ...]]:
    return [(f"{number}{copy}", *rest) for number, *rest in ROWS]


class undone:  # noqa: N801 – reads as a sentence
    """What happens inside is rolled back at the end."""

    def __enter__(self) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()

    def __exit__(self, *_: object) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)


def test_killed_at_any_step_and_run_again_it_ends_the_same(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setattr(services, "STEPS", (3, 3))
    content = several_orders()
    with undone():
        expected = (account(bring_in(content)), business())
    kills = 0
    for moment in ("told", "after a write"):
        for count in range(1, 100):
            with undone():
                import_id = started(content)
                was_killed = run_until_killed(import_id, moment, count)
                ended = services.run_import(import_id=import_id)
                assert (account(ended), business()) == expected, (moment, count)
            if not was_killed:
                break
            kills += 1
    assert kills == EVERY_MOMENT
    assert list((home / "work").glob("import-*")) == []


def run_until_killed(import_id: int, moment: str, count: int) -> bool:
    """Runs an import and kills it when the moment comes for the count-th time; answers whether it came."""
    came = 0

    def die() -> None:
        nonlocal came
        came += 1
        if came == count:
            raise Killed

    entity = entity_named("order_lines")
    write = entity.write

    def deadly(**columns: Any) -> Any:
        outcome = write(**columns)
        if moment == "after a write":
            die()
        return outcome

    def tell(_run: Import) -> None:
        if moment == "told":
            die()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(entity, "write", deadly)
        try:
            services.run_import(import_id=import_id, tell=tell)
        except Killed:
            return True
    return False


def test_stopped_it_waits_and_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "STEPS", (3, 3))
    content = several_orders()
    with undone():
        expected = (account(bring_in(content)), business())
    import_id = started(content)

    def stop(run: Import) -> None:
        if run.rows_done:
            services.stop_import(import_id=run.pk)

    stopped = services.run_import(import_id=import_id, tell=stop)
    assert (stopped.state, 0 < stopped.rows_done < 8, stopped.finished_at is None) == (
        ImportState.STOPPED,
        True,
        False,
    )
    part = stopped.rows_done
    assert services.run_import(import_id=import_id).rows_done == part
    services.resume_import(import_id=import_id)
    assert Import.objects.get().state == ImportState.QUEUED
    assert (account(services.run_import(import_id=import_id)), business()) == expected


def test_an_import_that_waits_is_stopped_at_once() -> None:
    import_id = started(as_csv())
    services.stop_import(import_id=import_id)
    assert (Import.objects.get().state, values()[0]) == (ImportState.STOPPED, 0)


def test_stop_of_a_killed_run_is_kept_by_the_next_one() -> None:
    import_id = started(as_csv())
    Import.objects.update(state=ImportState.STOPPING, attempt=1)
    assert services.run_import(import_id=import_id).state == ImportState.STOPPED


@pytest.mark.parametrize("state", [ImportState.DONE, ImportState.FAILED, ImportState.STOPPED])
def test_what_is_over_is_not_stopped_and_not_run_again(state: ImportState) -> None:
    import_id = started(as_csv())
    Import.objects.update(state=state)
    services.stop_import(import_id=import_id)
    assert (services.run_import(import_id=import_id).state, values()[0]) == (state, 0)


def test_only_what_stopped_or_failed_goes_on() -> None:
    import_id = started(as_csv())
    for state in ImportState:
        Import.objects.update(state=state)
        services.resume_import(import_id=import_id)
        goes_on = state in (ImportState.STOPPED, ImportState.FAILED, ImportState.QUEUED)
        assert (Import.objects.get().state == ImportState.QUEUED) is goes_on, state


def test_a_second_worker_takes_over_and_the_first_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "STEPS", (3, 3))
    content = several_orders()
    with undone():
        expected = (account(bring_in(content)), business())
    import_id = started(content)
    ended: list[Import] = []

    def second_comes(run: Import) -> None:
        if run.rows_done and not ended:
            ended.append(services.run_import(import_id=import_id))

    first = services.run_import(import_id=import_id, tell=second_comes)
    assert (account(ended[0]), business()) == expected
    assert (account(first), first.attempt) == (account(ended[0]), 2)


def test_a_worker_that_lost_its_import_ends_nothing() -> None:
    import_id = started(as_csv())
    Import.objects.update(state=ImportState.READING, attempt=2)
    services._finish(import_id, 1, ImportState.FAILED, problem="late")
    services._leave(import_id, 1)
    assert (Import.objects.get().state, Import.objects.get().problem) == (ImportState.READING, "")


BROKEN = {
    "empty": (b"", "The file is empty."),
    "only a mark": (b"\xef\xbb\xbf", "The file is empty."),
    "only lines": (b"\n\r\n \n", "The file is empty."),
    "missing column": (
        as_csv([row[:-1] for row in ROWS], COLUMNS[:-1]),
        "The file has no column “Country”. It has: " + ", ".join(COLUMNS[:-1]) + ".",
    ),
    "other columns": (b"a,b\n1,2\n", "The file has no column “InvoiceNo”. It has: a, b."),
    "too many columns": (
        b",".join([b"x"] * 600) + b"\n" + b"," * 599 + b"\n",
        "The file has too many columns: 600. At most 500 can be read.",
    ),
    "begins like parquet": (b"PAR1" * 9, "The file cannot be read: it is damaged or not what its beginning promises."),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_wrong_file_fails_with_a_sentence_for_people(what: str) -> None:
    content, problem = BROKEN[what]
    run = bring_in(content)
    assert (run.state, run.problem, run.errors_id) == (ImportState.FAILED, problem, None)
    assert (run.finished_at is None, values()[0]) == (False, 0)


def test_a_parquet_file_that_was_cut_fails_with_a_sentence_for_people(tmp_path: Path) -> None:
    run = bring_in(as_parquet(tmp_path)[:-40])
    assert (run.state, run.problem) == (
        ImportState.FAILED,
        "The file cannot be read: it is damaged or not what its beginning promises.",
    )


def test_a_failed_import_can_be_tried_again() -> None:
    run = bring_in(b"")
    services.resume_import(import_id=run.pk)
    again = services.run_import(import_id=run.pk)
    assert (again.state, again.attempt, again.problem) == (ImportState.FAILED, 2, "The file is empty.")


@pytest.mark.parametrize("mapping", ["unknown", "", "../online-retail", "online-retail.toml", "x" * 500])
def test_an_unknown_mapping_is_refused_before_anything_is_written(mapping: str) -> None:
    with pytest.raises(ImportRefused) as refusal:
        started(as_csv(), mapping=mapping)
    known = ", ".join(mapping_names())
    assert (str(refusal.value), Import.objects.count()) == (f"There is no mapping “{mapping}”. Known: {known}.", 0)


def test_an_import_that_is_rolled_back_leaves_no_job() -> None:
    with undone():
        services.start_import(files=[(StoredFile.objects.get(id=_file()).pk, "x")], mapping="online-retail")
        assert jobs() == 1
    assert (jobs(), Import.objects.count()) == (0, 0)


def _file() -> int:
    started(as_csv())
    return ImportFile.objects.get().file_id


def jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'imports.run_import'")
        (count,) = cursor.fetchone()
    return count


def test_rows_refused_while_writing_are_kept_until_the_file_is_written() -> None:
    run = bring_in(as_csv())
    assert list(RefusedRow.objects.values_list("table__run_id", "row", "code")) == [(run.pk, 8, "sign")]


def test_times_are_told_in_the_zone_of_the_mapping() -> None:
    rows = [("1", *ROWS[0][1:4], "2011-07-01 08:26:00", *ROWS[0][5:]), ("2", *ROWS[0][1:])]
    bring_in(as_csv(rows))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, to_char(happened_at AT TIME ZONE 'UTC', 'HH24:MI'), offset_minutes "
            "FROM commerce_order ORDER BY number"
        )
        assert cursor.fetchall() == [("1", "07:26", 60), ("2", "08:26", 0)]
