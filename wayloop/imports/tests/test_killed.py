"""kill -9 in the middle of a transaction: whoever goes on ends with exactly the file, or exactly nothing."""

import os
import signal
import traceback
from collections.abc import Callable
from functools import lru_cache
from itertools import count
from typing import Any

import pytest
from django.db import connection

from wayloop.commerce.testing import order_rows
from wayloop.imports import attending, services, undoing
from wayloop.imports.attending import take_up_left
from wayloop.imports.enums import RUN_IMPORT, RUN_UNDO, ImportState
from wayloop.imports.files import engine
from wayloop.imports.testing import COLUMNS, Import, as_csv, started

ORDERS = 24
ROWS = [(f"{number}", "A", "Tea", "1", "2024-03-05 10:00:00", "2.50", f"{number % 5}", "") for number in range(ORDERS)]
WHOLE, NOTHING = (ORDERS, ORDERS, ORDERS * 250, 5, ORDERS), (0, 0, 0, 0, 0)
COUNTS = """
SELECT (SELECT count(*) FROM commerce_order), (SELECT count(*) FROM commerce_orderline),
    (SELECT coalesce(sum(amount), 0)::bigint FROM commerce_orderline), (SELECT count(*) FROM customers_card),
    (SELECT count(*) FROM ledger_event e WHERE NOT EXISTS (SELECT FROM ledger_void v WHERE v.event_id = e.id))
"""


def brought() -> tuple[int, ...]:
    with connection.cursor() as cursor:
        cursor.execute(COUNTS)
        return tuple(cursor.fetchone() or ())


def jobs_waiting() -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, (args ->> 'import_id')::int FROM procrastinate_jobs ORDER BY id")
        return cursor.fetchall()


def killed_in(step: Any, name: str, work: Callable[[], object], at: int) -> None:
    """Does the work in a process of its own that is killed with -9 when it calls `step.name` for the n-th time."""
    connection.close()
    child = os.fork()
    if child == 0:
        calls, original = count(1), getattr(step, name)

        def die(*given: Any, **named: Any) -> Any:
            if next(calls) == at:
                os.kill(os.getpid(), signal.SIGKILL)
            return original(*given, **named)

        try:
            # An engine does not live on behind a fork; it is not ended either, which would wait for its threads.
            former = [(module, module._engine) for module in (engine, order_rows)]
            for module, made in former:
                module._engine = lru_cache(maxsize=1)(made.__wrapped__)  # type: ignore[attr-defined]
            setattr(step, name, die)
            work()
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)
    _child, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "it ended by itself"


def test_killed_in_an_import_and_in_its_undo_it_goes_on_without_a_command(
    committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "STEPS", (8, 8))
    monkeypatch.setattr(undoing, "STEPS", (8, 8))
    monkeypatch.setattr(attending, "PATIENCE", -attending.PATIENCE)
    run = started(as_csv(ROWS, COLUMNS))
    # The second step has written its rows and not told of it yet.
    killed_in(services, "_advance", lambda: services.run_import(import_id=run), at=2)
    assert (Import.objects.get(id=run).state, 0 < brought()[0] < ORDERS) == (ImportState.WRITING, True)
    assert (take_up_left(), jobs_waiting()) == (1, [(RUN_IMPORT, run)])
    done = services.run_import(import_id=run)
    assert (done.state, done.rows_done, brought()) == (ImportState.DONE, ORDERS, WHOLE)

    undoing.undo_import(import_id=run, in_worker=False)
    killed_in(Import, "save", lambda: undoing.run_undo(import_id=run), at=4)
    assert (Import.objects.get(id=run).state, brought() in (WHOLE, NOTHING)) == (ImportState.UNDOING, False)
    assert (take_up_left(), jobs_waiting()) == (1, [(RUN_IMPORT, run), (RUN_UNDO, run)])
    gone = undoing.run_undo(import_id=run)
    assert (gone.state, brought(), take_up_left()) == (ImportState.UNDONE, NOTHING, 0)
