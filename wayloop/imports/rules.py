"""Mappings: which columns of which files are which fields of which entities, as data that a person can write."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wayloop.contracts.imports import BatchUndo, ImportableEntity, ImportContext
from wayloop.kernel import registry
from wayloop.kernel.money import is_currency

FLAT_FILE = "file"
SHARED = ("source", "zone", "currency", "language", "channel")
YES, NO = "yes", "no"
# How a column of dates is written when it cannot be told from its values.
DATE_STYLES = ("day first", "month first", "year first")
DECIMAL_SIGNS = ("comma", "point")


class ImportRefused(Exception):
    """The import cannot be; the text tells a person why and what to do, in the active language."""


@dataclass(frozen=True)
class Cell:
    """Where the value of a field stands: in one column, in several with a space between, or in the first of several
    that has one."""

    columns: tuple[str, ...]
    takes_first: bool = False


@dataclass(frozen=True)
class Join:
    """Another file whose rows stand beside those of the table: own column → column of that file."""

    file: str
    on: Mapping[str, str]


@dataclass(frozen=True)
class TableMapping:
    """How one entity comes out of the files.

    `file`: the driving file, by its name in the mapping. `words`: field → word of the file (small letters) → choice.
    `optional`: fields whose columns may be missing; `needed`: fields without which a row cannot come in, beside those
    the entity itself needs. `when`: column → the words (small letters) of rows that are meant.
    `styles`: field → how its dates or decimals are written, where the file itself does not tell.
    """

    entity: str
    file: str
    fields: Mapping[str, Cell]
    joins: tuple[Join, ...] = ()
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()
    needed: frozenset[str] = frozenset()
    styles: Mapping[str, str] = field(default_factory=dict)

    @property
    def mapped(self) -> frozenset[str]:
        """The fields that get a value."""
        return frozenset(self.fields) | frozenset(self.constants)


@dataclass(frozen=True)
class FileMapping:
    """A whole mapping. `files`: name in the mapping → pattern of file names."""

    name: str
    source: str
    zone: str
    currency: str
    language: str
    channel: str
    files: Mapping[str, str]
    tables: tuple[TableMapping, ...]

    def context(self, batch: str, table: TableMapping) -> ImportContext:
        """What the entity of a table needs to know of this import."""
        return ImportContext(
            source=self.source,
            batch=batch,
            zone=self.zone,
            currency=self.currency,
            language=self.language,
            channel=self.channel,
            options=table.options,
        )

    def in_order(self) -> list[TableMapping]:
        """The tables in the order in which they come in: what others point to goes first."""
        return sorted(self.tables, key=lambda table: entity_named(table.entity).rank)


def shipped_names() -> list[str]:
    """The mappings that ship with the program."""
    return sorted(
        entry.name.removesuffix(".toml")
        for entry in files("wayloop.imports").joinpath("mappings").iterdir()
        if entry.name.endswith(".toml")
    )


def shipped_content(name: str) -> dict[str, Any]:
    """What a shipped mapping says. Raises `KeyError` when there is none of this name."""
    if name not in shipped_names():
        raise KeyError(name)
    return tomllib.loads(files("wayloop.imports").joinpath("mappings", f"{name}.toml").read_text(encoding="utf-8"))


def read_toml(name: str, text: str) -> dict[str, Any]:
    """The content of a mapping file that a person wrote. Raises `ImportRefused` with the line that is no TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ImportRefused(_("The mapping “%(name)s” is no TOML: %(why)s.") % {"name": name, "why": error}) from error


def with_choices(content: Mapping[str, Any], **chosen: str) -> dict[str, Any]:
    """The content with what was chosen for one run in place of what it says: zone, currency, source, channel."""
    return {**content, **{name: value for name, value in chosen.items() if value}}


def entities() -> list[ImportableEntity]:
    """Everything files can bring, in the order in which it comes in."""
    return sorted(registry.offers(ImportableEntity), key=lambda entity: entity.rank)  # type: ignore[type-abstract]


def entity_named(name: str) -> ImportableEntity:
    """The entity as its context offers it. Raises `KeyError` when there is none."""
    for entity in registry.offers(ImportableEntity):  # type: ignore[type-abstract]
        if entity.name == name:
            return entity
    raise KeyError(name)


