"""The page on which somebody looks at files before they come in: what the program understood, in words and choices."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from wayloop.contracts.imports import ImportableEntity, ImportField
from wayloop.imports.choosing import MOST_WORDS, columns_of, head_of, uses_of
from wayloop.imports.drafting import work_folder
from wayloop.imports.proposal import GUESS, LIKELY, Head, columns_in, files_named, likeness
from wayloop.imports.rules import (
    DATE_STYLES,
    DECIMAL_SIGNS,
    NO,
    SHARED,
    YES,
    FileMapping,
    ImportRefused,
    TableMapping,
    entities,
    entity_named,
    parse_mapping,
)
from wayloop.imports.told import told_file, told_value

if TYPE_CHECKING:
    from wayloop.imports.files.heads import Reader

EXAMPLES = 3
LONGEST = 48
_STYLES = {
    DATE_STYLES[0]: gettext_lazy("day first"),
    DATE_STYLES[1]: gettext_lazy("month first"),
    DATE_STYLES[2]: gettext_lazy("year first"),
    DECIMAL_SIGNS[0]: gettext_lazy("with a decimal comma"),
    DECIMAL_SIGNS[1]: gettext_lazy("with a decimal point"),
}
_HINTS = {LIKELY: pgettext_lazy("a column", "probably"), GUESS: pgettext_lazy("a column", "a guess")}


@dataclass(frozen=True)
class LookWord:
    """A word of the file and what it means; `name` and `word_name` are those of its fields in the form."""

    name: str
    word_name: str
    word: str
    rows: int
    choice: str


@dataclass(frozen=True)
class LookUse:
    """What a column is taken for.

    `reads`: an example and how it is read. `unread`: how many of the first values cannot be read. `styles`: ways of
    reading it, empty where there is only one. `words`: those of the file, for a field of choices.
    """

    name: str
    field: str
    label: str
    hint: str
    reads: tuple[str, str] | None = None
    unread: str = ""
    style_name: str = ""
    style: str = ""
    styles: Sequence[tuple[str, str]] = ()
    words: Sequence[LookWord] = ()
    choices: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class LookColumn:
    """One column of a file: heading, a few of its values, and what it is taken for."""

    heading: str
    file: str
    examples: Sequence[str]
    uses: Sequence[LookUse]


@dataclass(frozen=True)
class LookConstant:
    """A field that no column gives but one value for all rows can; `choices` empty: any text."""

    name: str
    label: str
    value: str
    choices: Sequence[tuple[str, str]]
    is_optional: bool


@dataclass(frozen=True)
class LookTable:
    """One table: its files, what it brings, its columns, and what is still missing."""

    key: str
    title: str
    told: Sequence[str]
    entity: str
    label: str
    columns: Sequence[LookColumn]
    fields: Sequence[tuple[str, str]]
    constants: Sequence[LookConstant]
    missing: Sequence[str]
    notes: Sequence[str]


@dataclass(frozen=True)
class Look:
    """The whole page. `problem`: why it cannot be tried yet, in one line, or empty."""

    tables: Sequence[LookTable]
    entities: Sequence[tuple[str, str]]
    shared: Mapping[str, str]
    problem: str
    unread: Mapping[str, str] = field(default_factory=dict)
    unused: Sequence[str] = ()


def look_at(*, content: Mapping[str, Any], heads: Sequence[Head], unread: Mapping[str, str], name: str = "") -> Look:
    """What the page shows of these files with this mapping.

    `heads`: their beginnings; `unread`: name of a file → why it cannot be read. `name`: that of the mapping, whose
    columns are then no guesses; empty for one that was found out.
    """
    from wayloop.imports.files.heads import reader  # slow import: DuckDB and Arrow, which no other page needs

    with reader(work_folder()) as reads:
        tables = [
            _table(content, table, f"t{number}", heads, reads, name) for number, table in enumerate(content["tables"])
        ]
    used = {
        head.name
        for table in content["tables"]
        for key in [table["from"], *(join["file"] for join in table.get("joins", ()))]
        for head in files_named(heads, content["files"], key)
    }
    return Look(
        tables=[table for table in tables if table is not None],
        entities=[(entity.name, str(entity.label)) for entity in entities()],
        shared={key: str(content.get(key, "")) for key in SHARED},
        problem=_problem(name, content, [table for table in tables if table is not None]),
        unread=unread,
        unused=[head.name for head in heads if head.name not in used],
    )


def _problem(name: str, content: Mapping[str, Any], tables: Sequence[LookTable]) -> str:
    missing = [label for table in tables for label in table.missing]
    if missing:
        return ngettext(
            "Still needed: %(fields)s. Choose a column for it.",
            "Still needed: %(fields)s. Choose a column for each.",
            len(missing),
        ) % {"fields": ", ".join(missing)}
    if any(not table.get("fields") for table in content["tables"]):
        return _("Choose what at least one column is.")
    try:
        parse_mapping(name, content)
    except ImportRefused as refused:
        return str(refused)
    return ""


def _table(
    content: Mapping[str, Any],
    table: Mapping[str, Any],
    key: str,
    heads: Sequence[Head],
    reads: "Reader",
    name: str,
) -> LookTable | None:
    mine = head_of(content, table, heads)
    if not mine:
        return None
    entity = entity_named(table["entity"])
    context = _lenient(content, table, name)
    columns = [
        _column(table, key, number, column, mine, entity, context, reads)
        for number, column in enumerate(columns_of(mine))
    ]
    given = set(table.get("fields", {})) | {name for name, value in table.get("constants", {}).items() if value}
    files = files_named(heads, content["files"], table["from"])
    return LookTable(
        key=key,
        title=", ".join(head.name for head in files),
        told=told_file(
            files[0].told, sum(head.rows_total for head in files), is_about=any(head.is_about for head in files)
        ),
        entity=entity.name,
        label=str(entity.label),
        columns=columns,
        fields=[(each.name, str(each.label)) for each in entity.fields],
        constants=list(_constants(table, key, entity)),
        missing=[str(each.label) for each in entity.fields if each.required and each.name not in given],
        notes=list(_notes(content, table, heads)),
    )


def _column(
    table: Mapping[str, Any],
    key: str,
    number: int,
    column: tuple[str, str, list[str]],
    mine: Sequence[tuple[str, Head]],
    entity: ImportableEntity,
    context: tuple[FileMapping, TableMapping],
    reads: "Reader",
) -> LookColumn:
    named, heading, texts = column
    fields = {each.name: each for each in entity.fields}
    uses = [name for name in uses_of(table, named) if name in fields] or [""]
    before = named.removesuffix(heading)
    return LookColumn(
        heading=heading,
        file=next(head.name for start, head in mine if start == before) if before else "",
        examples=[_short(text) for text in dict.fromkeys(texts)][:EXAMPLES],
        uses=[
            _use(f"{key}-c{number}-{use}", key, heading, texts, fields.get(name), table, context, reads)
            for use, name in enumerate(uses)
        ],
    )


def _use(
    select: str,
    key: str,
    heading: str,
    texts: Sequence[str],
    each: ImportField | None,
    table: Mapping[str, Any],
    context: tuple[FileMapping, TableMapping],
    reads: "Reader",
) -> LookUse:
    if each is None:
        return LookUse(select, "", "", "")
    sure = likeness(heading, texts, each)
    use: dict[str, Any] = {
        "name": select,
        "field": each.name,
        "label": str(each.label),
        "hint": "" if context[0].name else str(_HINTS.get(sure, "")),
    }
    several = len(columns_in(table["fields"][each.name])) > 1
    if several or (each.type == "text" and not each.choices):
        return LookUse(**use)
    values, told = reads.read(each, texts, *context)
    if each.choices or each.type == "yes_no":
        return LookUse(**use, **_words(key, each, texts, values))
    read = [(text, value) for text, value in zip(texts, values, strict=True) if value is not None]
    unread = [text for text, value in zip(texts, values, strict=True) if value is None]
    if unread:
        use["unread"] = _("“%(value)s” cannot be read") % {"value": _short(unread[0])}
    # What is read as it is written needs no words.
    if telling := next(((text, told_value(value)) for text, value in read if not _is_plain(text, value)), None):
        use["reads"] = (_short(telling[0]), telling[1])
    style = table.get("styles", {}).get(each.name, "")
    # Where the values themselves tell, nobody is asked.
    is_open = bool(style or unread or told.get("assumed"))
    styles = list(_styles(each, texts, context, reads)) if is_open else []
    if style or len({told for _style, told in styles}) > 1:
        use |= {
            "style_name": f"{key}-s-{each.name}",
            "style": style,
            "styles": [("", _("as the file shows")), *((one, f"{_STYLES[one]}: {told}") for one, told in styles)],
        }
    return LookUse(**use)


def _is_plain(text: str, value: Any) -> bool:
    """Whether a text is written as everybody reads it."""
    if isinstance(value, Decimal) and re.fullmatch(r"[+-]?\d+(\.\d+)?", text):
        return Decimal(text) == value
    return told_value(value) == text


def _styles(
    each: ImportField, texts: Sequence[str], context: tuple[FileMapping, TableMapping], reads: "Reader"
) -> Iterator[tuple[str, str]]:
    """The ways in which the values can be read, with the first value that differs between them."""
    mapping, table = context
    ways = DECIMAL_SIGNS if each.type == "decimal" else DATE_STYLES
    found = {}
    for way in ways:
        styled = TableMapping(table.entity, table.file, {}, styles={each.name: way})
        values, _told = reads.read(each, texts, mapping, styled)
        if any(value is not None for value in values):
            found[way] = values
    telling = next(
        (row for row in range(len(texts)) if len({told_value(values[row]) for values in found.values()}) > 1), None
    )
    for way, values in found.items():
        if telling is not None and values[telling] is not None:
            yield way, f"{_short(texts[telling])} → {told_value(values[telling])}"


def _words(key: str, each: ImportField, texts: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
    choices = {YES: _("yes"), NO: _("no")} if each.type == "yes_no" else each.choices
    read = {text.casefold(): value for text, value in zip(texts, values, strict=True)}
    shown = {text.casefold(): text for text in reversed(texts)}
    words = Counter(text.casefold() for text in texts).most_common(MOST_WORDS)
    return {
        "choices": [(choice, str(label)) for choice, label in choices.items()],
        "words": [
            LookWord(
                f"{key}-w-{each.name}-{number}",
                f"{key}-v-{each.name}-{number}",
                shown[word],
                rows,
                _chosen(read[word]),
            )
            for number, (word, rows) in enumerate(words)
        ],
    }


def _chosen(value: Any) -> str:
    if isinstance(value, bool):
        return YES if value else NO
    return str(value or "")


def _constants(table: Mapping[str, Any], key: str, entity: ImportableEntity) -> Iterator[LookConstant]:
    given = table.get("constants", {})
    for each in entity.fields:
        if each.name in table.get("fields", {}):
            continue
        if each.name in given or each.choices or (each.required and each.type == "text"):
            yield LookConstant(
                name=f"{key}-k-{each.name}",
                label=str(each.label),
                value=given.get(each.name, ""),
                choices=[("", "–"), *((choice, str(label)) for choice, label in each.choices.items())]
                if each.choices
                else [],
                is_optional=not each.required,
            )


def _notes(content: Mapping[str, Any], table: Mapping[str, Any], heads: Sequence[Head]) -> Iterator[str]:
    """What the mapping does beyond columns, in sentences."""
    for join in table.get("joins", ()):
        joined = files_named(heads, content["files"], join["file"])
        yield _("Beside each row stand those of “%(file)s” where %(columns)s agree.") % {
            "file": joined[0].name if joined else join["file"],
            "columns": ", ".join(f"{own} = {other}" if own != other else own for own, other in join["on"].items()),
        }
    for column, words in table.get("when", {}).items():
        named = words if isinstance(words, list) else [words]
        yield _("Only rows count where “%(column)s” is: %(words)s.") % {
            "column": column,
            "words": ", ".join(str(word) for word in named),
        }


def _lenient(content: Mapping[str, Any], table: Mapping[str, Any], name: str) -> tuple[FileMapping, TableMapping]:
    """The mapping as far as it goes: what is missing is no matter for reading examples."""
    shared = {key: str(content.get(key, "")) for key in SHARED}
    words = {
        name: {word.strip().casefold(): choice for word, choice in told.items()}
        for name, told in table.get("words", {}).items()
    }
    read = TableMapping(table["entity"], table["from"], {}, words=words, styles=table.get("styles", {}))
    return FileMapping(name=name, files=content["files"], tables=(read,), **shared), read


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
