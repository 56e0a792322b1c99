"""Many rows in one go: staged rows live as long as their transaction, their table as long as the connection."""

import pytest
from django.db import IntegrityError, connection, transaction

from wayloop.kernel.bulk import copy_rows, stage_rows

SHAPE = "code text, amount bigint"


def staged(name: str = "kernel_sample") -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT code, amount FROM {name} ORDER BY code")  # noqa: S608
        return cursor.fetchall()


@pytest.fixture
def _no_table(committed: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.kernel_sample")


@pytest.mark.usefixtures("_no_table")
def test_rows_staged_again_in_one_transaction_replace_the_former() -> None:
    with transaction.atomic():
        stage_rows("kernel_sample", SHAPE, [("a", 1), ("b", 2)])
        stage_rows("kernel_sample", SHAPE, [("c", 3)])
        assert staged() == [("c", 3)]


@pytest.mark.usefixtures("_no_table")
def test_the_next_transaction_finds_the_table_empty_and_uses_it_again() -> None:
    with transaction.atomic():
        stage_rows("kernel_sample", SHAPE, [("a", 1)])
    with transaction.atomic():
        assert staged() == []
        stage_rows("kernel_sample", SHAPE, [("b", 2)])
        assert staged() == [("b", 2)]


@pytest.mark.usefixtures("_no_table")
def test_a_table_whose_making_was_rolled_back_is_made_again() -> None:
    with transaction.atomic():
        stage_rows("kernel_sample", SHAPE, [("a", 1)])
        transaction.set_rollback(True)
    with transaction.atomic():
        stage_rows("kernel_sample", SHAPE, [("b", 2)])
        assert staged() == [("b", 2)]


@pytest.mark.usefixtures("_no_table")
def test_rows_of_a_rolled_back_step_give_way_to_those_before_it() -> None:
    with transaction.atomic():
        stage_rows("kernel_sample", SHAPE, [("a", 1)])
        with transaction.atomic():
            stage_rows("kernel_sample", SHAPE, [("b", 2)])
            transaction.set_rollback(True)
        assert staged() == [("a", 1)]


@pytest.mark.usefixtures("_no_table")
def test_staging_outside_of_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="needs a transaction"):
        stage_rows("kernel_sample", SHAPE, [("a", 1)])


def test_rows_travel_in_binary_form_as_well(db: None) -> None:
    stage_rows("kernel_binary", SHAPE, [("ї\t\\N", -(1 << 62)), ("", 0)], ("text", "int8"))
    assert staged("kernel_binary") == [("", 0), ("ї\t\\N", -(1 << 62))]


def test_texts_with_the_signs_of_copy_stay_themselves(db: None) -> None:
    odd = ["\\N", "a\tb", "a\nb", "\\.", '"', "'", "\\\\"]
    stage_rows("kernel_sample", SHAPE, [(text, place) for place, text in enumerate(odd)])
    assert {code for code, _ in staged()} == set(odd)


def test_no_rows_are_fine(db: None) -> None:
    stage_rows("kernel_sample", SHAPE, [])
    assert staged() == []


def test_a_row_that_breaks_a_constraint_stops_all(db: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        copy_rows("kernel_streamepoch", ("id", "epoch"), [(2, 1)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, epoch FROM kernel_streamepoch")
        assert cursor.fetchall() == [(1, 1)]