def undoers() -> list[BatchUndo]:
    """Who takes back what imports brought, in the order in which it goes."""
    return sorted(registry.offers(BatchUndo), key=lambda undo: undo.rank)  # type: ignore[type-abstract]


def parse_mapping(name: str, content: Mapping[str, Any]) -> FileMapping:
    """The mapping that this content says.

    Raises `ImportRefused` with one line that names the place and what is wrong there.
    """
    try:
        return _mapping(name, content)
    except _Wrong as wrong:
        raise ImportRefused(
            _("Mapping “%(name)s”, at “%(place)s”: %(problem)s")
            % {"name": name, "place": wrong.place, "problem": wrong.problem}
        ) from wrong


class _Wrong(Exception):
    def __init__(self, place: str, problem: str) -> None:
        super().__init__(place, problem)
        self.place, self.problem = place, problem


class _Place:
    """A table of the content, with the words for where it stands, and a note of what was asked for."""

    def __init__(self, content: Any, path: str = "") -> None:
        if not isinstance(content, Mapping):
            raise _Wrong(path, _("Here should be a table."))
        self.content, self.path, self._known = content, path, set[str]()

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def text(self, key: str, default: str | None = None) -> str:
        value = self._value(key)
        if value is None and default is not None:
            return default
        if value is None:
            raise _Wrong(self.at(key), _("A value is missing."))
        if not isinstance(value, str) or not value.strip():
            raise _Wrong(self.at(key), _("Here should be a text."))
        return value.strip()

    def texts(self, key: str) -> dict[str, str]:
        """A table of texts; numbers and yes or no are taken as they are written."""
        return {name: _as_text(value, f"{self.at(key)}.{name}") for name, value in self.table(key).content.items()}

    def table(self, key: str) -> "_Place":
        value = self._value(key)
        return _Place({} if value is None else value, self.at(key))

    def tables(self, key: str) -> list["_Place"]:
        value = self._value(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise _Wrong(self.at(key), _("Here should be a list of tables."))
        return [_Place(each, f"{self.at(key)} {number}") for number, each in enumerate(value, 1)]

    def list(self, key: str) -> list[str]:
        return _list(self._value(key) or [], self.at(key))

    def nothing_else(self) -> None:
        if unknown := sorted(set(self.content) - self._known):
            raise _Wrong(self.at(unknown[0]), _known_are(self._known))

    def has(self, key: str) -> bool:
        return key in self.content

    def _value(self, key: str) -> Any:
        self._known.add(key)
        return self.content.get(key)


def _mapping(name: str, content: Mapping[str, Any]) -> FileMapping:
    place = _Place(content)
    if isinstance(content.get("title"), Mapping):
        place.texts("title")
    else:
        place.text("title", name or "-")
    shared = {key: place.text(key) for key in SHARED}
    if not _is_zone(shared["zone"]):
        raise _Wrong("zone", _("“%(value)s” is no zone. A zone looks like Europe/Kyiv.") % {"value": shared["zone"]})
    if not is_currency(shared["currency"]):
        raise _Wrong(
            "currency", _("“%(value)s” is no currency. A currency looks like UAH.") % {"value": shared["currency"]}
        )
    if place.has("entity"):
        patterns = {FLAT_FILE: "*"}
        tables = [_table(place, patterns)]
        place.nothing_else()
    else:
        patterns = place.texts("files") or {FLAT_FILE: "*"}
        parts = place.tables("tables")
        place.nothing_else()
        if not parts:
            raise _Wrong("tables", _("A value is missing."))
        tables = []
        for part in parts:
            tables.append(_table(part, patterns))
            part.nothing_else()
    return FileMapping(name=name, files=patterns, tables=tuple(tables), **shared)


def _table(place: _Place, patterns: Mapping[str, str]) -> TableMapping:
    name = place.text("entity")
    try:
        entity = entity_named(name)
    except KeyError as error:
        raise _Wrong(place.at("entity"), _known_are(each.name for each in entities())) from error
    driving = place.text("from", next(iter(patterns)) if len(patterns) == 1 else None)
    _one_of(driving, patterns, place.at("from"))
    joins = []
    for part in place.tables("joins"):
        file, on = part.text("file"), part.texts("on")
        _one_of(file, set(patterns) - {driving}, part.at("file"))
        if not on:
            raise _Wrong(part.at("on"), _("A value is missing."))
        part.nothing_else()
        joins.append(Join(file, on))
    fields = {field.name: field for field in entity.fields}
    cells = {key: _cell(value, f"{place.at('fields')}.{key}") for key, value in place.table("fields").content.items()}
    constants = place.texts("constants")
    words = {key: place.table("words").texts(key) for key in place.table("words").content}
    styles = place.texts("styles")
    optional = place.list("optional")
    needed = place.list("needed")
    named_in: dict[str, Iterable[str]] = {
        "fields": cells,
        "constants": constants,
        "words": words,
        "styles": styles,
        "optional": optional,
        "needed": needed,
    }
    for key, named in named_in.items():
        for each in named:
            _one_of(each, fields, f"{place.at(key)}.{each}")
    if not cells:
        raise _Wrong(place.at("fields"), _("No column is chosen."))
    for each in set(cells) & set(constants):
        raise _Wrong(f"{place.at('constants')}.{each}", _("This field has a column already."))
    for one in fields.values():
        if one.required and one.name not in cells and one.name not in constants:
            told_why = _("“%(field)s” is needed for each row.") % {"field": one.label}
            raise _Wrong(f"{place.at('fields')}.{one.name}", told_why)
    for key, told in words.items():
        choices = (YES, NO) if fields[key].type == "yes_no" else tuple(fields[key].choices)
        for word, choice in told.items():
            _one_of(choice, choices, f"{place.at('words')}.{key}.{word}")
    for key, style in styles.items():
        _one_of(style, DECIMAL_SIGNS if fields[key].type == "decimal" else DATE_STYLES, f"{place.at('styles')}.{key}")
    when = {
        key: tuple(word.casefold() for word in _list(value, f"{place.at('when')}.{key}"))
        for key, value in place.table("when").content.items()
    }
    return TableMapping(
        entity=name,
        file=driving,
        fields=cells,
        joins=tuple(joins),
        words={key: {word.strip().casefold(): choice for word, choice in told.items()} for key, told in words.items()},
        constants=constants,
        options=place.texts("options"),
        when=when,
        optional=frozenset(optional),
        needed=frozenset(needed),
        styles=styles,
    )


def _cell(value: Any, place: str) -> Cell:
    if isinstance(value, str) and value.strip():
        return Cell((value,))
    if isinstance(value, list) and value:
        return Cell(tuple(_list(value, place)))
    if isinstance(value, Mapping) and set(value) == {"first"} and value["first"]:
        return Cell(tuple(_list(value["first"], f"{place}.first")), takes_first=True)
    raise _Wrong(place, _("Here should be the name of a column, or a list of them."))


def _list(value: Any, place: str) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [_as_text(each, place) for each in values]


def _as_text(value: Any, place: str) -> str:
    if isinstance(value, bool):
        return YES if value else NO
    if not isinstance(value, str | int | float):
        raise _Wrong(place, _("Here should be a text."))
    return str(value)


def _one_of(value: str, known: Iterable[str], place: str) -> None:
    if value not in known:
        raise _Wrong(place, _("“%(value)s” is not known.") % {"value": value} + " " + _known_are(known))


def _known_are(known: Iterable[str]) -> str:
    return _("Known here: %(known)s.") % {"known": ", ".join(sorted(known)) or "–"}


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def entities_in(content: Mapping[str, Any]) -> tuple[str, ...]:
    """The entities a content brings that somebody offers."""
    tables = content.get("tables") or [content]
    offered = {each.name for each in entities()}
    return tuple(table["entity"] for table in tables if table["entity"] in offered)


def language_now() -> str:
    """The language that is spoken at the moment, in which an import is told about later."""
    return (get_language() or "en")[:2]


def title_of(content: Mapping[str, Any], name: str) -> str:
    """What people read, in the active language; a title is one text, or one for each language."""
    title = content.get("title", name)
    return str(title.get(language_now()) or title.get("en", name)) if isinstance(title, Mapping) else str(title)
