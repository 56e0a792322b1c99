"""Brings the tables of a database up to this program's version. Django must be ready."""

import zlib
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC

from django.conf import settings
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import Error, connection, transaction
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from wayloop.kernel.sending import hold_sending
from wayloop.kernel.stream.services import bump_epoch, notice_move
from wayloop.operations.backup.restoring import forget_mark, read_mark
from wayloop.operations.errors import OperationError, first_line

_LOCK = zlib.crc32(b"wayloop migrations")


class WholeSteps(MigrationExecutor):
    """A step and the note that it was made are one transaction.

    Django notes some of its steps only after they are committed: killed in between, they would be made again at each
    start, fail because they are made already, and the home would never open again.
    """

    def apply_migration(
        self, state: ProjectState, migration: Migration, fake: bool = False, fake_initial: bool = False
    ) -> ProjectState:
        """See Django."""
        with transaction.atomic() if migration.atomic else nullcontext():
            return super().apply_migration(state, migration, fake=fake, fake_initial=fake_initial)


# The command knows no other way to be given one.
migrate.MigrationExecutor = WholeSteps  # type: ignore[attr-defined]


def pending_migrations() -> list[str]:
    """The migrations this program has and the database lacks, as `app.name`."""
    executor = MigrationExecutor(connection)
    return [f"{step.app_label}.{step.name}" for step, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def unknown_migrations() -> list[str]:
    """The migrations the database has and this program does not know: a newer program was here."""
    loader = MigrationLoader(connection)
    replaced = {old for migration in loader.disk_migrations.values() for old in migration.replaces}
    unknown = set(loader.applied_migrations) - set(loader.disk_migrations) - replaced
    return sorted(f"{app}.{name}" for app, name in unknown)


def bring_up_to_date(*, tell: Callable[[str], None] = lambda _: None) -> list[str]:
    """Applies what is pending, one process at a time; returns what was applied.

    What stood there before is backed up first, as far as there is a place for it. Raises `OperationError` when the
    database belongs to a newer program or a migration fails.
    """
    saved = ""
    try:
        if not pending_migrations() and not unknown_migrations():
            _begin_anew()
            return []
        with connection.cursor() as cursor:
            # Session-wide, not in a transaction: some migrations cannot run inside one. Goes with the connection.
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            unknown = unknown_migrations()
            if unknown:
                raise OperationError(
                    f"the database was changed by a newer Wayloop ({unknown[-1]}). Update the program."
                )
            pending = pending_migrations()
            if pending:
                saved = _back_up_before(tell)
                call_command("migrate", interactive=False, verbosity=0)
            _begin_anew()
            return pending
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
    except Error as error:
        reason = str(error).strip().splitlines()
        way_back = f". The moment before it is in the backup: restore --to '{saved}'" if saved else ""
        raise OperationError(
            f"the tables cannot be brought up to date: {reason[0] if reason else repr(error)}{way_back}"
        ) from error


def _back_up_before(tell: Callable[[str], None]) -> str:
    """Lets the backup reach up to now, before the tables change; answers that moment, empty when there is no backup.

    A place that is away hinders nothing: the server keeps its log for it, so that the moment is not lost.
    """
    # app ready: they need the models
    from wayloop.operations import queries, services

    if not queries.has_plan_table():
        return ""
    try:
        moment = services.reach_now()
    except (OperationError, Error) as error:
        tell(f"the tables are changed without a backup of this moment: {first_line(error).rstrip('.')}…")
        return ""
    if moment is None:
        return ""
    text = f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"
    tell(f"backed up to {text}; the tables are brought up to date…")
    return text


def _begin_anew() -> None:
    """What follows a restore or a move, before anything is written: rows of a copy must not be ordered among those that
    came with it, and what was sent since is not known any more."""
    moved = notice_move()
    moment = read_mark(settings.HOME)
    if moment is not None:
        if moved is None:
            bump_epoch()
        hold_sending(restored_to=moment)
        forget_mark(settings.HOME)
