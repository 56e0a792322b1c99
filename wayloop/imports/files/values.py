"""How texts of a file become values: spaces, words, numbers, dates.

A column shows how it is written. What a value shows by itself is read so; what could be read in two ways follows the
rest of the column, and only where that shows nothing either the mapping decides, which is told.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb

from wayloop.contracts.imports import ImportField
from wayloop.imports.files.engine import literal, name
from wayloop.imports.rules import YES, FileMapping, TableMapping

# Outer signs that are not part of a value: everything Unicode calls a space, and the byte order mark.
SPACES = "".join(sign for sign in map(chr, range(0x3001)) if sign.isspace()) + "\ufeff"
INNER_SPACES = "[\\s\u00a0\u2007\u2009\u202f'’_]"
YEARS = (1900, 2199)
# Days since the beginning of 1900 as spreadsheets count them: 1954 to 2119.
SERIAL = (20_000, 80_000)
YES_WORDS = ("yes", "y", "true", "t", "1", "да", "д", "истина", "так", "т", "+", "x", "✓", "✔")
NO_WORDS = ("no", "n", "false", "f", "0", "нет", "н", "ложь", "ні", "хиба", "-", "–", "—")
CURRENCIES = "[₴$€£₽₸¥₺]|uah|usd|eur|gbp|rub|kzt|pln|грн[.]?|руб[.]?|р[.]|zł|тг[.]?|%"
SHAPES = 3_000
# The beginnings of the months' names in English, Russian and Ukrainian.
MONTHS = (
    "jan|янв|січ", "feb|фев|лют", "mar|мар|бер", "apr|апр|кві", "may|ма[йя]|тра", "jun|июн|чер",
    "jul|июл|лип", "aug|авг|сер", "sep|сен|вер", "oct|окт|жов", "nov|ноя|лис", "dec|дек|гру",
)  # fmt: skip
LETTERS = "[a-zа-яёіїєґʼ'’]"
AMERICAN = re.compile(r"America/|US/|Pacific/Honolulu")


@dataclass(frozen=True)
class Style:
    """How the values of one field are written, as its column shows.

    `parse` makes the SQL of the value out of that of the text. `two_ways`: of a text that gave no value, whether it
    could be read in two. `notes`: what to tell a person.
    """

    parse: Callable[[str], str]
    two_ways: Callable[[str], str] | None = None
    notes: Mapping[str, Any] = field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        """What to tell a person; empty when nothing had to be found out."""
        return dict(self.notes)


@dataclass(frozen=True)
class Shape:
    """Texts of one shape, with a 9 for each digit: how many, and the largest first and second numbers in them."""

    text: str
    count: int
    first: int
    second: int


def style_of(
    duck: duckdb.DuckDBPyConnection,
    source: str,
    one: ImportField,
    text: str,
    type: str,  # noqa: A002
    mapping: FileMapping,
    table: TableMapping,
) -> Style:
    """How the column behind a field is written. `type`: what the file itself says it is, VARCHAR where it is silent."""
    if one.type in ("text", "yes_no") or one.choices:
        return Style(lambda raw: raw)
    is_text = type == "VARCHAR"
    if one.type == "decimal":
        if not is_text:
            return Style(lambda raw: f"TRY_CAST({raw} AS DECIMAL(18,6))")
        return _decimal(_shapes(duck, source, text, are_dates=False), mapping.language, table.styles.get(one.name, ""))
    cast = "DATE" if one.type == "date" else "TIMESTAMP"
    if not is_text and type not in ("DOUBLE", "FLOAT", "BIGINT", "INTEGER"):
        return Style(lambda raw: _in_range(f"TRY_CAST({raw} AS TIMESTAMP)", cast))
    return _date(_shapes(duck, source, text, are_dates=True), mapping, table.styles.get(one.name, ""), cast)


def value(one: ImportField, text: str, style: Style, words: Mapping[str, str]) -> str:
    """The value of a field, as SQL; NULL when the text cannot be read."""
    if one.choices:
        known = {choice.casefold(): choice for choice in one.choices} | dict(words)
        cases = " ".join(f"WHEN {literal(word)} THEN {literal(choice)}" for word, choice in known.items())
        return f"CASE lower({text}) {cases} END"
    if one.type == "yes_no":
        meant = {**dict.fromkeys(YES_WORDS, "true"), **dict.fromkeys(NO_WORDS, "false")}
        meant |= {word: "true" if told == YES else "false" for word, told in words.items()}
        cases = " ".join(f"WHEN {literal(word)} THEN {told}" for word, told in meant.items())
        return f"CASE lower({text}) {cases} END"
    return style.parse(text)


def raw(column: str) -> str:
    """The text of a column without outer spaces, as SQL; NULL when it is empty."""
    return raw_of(name(column))


def raw_of(expression: str) -> str:
    """The same of any expression."""
    # NUL cannot be in a text of the database.
    return f"nullif(trim(replace(CAST({expression} AS VARCHAR), chr(0), ''), {literal(SPACES)}), '')"


def _shapes(duck: duckdb.DuckDBPyConnection, source: str, text: str, *, are_dates: bool) -> list[Shape]:
    numbers = (
        "coalesce(max(TRY_CAST(regexp_extract(t, '^\\D{0,6}(\\d{1,2})\\D', 1) AS INTEGER)), 0), "
        "coalesce(max(TRY_CAST(regexp_extract(t, '^\\D{0,6}\\d{1,2}\\D+(\\d{1,2})\\D', 1) AS INTEGER)), 0) "
    )
    rows = duck.execute(
        "SELECT CASE WHEN starts_with(t, '0') THEN '0' || substr(shape, 2) ELSE shape END AS shape, count(*), "
        f"{numbers if are_dates else '0, 0 '}"
        "FROM (SELECT t, translate(t, '012345678', '999999999') AS shape FROM "
        f"(SELECT substr({text}, 1, 60) AS t FROM {source})) WHERE t IS NOT NULL "
        f"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {SHAPES}"
    ).fetchall()
    return [Shape(*row) for row in rows]


# Numbers


def _decimal(shapes: list[Shape], language: str, chosen: str) -> Style:
    votes = {",": 0, ".": 0}
    unsure = {",": 0, ".": 0}
    has_spaces = has_currency = has_signs = False
    for shape in shapes:
        text = re.sub(f"(?:{CURRENCIES})", "", shape.text.lower())
        has_currency = has_currency or text != shape.text.lower()
        bare = re.sub(INNER_SPACES, "", text)
        has_spaces = has_spaces or bare != text.strip()
        has_signs = has_signs or any(sign in bare for sign in "−–()") or bare.endswith("-")
        digits = bare.strip("-+−–()")
        if not re.fullmatch(r"[09.,]+", digits):
            continue
        for sign, other in ((",", "."), (".", ",")):
            if sign in digits and other in digits:
                votes[sign] += shape.count if digits.rfind(sign) > digits.rfind(other) else 0
            elif digits.count(sign) > 1:
                votes[other] += shape.count
            elif sign in digits:
                before, _sign, after = digits.partition(sign)
                if len(after) != 3 or len(before) > 3 or before in ("", "0"):
                    votes[sign] += shape.count
                else:
                    unsure[sign] += shape.count
    clean = _cleaned(has_spaces=has_spaces, has_currency=has_currency, has_signs=has_signs)
    if chosen:
        sign = "," if chosen == "comma" else "."
    elif votes[","] and votes["."]:
        return _both_signs(clean)
    elif votes[","] or votes["."]:
        sign = "," if votes[","] else "."
    elif unsure[","] and not unsure["."]:
        # 1,234 in a language that writes thousands so, or 1.234 of another.
        sign = "." if language == "en" else ","
    else:
        sign = "."
    notes: dict[str, Any] = {}
    if sign == "," or unsure[","] or unsure["."] or has_spaces or has_currency:
        notes = {"decimal": "comma" if sign == "," else "point"}
        if not chosen and not (votes[","] or votes["."]) and (unsure[","] or unsure["."]):
            notes["assumed"] = True
    read = _with_comma if sign == "," else _with_point
    return Style(lambda text: read(clean(text)), notes=notes)


def _with_point(text: str) -> str:
    return f"TRY_CAST(replace({text}, ',', '') AS DECIMAL(18,6))"


def _with_comma(text: str) -> str:
    return f"TRY_CAST(replace(replace({text}, '.', ''), ',', '.') AS DECIMAL(18,6))"


def _cleaned(*, has_spaces: bool, has_currency: bool, has_signs: bool) -> Callable[[str], str]:
    def clean(text: str) -> str:
        if has_currency:
            pattern = literal(f"^(?:{CURRENCIES})\\s*|\\s*(?:{CURRENCIES})$")
            text = f"trim(regexp_replace({text}, {pattern}, '', 'gi'))"
        if has_spaces:
            text = f"regexp_replace({text}, {literal(INNER_SPACES)}, '', 'g')"
        if has_signs:
            text = f"translate({text}, '−–', '--')"
            text = f"regexp_replace(regexp_replace({text}, '^\\((.*)\\)$', '-\\1'), '^([0-9.,]+)-$', '-\\1')"
        return text

    return clean


def _both_signs(clean: Callable[[str], str]) -> Style:
    """Some values have a comma before their decimals and some a point; each is read as it shows itself."""

    def parse(text: str) -> str:
        bare = clean(text)
        return (
            f"CASE WHEN regexp_full_match({bare}, '[-+]?[1-9]\\d{{0,2}}[.,]\\d{{3}}') THEN NULL "
            f"WHEN strpos(reverse({bare}), ',') > 0 AND (strpos({bare}, '.') = 0 "
            f"OR strpos(reverse({bare}), ',') < strpos(reverse({bare}), '.')) "
            f"AND length({bare}) - length(replace({bare}, ',', '')) = 1 "
            f"THEN TRY_CAST(replace(replace({bare}, '.', ''), ',', '.') AS DECIMAL(18,6)) "
            f"WHEN length({bare}) - length(replace({bare}, '.', '')) > 1 "
            f"THEN TRY_CAST(replace(replace({bare}, '.', ''), ',', '.') AS DECIMAL(18,6)) "
            f"ELSE TRY_CAST(replace({bare}, ',', '') AS DECIMAL(18,6)) END"
        )

    return Style(
        parse,
        lambda text: f"regexp_full_match({clean(text)}, '[-+]?[1-9]\\d{{0,2}}[.,]\\d{{3}}')",
        {"decimal": "both"},
    )


# Dates


@dataclass(frozen=True)
class _Way:
    """One way in which dates of a column are written: the texts it holds for, and the SQL of their moment."""

    condition: Callable[[str], str]
    moment: Callable[[str], str]
    note: str
    two_ways: Callable[[str], str] | None = None


ISO = re.compile(r"[09]999([-/.])[09]?9\1[09]?9")
SHORT = re.compile(r"([09]?9)([-/.])([09]?9)\2(9999|99)(?!9)")
COMPACT = re.compile(r"99999999(T?9999(99)?)?")
COUNTED = re.compile(r"99999([.,]9+)?")
EPOCH = re.compile(r"9{10}|9{13}")
OFFSET = re.compile(r"(?:[zZ]|\s?(?:UTC|GMT)|\s?[+-][09]9:?(?:[09]9)?)$")


def _date(shapes: list[Shape], mapping: FileMapping, chosen: str, cast: str) -> Style:
    ways: list[_Way] = []
    zone = mapping.zone
    notes: dict[str, Any] = {}
    kinds = {kind for shape in shapes if (kind := _kind(shape.text))}
    has_offset = any(OFFSET.search(shape.text) and ":" in shape.text for shape in shapes)
    has_half_days = any(re.search(r"\d ?[ap]\.?m", shape.text, re.IGNORECASE) for shape in shapes)
    clock = _clock(zone, has_offset=has_offset, has_half_days=has_half_days)
    if any(re.search(r"[^\W\d_]{3}", shape.text) for shape in shapes):
        ways.append(_named_months(clock))
    separators = sorted(kind for kind in kinds if kind in (".", "/", "-"))
    for sign in separators:
        mine = [shape for shape in shapes if _kind(shape.text) == sign]
        way, assumed, order = _numbered(sign, mine, mapping, chosen, clock)
        ways.append(way)
        notes |= {"order": order}
        if assumed:
            notes["assumed"] = True
    if "compact" in kinds:
        formats = "['%Y%m%d', '%Y%m%d%H%M', '%Y%m%d%H%M%S', '%Y%m%dT%H%M%S', '%Y%m%dT%H%M']"
        ways.append(
            _Way(
                lambda text: f"regexp_full_match({text}, '(19|20|21)\\d{{6}}(T?\\d{{4}}(\\d\\d)?)?')",
                lambda text: f"try_strptime({text}, {formats})",
                "20251231",
            )
        )
    if "counted" in kinds:
        ways.append(
            _Way(
                lambda text: f"TRY_CAST(replace({text}, ',', '.') AS DOUBLE) BETWEEN {SERIAL[0]} AND {SERIAL[1]}",
                lambda text: (
                    "TIMESTAMP '1899-12-30' + to_microseconds(CAST(round("
                    f"TRY_CAST(replace({text}, ',', '.') AS DOUBLE) * 86400) AS BIGINT) * 1000000)"
                ),
                "serial",
            )
        )
    if "epoch" in kinds:
        ways.append(
            _Way(
                lambda text: f"regexp_full_match({text}, '\\d{{10}}|\\d{{13}}')",
                lambda text: f"timezone({literal(zone)}, to_timestamp(CAST(substr({text}, 1, 10) AS BIGINT)))",
                "epoch",
            )
        )
    found = [way.note for way in ways if way.note] + (["2025-12-31"] if "iso" in kinds else [])
    if ways:
        notes["ways"] = found
    if has_offset:
        notes["offset"] = True
    unsure = [way for way in ways if way.two_ways]

    def parse(text: str) -> str:
        cases = "".join(f" WHEN {way.condition(text)} THEN {way.moment(text)}" for way in ways)
        iso = clock(_dashes(text) if "iso" in kinds else text)
        return _in_range(f"CASE{cases} ELSE {iso} END" if cases else iso, cast)

    two_ways = None
    if unsure:
        two_ways = lambda text: " OR ".join(f"({way.two_ways(text)})" for way in unsure if way.two_ways)  # noqa: E731
    return Style(parse, two_ways, notes)


def _kind(shape: str) -> str:
    """Which kind of date a shape is: "iso", the sign between its numbers, or how it counts; empty for another."""
    if ISO.match(shape):
        return "iso"
    if found := SHORT.match(shape):
        return found[2]
    for kind, pattern in (("compact", COMPACT), ("counted", COUNTED), ("epoch", EPOCH)):
        if pattern.fullmatch(shape):
            return kind
    return ""


def _dashes(text: str) -> str:
    return f"regexp_replace({text}, '^(\\d{{4}})[/.](\\d{{1,2}})[/.](\\d{{1,2}})', '\\1-\\2-\\3')"


def _clock(zone: str, *, has_offset: bool, has_half_days: bool) -> Callable[[str], str]:
    """From a text that begins with year, month and day to its moment on the clock of the zone."""

    def moment(text: str) -> str:
        text = f"regexp_replace({text}, '^(\\d{{4}}-\\d{{1,2}}-\\d{{1,2}})[, ]+(.)', '\\1 \\2')"
        plain = f"TRY_CAST(regexp_replace({text}, ' ?[гр]\\.?$', '') AS TIMESTAMP)"
        if has_half_days:
            formats = "['%Y-%m-%d %I:%M %p', '%Y-%m-%d %I:%M:%S %p']"
            half = f"regexp_replace(upper({text}), '([AP])\\.?M\\.?$', '\\1M')"
            half = f"regexp_replace({half}, '(\\d)([AP]M)$', '\\1 \\2')"
            is_half = f"regexp_matches({text}, '[apAP]\\.?[mM]')"
            plain = f"CASE WHEN {is_half} THEN try_strptime({half}, {formats}) ELSE {plain} END"
        if has_offset:
            full = f"regexp_replace({text}, ' ?(UTC|GMT|[zZ])$', '+00')"
            full = f"regexp_replace({full}, ' ?([+-]\\d\\d):?(\\d\\d)$', '\\1:\\2')"
            known = f"regexp_matches({text}, ':\\d\\d.*([zZ]|UTC|GMT|[+-]\\d\\d(:?\\d\\d)?)$')"
            plain = (
                f"CASE WHEN {known} THEN timezone({literal(zone)}, TRY_CAST({full} AS TIMESTAMPTZ)) ELSE {plain} END"
            )
        return plain

    return moment


def _numbered(
    sign: str, shapes: list[Shape], mapping: FileMapping, chosen: str, clock: Callable[[str], str]
) -> tuple[_Way, bool, str]:
    """Dates like 31.12.2025 and 12/31/2025: which number is the day, whether that was assumed, and its word."""
    first, second = max(shape.first for shape in shapes), max(shape.second for shape in shapes)
    pattern = f"^(\\d{{1,2}})[{sign}](\\d{{1,2}})[{sign}](\\d{{4}}|\\d{{2}})(\\D.*)?$"

    def put(text: str, order: str) -> str:
        told = f"regexp_replace({text}, {literal(pattern)}, '\\3-{order}\\4')"
        return clock(f"regexp_replace({told}, '^(\\d\\d)-', '20\\1-')")

    def day_first(text: str) -> str:
        return put(text, "\\2-\\1")

    def month_first(text: str) -> str:
        return put(text, "\\1-\\2")

    def condition(text: str) -> str:
        return f"regexp_matches({text}, {literal(pattern)})"

    shown = sign.join(("31", "12", "2025")), sign.join(("12", "31", "2025"))
    if first > 12 and second > 12:
        one, two = (f"CAST(regexp_extract({{0}}, {literal(pattern)}, {place}) AS INTEGER)" for place in (1, 2))
        fallback = {"day first": day_first, "month first": month_first}.get(chosen)

        def each(text: str) -> str:
            left, right = one.replace("{0}", text), two.replace("{0}", text)
            rest = fallback(text) if fallback else "NULL"
            return (
                f"CASE WHEN {left} > 12 OR {left} = {right} THEN {day_first(text)} "
                f"WHEN {right} > 12 THEN {month_first(text)} ELSE {rest} END"
            )

        def unsure(text: str) -> str:
            left, right = one.replace("{0}", text), two.replace("{0}", text)
            return (
                f"CASE WHEN {condition(text)} THEN {left} <= 12 AND {right} <= 12 AND {left} <> {right} ELSE false END"
            )

        return _Way(condition, each, " · ".join(shown), None if fallback else unsure), False, "both"
    assumed = first <= 12 and second <= 12
    if not assumed:
        is_day = first > 12
    elif chosen in ("day first", "month first"):
        is_day, assumed = chosen == "day first", False
    elif sign == ".":
        # Nobody writes the month first with points.
        is_day, assumed = True, False
    else:
        is_day = not (mapping.language == "en" and AMERICAN.match(mapping.zone))
    return (
        _Way(condition, day_first if is_day else month_first, shown[0] if is_day else shown[1]),
        assumed,
        "day first" if is_day else "month first",
    )


def _named_months(clock: Callable[[str], str]) -> _Way:
    """Dates with the name of the month: 31 декабря 2025 г., Dec 31, 2025."""
    pattern = (
        f"^(?:{LETTERS}{{2,9}}[.,]? )?(?:(\\d{{1,2}})[ .-]*)?({LETTERS}{{3,10}})[ .,-]*"
        "(?:(\\d{1,2}),? +)?(\\d{4})(?: ?[гр]\\.?)?[, ]*(.*)$"
    )

    def moment(text: str) -> str:
        low = f"lower({text})"

        def part(place: int) -> str:
            return f"regexp_extract({low}, {literal(pattern)}, {place})"

        month = " ".join(
            f"WHEN regexp_matches({part(2)}, '^({names})') THEN '{number:02}'" for number, names in enumerate(MONTHS, 1)
        )
        day = f"coalesce(nullif({part(1)}, ''), nullif({part(3)}, ''))"
        return clock(f"trim(concat({part(4)}, '-', CASE {month} END, '-', {day}, ' ', {part(5)}))")

    return _Way(lambda text: f"regexp_matches(lower({text}), {literal(pattern)})", moment, "31 Dec 2025")


def _in_range(moment: str, cast: str) -> str:
    # What lies outside is a typing error or a spreadsheet's zero, and much of it is no instant for Python.
    inside = f"CASE WHEN year({moment}) BETWEEN {YEARS[0]} AND {YEARS[1]} THEN {moment} END"
    return inside if cast == "TIMESTAMP" else f"CAST({inside} AS {cast})"
