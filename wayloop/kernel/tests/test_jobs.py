"""Jobs belong to the transaction that adds them."""

from typing import Any

from django.db import connection, transaction

from wayloop.kernel import jobs


def waiting() -> list[tuple[str, dict[str, Any], str | None]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, args::text, lock FROM procrastinate_jobs ORDER BY id")
        return cursor.fetchall()


def test_a_job_of_a_transaction_that_rolls_back_never_existed(committed: None) -> None:
    with transaction.atomic():
        jobs.enqueue("kernel.sample", row_id=1)
        assert len(waiting()) == 1
        transaction.set_rollback(True)
    assert waiting() == []


def test_a_job_of_a_transaction_that_ends_well_waits_with_its_ids_and_lock(committed: None) -> None:
    with transaction.atomic():
        jobs.enqueue("kernel.sample", lock="row 1", row_id=1)
    assert waiting() == [("kernel.sample", '{"row_id": 1}', "row 1")]
