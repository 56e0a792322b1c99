"""How the tables come up to date: each step wholly or not at all."""

from typing import Any

import pytest
from django.core.management.commands import migrate
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from wayloop.operations.schema import WholeSteps


class Half(migrations.Migration):
    """A step that Django would note only after it was committed: its index comes last."""

    operations = [
        migrations.CreateModel(
            "Half",
            [("id", models.AutoField(primary_key=True)), ("name", models.CharField(max_length=9, db_index=True))],
        )
    ]


@pytest.mark.django_db
def test_a_step_that_could_not_be_noted_was_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    def end(*_: Any) -> None:
        raise SystemExit

    executor = WholeSteps(connection)
    monkeypatch.setattr(executor, "record_migration", end)
    with pytest.raises(SystemExit):
        executor.apply_migration(ProjectState(), Half("0001_half", "kernel"))
    assert "kernel_half" not in connection.introspection.table_names()


def test_the_command_makes_whole_steps() -> None:
    assert migrate.MigrationExecutor is WholeSteps  # type: ignore[attr-defined]
