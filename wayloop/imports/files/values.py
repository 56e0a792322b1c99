"""How texts of a file become values: spaces, words, numbers, dates."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from wayloop.contracts.imports import ImportField
from wayloop.imports.files.engine import literal, name
from wayloop.imports.rules import YES, FileMapping, TableMapping

# Outer signs that are not part of a value: everything Unicode calls a space, and the byte order mark.
SPACES = "".join(sign for sign in map(chr, range(0x3001)) if sign.isspace()) + "\ufeff"
YEARS = (1900, 2199)
YES_WORDS = ("yes", "y", "true", "t", "1", "да", "д", "истина", "так", "т", "+", "x", "✓", "✔")
NO_WORDS = ("no", "n", "false", "f", "0", "нет", "н", "ложь", "ні", "хиба", "-", "–", "—")
CASTS = {"text": "VARCHAR", "decimal": "DECIMAL(18,6)", "instant": "TIMESTAMP", "date": "DATE"}


@dataclass(frozen=True)
class Style:
    """How the values of one field are written, as its column shows."""

    type: str = "VARCHAR"
    two_ways: Callable[[str], str] | None = None

    def told(self) -> dict[str, Any]:
        return {}


def style_of(
    duck: duckdb.DuckDBPyConnection,
    source: str,
    each: ImportField,
    text: str,
    type: str,  # noqa: A002
    mapping: FileMapping,
    table: TableMapping,
) -> Style:
    return Style(type)


def value(each: ImportField, text: str, style: Style, words: Mapping[str, str]) -> str:
    """The value of a field, as SQL; NULL when the text cannot be read."""
    if each.choices:
        known = {choice.casefold(): choice for choice in each.choices} | dict(words)
        cases = " ".join(f"WHEN {literal(word)} THEN {literal(choice)}" for word, choice in known.items())
        return f"CASE lower({text}) {cases} END"
    if each.type == "text":
        return text
    if each.type == "yes_no":
        meant = {**dict.fromkeys(YES_WORDS, "true"), **dict.fromkeys(NO_WORDS, "false")}
        meant |= {word: "true" if told == YES else "false" for word, told in words.items()}
        cases = " ".join(f"WHEN {literal(word)} THEN {told}" for word, told in meant.items())
        return f"CASE lower({text}) {cases} END"
    read = f"TRY_CAST({text} AS {CASTS[each.type]})"
    if each.type in ("instant", "date"):
        # What lies outside is a typing error or a spreadsheet's zero, and much of it is no instant for Python.
        return f"CASE WHEN year({read}) BETWEEN {YEARS[0]} AND {YEARS[1]} THEN {read} END"
    return read


def raw(column: str) -> str:
    """The text of a column without outer spaces, as SQL; NULL when it is empty."""
    return raw_of(name(column))


def raw_of(expression: str) -> str:
    """The same of any expression."""
    # NUL cannot be in a text of the database.
    return f"nullif(trim(replace(CAST({expression} AS VARCHAR), chr(0), ''), {literal(SPACES)}), '')"
