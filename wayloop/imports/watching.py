"""The watched folder: files laid into `inbox/MAPPING` of the home come in by that mapping, each once and as a whole.

A finished file is first moved aside under a name of its own, and the import knows that name: whoever is killed in
between, the next look finds either the file or its import. When the import is over the file goes to `done` or to
`refused`, with the rows that stayed out, or the reason, beside it.
"""

import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from wayloop.business import api as business
from wayloop.imports.enums import ImportState
from wayloop.imports.models import Import
from wayloop.imports.queries import files_in, info_of
from wayloop.imports.rules import ImportRefused
from wayloop.imports.services import start_import
from wayloop.kernel import clock
from wayloop.kernel.files import store_path

# A file nobody has written to for so long is whole.
QUIET_SECONDS = 60
TAKEN, DONE, REFUSED = ".taken", "done", "refused"
OVER = (ImportState.DONE, ImportState.FAILED, ImportState.STOPPED, ImportState.UNDONE)
LANGUAGES = ("en", "ru", "uk")


def look_at_inbox() -> int:
    """Takes what is finished and puts away what is over; answers how many imports it began.

    May run twice at once and be killed anywhere: a file is neither lost nor brought in twice.
    """
    begun = 0
    for folder in _folders():
        for entry in sorted(folder.iterdir()):
            if entry.name not in (DONE, REFUSED) and not entry.name.startswith(".") and _is_whole(entry):
                _take(entry, folder / TAKEN)
        for taken in sorted((folder / TAKEN).glob("*")):
            begun += _go_on(taken, folder)
    return begun


def _folders() -> Iterator[Path]:
    inbox = Path(settings.HOME.path) / "inbox"
    for folder in sorted(inbox.iterdir()) if inbox.is_dir() else ():
        if folder.is_dir() and not folder.is_symlink() and not folder.name.startswith("."):
            yield folder


def _is_whole(entry: Path) -> bool:
    """Whether nobody writes to it any more; a folder is whole when all its files are. Links are not followed."""
    before = clock.now().timestamp() - QUIET_SECONDS
    try:
        inside = list(entry.iterdir()) if entry.is_dir() else [entry]
        if entry.is_symlink() or any(file.is_symlink() or not file.is_file() for file in inside):
            return False
        # The change of the name counts too: a file that was moved here keeps its older time of writing.
        newest = max((max(file.stat().st_mtime, file.stat().st_ctime) for file in inside), default=before + 1)
    except FileNotFoundError:
        return False
    return newest < before


def _take(entry: Path, target: Path) -> None:
    target.mkdir(mode=0o700, exist_ok=True)
    try:
        entry.rename(target / f"{secrets.token_hex(6)}-{entry.name}")
    except FileNotFoundError:
        # Somebody else took it, or its owner took it away.
        return


def _go_on(taken: Path, folder: Path) -> int:
    run = Import.objects.select_related("errors").filter(taken_as=taken.name).first()
    if run is None:
        return _begin(taken, folder)
    if run.state in OVER:
        found = info_of(run)
        is_in = run.state in (ImportState.DONE, ImportState.UNDONE)
        beside = _put_away(taken, folder / (DONE if is_in else REFUSED), "" if is_in else run.problem)
        if found.errors:
            shutil.copyfile(found.errors, beside.with_name(f"{beside.name}.refused{Path(found.errors_name).suffix}"))
    return 0


def _begin(taken: Path, folder: Path) -> int:
    name = taken.name.partition("-")[2]
    language = next((each for each in business.profile().content_languages if each in LANGUAGES), "en")
    with translation.override(language):
        try:
            files = files_in([taken])
            start_import(
                files=[(store_path(file), name if file == taken else file.name) for file in files],
                name=name,
                mapping=folder.name,
                language=language,
                started_by=_("Watched folder"),
                taken_as=taken.name,
            )
        except ImportRefused as refused:
            _put_away(taken, folder / REFUSED, str(refused))
            return 0
        except FileNotFoundError:
            # Another look was faster.
            return 0
    return 1


def _put_away(taken: Path, target: Path, problem: str) -> Path:
    target.mkdir(mode=0o700, exist_ok=True)
    place = target / f"{clock.now():%Y-%m-%d %H%M%S} {taken.name.partition('-')[2]}"
    if problem:
        place.with_name(f"{place.name}.why.txt").write_text(problem + "\n", encoding="utf-8")
    if taken.exists():
        taken.rename(place)
    return place
