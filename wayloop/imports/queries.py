"""Reads of imports."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from wayloop.imports.enums import UNFINISHED, ImportState
from wayloop.imports.models import Import
from wayloop.kernel.files import place_of


@dataclass(frozen=True)
class ImportInfo:
    """One import as people see it; `errors` is the file of refused rows, when there is one."""

    id: int
    file_name: str
    mapping: str
    state: ImportState
    rows_total: int
    rows_done: int
    rows_refused: int
    counts: Mapping[str, int]
    problem: str
    errors: Path | None
    started_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def is_unfinished(self) -> bool:
        """Whether something still happens."""
        return self.state in UNFINISHED

    @property
    def rows_seen(self) -> int:
        """Rows that are through, in or refused."""
        return min(self.rows_done + self.rows_refused, self.rows_total)


def info_of(row: Import) -> ImportInfo:
    """The row as people see it."""
    return ImportInfo(
        id=row.pk,
        file_name=row.file_name,
        mapping=row.mapping,
        state=ImportState(row.state),
        rows_total=row.rows_total,
        rows_done=row.rows_done,
        rows_refused=row.rows_refused,
        counts=row.counts,
        problem=row.problem,
        errors=place_of(row.errors.sha256) if row.errors else None,
        started_by=row.started_by,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )


def list_imports(limit: int = 50) -> list[ImportInfo]:
    """The newest imports."""
    newest = Import.objects.select_related("errors").order_by("-created_at", "-id")
    return [info_of(row) for row in newest[:limit]]


def import_by_id(import_id: int) -> ImportInfo | None:
    """One import, or None."""
    row = Import.objects.select_related("errors").filter(id=import_id).first()
    return info_of(row) if row else None
