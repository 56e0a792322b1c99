"""Reads of imports and of mappings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from wayloop.imports.enums import RUNNABLE, UNDOABLE, UNFINISHED, WAITS_FOR, ImportState
from wayloop.imports.models import Import, ImportFile, ImportTable, SavedMapping
from wayloop.imports.rules import (
    FileMapping,
    ImportRefused,
    entities_in,
    parse_mapping,
    shipped_content,
    shipped_names,
    title_of,
)
from wayloop.kernel.files import place_of


@dataclass(frozen=True)
class TableInfo:
    """What one table of an import brought; `told` as in `models.ImportTable`."""

    position: int
    entity: str
    rows_total: int
    rows_done: int
    rows_refused: int
    counts: Mapping[str, int]
    told: Mapping[str, Any]


@dataclass(frozen=True)
class ImportInfo:
    """One import as people see it; `errors` is the file of refused rows, when there is one, and `errors_name` the name
    under which a person saves it."""

    id: int
    file_name: str
    mapping: str
    content: Mapping[str, Any]
    is_trial: bool
    state: ImportState
    rows_total: int
    rows_done: int
    rows_refused: int
    rows_undone: int
    problem: str
    errors: Path | None
    errors_name: str
    started_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    undone_at: datetime | None
    tables: Sequence[TableInfo] = field(default_factory=tuple)

    @property
    def is_unfinished(self) -> bool:
        """Whether something still happens."""
        return self.state in UNFINISHED

    @property
    def can_be_stopped(self) -> bool:
        """Whether a stop is still possible; what is being taken back goes on to its end."""
        return self.state in RUNNABLE

    @property
    def can_be_undone(self) -> bool:
        """Whether it can be taken back now."""
        return self.state in UNDOABLE and not self.is_trial

    @property
    def can_be_resumed(self) -> bool:
        """Whether it can go on where it was."""
        return self.state in (ImportState.STOPPED, ImportState.FAILED) and self.undone_at is None

    @property
    def rows_seen(self) -> int:
        """Rows that are through, in or refused."""
        return min(self.rows_done + self.rows_refused, self.rows_total)

    @property
    def counts(self) -> Mapping[str, int]:
        """The counters of all tables together."""
        total: dict[str, int] = {}
        for table in self.tables:
            for name, count in table.counts.items():
                total[name] = total.get(name, 0) + count
        return total


@dataclass(frozen=True)
class MappingInfo:
    """One mapping in a list: its name, what people read, the entities it brings, and whether somebody here made it."""

    name: str
    title: str
    entities: Sequence[str]
    is_own: bool


def info_of(row: Import) -> ImportInfo:
    """The row as people see it, with its tables."""
    return _infos([row])[0]


def list_imports(limit: int = 50) -> list[ImportInfo]:
    """The newest imports; trials are left out."""
    newest = Import.objects.select_related("errors").filter(is_trial=False).order_by("-created_at", "-id")
    return _infos(newest[:limit])


def import_by_id(import_id: int) -> ImportInfo | None:
    """One import or trial, or None."""
    row = Import.objects.select_related("errors").filter(id=import_id).first()
    return info_of(row) if row else None


def waited_for(state: ImportState) -> str:
    """What a run in this state waits for: the name of another that comes in or is taken back; empty for nothing."""
    others = Import.objects.filter(state__in=WAITS_FOR.get(state, ())).order_by("id")
    return others.values_list("file_name", flat=True).first() or ""


def files_of(import_id: int) -> list[tuple[int, str]]:
    """Id and name of the files of an import, in the order in which they were given."""
    return list(ImportFile.objects.filter(run=import_id).order_by("position").values_list("file_id", "name"))


def files_in(paths: Sequence[Path]) -> list[Path]:
    """The files themselves, and those that lie in the folders; hidden ones are left out."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        found += [file for file in inside if file.is_file() and (file == path or not file.name.startswith("."))]
    return found


def mapping_names() -> list[str]:
    """Every mapping there is, shipped or saved here."""
    return sorted({*shipped_names(), *SavedMapping.objects.values_list("name", flat=True)})


def list_mappings() -> list[MappingInfo]:
    """Every mapping, those made here first, each group by title in the active language."""
    return [known for known, _content in mappings_with_content()]


def mappings_with_content() -> list[tuple[MappingInfo, dict[str, Any]]]:
    """The same with what each says."""
    found = [
        (MappingInfo(row.name, row.title, entities_in(row.content), is_own=True), dict(row.content))
        for row in SavedMapping.objects.all()
    ]
    for name in shipped_names():
        content = shipped_content(name)
        found.append((MappingInfo(name, title_of(content, name), entities_in(content), is_own=False), content))
    return sorted(found, key=lambda one: (not one[0].is_own, one[0].title.casefold()))


def mapping_content(name: str) -> dict[str, Any]:
    """What a mapping says, one made here before a shipped one of the same name.

    Raises `ImportRefused` when there is none.
    """
    # The database takes no NUL, and no name has one.
    own = SavedMapping.objects.filter(name=name.replace("\0", "")).values_list("content", flat=True).first()
    if own is not None:
        return dict(own)
    try:
        return shipped_content(name)
    except KeyError as error:
        raise ImportRefused(
            _("There is no mapping “%(name)s”. Known: %(known)s.") % {"name": name, "known": ", ".join(mapping_names())}
        ) from error


def read_mapping(name: str) -> FileMapping:
    """The mapping of this name.

    Raises `ImportRefused` when there is none, or when it names what is no longer there.
    """
    return parse_mapping(name, mapping_content(name))


def _infos(rows: Any) -> list[ImportInfo]:
    rows = list(rows)
    tables: dict[int, list[TableInfo]] = {row.pk: [] for row in rows}
    for table in ImportTable.objects.filter(run__in=tables).order_by("run", "position"):
        tables[table.run_id].append(
            TableInfo(
                position=table.position,
                entity=table.entity,
                rows_total=table.rows_total,
                rows_done=table.rows_done,
                rows_refused=table.rows_refused,
                counts=table.counts,
                told=table.told,
            )
        )
    return [
        ImportInfo(
            id=row.pk,
            file_name=row.file_name,
            mapping=row.mapping,
            content=row.content,
            is_trial=row.is_trial,
            state=ImportState(row.state),
            rows_total=row.rows_total,
            rows_done=row.rows_done,
            rows_refused=row.rows_refused,
            rows_undone=row.rows_undone,
            problem=row.problem,
            errors=place_of(row.errors.sha256) if row.errors else None,
            errors_name=row.errors.name if row.errors else "",
            started_by=row.started_by,
            created_at=row.created_at,
            started_at=row.started_at,
            finished_at=row.finished_at,
            undone_at=row.undone_at,
            tables=tuple(tables[row.pk]),
        )
        for row in rows
    ]
