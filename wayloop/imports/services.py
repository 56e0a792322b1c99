"""Writes of imports: a run is made, goes on in steps, can be stopped, and can be killed anywhere."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from wayloop.contracts.imports import ImportOutcome
from wayloop.imports.enums import RUN_IMPORT, RUNNABLE, UNFINISHED, ImportState
from wayloop.imports.models import Import, RefusedRow
from wayloop.imports.rules import ImportRefused, entity_of, read_mapping
from wayloop.kernel import clock, jobs
from wayloop.kernel.files import path_of, store_path

# Rows per transaction: a step of about half a second on a small machine, so that no reader of the stream waits long.
STEP = 5_000
# An import that fails so often in a way nobody foresaw stops and says so, instead of trying for ever.
MOST_ATTEMPTS = 5


@transaction.atomic
def start_import(
    *, file_id: int, file_name: str, mapping: str, language: str, started_by: str = "", in_worker: bool = True
) -> int:
    """Makes an import of a stored file and, unless the caller runs it itself, hands it to the worker; answers its id.

    Raises `ImportRefused` when the mapping does not exist.
    """
    try:
        read_mapping(mapping)
    except KeyError as error:
        raise ImportRefused(_("There is no mapping “%(name)s”.") % {"name": mapping}) from error
    row = Import.objects.create(
        file_id=file_id,
        file_name=file_name[:255],
        mapping=mapping,
        language=language,
        started_by=started_by,
        created_at=clock.now(),
    )
    if in_worker:
        jobs.enqueue(RUN_IMPORT, import_id=row.pk, lock=f"import {row.pk}")
    return row.pk


@transaction.atomic
def stop_import(*, import_id: int) -> None:
    """Asks a running import to stop after its current step. What is in stays in; a finished import is left alone."""
    waiting = Import.objects.filter(id=import_id, state=ImportState.QUEUED)
    waiting.update(state=ImportState.STOPPED, finished_at=clock.now())
    running = Import.objects.filter(id=import_id, state__in=(ImportState.READING, ImportState.WRITING))
    if running.update(state=ImportState.STOPPING):
        # The process that should notice may be gone without a word, as a command that was killed: this one always ends.
        jobs.enqueue(RUN_IMPORT, import_id=import_id, lock=f"import {import_id}")


@transaction.atomic
def resume_import(*, import_id: int) -> None:
    """Lets a stopped or failed import go on where it was."""
    resumed = Import.objects.filter(id=import_id, state__in=(ImportState.STOPPED, ImportState.FAILED))
    if resumed.update(state=ImportState.QUEUED, problem="", finished_at=None):
        jobs.enqueue(RUN_IMPORT, import_id=import_id, lock=f"import {import_id}")


def run_import(*, import_id: int, tell: Callable[[Import], None] = lambda _: None) -> Import:
    """Reads and writes until the end, a stop, or a problem a person must mend; answers the row as it then stands.

    May be called again at any time, also while another process still runs the same import: the older one notices at
    its next step and leaves. `tell` is called after each step. Every step is one transaction of rows, counters and
    cursor together.
    """
    attempt = _claim(import_id)
    row = Import.objects.select_related("file").get(id=import_id)
    if attempt is None:
        return row
    # Each attempt prepares for itself: the files of one that was killed, or still runs, are not trusted.
    folder = Path(settings.HOME.path) / "work" / f"import-{import_id}-{attempt}"
    with translation.override(row.language):
        try:
            _read_and_write(row, attempt, folder, tell)
        except ImportRefused as refused:
            _finish(import_id, attempt, ImportState.FAILED, problem=str(refused))
        except (OperationalError, InterfaceError):
            # The database went away: nobody's fault, the job comes again.
            raise
        except Exception:
            if attempt >= MOST_ATTEMPTS:
                problem = _("Something broke on our side while this file was read. What came in stays; try to go on.")
                _finish(import_id, attempt, ImportState.FAILED, problem=problem)
            raise
        finally:
            for used in folder.parent.glob(f"import-{import_id}-*"):
                if int(used.name.rpartition("-")[2]) <= attempt:
                    shutil.rmtree(used, ignore_errors=True)
    row.refresh_from_db()
    tell(row)
    return row


class _Superseded(Exception):
    """Another process took this import over."""


def _claim(import_id: int) -> int | None:
    with transaction.atomic():
        row = Import.objects.select_for_update().get(id=import_id)
        if row.state == ImportState.STOPPING:
            # The process that should have stopped is gone.
            Import.objects.filter(id=import_id).update(state=ImportState.STOPPED, finished_at=clock.now())
        if row.state not in RUNNABLE:
            return None
        Import.objects.filter(id=import_id).update(
            attempt=F("attempt") + 1, state=ImportState.READING, started_at=row.started_at or clock.now()
        )
        return row.attempt + 1


def _read_and_write(row: Import, attempt: int, folder: Path, tell: Callable[[Import], None]) -> None:
    from wayloop.imports import files  # slow import: DuckDB and Arrow, which no page needs

    mapping = read_mapping(row.mapping)
    entity = entity_of(mapping)
    context = mapping.context(batch=f"import:{row.pk}")
    tell(row)
    prepared = files.prepare(source=path_of(row.file_id), mapping=mapping, entity=entity, folder=folder)
    moving = {
        "state": ImportState.WRITING,
        "rows_total": prepared.total,
        "rows_refused": prepared.bad + RefusedRow.objects.filter(run=row).count(),
    }
    if not _mine(row.pk, attempt).filter(state=ImportState.READING).update(**moving):
        _leave(row.pk, attempt)
        return
    entity.prepare(context=context, columns=prepared.days)
    try:
        for last, rows, columns in files.groups(folder, after=row.cursor, size=STEP):
            with transaction.atomic():
                current = Import.objects.select_for_update().get(id=row.pk)
                if current.attempt != attempt or current.state != ImportState.WRITING:
                    raise _Superseded
                outcome = entity.write(context=context, rows=rows, columns=columns)
                current = _advance(current, outcome, rows=len(rows), last=last)
            tell(current)
    except _Superseded:
        _leave(row.pk, attempt)
        return
    errors = _store_errors(row, prepared.codes, folder)
    _finish(row.pk, attempt, ImportState.DONE, errors=errors)


def _advance(row: Import, outcome: ImportOutcome, *, rows: int, last: int) -> Import:
    RefusedRow.objects.bulk_create(
        RefusedRow(run=row, row=number, code=code) for number, code in outcome.refused.items()
    )
    row.counts = {
        name: row.counts.get(name, 0) + outcome.counts.get(name, 0) for name in row.counts.keys() | outcome.counts
    }
    row.cursor = last
    row.rows_done += rows - len(outcome.refused)
    row.rows_refused += len(outcome.refused)
    row.save(update_fields=["counts", "cursor", "rows_done", "rows_refused"])
    return row


def _store_errors(row: Import, found: frozenset[str], folder: Path) -> int | None:
    entity = entity_of(read_mapping(row.mapping))
    refused: Mapping[int, str] = dict(RefusedRow.objects.filter(run=row).values_list("row", "code"))
    codes = found | set(refused.values())
    if not codes:
        return None
    from wayloop.imports import files  # slow import: as above

    target = folder / "errors.csv"
    files.write_errors(
        folder=folder,
        refused=refused,
        sentences=files.sentences(sorted(codes), entity),
        headers=(_("Row"), _("Why it is not in")),
        target=target,
    )
    return store_path(target, f"errors-{row.pk}.csv")


def _mine(import_id: int, attempt: int) -> QuerySet[Import]:
    return Import.objects.filter(id=import_id, attempt=attempt)


def _leave(import_id: int, attempt: int) -> None:
    """The end of a run that was asked to stop; does nothing when another process took over."""
    _mine(import_id, attempt).filter(state=ImportState.STOPPING).update(
        state=ImportState.STOPPED, finished_at=clock.now()
    )


def _finish(import_id: int, attempt: int, state: ImportState, *, problem: str = "", errors: int | None = None) -> None:
    _mine(import_id, attempt).filter(state__in=UNFINISHED).update(
        state=state, problem=problem, errors_id=errors, finished_at=clock.now()
    )
