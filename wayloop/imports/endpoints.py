"""Imports over the API: files, runs, their state, and the rows that did not come in.

A run writes for all locations, so only keys that see all of them open these.
"""

import mimetypes
from pathlib import Path
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja import File, UploadedFile
from pydantic import Field

from wayloop.accounts.api import EXPORTED, Permission, audit, caller_of
from wayloop.imports import queries, services, undoing
from wayloop.imports.queries import ImportInfo
from wayloop.imports.rules import ImportRefused
from wayloop.kernel.files import file_by_hash, hash_and_size, store
from wayloop.kernel.rest.problems import Problem, missing, refused_value
from wayloop.kernel.rest.routes import FORM, Routes
from wayloop.kernel.rest.schemas import Given, Instant, Told
from wayloop.ui.downloads import saved

routes = Routes("Imports")
LARGEST_FILE = 512 * 1024 * 1024
Number = Annotated[int, Field(ge=1, le=2**63 - 1)]


class FileTold(Told):
    """A file that was kept. `id` is the SHA-256 of its content."""

    id: str
    name: str
    size: int


class FileGiven(Given):
    """A file that was sent before, and what it is called: mappings know files by their names."""

    id: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    name: Annotated[str, Field(min_length=1, max_length=255)]


class ImportGiven(Given):
    """A run. `mapping`: the name of one that is saved, or `content`: one as its TOML file would say it."""

    files: Annotated[list[FileGiven], Field(min_length=1, max_length=100)]
    mapping: Annotated[str, Field(min_length=1, max_length=60)]
    content: dict[str, Any] | None = None
    is_trial: Annotated[bool, Field(description="Everything happens, and nothing stays.")] = False
    zone: Annotated[str, Field(max_length=64)] = ""
    currency: Annotated[str, Field(pattern="^([A-Z]{3})?$")] = ""
    source: Annotated[str, Field(max_length=40)] = ""


class TableTold(Told):
    """What one table of a run brought."""

    entity: str
    rows_total: int
    rows_done: int
    rows_refused: int
    counts: dict[str, int]


class ImportTold(Told):
    """One run. `has_errors`: there is a file of the rows that did not come in."""

    id: int
    name: str
    mapping: str
    is_trial: bool
    state: Literal["queued", "reading", "writing", "stopping", "stopped", "done", "failed", "undoing", "undone"]
    rows_total: int
    rows_done: int
    rows_refused: int
    problem: str
    has_errors: bool
    created_at: Instant
    finished_at: Instant | None
    tables: list[TableTold]


class ImportsTold(Told):
    """The newest runs."""

    items: list[ImportTold]


class MappingTold(Told):
    """One mapping: what it is called, and what it brings."""

    name: str
    title: str
    entities: list[str]
    is_own: bool


class MappingsTold(Told):
    """Every mapping there is."""

    items: list[MappingTold]


class Nothing(Given):
    """An empty object."""


@routes.get("mappings", needs=Permission.IMPORTS_VIEW, answer=MappingsTold, problems=())
def list_mappings(request: HttpRequest) -> MappingsTold:
    """What files can be read as."""
    return MappingsTold(
        items=[
            MappingTold(name=one.name, title=one.title, entities=list(one.entities), is_own=one.is_own)
            for one in queries.list_mappings()
        ]
    )


@routes.post("files", needs=Permission.IMPORTS_RUN, answer=FileTold, content=FORM, largest=LARGEST_FILE, problems=())
def send_file(request: HttpRequest, file: File[UploadedFile]) -> FileTold:
    """Keeps a file for an import; the same content is kept once."""
    _sees_all(request)
    sha256, size = hash_and_size(store(file.chunks(), file.name or "file"))
    return FileTold(id=sha256, name=file.name or "file", size=size)


@routes.get("imports", needs=Permission.IMPORTS_VIEW, answer=ImportsTold, problems=())
def list_imports(request: HttpRequest) -> ImportsTold:
    """The newest fifty runs; trials are left out."""
    _sees_all(request)
    return ImportsTold(items=[_told(one) for one in queries.list_imports()])


