"""An import in the process of a command, which no job stands behind."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from wayloop.imports import api, services
from wayloop.imports.enums import ImportState
from wayloop.imports.files import tables
from wayloop.imports.models import Import
from wayloop.imports.testing import as_csv


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    file = tmp_path / "orders.csv"
    file.write_bytes(as_csv())
    return file


@pytest.mark.parametrize("sign", [KeyboardInterrupt(), RuntimeError("Query interrupted")])
def test_interrupted_it_is_stopped_and_can_go_on(
    sign: BaseException, orders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(**_folders: Any) -> None:
        raise sign

    with monkeypatch.context() as patch:
        patch.setattr(tables, "prepare", interrupt)
        with pytest.raises(KeyboardInterrupt):
            api.import_path(path=orders, mapping="online-retail")
    row = Import.objects.get()
    assert row.state == ImportState.STOPPED
    services.resume_import(import_id=row.pk)
    assert services.run_import(import_id=row.pk).state == ImportState.DONE


def test_stop_ends_also_an_import_whose_process_is_gone(orders: Path) -> None:
    import_id = services.start_import(
        files=[(services.store_path(orders), "orders.csv")],
        mapping="online-retail",
        in_worker=False,
    )
    Import.objects.update(state=ImportState.WRITING, attempt=1)
    services.stop_import(import_id=import_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT args ->> 'import_id' FROM procrastinate_jobs WHERE task_name = 'imports.run_import'")
        assert cursor.fetchall() == [(str(import_id),)]
    assert services.run_import(import_id=import_id).state == ImportState.STOPPED
