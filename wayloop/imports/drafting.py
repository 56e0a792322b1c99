"""Files that are looked at before they come in: a draft is made of them, corrected, tried and brought in."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from wayloop.business import api as business
from wayloop.imports.enums import UNFINISHED
from wayloop.imports.models import Import, ImportDraft
from wayloop.imports.proposal import Head, columns_asked, files_named, fits, propose_table
from wayloop.imports.queries import mapping_content, mappings_with_content
from wayloop.imports.rules import FLAT_FILE, SHARED, ImportRefused, language_now
from wayloop.imports.services import start_import
from wayloop.kernel import clock
from wayloop.kernel.files import path_of, release_unused

# What numbers of customers and orders are kept apart by when nobody says which system they come from.
SOURCE, CHANNEL = "files", "till"
# Files and their beginnings hold personal data: what nobody brought in until then is forgotten.
# The page says how long that is.
KEPT = timedelta(days=14)
AT_ONCE = 200


def _read_heads(files: Sequence[tuple[int, str]]) -> tuple[list[Head], dict[str, str]]:
    """The beginnings of stored files, and why those that are no tables cannot be read."""
    from wayloop.imports.files.heads import read_head  # slow import: DuckDB and Arrow, which no other page needs

    heads, problems = [], {}
    for file_id, name in files:
        try:
            heads.append(read_head(path_of(file_id), name, work_folder()))
        except ImportRefused as refused:
            problems[name] = str(refused)
    return heads, problems


def start_draft(*, files: Sequence[tuple[int, str]], mapping: str = "", created_by: str = "") -> int:
    """Keeps stored files to be looked at, with the mapping that fits them best; answers the id of the draft.

    `files`: id and name of each. `mapping`: the name of the one to begin with; empty to find one.
    Raises `ImportRefused` when none of the files can be read, or there is no such mapping.
    """
    heads, problems = _read_heads(files)
    if not heads:
        name, problem = next(iter(problems.items()))
        raise ImportRefused(f"{name}: {problem}")
    name, content = (mapping, mapping_content(mapping)) if mapping else propose(heads)
    row = ImportDraft.objects.create(
        files=[list(file) for file in files],
        heads=[asdict(head) for head in heads],
        unread=problems,
        content=in_tables(content),
        mapping=name,
        created_by=created_by[:120],
        created_at=clock.now(),
    )
    return row.pk


@transaction.atomic
def forget_drafts() -> int:
    """Forgets drafts and trials that are older than `KEPT`, and files that old which nothing needs: theirs, those that
    could not be read, those that a program sent and never used.

    Answers how many drafts it forgot.
    """
    before = clock.now() - KEPT
    old = list(ImportDraft.objects.filter(created_at__lt=before).order_by("id").values_list("id", flat=True)[:AT_ONCE])
    ImportDraft.objects.filter(id__in=old).delete()
    # Trials show rows of their files, and keep those that would stay out.
    tried = Import.objects.filter(is_trial=True, created_at__lt=before).exclude(state__in=UNFINISHED)
    Import.objects.filter(id__in=list(tried.order_by("id").values_list("id", flat=True)[:AT_ONCE])).delete()
    drafts = ImportDraft.objects.values_list("files", flat=True)
    release_unused(before=before, wanted={int(file_id) for files in drafts for file_id, _name in files})
    return len(old)


@transaction.atomic
def change_draft(*, draft_id: int, content: Mapping[str, Any], mapping: str | None = None) -> None:
    """Keeps what somebody chose; `mapping`: the name it now goes by, None to leave that."""
    row = ImportDraft.objects.select_for_update().get(id=draft_id)
    row.content = dict(content)
    if mapping is not None:
        row.mapping = mapping
    row.save(update_fields=["content", "mapping"])


@transaction.atomic
def run_draft(*, draft_id: int, started_by: str, is_trial: bool) -> int:
    """Hands the draft to the worker, to be tried or to come in; answers the id of the import.

    Raises `ImportRefused` with one line when something is still missing.
    """
    row = ImportDraft.objects.select_for_update().get(id=draft_id)
    import_id = start_import(
        files=[(file_id, name) for file_id, name in row.files],
        name=told_files([name for _id, name in row.files]),
        mapping=row.mapping,
        content=row.content,
        started_by=started_by,
        is_trial=is_trial,
    )
    row.run_id = import_id
    row.save(update_fields=["run"])
    return import_id


def work_folder() -> Path:
    """Where files are worked on."""
    return Path(settings.HOME.path) / "work"


def told_files(names: Sequence[str]) -> str:
    """What people call these files together."""
    return ", ".join(names[:3]) + (" …" if len(names) > 3 else "")


def draft_by_id(draft_id: int) -> ImportDraft | None:
    """One draft, or None."""
    return ImportDraft.objects.filter(id=draft_id).first()


def heads_of(draft: ImportDraft) -> list[Head]:
    """The beginnings of its files."""
    return [Head(**head) for head in draft.heads]


def draft_of(import_id: int) -> int | None:
    """The draft that was last tried or brought in by this run."""
    return ImportDraft.objects.filter(run=import_id).order_by("-id").values_list("id", flat=True).first()


def propose(heads: Sequence[Head]) -> tuple[str, dict[str, Any]]:
    """The mapping that fits: one made here or shipped whose columns are all there, else what the files seem to be.

    Answers its name, empty when it is new, and its content.
    """
    for known, content in mappings_with_content():
        if fits(content, heads) or _fits_together(content, heads):
            return known.name, content
    files: dict[str, str] = {}
    tables = []
    for group in _alike(heads):
        table, _sure = propose_table(group[0])
        key = FLAT_FILE if not files else f"{FLAT_FILE}{len(files) + 1}"
        files[key] = _pattern([head.name for head in group], [head.name for head in heads])
        tables.append(table | {"from": key})
    return "", {**_shared(), "files": files, "tables": tables}


def in_tables(content: Mapping[str, Any]) -> dict[str, Any]:
    """The same mapping with its tables in a list, also when it was written flat for a single file."""
    if content.get("tables"):
        files = content.get("files") or {FLAT_FILE: "*"}
        only = next(iter(files))
        return {**content, "files": dict(files), "tables": [{"from": only, **table} for table in content["tables"]]}
    shared = {key: value for key, value in content.items() if key in (*SHARED, "title")}
    table = {key: value for key, value in content.items() if key not in shared}
    return {**shared, "files": {FLAT_FILE: "*"}, "tables": [{**table, "from": FLAT_FILE}]}


def _fits_together(content: Mapping[str, Any], heads: Sequence[Head]) -> bool:
    """Whether files of these names and headings are what a mapping of several files wants; each must be used."""
    patterns = content.get("files") or {}
    if len(patterns) < 2:
        return False
    found = {key: files_named(heads, patterns, key) for key in patterns}
    used = {head.name for mine in found.values() for head in mine}
    tables = [table for table in content["tables"] if found.get(table["from"])]
    return bool(tables) and used == {head.name for head in heads} and all(_is_whole(table, found) for table in tables)


def _is_whole(table: Mapping[str, Any], found: Mapping[str, Sequence[Head]]) -> bool:
    joined = [join["file"] for join in table.get("joins", ())]
    if not all(found.get(file) for file in joined):
        return False
    there = {heading.casefold() for head in found[table["from"]] for heading in head.headings}
    there |= {f"{file}.{heading}".casefold() for file in joined for head in found[file] for heading in head.headings}
    return {column.casefold() for column in columns_asked(table)} <= there


def _alike(heads: Sequence[Head]) -> list[list[Head]]:
    """Files with the same headings are one table."""
    groups: dict[tuple[str, ...], list[Head]] = {}
    for head in heads:
        groups.setdefault(tuple(head.headings), []).append(head)
    return list(groups.values())


def _pattern(mine: Sequence[str], everything: Sequence[str]) -> str:
    """A pattern of names that fits these files and none of the others."""
    others = [name for name in everything if name not in mine]
    if not others:
        return "*"
    if len(mine) == 1:
        return _literal(mine[0])
    start = mine[0]
    while not all(name.startswith(start) for name in mine):
        start = start[:-1]
    return f"{_literal(start)}*"


def _literal(name: str) -> str:
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in name)


def _shared() -> dict[str, str]:
    known = business.profile()
    return {
        "source": SOURCE,
        "zone": known.zone,
        "currency": known.currency,
        "language": known.content_languages[0] if known.content_languages else language_now(),
        "channel": CHANNEL,
    }