@routes.get("imports/{number}", needs=Permission.IMPORTS_VIEW, answer=ImportTold)
def read_import(request: HttpRequest, number: Number) -> ImportTold:
    """How a run stands; ask again while it goes on."""
    return _told(_run(request, number))


@routes.get("imports/{number}/errors", needs=Permission.IMPORTS_RUN, answer=None)
def read_import_errors(request: HttpRequest, number: Number) -> HttpResponseBase:
    """The rows that did not come in, with the reason, as a file (CSV, or an archive of several)."""
    run = _run(request, number)
    if run.errors is None:
        raise missing()
    audit(act=EXPORTED, kind="import", subject=run.id, details={"what": "refused rows", "rows": run.rows_refused})
    name = f"refused-{run.id}{Path(run.errors_name).suffix}"
    return saved(run.errors, name, mimetypes.guess_type(name)[0] or "application/octet-stream")


@routes.post("imports", needs=Permission.IMPORTS_RUN, answer=ImportTold)
def start_import(request: HttpRequest, new: ImportGiven) -> ImportTold:
    """Starts a run, or a trial of it; the worker goes on by itself."""
    _sees_all(request)
    files = []
    for place, one in enumerate(new.files):
        file_id = file_by_hash(one.id)
        if file_id is None:
            raise refused_value(_("There is no such file. Send it first."), f"/files/{place}/id")
        files.append((file_id, one.name))
    try:
        number = services.start_import(
            files=files,
            mapping=new.mapping,
            content=new.content,
            zone=new.zone,
            currency=new.currency,
            source=new.source,
            started_by=caller_of(request).member.name,
            is_trial=new.is_trial,
        )
    except ImportRefused as refused:
        raise refused_value(str(refused), "/mapping") from None
    return _told(_run(request, number))


@routes.post("imports/{number}/stop", needs=Permission.IMPORTS_RUN, answer=ImportTold, status=200, problems=(404,))
def stop_import(request: HttpRequest, number: Number, nothing: Nothing) -> ImportTold:
    """Asks a run to stop after its current step; what is in stays."""
    services.stop_import(import_id=_run(request, number).id)
    return _told(_run(request, number))


@routes.post("imports/{number}/resume", needs=Permission.IMPORTS_RUN, answer=ImportTold, status=200, problems=(404,))
def resume_import(request: HttpRequest, number: Number, nothing: Nothing) -> ImportTold:
    """Lets a stopped or failed run go on where it was."""
    services.resume_import(import_id=_run(request, number).id)
    return _told(_run(request, number))


@routes.post("imports/{number}/undo", needs=Permission.IMPORTS_RUN, answer=ImportTold, status=200, problems=(404,))
def undo_import(request: HttpRequest, number: Number, nothing: Nothing) -> ImportTold:
    """Takes back what a run brought; what people have done since stays."""
    run = _run(request, number)
    try:
        undoing.undo_import(import_id=run.id)
    except ImportRefused as refused:
        raise Problem("refused", str(refused)) from None
    return _told(_run(request, number))


def _sees_all(request: HttpRequest) -> None:
    if not caller_of(request).scope.sees_everything:
        raise Problem("forbidden", _("Imports are for keys that see all locations."))


def _run(request: HttpRequest, number: int) -> ImportInfo:
    _sees_all(request)
    found = queries.import_by_id(number)
    if found is None:
        raise missing()
    return found


def _told(run: ImportInfo) -> ImportTold:
    return ImportTold(
        id=run.id,
        name=run.file_name,
        mapping=run.mapping,
        is_trial=run.is_trial,
        state=run.state.value,  # type: ignore[arg-type]  # the states are those of the shape
        rows_total=run.rows_total,
        rows_done=run.rows_done,
        rows_refused=run.rows_refused,
        problem=run.problem,
        has_errors=run.errors is not None,
        created_at=run.created_at,
        finished_at=run.finished_at,
        tables=[
            TableTold(
                entity=one.entity,
                rows_total=one.rows_total,
                rows_done=one.rows_done,
                rows_refused=one.rows_refused,
                counts=dict(one.counts),
            )
            for one in run.tables
        ],
    )
