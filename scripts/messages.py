"""The message catalogues: `collect` texts into them, `compile` them, `check` that nothing is missing.

One catalogue per language, wayloop/locale/<language>/LC_MESSAGES/django.po, sorted and without places, so that a change
of code changes only the lines of its own texts. Babel reads, writes and compiles; no gettext programs are needed.
"""

import io
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "wayloop"
LOCALE = PACKAGE / "locale"
SOURCE_LANGUAGE = "en"
# The Slavic rule has a branch for fractions: they take the form of two (1,5 клиента). Python asks with the fraction.
_SLAVIC = (
    "nplurals=3; plural=(n%1!=0 ? 1 : n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);"
)
PLURALS = {"en": "nplurals=2; plural=(n != 1);", "ru": _SLAVIC, "uk": _SLAVIC}
FORMS = {"en": 2, "ru": 3, "uk": 3}
HEADER = """msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""
PLACEHOLDER = re.compile(r"%\(([^)]+)\)[#0 +-]*\d*(?:\.\d+)?[a-zA-Z]|%([sd])|(?<!\{)\{(\w*)\}(?!\})")
_CYRILLIC_WORD = re.compile(r"[^\W\d_]*[а-яёіїєґА-ЯЁІЇЄҐ][^\W\d_]*")
_FOREIGN = {"ru": "іїєґІЇЄҐ", "uk": "ыэёъЫЭЁЪ"}

Key = tuple[str | None, str]
Texts = dict[Key, str | None]


def catalogue_path(language: str, folder: Path = LOCALE) -> Path:
    """Where the catalogue of a language lies."""
    return folder / language / "LC_MESSAGES" / "django.po"


def key_of(message: Message) -> Key:
    """Context and id: what makes a message one of its own."""
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def forms_of(message: Message) -> list[str]:
    """The translations of a message, one for each plural form."""
    return [message.string] if isinstance(message.string, str) else [form or "" for form in message.string or ()]


def read_catalogue(path: Path, language: str) -> Catalog:
    """The catalogue at `path`; an empty one when there is none.

    Raises `PoFileError` or `ValueError` when it cannot be read.
    """
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def merged(old: Catalog, texts: Texts, language: str) -> Catalog:
    """A catalogue of exactly these texts: translations that exist are kept, English is filled with the text itself."""
    known = {key_of(message): message for message in old if message.id}
    new = Catalog(locale=language, fuzzy=False)
    for (context, text), plural in texts.items():
        before = known.get((context, text))
        count = FORMS[language] if plural is not None else 1
        strings = (forms_of(before) if before else [])[:count]
        if before and (plural is None) != isinstance(before.id, str):
            strings = []
        strings += [""] * (count - len(strings))
        if language == SOURCE_LANGUAGE:
            own = [text, plural] if plural is not None else [text]
            strings = [string or str(source) for string, source in zip(strings, own, strict=True)]
        new.add(
            text if plural is None else (text, plural),
            strings[0] if plural is None else tuple(strings),
            context=context,
            flags=before.flags if before else (),
            user_comments=before.user_comments if before else (),
        )
    return new


def as_po(catalogue: Catalog, language: str) -> str:
    """The text of a catalogue file."""
    body = io.BytesIO()
    write_po(body, catalogue, width=0, no_location=True, omit_header=True, sort_output=True)
    text = body.getvalue().decode("utf-8").strip()
    return HEADER.format(language=language, plurals=PLURALS[language]) + (f"{text}\n" if text else "")


def texts_of(package: Path = PACKAGE, root: Path = ROOT) -> tuple[Texts, list[str]]:
    """All marked texts (context and id → plural or None), and problems with the marks themselves."""
    from scripts import message_sources  # slow import: Django, which compiling does not need

    marked, problems = message_sources.read_all(package, root)
    texts: Texts = {}
    told = [str(problem) for problem in problems]
    for one in marked:
        key = (one.context, one.id)
        if not one.id.strip():
            told.append(f"{one.path}:{one.line}: an empty text is marked for translation")
        elif key in texts and texts[key] != one.plural:
            told.append(f"{one.path}:{one.line}: “{one.id}” stands elsewhere with another plural; give one a context")
        else:
            texts[key] = one.plural
    return texts, told


def collect() -> list[str]:
    """Brings the catalogues in line with the texts of the program; answers what must be mended by hand."""
    texts, problems = texts_of()
    for language in PLURALS:
        path = catalogue_path(language)
        catalogue = merged(read_catalogue(path, language), texts, language)
        missing = sum(not all(forms_of(message)) for message in catalogue if message.id)
        _replace(path, as_po(catalogue, language).encode())
        print(f"{language}: {len(texts)} texts, {missing} without a translation")
    return problems


def compile_all(folder: Path = LOCALE) -> list[str]:
    """Writes each catalogue's .mo beside it."""
    problems = []
    for path in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        try:
            catalogue = read_catalogue(path, path.parent.parent.name)
        except (PoFileError, ValueError) as error:
            problems.append(f"{path.name} of {path.parent.parent.name} cannot be read: {error}")
            continue
        # The same text gives the same file, whenever it is compiled.
        catalogue.creation_date = catalogue.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
        body = io.BytesIO()
        write_mo(body, catalogue)
        _replace(path.with_suffix(".mo"), body.getvalue())
    return problems


