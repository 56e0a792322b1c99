"""Files, addressed by their content, under `WAYLOOP_HOME/files`."""

import hashlib
import os
import secrets
from collections.abc import Collection, Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, ForeignObjectRel, OuterRef, ProtectedError

from wayloop.kernel import clock
from wayloop.kernel.models import StoredFile

CHUNK = 1024 * 1024
# A long transaction may still be about to commit the row of a younger file.
ORPHAN_SECONDS = 86_400
LOOKED_AT = 10_000


def path_of(file_id: int) -> Path:
    """Where the content of a stored file lies.

    Raises `StoredFile.DoesNotExist`.
    """
    return place_of(StoredFile.objects.get(id=file_id).sha256)


def store(chunks: Iterable[bytes], name: str) -> int:
    """Keeps a file and answers its id. The same content is kept once.

    The content is on the disk before the row is written, so a row never points to nothing; a process killed in between
    leaves a file without a row, which the clean-up may remove.
    """
    root: Path = settings.HOME.files
    draft = root / f".draft-{secrets.token_hex(8)}"
    digest = hashlib.sha256()
    size = 0
    try:
        with draft.open("xb") as target:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        place = place_of(digest.hexdigest())
        place.parent.mkdir(exist_ok=True)
        draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)
    row, _ = StoredFile.objects.update_or_create(
        sha256=digest.hexdigest(),
        defaults={"created_at": clock.now()},
        create_defaults={"size": size, "name": name[:255], "created_at": clock.now()},
    )
    return row.pk


def file_by_hash(sha256: str) -> int | None:
    """The id of the kept file with this content, or None."""
    return StoredFile.objects.filter(sha256=sha256).values_list("id", flat=True).first()


def hash_and_size(file_id: int) -> tuple[str, int]:
    """The SHA-256 of a kept file's content, and its length in bytes."""
    row = StoredFile.objects.get(id=file_id)
    return row.sha256, row.size


def store_path(path: Path, name: str | None = None) -> int:
    """Keeps a copy of the file at `path`; see `store`."""
    with path.open("rb") as source:
        return store(iter(lambda: source.read(CHUNK), b""), name or path.name)


def missing(*, limit: int = LOOKED_AT) -> tuple[int, int]:
    """How many of the newest `limit` kept files were looked at, and how many have no content of their size on the disk.

    One look at the disk each; nothing is read.
    """
    rows = list(StoredFile.objects.order_by("-id").values_list("sha256", "size")[:limit])
    return len(rows), sum(not _is_whole(place_of(sha256), size) for sha256, size in rows)


def _is_whole(place: Path, size: int) -> bool:
    try:
        return place.stat().st_size == size
    except OSError:
        return False


def release(file_id: int) -> bool:
    """Forgets a kept file unless rows still point to it; its content goes with the next clean-up. Whether it went."""
    try:
        with transaction.atomic():
            return bool(StoredFile.objects.filter(id=file_id).delete()[0])
    except ProtectedError:
        return False


def release_unused(*, before: datetime, wanted: Collection[int] = ()) -> int:
    """Forgets files that were last given before then, to which no row points; answers how many.

    `wanted`: files that somebody needs whose rows point to none.
    """
    pointing = [one for one in StoredFile._meta.get_fields(include_hidden=True) if isinstance(one, ForeignObjectRel)]
    unused = StoredFile.objects.filter(created_at__lt=before).exclude(pk__in=wanted)
    for one in pointing:
        rows = one.related_model._base_manager.filter(**{one.field.name: OuterRef("pk")})
        unused = unused.exclude(Exists(rows))
    return sum(release(file_id) for file_id in unused.order_by("pk").values_list("pk", flat=True)[:LOOKED_AT])


def remove_orphans() -> int:
    """Removes files that have had no row for a day (a process died before it wrote one); answers how many."""
    root: Path = settings.HOME.files
    before = clock.now().timestamp() - ORPHAN_SECONDS
    removed = 0
    for path in [*root.glob(".draft-*"), *root.glob("[0-9a-f][0-9a-f]/*")]:
        is_old = path.stat().st_mtime < before
        if is_old and (path.name.startswith(".") or not StoredFile.objects.filter(sha256=path.name).exists()):
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def place_of(sha256: str) -> Path:
    """Where a content lies, or would lie, by its hash."""
    root: Path = settings.HOME.files
    return root / sha256[:2] / sha256
