"""The watched folder: files laid into `inbox/MAPPING` of the home come in by that mapping, each once and as a whole.

A finished file is first moved aside under a name of its own, and the import knows that name: whoever is killed in
between, the next look finds either the file or its import. When the import is over the file goes to `done` or to
`refused`, with the rows that stayed out, or the reason, beside it.
"""

import secrets
import shutil
from pathlib import Path

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from wayloop.business import api as business
from wayloop.imports.enums import UNFINISHED, ImportState
from wayloop.imports.inbox import DONE, REFUSED, STAMP, TAKEN, WHY, folders, given_in, inbox_path, is_whole
from wayloop.imports.models import Import
from wayloop.imports.queries import files_in, info_of, mapping_names
from wayloop.imports.rules import ImportRefused
from wayloop.imports.services import start_import
from wayloop.kernel import clock
from wayloop.kernel.files import store_path


def look_at_inbox() -> int:
    """Takes what is finished and puts away what is over; answers how many imports it began.

    May run twice at once and be killed anywhere: a file is neither lost nor brought in twice.
    """
    begun = 0
    for folder in folders():
        for entry in given_in(folder):
            if is_whole(entry):
                _take(entry, folder / TAKEN)
        # In the order of their own names: the export of Monday comes in before that of Tuesday.
        for taken in sorted((folder / TAKEN).glob("*"), key=lambda one: one.name.partition("-")[2]):
            begun += _go_on(taken, folder)
    return begun


def watch(*, mapping: str) -> Path:
    """Watches a folder for this mapping from now on; answers where it lies.

    Raises `ImportRefused` when there is no such mapping, or its name makes no folder.
    """
    if mapping not in mapping_names() or mapping.startswith(".") or "/" in mapping:
        raise ImportRefused(_("There is no mapping “%(name)s” that a folder can be named after.") % {"name": mapping})
    folder = inbox_path() / mapping
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def stop_watching(*, mapping: str) -> None:
    """Takes the empty folder of this mapping away.

    Raises `ImportRefused` with one line when it is not watched, or files still lie in it.
    """
    folder = next((one for one in folders() if one.name == mapping), None)
    if folder is None:
        raise ImportRefused(_("This folder is not watched."))
    for inside in (TAKEN, DONE, REFUSED, ""):
        try:
            (folder / inside).rmdir()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise ImportRefused(
                _("Files still lie in %(folder)s. Take them away first.") % {"folder": folder / inside}
            ) from error


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
    if run.state not in UNFINISHED:
        found = info_of(run)
        is_in = run.state in (ImportState.DONE, ImportState.UNDONE)
        beside = _put_away(taken, folder / (DONE if is_in else REFUSED), "" if is_in else run.problem)
        if found.errors:
            shutil.copyfile(found.errors, beside.with_name(f"{beside.name}.refused{Path(found.errors_name).suffix}"))
    return 0


def _begin(taken: Path, folder: Path) -> int:
    name = taken.name.partition("-")[2]
    language = next((each for each in business.profile().content_languages if each in dict(settings.LANGUAGES)), "en")
    with translation.override(language):
        try:
            files = files_in([taken])
            start_import(
                files=[(store_path(file), name if file == taken else file.name) for file in files],
                name=name,
                mapping=folder.name,
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
    place = target / f"{clock.now().strftime(STAMP)} {taken.name.partition('-')[2]}"
    if problem:
        place.with_name(f"{place.name}{WHY}").write_text(problem + "\n", encoding="utf-8")
    if taken.exists():
        taken.rename(place)
    return place
