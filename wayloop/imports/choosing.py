"""What a person chose on the page of a draft, put into the content of its mapping."""

from collections.abc import Mapping, Sequence
from typing import Any

from wayloop.contracts.imports import ImportableEntity
from wayloop.imports.proposal import Head, columns_in, files_named, propose_table
from wayloop.imports.rules import DATE_STYLES, DECIMAL_SIGNS, SHARED, entities, entity_named

MOST_WORDS = 30


def choose(content: Mapping[str, Any], heads: Sequence[Head], told: Mapping[str, str]) -> dict[str, Any]:
    """The content with what the form `told` in place of what it said; fields the form does not have stay."""
    # The database takes no NUL, and no field has one.
    told = {key: value.replace("\0", "") for key, value in told.items()}
    shared = {key: told[key].strip()[:120] for key in SHARED if key in told}
    tables = [
        _table(table, f"t{number}", head_of(content, table, heads), told)
        for number, table in enumerate(content["tables"])
    ]
    return {**content, **shared, "tables": tables}


def head_of(content: Mapping[str, Any], table: Mapping[str, Any], heads: Sequence[Head]) -> list[tuple[str, Head]]:
    """The files of a table, the driving one first, each with the beginning of its columns' names in the mapping."""
    found = []
    for key in [table["from"], *(join["file"] for join in table.get("joins", ()))]:
        mine = files_named(heads, content["files"], key)
        if mine:
            found.append(("" if key == table["from"] else f"{key}.", mine[0]))
    return found


def columns_of(mine: Sequence[tuple[str, Head]]) -> list[tuple[str, str, list[str]]]:
    """The columns of a table: name in the mapping, heading, values of the first rows."""
    return [
        (f"{before}{heading}", heading, head.values(index))
        for before, head in mine
        for index, heading in enumerate(head.headings)
    ]


def uses_of(table: Mapping[str, Any], column: str) -> list[str]:
    """The fields that this column is, or is a part of."""
    plain = _plain(column)
    return [name for name, cell in table.get("fields", {}).items() if plain in map(_plain, columns_in(cell))]


def _table(
    table: Mapping[str, Any], key: str, mine: Sequence[tuple[str, Head]], told: Mapping[str, str]
) -> dict[str, Any]:
    wanted = told.get(f"{key}-entity", table["entity"])
    if wanted != table["entity"] and wanted in {each.name for each in entities()} and mine:
        again, _sure = propose_table(mine[0][1], wanted)
        kept = {name: table[name] for name in ("from", "joins") if name in table}
        return kept | again
    entity = entity_named(table["entity"])
    fields = _fields(table, key, mine, told, entity)
    known = {each.name: each for each in entity.fields}
    constants = {name: value for name, value in table.get("constants", {}).items() if name not in fields}
    words = {name: dict(these) for name, these in table.get("words", {}).items() if name in fields}
    styles = {name: style for name, style in table.get("styles", {}).items() if name in fields}
    for name, each in known.items():
        if name not in fields and (value := told.get(f"{key}-k-{name}")) is not None:
            constants.pop(name, None)
            constants |= {name: value.strip()[:200]} if value.strip() else {}
        if name in fields and (style := told.get(f"{key}-s-{name}")) is not None:
            styles.pop(name, None)
            allowed = DECIMAL_SIGNS if each.type == "decimal" else DATE_STYLES
            styles |= {name: style} if style in allowed else {}
        if name in fields:
            _choose_words(words, key, name, told)
    changed = {
        **table,
        "fields": fields,
        "constants": constants,
        "words": {name: these for name, these in words.items() if these},
        "styles": styles,
        "optional": [name for name in table.get("optional", ()) if name in known],
        "needed": [name for name in table.get("needed", ()) if name in known],
    }
    return {name: value for name, value in changed.items() if value or name in ("entity", "from", "fields")}


def _fields(
    table: Mapping[str, Any],
    key: str,
    mine: Sequence[tuple[str, Head]],
    told: Mapping[str, str],
    entity: ImportableEntity,
) -> dict[str, Any]:
    chosen: dict[str, list[str]] = {}
    for number, (column, _heading, _values) in enumerate(columns_of(mine)):
        for use, before in enumerate(uses_of(table, column) or [""]):
            name = told.get(f"{key}-c{number}-{use}", before)
            if name and column not in chosen.setdefault(name, []):
                chosen[name].append(column)
    fields: dict[str, Any] = {}
    for each in entity.fields:
        columns = chosen.get(each.name)
        if not columns:
            continue
        before = table.get("fields", {}).get(each.name)
        if before is not None and sorted(map(_plain, columns_in(before))) == sorted(map(_plain, columns)):
            fields[each.name] = before
        else:
            fields[each.name] = columns[0] if len(columns) == 1 else columns
    return fields


def _choose_words(words: dict[str, dict[str, str]], key: str, name: str, told: Mapping[str, str]) -> None:
    for number in range(MOST_WORDS):
        word = told.get(f"{key}-v-{name}-{number}")
        if word is None:
            return
        mine = words.setdefault(name, {})
        for same in [known for known in mine if known.casefold() == word.casefold()]:
            del mine[same]
        if choice := told.get(f"{key}-w-{name}-{number}"):
            mine[word] = choice


def _plain(column: str) -> str:
    return " ".join(column.replace("\ufeff", "").split()).casefold()