def check(package: Path = PACKAGE, root: Path = ROOT, frontend: Path = ROOT / "frontend") -> list[str]:
    """Everything that is wrong with texts and catalogues, one line each; empty when all is well."""
    from scripts import unmarked_text  # slow import: Django, which compiling does not need

    texts, problems = texts_of(package, root)
    problems += map(str, unmarked_text.read_all(package, root, frontend))
    for language in PLURALS:
        problems += check_catalogue(catalogue_path(language, package / "locale"), texts, language)
    return problems


def check_catalogue(path: Path, texts: Texts, language: str) -> Iterator[str]:
    """What is wrong with one catalogue, measured by the texts that are marked in the program."""
    try:
        catalogue = read_catalogue(path, language)
    except (PoFileError, ValueError) as error:
        yield f"{language}: the catalogue cannot be read: {error}"
        return
    messages = {key_of(message): message for message in catalogue if message.id}
    if path.exists() and f"Plural-Forms: {PLURALS[language]}" not in path.read_text(encoding="utf-8"):
        yield f"{language}: the catalogue has another rule for plurals; run make messages"
    for key in texts.keys() - messages.keys():
        yield f"{language}: “{key[1]}” is not in the catalogue; run make messages"
    for message in catalogue.obsolete.values():
        yield f"{language}: “{key_of(message)[1]}” is obsolete; run make messages"
    for key, message in messages.items():
        if key not in texts:
            yield f"{language}: “{key[1]}” is no longer used; run make messages"
        elif texts[key] != (None if isinstance(message.id, str) else message.id[1]):
            yield f"{language}: the plural of “{key[1]}” has changed; run make messages"
        else:
            yield from (f"{language}: “{key[1]}”: {problem}" for problem in check_message(message, language))


def check_message(message: Message, language: str) -> Iterator[str]:
    """What is wrong with one translation."""
    forms = forms_of(message)
    sources = [message.id] if isinstance(message.id, str) else list(message.id)
    if message.fuzzy:
        yield "is marked fuzzy; look at it and take the mark away"
    if len(forms) != (1 if len(sources) == 1 else FORMS[language]):
        yield f"needs {FORMS[language]} plural forms"
        return
    for number, form in enumerate(forms):
        if not form.strip():
            yield "is not translated" if len(forms) == 1 else f"plural form {number} is not translated"
            continue
        # A Slavic first form also serves 21, 31…: it must name the number even where English says “one”.
        source = sources[number] if language == SOURCE_LANGUAGE else sources[-1]
        if placeholders(form) != placeholders(source):
            yield f"has the placeholders {_listed(placeholders(form))}, the text has {_listed(placeholders(source))}"
        if _ends(form) != _ends(source):
            yield "begins or ends otherwise than the text (space, line, full stop, question mark, colon, ellipsis)"
        yield from _spelling(form, language)


def placeholders(text: str) -> frozenset[str]:
    """The names that are filled in at run time."""
    return frozenset(next(filter(None, match.groups()), "{}") for match in PLACEHOLDER.finditer(text.replace("%%", "")))


def _ends(text: str) -> tuple[bool, bool, str]:
    mark = text.rstrip()[-1:]
    return text[:1].isspace(), text[-1:].isspace(), mark if mark in ".?!:…" else ""


def _spelling(text: str, language: str) -> Iterator[str]:
    if language not in _FOREIGN:
        return
    plain = PLACEHOLDER.sub("", text)
    if any(letter in plain for letter in _FOREIGN[language]):
        yield "has letters of another alphabet"
    if re.search(r"[а-яёіїєґ]['’`][а-яёіїєґ]", plain, re.IGNORECASE):
        yield "has a wrong apostrophe; ours is ʼ (U+02BC)"
    if '"' in plain or "“" in plain:
        yield "has foreign quotes; ours are «»"
    if any(re.search("[A-Za-z]", word) for word in _CYRILLIC_WORD.findall(plain)):
        yield "mixes Latin and Cyrillic letters in one word"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _replace(path: Path, content: bytes) -> None:
    """Writes the whole file or nothing; leaves it alone when nothing changes."""
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)


def main(arguments: Sequence[str]) -> int:
    """Runs one command; answers the exit code."""
    commands = {"collect": collect, "compile": compile_all, "check": check}
    if len(arguments) != 1 or arguments[0] not in commands:
        print(f"python -m scripts.messages {'|'.join(commands)}", file=sys.stderr)
        return 2
    problems = commands[arguments[0]]()
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        print(f"{len(problems)} problems with texts.", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
