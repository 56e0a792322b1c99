"""From the files of a mapping to the rows of its tables: which can come in, in which order, and why others cannot."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet
from django.utils.translation import gettext as _

from wayloop.contracts.imports import ImportableEntity, ImportColumns, ImportField
from wayloop.imports.enums import Refusal
from wayloop.imports.files import opening, values
from wayloop.imports.files.engine import connect, literal, name
from wayloop.imports.files.headings import plain
from wayloop.imports.files.opening import FILE, ROW
from wayloop.imports.rules import Cell, FileMapping, ImportRefused, TableMapping

LINE = "wayloop_line"
GROUP = "wayloop_group"
REASON = "wayloop_reason"
KEY = "wayloop_key"


@dataclass(frozen=True)
class Given:
    """A file somebody gave: where it lies and what it is called."""

    path: Path
    name: str


@dataclass(frozen=True)
class Table:
    """A table that is ready to come in.

    `total`: its rows, `bad`: those that cannot come in, `codes`: how many of them for which reason, `aside`: rows of
    the file that the mapping does not mean.
    `days`: field of type instant → the distinct days on which good rows lie, as naive instants at midnight: for what
    must exist before they come. `told`: how the file and each field were understood, for people; see `words`.
    """

    position: int
    mapping: TableMapping
    entity: ImportableEntity
    total: int
    bad: int
    aside: int
    codes: Mapping[str, int]
    days: Mapping[str, Sequence[datetime]]
    told: Mapping[str, Any] = field(default_factory=dict)


def prepare(
    *, given: Sequence[Given], mapping: FileMapping, entities: Mapping[str, ImportableEntity], folder: Path
) -> list[Table]:
    """Reads all files once and prepares each table, in the order in which they come in; memory stays flat.

    Raises `ImportRefused` when a file is none, lacks a column, or is itself missing.
    """
    shutil.rmtree(folder, ignore_errors=True)
    # It holds personal data.
    folder.mkdir(mode=0o700, parents=True)
    found = _by_pattern(given, mapping)
    told = {}
    for file, files in found.items():
        told[file] = opening.read_files(
            sources=[(one.path, one.name) for one in files],
            folder=folder,
            target=_rows(folder, mapping, file),
            wanted=_wanted(mapping, file),
            zone=mapping.zone,
        )
    ready = []
    with connect(folder.parent) as duck:
        for position, table in enumerate(mapping.in_order()):
            if table.file in found:
                ready.append(_prepare(duck, position, mapping, table, entities[table.entity], folder, told[table.file]))
    return ready


def groups(
    folder: Path, table: int, *, after: int, size: Callable[[], int]
) -> Iterator[tuple[int, list[int], ImportColumns]]:
    """Batches of about `size` good rows that never cut a group: (last group, numbers of the rows, columns).

    `table`: its position. Begins behind group `after`. `size` is asked before each.
    """
    file = pa.parquet.ParquetFile(folder / f"good-{table}.parquet")
    pending: pa.Table | None = None
    for batch in file.iter_batches(batch_size=size()):
        rows = pa.Table.from_batches([batch])
        rows = rows.filter(pa.compute.greater(rows[GROUP], after))
        if not rows.num_rows:
            continue
        pending = rows if pending is None else pa.concat_tables([pending, rows])
        if pending.num_rows < size():
            continue
        last = pending[GROUP][-1].as_py()
        whole = pending.filter(pa.compute.less(pending[GROUP], last))
        if whole.num_rows:
            yield _batch(whole)
            pending = pending.filter(pa.compute.equal(pending[GROUP], last))
    if pending is not None and pending.num_rows:
        yield _batch(pending)


def sample(folder: Path, table: int, most: int) -> list[tuple[int, dict[str, Any]]]:
    """The first good rows of a table: the number of each, and its fields as they were understood."""
    for _last, numbers, columns in groups(folder, table, after=0, size=lambda: most):
        rows = list(zip(*columns.values(), strict=True))[:most]
        return [(number, dict(zip(columns, row, strict=True))) for number, row in zip(numbers, rows, strict=False)]
    return []


def relation(folder: Path, table: int) -> str:
    """The rows of a table as they stand in its files, as SQL: with `wayloop_line` and `wayloop_row`."""
    joined = folder / f"lines-{table}.parquet"
    if joined.exists():
        return f"(SELECT * FROM read_parquet({literal(str(joined))}))"
    rows = (folder / f"rows-of-{table}").read_text(encoding="utf-8")
    return f"(SELECT {ROW} AS {LINE}, * FROM read_parquet({literal(rows)}))"


def _by_pattern(given: Sequence[Given], mapping: FileMapping) -> dict[str, list[Given]]:
    found: dict[str, list[Given]] = {}
    for file, pattern in mapping.files.items():
        fitting = [one for one in given if fnmatchcase(one.name.casefold(), pattern.casefold())]
        # The only file there is needs no particular name when the mapping wants only one.
        if not fitting and len(given) == 1 and len(mapping.files) == 1:
            fitting = list(given)
        if fitting:
            found[file] = fitting
    for table in mapping.tables:
        needed = [join.file for join in table.joins] if table.file in found else []
        for file in needed:
            if file not in found:
                raise ImportRefused(_missing_file(mapping.files[file]))
    if not any(table.file in found for table in mapping.tables):
        raise ImportRefused(_missing_file(mapping.files[mapping.tables[0].file]))
    return found


def _missing_file(pattern: str) -> str:
    return _("This mapping needs a file called “%(pattern)s”. Give it along with the others.") % {"pattern": pattern}


def _rows(folder: Path, mapping: FileMapping, file: str) -> Path:
    return folder / f"rows-{list(mapping.files).index(file)}.parquet"


def _wanted(mapping: FileMapping, file: str) -> frozenset[str]:
    """The columns of a file that the mapping asks for: for finding the row of its headings."""
    wanted = set()
    for table in mapping.tables:
        for column in _asked(table):
            owner, own = _owner(table, column)
            if owner == file:
                wanted.add(own)
        for join in table.joins:
            wanted |= set(join.on.values()) if join.file == file else set()
    return frozenset(wanted)


def _asked(table: TableMapping) -> list[str]:
    asked = [column for cell in table.fields.values() for column in cell.columns]
    return [*asked, *table.when, *(own for join in table.joins for own in join.on)]


def _owner(table: TableMapping, column: str) -> tuple[str, str]:
    """File and own name of a column: "items.price" is a column of the joined file “items”."""
    for join in table.joins:
        if column.startswith(f"{join.file}."):
            return join.file, column.removeprefix(f"{join.file}.")
    return table.file, column


def _prepare(
    duck: duckdb.DuckDBPyConnection,
    position: int,
    mapping: FileMapping,
    table: TableMapping,
    entity: ImportableEntity,
    folder: Path,
    told: Mapping[str, Any],
) -> Table:
    rows = _rows(folder, mapping, table.file)
    (folder / f"rows-of-{position}").write_text(str(rows), encoding="utf-8")
    columns = _columns_of(folder, mapping, table)
    if table.joins:
        _join(duck, folder, mapping, table, columns, folder / f"lines-{position}.parquet")
    source = relation(folder, position)
    types = {row[0]: row[1] for row in duck.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
    meant = " AND ".join(
        f"coalesce(lower({values.raw(columns[column])}), '') IN ({', '.join(map(literal, words))})"
        for column, words in table.when.items()
    )
    fields = [each for each in entity.fields if each.name in table.mapped]
    styles = {
        each.name: values.style_of(
            duck, source, each, _raw(table, each, columns, types), _type(table, each, columns, types), mapping, table
        )
        for each in fields
    }
    read = ", ".join(
        f"{values.value(each, _raw(table, each, columns, types), styles[each.name], table.words.get(each.name, {}))} "
        f"AS {name(each.name)}"
        for each in fields
    )
    raw = ", ".join(f"{_raw(table, each, columns, types)} AS {name('raw ' + each.name)}" for each in fields)
    problem = " ".join(case for each in fields for case in _cases(table, each, styles[each.name]))
    own = ", ".join(name(each.name) for each in fields)
    bad, good = folder / f"bad-{position}.parquet", folder / f"good-{position}.parquet"
    # Values are read once, and both kinds of rows are taken from there.
    understood = literal(str(folder / f"read-{position}.parquet"))
    duck.execute(
        f"COPY (SELECT {LINE}, {own}, CASE {problem} END AS {REASON} FROM "
        f"(SELECT {LINE}, {read}, {raw} FROM {source}{' WHERE ' + meant if meant else ''})) "
        f"TO {understood} (FORMAT parquet)"
    )
    uneven = opening.uneven_of(rows)
    also = f"UNION ALL SELECT row, code FROM read_parquet({literal(str(uneven))})" if uneven.exists() else ""
    duck.execute(
        f"COPY (SELECT {LINE} AS row, {REASON} AS code FROM read_parquet({understood}) "
        f"WHERE {REASON} IS NOT NULL {also} ORDER BY 1) "
        f"TO {literal(str(bad))} (FORMAT parquet)"
    )
    # A group is known by its first line. The fewest rows are sorted, and once: that is what takes memory.
    rows_in = f"(SELECT * FROM read_parquet({understood}) WHERE {REASON} IS NULL)"
    if entity.group_by in table.mapped:
        group = name(entity.group_by)
        first = f"(SELECT {group} AS {KEY}, min({LINE}) AS {GROUP} FROM {rows_in} GROUP BY ALL)"
        ordered = f"{rows_in} JOIN {first} ON {group} IS NOT DISTINCT FROM {KEY} ORDER BY {GROUP}, {LINE}"
    else:
        ordered = f"(SELECT *, {LINE} AS {GROUP} FROM {rows_in}) ORDER BY {LINE}"
    duck.execute(
        f"COPY (SELECT {GROUP}, {LINE}, {own} FROM {ordered}) "
        f"TO {literal(str(good))} (FORMAT parquet, ROW_GROUP_SIZE 20480)"
    )
    codes = dict(duck.execute("SELECT code, count(*) FROM read_parquet(?) GROUP BY code", [str(bad)]).fetchall())
    count = pa.parquet.read_metadata(good).num_rows + sum(codes.values())
    (everything,) = _first(duck.execute(f"SELECT count(*) FROM {source}"))
    even = count - sum(each for code, each in codes.items() if code.startswith(opening.UNEVEN))
    instants = [each.name for each in fields if each.type == "instant"]
    return Table(
        position=position,
        mapping=table,
        entity=entity,
        total=count,
        bad=sum(codes.values()),
        aside=everything - even,
        codes=codes,
        days={each: _days(duck, good, each) for each in instants},
        told={**told, "fields": {each: style.told() for each, style in styles.items() if style.told()}},
    )


def _first(cursor: duckdb.DuckDBPyConnection) -> Any:
    row = cursor.fetchone()
    assert row is not None  # noqa: S101 – a count always has a row
    return row


def _columns_of(folder: Path, mapping: FileMapping, table: TableMapping) -> dict[str, str]:
    """Column as the mapping names it → as the table's relation has it; what is optional and missing is left out.

    Raises `ImportRefused` for a column that is missing or not to be told apart.
    """
    found = {}
    optional = {column for each in table.optional if each in table.fields for column in table.fields[each].columns}
    for column in dict.fromkeys(_asked(table)):
        file, own = _owner(table, column)
        names = pa.parquet.read_schema(_rows(folder, mapping, file)).names
        actual = _resolve(own, names)
        if actual is None and column in optional:
            continue
        if actual is None:
            shown = [each for each in names if each not in (ROW, FILE)]
            raise ImportRefused(
                _("The file has no column “%(column)s”. It has: %(columns)s.")
                % {"column": own, "columns": ", ".join(shown[:20])}
            )
        found[column] = actual if file == table.file else f"{file}.{actual}"
    return found


def _resolve(wanted: str, names: Sequence[str]) -> str | None:
    known = {plain(each): each for each in names}
    # Each of several columns with one heading has a number behind it, by which it can be named.
    if plain(f"{wanted} (2)") in known:
        raise ImportRefused(
            _("The file has the column “%(column)s” more than once. Choose “%(column)s (1)” or “%(column)s (2)”.")
            % {"column": wanted}
        )
    return known.get(plain(wanted))


def _join(
    duck: duckdb.DuckDBPyConnection,
    folder: Path,
    mapping: FileMapping,
    table: TableMapping,
    columns: Mapping[str, str],
    target: Path,
) -> None:
    """Writes the rows of the driving file with those of the joined ones beside them, each with a number of its own."""
    joins, order, extra = [], [f"base.{ROW}"], []
    for number, join in enumerate(table.joins):
        rows = _rows(folder, mapping, join.file)
        names = pa.parquet.read_schema(rows).names
        on = []
        for own, other in join.on.items():
            actual = _resolve(other, names)
            if actual is None:
                raise ImportRefused(
                    _("The file has no column “%(column)s”. It has: %(columns)s.")
                    % {"column": other, "columns": ", ".join(each for each in names[:20] if each != ROW)}
                )
            on.append(f"{values.raw_of(_joined(table, own, columns))} = {values.raw_of(f'j{number}.{name(actual)}')}")
        joins.append(f"LEFT JOIN read_parquet({literal(str(rows))}) j{number} ON {' AND '.join(on)}")
        order.append(f"j{number}.{ROW}")
        needed = {actual for column, actual in columns.items() if _owner(table, column)[0] == join.file}
        extra += [f"j{number}.{name(each.removeprefix(join.file + '.'))} AS {name(each)}" for each in sorted(needed)]
    more = "".join(f", {each}" for each in extra)
    duck.execute(
        f"COPY (SELECT row_number() OVER (ORDER BY {', '.join(order)}) AS {LINE}, base.*{more} "
        f"FROM read_parquet({literal(str(_rows(folder, mapping, table.file)))}) base {' '.join(joins)} "
        f"ORDER BY {LINE}) TO {literal(str(target))} (FORMAT parquet)"
    )


def _joined(table: TableMapping, own: str, columns: Mapping[str, str]) -> str:
    file, _column = _owner(table, own)
    if file == table.file:
        return f"base.{name(columns[own])}"
    number = [join.file for join in table.joins].index(file)
    return f"j{number}.{name(columns[own].removeprefix(file + '.'))}"


def _raw(table: TableMapping, each: ImportField, columns: Mapping[str, str], types: Mapping[str, str]) -> str:
    if each.name in table.constants:
        return literal(table.constants[each.name])
    cell: Cell = table.fields[each.name]
    parts = [_text_of(columns[column], types, each) for column in cell.columns if column in columns]
    if not parts:
        return "NULL::VARCHAR"
    if len(parts) == 1:
        return parts[0]
    if cell.takes_first:
        return f"coalesce({', '.join(parts)})"
    return f"nullif(concat_ws(' ', {', '.join(parts)}), '')"


def _text_of(column: str, types: Mapping[str, str], each: ImportField) -> str:
    if types[column] in ("DOUBLE", "FLOAT") and each.type == "text":
        # A number that a spreadsheet kept as 17850.0 is the text 17850.
        number = name(column)
        whole = f"CAST(TRY_CAST({number} AS HUGEINT) AS VARCHAR)"
        text = values.raw(column)
        return f"CASE WHEN {number} = trunc({number}) THEN coalesce({whole}, {text}) ELSE {text} END"
    return values.raw(column)


def _type(table: TableMapping, each: ImportField, columns: Mapping[str, str], types: Mapping[str, str]) -> str:
    """The type a single column has in the file, or that of a text."""
    cell = table.fields.get(each.name)
    if cell is None or len(cell.columns) != 1 or cell.columns[0] not in columns:
        return "VARCHAR"
    return types[columns[cell.columns[0]]]


def _cases(table: TableMapping, each: ImportField, style: "values.Style") -> Iterator[str]:
    raw, value = name(f"raw {each.name}"), name(each.name)
    if each.required or each.name in table.needed:
        yield f"WHEN {raw} IS NULL THEN '{Refusal.MISSING.value}:{each.name}'"
    yield f"WHEN contains({raw}, chr(65533)) THEN '{Refusal.BROKEN.value}:{each.name}'"
    if style.two_ways:
        yield f"WHEN {value} IS NULL AND {style.two_ways(raw)} THEN '{Refusal.TWO_WAYS.value}:{each.name}'"
    unreadable = f"'{Refusal.UNREADABLE.value}:{each.name}'"
    if each.choices:
        yield f"WHEN {raw} IS NOT NULL AND {value} IS NULL THEN '{Refusal.NO_CHOICE.value}:{each.name}'"
    yield f"WHEN {raw} IS NOT NULL AND {value} IS NULL THEN {unreadable}"
    if each.longest is not None:
        yield f"WHEN length({value}) > {each.longest} THEN {unreadable}"
    if each.below is not None:
        yield f"WHEN abs({value}) >= {each.below} THEN {unreadable}"
    if each.above is not None:
        yield f"WHEN {value} <= {each.above} THEN '{Refusal.NOT_ABOVE.value}:{each.name}'"


def _days(duck: duckdb.DuckDBPyConnection, good: Path, column: str) -> list[datetime]:
    rows = duck.execute(
        f"SELECT DISTINCT date_trunc('day', {name(column)}) FROM read_parquet(?)",
        [str(good)],
    ).fetchall()
    return [moment for (moment,) in rows if moment is not None]


def _batch(table: pa.Table) -> tuple[int, list[int], ImportColumns]:
    return table[GROUP][-1].as_py(), table[LINE].to_pylist(), ImportColumns(table.drop_columns([GROUP, LINE]))


def sentences(codes: Sequence[str], entity: ImportableEntity) -> dict[str, str]:
    """Reason codes → sentences in the active language."""
    fields = {each.name: each for each in entity.fields}
    told: dict[str, str] = {}
    for code in codes:
        kind, _colon, rest = code.partition(":")
        if kind == opening.UNEVEN:
            told[code] = opening.uneven_sentence(rest)
        elif rest in fields and kind in Refusal.values:
            told[code] = str(Refusal(kind).label) % {"field": fields[rest].label, "border": fields[rest].above}
        else:
            told[code] = entity.reason(code)
    return told
