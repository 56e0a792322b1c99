"""Writes of imports: a run is made, goes on in steps, can be stopped, and can be killed anywhere."""

import shutil
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from wayloop.contracts.imports import ImportOutcome
from wayloop.imports.attending import attended, hand_on, is_its_turn
from wayloop.imports.enums import RUN_IMPORT, RUNNABLE, UNFINISHED, ImportState
from wayloop.imports.models import BroughtThings, Import, ImportFile, ImportTable, RefusedRow, SavedMapping
from wayloop.imports.queries import mapping_content
from wayloop.imports.rules import (
    FileMapping,
    ImportRefused,
    entity_named,
    language_now,
    parse_mapping,
    shipped_names,
    with_choices,
)
from wayloop.kernel import clock, jobs
from wayloop.kernel.bulk import gather_statistics
from wayloop.kernel.files import path_of, store_path

if TYPE_CHECKING:
    from wayloop.imports.files.tables import Table

# Rows of the smallest transaction, which is the first, and of the largest; those between take about `SECONDS` each, so
# that no reader of the stream waits long.
STEPS = (8_000, 50_000)
SECONDS = 0.5
# An import that fails so often in a way nobody foresaw stops and says so, instead of trying for ever.
MOST_ATTEMPTS = 5
MOST_FILES = 500
# A trial of so many good rows is one transaction of some seconds; of more it is taken back step by step.
TRIED_TOGETHER = 50_000
# From so many rows on, what PostgreSQL knew of its tables before says little.
MANY = 5_000
# Of a trial: rows that are shown.
SHOWN_REFUSED, SHOWN_GOOD, SHOWN_SIGNS = 20, 10, 200


@transaction.atomic
def save_mapping(*, name: str, title: str, content: Mapping[str, Any], created_by: str = "") -> None:
    """Keeps a mapping under a name, in place of one made here before.

    Raises `ImportRefused` with one line when the content is no mapping or the name belongs to a shipped one.
    """
    if name in shipped_names():
        raise ImportRefused(_("“%(name)s” is a mapping of the program. Choose another name.") % {"name": name})
    if not name.strip() or len(name) > 60:
        raise ImportRefused(_("A mapping needs a name of at most 60 signs."))
    parse_mapping(name, content)
    now = clock.now()
    row, is_new = SavedMapping.objects.select_for_update().get_or_create(
        name=name,
        defaults={
            "title": title[:120] or name,
            "content": dict(content),
            "created_by": created_by[:120],
            "created_at": now,
            "changed_at": now,
        },
    )
    if not is_new:
        row.title, row.content, row.changed_at = title[:120] or name, dict(content), now
        row.save(update_fields=["title", "content", "changed_at"])


@transaction.atomic
def remove_mapping(*, name: str) -> dict[str, Any] | None:
    """Forgets a mapping made here; answers what it said, for who wants it back. Runs keep what they need of it."""
    row = SavedMapping.objects.filter(name=name).first()
    if row is None:
        return None
    row.delete()
    return dict(row.content)


