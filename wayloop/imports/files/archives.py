"""Files that were given in one archive."""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import IO

from django.utils.translation import gettext as _

from wayloop.imports.rules import ImportRefused

MOST_FILES = 500
# What an archive may unpack to; the size it names itself is not believed.
LARGEST = 8 * 1024**3
CHUNK = 1024 * 1024


def is_archive(name: str) -> bool:
    """Whether a file of this name is an archive; a workbook is one inside, but is read as a whole."""
    return name.casefold().endswith(".zip")


def unpack(file: IO[bytes], name: str) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Name and content of each file inside, one after the other; folders are flattened, hidden files left out.

    Raises `ImportRefused` when it is no archive, is locked, or holds more than anybody's tables do.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            inside = [one for one in archive.infolist() if not one.is_dir() and _is_meant(one.filename)]
            if not inside:
                raise ImportRefused(_("There is no file in the archive “%(name)s”.") % {"name": name})
            if len(inside) > MOST_FILES:
                raise ImportRefused(
                    _("The archive “%(name)s” holds more than %(most)s files.") % {"name": name, "most": MOST_FILES}
                )
            left = [LARGEST]
            for one in inside:
                with archive.open(one) as content:
                    yield PurePosixPath(one.filename).name, _chunks(content, left, name)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
        raise ImportRefused(
            _("The archive “%(name)s” is damaged or no ZIP. Unpack it and give the files.") % {"name": name}
        ) from error
    except RuntimeError as error:
        raise ImportRefused(
            _("The archive “%(name)s” is locked with a password. Unpack it and give the files.") % {"name": name}
        ) from error


def _is_meant(path: str) -> bool:
    parts = PurePosixPath(path.replace("\\", "/")).parts
    return bool(parts) and not any(part.startswith((".", "__MACOSX")) for part in parts)


def _chunks(content: IO[bytes], left: list[int], name: str) -> Iterator[bytes]:
    while chunk := content.read(CHUNK):
        left[0] -= len(chunk)
        if left[0] < 0:
            raise ImportRefused(
                _("The archive “%(name)s” unpacks to more than %(most)s GB.")
                % {"name": name, "most": LARGEST // 1024**3}
            )
        yield chunk