@transaction.atomic
def start_import(
    *,
    files: Sequence[tuple[int, str]],
    mapping: str,
    content: Mapping[str, Any] | None = None,
    name: str = "",
    zone: str = "",
    currency: str = "",
    source: str = "",
    started_by: str = "",
    in_worker: bool = True,
    is_trial: bool = False,
    taken_as: str = "",
) -> int:
    """Makes an import of stored files and, unless the caller runs it itself, hands it to the worker; answers its id.

    `files`: id and name of each. `content`: the mapping itself, for one that is not saved; `mapping` is then only its
    name. `name`: what people call the whole, as the name of a folder. `zone`, `currency`, `source`: chosen for this run
    in place of what the mapping says. `is_trial`: everything happens and nothing stays. `taken_as`: how the watched
    folder knows the file. What the run tells of itself later is in the language that is active now.
    Raises `ImportRefused` when the mapping does not exist or cannot be.
    """
    if content is None:
        content = mapping_content(mapping)
    content = with_choices(content, zone=zone, currency=currency, source=source)
    parse_mapping(mapping, content)
    if not 0 < len(files) <= MOST_FILES:
        raise ImportRefused(_("Give at least one file and at most %(most)s.") % {"most": MOST_FILES})
    row = Import.objects.create(
        file_name=(name or files[0][1])[:255],
        mapping=mapping[:60],
        content=content,
        is_trial=is_trial,
        language=language_now(),
        started_by=started_by[:120],
        taken_as=taken_as,
        created_at=clock.now(),
    )
    ImportFile.objects.bulk_create(
        ImportFile(run=row, position=position, file_id=file_id, name=given[:255])
        for position, (file_id, given) in enumerate(files)
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
    """Lets a stopped or failed import go on where it was, unless somebody has begun to take it back."""
    resumable = (ImportState.STOPPED, ImportState.FAILED)
    resumed = Import.objects.filter(id=import_id, state__in=resumable, undone_at=None)
    if resumed.update(state=ImportState.QUEUED, problem="", finished_at=None):
        jobs.enqueue(RUN_IMPORT, import_id=import_id, lock=f"import {import_id}")


def run_import(*, import_id: int, tell: Callable[[Import], None] = lambda _: None) -> Import:
    """Reads and writes until the end, a stop, or a problem a person must mend; answers the row as it then stands.

    While another import is taken back it stays in the queue, and is handed on when that is over.
    May be called again at any time, also while another process still runs the same import: the older one notices at
    its next step and leaves. `tell` is called after each step. Every step is one transaction of rows, counters and
    cursor together.
    """
    with attended(import_id):
        return _run(import_id, tell)


def _run(import_id: int, tell: Callable[[Import], None]) -> Import:
    attempt = _claim(import_id)
    row = Import.objects.get(id=import_id)
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


class _Pace:
    """How many rows come in at once: as many as take half a second, as far as the steps before tell."""

    def __init__(self) -> None:
        self._least, self._most = STEPS
        self._rows = self._least

    def rows(self) -> int:
        return self._rows

    @contextmanager
    def measured(self) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        wanted = self._rows * SECONDS / max(time.perf_counter() - begun, 0.001)
        # Never more than twice as many: the next rows may be others.
        self._rows = round(min(max(wanted, self._rows / 2, self._least), self._rows * 2, self._most))


class _Superseded(Exception):
    """Another process took this import over, or it was asked to stop."""


def _claim(import_id: int) -> int | None:
    with transaction.atomic():
        has_turn = is_its_turn(ImportState.QUEUED)
        row = Import.objects.select_for_update().get(id=import_id)
        if row.state == ImportState.STOPPING:
            # The process that should have stopped is gone.
            Import.objects.filter(id=import_id).update(state=ImportState.STOPPED, finished_at=clock.now())
        if row.state not in RUNNABLE or (row.state == ImportState.QUEUED and not has_turn):
            return None
        Import.objects.filter(id=import_id).update(
            attempt=F("attempt") + 1, state=ImportState.READING, started_at=row.started_at or clock.now()
        )
        return row.attempt + 1


def _read_and_write(row: Import, attempt: int, folder: Path, tell: Callable[[Import], None]) -> None:
    from wayloop.imports.files import tables as prepared  # slow import: DuckDB and Arrow, which no page needs

    mapping = parse_mapping(row.mapping, row.content)
    given = [
        prepared.Given(path_of(file_id), name)
        for file_id, name in ImportFile.objects.filter(run=row).order_by("position").values_list("file_id", "name")
    ]
    tell(row)
    entities = {table.entity: entity_named(table.entity) for table in mapping.tables}
    ready = prepared.prepare(given=given, mapping=mapping, entities=entities, folder=folder)
    cursors = _begin_writing(row, attempt, ready)
    if cursors is None:
        _leave(row.pk, attempt)
        return
    after = [(table, cursors[table.position]) for table in ready]
    try:
        is_new = not any(cursor for _table, cursor in after)
        if row.is_trial and is_new and sum(table.total - table.bad for table in ready) <= TRIED_TOGETHER:
            _try_together(row, attempt, mapping, ready, folder)
        else:
            _write(row, attempt, mapping, after, folder, tell)
        ends = [_end_of(row, table) for table in ready]
        _tell_of_end(row, attempt, ends, folder)
    except _Superseded:
        _leave(row.pk, attempt)
        return
    errors = _store_errors(row, ends, folder)
    if not row.is_trial and sum(table.total for table in ready) >= MANY:
        gather_statistics()
    _finish(row.pk, attempt, ImportState.DONE, errors=errors)


def _write(
    row: Import,
    attempt: int,
    mapping: FileMapping,
    tables: Sequence[tuple["Table", int]],
    folder: Path,
    tell: Callable[[Import], None],
) -> None:
    """Step by step, each table behind its cursor. A step of a trial is taken back before its numbers are kept."""
    from wayloop.imports.files import tables as prepared  # slow import: as above

    for table, cursor in tables:
        context = mapping.context(f"import:{row.pk}", table.mapping)
        if not row.is_trial:
            table.entity.prepare(context=context, columns=table.days)
        pace = _Pace()
        for last, rows, columns in prepared.groups(folder, table.position, after=cursor, size=pace.rows):
            with pace.measured(), _step(row.pk, attempt) as current:
                with _rolled_back() if row.is_trial else nullcontext():
                    outcome = table.entity.write(context=context, rows=rows, columns=columns)
                _advance(current, table.position, outcome, rows=len(rows), last=last)
            tell(current)


def _try_together(row: Import, attempt: int, mapping: FileMapping, ready: Sequence["Table"], folder: Path) -> None:
    """A small trial is exact: each row sees those before it, and at the end all of it is taken back at once."""
    from wayloop.imports.files import tables as prepared  # slow import: as above

    done = []
    with _step(row.pk, attempt) as current:
        with _rolled_back():
            for table in ready:
                context = mapping.context(f"import:{row.pk}", table.mapping)
                for last, rows, columns in prepared.groups(folder, table.position, after=0, size=lambda: STEPS[0]):
                    outcome = table.entity.write(context=context, rows=rows, columns=columns)
                    done.append((table.position, outcome, len(rows), last))
        for position, outcome, count, last in done:
            _advance(current, position, outcome, rows=count, last=last)


@contextmanager
def _rolled_back() -> Iterator[None]:
    """What is written inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class _End(NamedTuple):
    """A table that is through: rows its entity refused, how many rows stay out for which reason, the reasons' words."""

    table: "Table"
    late: dict[int, str]
    counts: Counter[str]
    words: dict[str, str]


def _end_of(row: Import, table: "Table") -> _End:
    from wayloop.imports.files import tables  # slow import: as above

    late = dict(RefusedRow.objects.filter(table__run=row, table__position=table.position).values_list("row", "code"))
    counts = Counter(table.codes) + Counter(late.values())
    return _End(table, late, counts, tables.sentences(sorted(counts), table.entity))


def _tell_of_end(row: Import, attempt: int, ends: Sequence[_End], folder: Path) -> None:
    """Notes for people: why rows stay out; of a trial the first of them, and what the first good rows became."""
    from wayloop.imports.files import refused, tables  # slow import: as above

    good = sum(end.table.total - end.table.bad for end in ends)
    for table, late, counts, words in ends:
        told = {
            **table.told,
            "aside": table.aside,
            "reasons": [[words.get(code, code), count] for code, count in counts.most_common()],
        }
        if row.is_trial:
            found = list(refused.rows_refused(folder=folder, table=table.position, refused=late, most=SHOWN_REFUSED))
            told |= {
                "exact": good <= TRIED_TOGETHER,
                "headings": found[0],
                "refused": [[number, words.get(code, code), *map(_shown, cells)] for number, code, *cells in found[1:]],
                "sample": [
                    [number, {name: _shown(value) for name, value in values.items()}]
                    for number, values in tables.sample(folder, table.position, SHOWN_GOOD)
                ],
            }
        with _step(row.pk, attempt):
            ImportTable.objects.filter(run=row, position=table.position).update(told=told)


def _shown(value: Any) -> Any:
    """A value as a page shows it: short, and of a type that JSON has."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Decimal):
        value = f"{value.normalize():f}"
    return str(value)[:SHOWN_SIGNS].replace("\0", "")


@transaction.atomic
def _begin_writing(row: Import, attempt: int, ready: Sequence["Table"]) -> dict[int, int] | None:
    """Notes what was found in the files; answers the cursor of each table, or None when it is no longer ours."""
    found = _mine(row.pk, attempt).filter(state=ImportState.READING).select_for_update().first()
    if found is None:
        return None
    known = {table.position: table for table in ImportTable.objects.filter(run=row)}
    late = 0
    for table in ready:
        kept = known.get(table.position) or ImportTable(run=row, position=table.position)
        refused = RefusedRow.objects.filter(table=kept).count() if kept.pk else 0
        kept.entity, kept.rows_total, kept.told = table.entity.name, table.total, dict(table.told)
        kept.rows_refused = table.bad + refused
        kept.save()
        known[table.position] = kept
        late += refused
    found.state = ImportState.WRITING
    found.rows_total = sum(table.total for table in ready)
    found.rows_refused = sum(table.bad for table in ready) + late
    found.save(update_fields=["state", "rows_total", "rows_refused"])
    return {position: table.cursor for position, table in known.items()}


@contextmanager
def _step(import_id: int, attempt: int) -> Iterator[Import]:
    """One transaction of a run that is still ours. Raises `_Superseded` when it is not."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Rows and cursor come or go together, so a step lost with the machine is only done again.
            cursor.execute("SET LOCAL synchronous_commit = off")
        current = Import.objects.select_for_update().get(id=import_id)
        if current.attempt != attempt or current.state != ImportState.WRITING:
            raise _Superseded
        yield current


def _advance(row: Import, position: int, outcome: ImportOutcome, *, rows: int, last: int) -> None:
    table = ImportTable.objects.get(run=row, position=position)
    RefusedRow.objects.bulk_create(
        RefusedRow(table=table, row=number, code=code) for number, code in outcome.refused.items()
    )
    table.counts = {
        name: table.counts.get(name, 0) + outcome.counts.get(name, 0) for name in table.counts.keys() | outcome.counts
    }
    if not row.is_trial:
        BroughtThings.objects.bulk_create(
            BroughtThings(table=table, group=group, kind=kind, size=len(ids), ids=list(ids))
            for (group, kind), ids in outcome.things.items()
            if ids
        )
    table.cursor = last
    for each in (table, row):
        each.rows_done += rows - len(outcome.refused)
        each.rows_refused += len(outcome.refused)
    table.save(update_fields=["counts", "cursor", "rows_done", "rows_refused"])
    row.save(update_fields=["rows_done", "rows_refused"])


def _store_errors(row: Import, ends: Sequence[_End], folder: Path) -> int | None:
    """One CSV for each table that has refused rows; several of them in one archive."""
    from wayloop.imports.files import refused  # slow import: as above

    written = []
    for table, late, counts, words in ends:
        if not counts:
            continue
        target = folder / f"refused-{table.position}-{table.entity.name}.csv"
        refused.write_refused(
            folder=folder,
            table=table.position,
            refused=late,
            sentences=words,
            headers=(_("Row"), _("Why it is not in")),
            target=target,
        )
        written.append(target)
    if not written:
        return None
    if len(written) == 1:
        return store_path(written[0], f"refused-{row.pk}.csv")
    archive = folder / "refused.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for target in written:
            packed.write(target, target.name)
    return store_path(archive, f"refused-{row.pk}.zip")


def _mine(import_id: int, attempt: int) -> QuerySet[Import]:
    return Import.objects.filter(id=import_id, attempt=attempt)


def _leave(import_id: int, attempt: int) -> None:
    """The end of a run that was asked to stop; does nothing when another process took over."""
    _mine(import_id, attempt).filter(state=ImportState.STOPPING).update(
        state=ImportState.STOPPED, finished_at=clock.now()
    )
    hand_on()


def _finish(import_id: int, attempt: int, state: ImportState, *, problem: str = "", errors: int | None = None) -> None:
    _mine(import_id, attempt).filter(state__in=UNFINISHED).update(
        state=state, problem=problem, errors_id=errors, finished_at=clock.now()
    )
    hand_on()
