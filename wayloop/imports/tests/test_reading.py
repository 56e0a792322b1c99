"""Whatever people bring is read, or answered with a sentence that says what to do."""

import gzip
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from wayloop.imports import services
from wayloop.imports.enums import ImportState
from wayloop.imports.files import unpacking
from wayloop.imports.models import Import, ImportTable
from wayloop.imports.queries import import_by_id
from wayloop.imports.tests.twin import rows, twins
from wayloop.kernel.files import store

FIELDS = {"number": "Номер", "day": "Дата", "at": "Час", "amount": "Сума", "note": "Примітка", "open": "Відкрито"}


@pytest.fixture(autouse=True)
def both(db: None) -> Iterator[None]:
    with twins():
        yield


def bring(data: bytes | str, name: str = "a.csv", columns: str = "", is_trial: bool = False, **others: Any) -> Import:
    """Brings in a file whose columns are the ones named: `columns` are words of FIELDS."""
    content = {
        "entity": "twin",
        "source": "s",
        "zone": "Europe/Kyiv",
        "currency": "UAH",
        "language": "uk",
        "channel": "web",
        "fields": {field: FIELDS[field] for field in ["number", *columns.split()]},
        **others,
    }
    file = store([data if isinstance(data, bytes) else data.encode()], name)
    import_id = services.start_import(
        files=[(file, name)], mapping="m", content=content, in_worker=False, is_trial=is_trial
    )
    return services.run_import(import_id=import_id)


def told() -> dict[str, Any]:
    found = ImportTable.objects.get().told
    assert isinstance(found, dict)
    return found


def refused(run: Import) -> list[str]:
    found = import_by_id(run.pk)
    return found.errors.read_text(encoding="utf-8-sig").splitlines()[1:] if found and found.errors else []


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "~", "#", "\x1f"])
def test_any_delimiter_is_found_by_what_is_the_same_in_all_rows(delimiter: str) -> None:
    text = "\n".join(
        delimiter.join(row) for row in (["Номер", "Сума", "Примітка"], ["1", "1.5", "a b"], ["2", "3", "c"])
    )
    bring(text, columns="amount note")
    assert rows("number", "amount", "note") == [("1", Decimal("1.5"), "a b"), ("2", Decimal(3), "c")]


def test_decimal_commas_between_semicolons_are_no_delimiter() -> None:
    bring("Номер;Сума;Примітка\n1;1,5;2,5\n2;7,25;8,1\n", columns="amount note")
    assert rows("amount", "note") == [(Decimal("1.5"), "2,5"), (Decimal("7.25"), "8,1")]


PHRASES = ["Кава з молоком", "Чайник, синій", "ЦУКЕРКИ «ВЕСНА»", "Їжачок ґречний", "Объём 5 литров"]


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("cp1251", "Windows-1251"),
        ("koi8-u", "KOI8-U"),
        ("cp866", "CP866"),
    ],
)
def test_any_encoding_is_found_by_its_letters(codec: str, name: str) -> None:
    phrases = [
        phrase.translate(str.maketrans("іґ«»", "иг--")) if codec in ("cp866", "koi8-u") else phrase
        for phrase in PHRASES
    ]
    text = "Номер;Примітка\r\n".replace("і", "і" if codec != "cp866" else "и")
    text += "".join(f"{number};{phrase}\r\n" for number, phrase in enumerate(phrases))
    fields = {"number": "Номер", "note": "Примитка" if codec == "cp866" else "Примітка"}
    run = bring(text.encode(codec), fields=fields)
    assert (run.problem, [row[0] for row in rows("note")], told()["encoding"]) == ("", phrases, name)


def test_western_letters_are_no_cyrillic() -> None:
    bring("Nr;Note\n1;Café Müller\n2;Señor Peña\n".encode("cp1252"), fields={"number": "Nr", "note": "Note"})
    assert ([row[0] for row in rows("note")], told()["encoding"]) == (["Café Müller", "Señor Peña"], "Windows-1252")


def test_an_encoding_that_shows_late_is_found_too() -> None:
    text = "Nr,Note\n" + "".join(f"{number},simple\n" for number in range(3_000)) + "x,Кружка\n"
    run = bring(text.encode("cp1251"), fields={"number": "Nr", "note": "Note"})
    assert (run.rows_done, rows("note")[-1]) == (3_001, ("Кружка",))


def test_letters_that_are_broken_refuse_their_row_alone() -> None:
    run = bring("Номер,Примітка\n1,кава\n2,чай і ще\n".encode() + b"3,\xff\xfe\n", columns="note")
    assert ([row[0] for row in rows("number")], refused(run)) == (
        ["1", "2"],
        ["3,Letters in “Note” are broken: they are in another encoding than the rest.,3,��"],
    )


@pytest.mark.parametrize(("codec", "stray"), [("cp1251", b"\x98"), ("cp1252", b"\x81"), ("utf-16", b"\x00\xd8")])
def test_a_byte_that_is_no_letter_of_its_encoding_refuses_its_row_alone(codec: str, stray: bytes) -> None:
    west = codec == "cp1252"
    text = "Nr,Note\n1,Café Peña\n2," if west else "Номер,Примітка\n1,кава та тістечко\n2,"
    after = "\n3,x\n".encode("utf-16-le" if codec == "utf-16" else codec)
    run = bring(
        text.encode(codec) + stray + after,
        fields=dict(zip(("number", "note"), text.split("\n")[0].split(","), strict=True)),
    )
    assert ([row[0] for row in rows("number")], run.rows_refused, run.problem) == (["1", "3"], 1, "")


def test_uneven_rows_are_refused_with_their_cells_and_the_others_are_in() -> None:
    run = bring('Номер,Примітка\n1,a\n2\n\n3,b,c\n4,"x\ny"\n,\n5,z\n', columns="note")
    assert ([row[0] for row in rows("number")], run.rows_total) == (["1", "4", "5"], 5)
    assert refused(run) == ["2,It has 1 cells instead of 2.,2", "3,It has 3 cells instead of 2.,3,b,c"]


def test_uneven_rows_keep_their_numbers_far_down_in_a_file() -> None:
    many = ["Номер,Примітка"] + [f"{number},{'x' * 90}" for number in range(1, 16_001)]
    many[15_000], many[9_000] = "15000", "9000,a,b"
    run = bring("\n".join(many), columns="note")
    assert (run.rows_total, [line.split(",")[0] for line in refused(run)]) == (16_000, ["9000", "15000"])


def test_what_stands_above_the_headings_is_left_out() -> None:
    run = bring("Звіт за травень;;\n\nКафе «Зерно»;;\nНомер;;Сума;\n1;;5;\n2;;6;\n", columns="amount")
    assert (run.rows_done, rows("amount"), told()["skipped"], told()["columns"]) == (
        2,
        [(Decimal(5),), (Decimal(6),)],
        2,
        ["Номер", "column 2", "Сума", "column 4"],
    )


def test_excels_own_line_about_the_delimiter_is_believed() -> None:
    bring("sep=;\r\nНомер;Сума\r\n1;5\r\n", columns="amount")
    assert rows("number", "amount") == [("1", Decimal(5))]


def test_headings_that_stand_twice_get_a_number_and_are_asked_about() -> None:
    assert bring("Номер,Сума,Сума\n1,2,3\n").rows_done == 1
    assert told()["columns"] == ["Номер", "Сума (1)", "Сума (2)"]
    Import.objects.all().delete()
    problem = bring("Номер,Сума,Сума\n1,2,3\n", columns="amount").problem
    assert problem == "The file has the column “Сума” more than once. Choose “Сума (1)” or “Сума (2)”."
    Import.objects.all().delete()
    bring("Номер,Сума,Сума\n2,20,30\n", fields={"number": "Номер", "amount": "Сума (1)"})
    Import.objects.all().delete()
    bring("Номер,Сума,Сума\n3,20,30\n", fields={"number": "Номер", "amount": "сума (2)"})
    assert rows("number", "amount") == [("1", None), ("2", Decimal(20)), ("3", Decimal(30))]


def test_headings_are_known_whatever_their_case_and_spaces() -> None:
    assert bring("  НОМЕР ;сума\n1;2\n", columns="amount").rows_done == 1


def packed(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("MAC", "__MACOSX/"), data)
    return out.getvalue()


CSV = "Номер,Сума\n1,5\n".encode()


@pytest.mark.parametrize("data", [gzip.compress(CSV, mtime=0), packed(a=CSV), packed(a=CSV, MACa=b"x")])
def test_what_is_packed_is_unpacked(data: bytes) -> None:
    bring(data, "a.csv.gz", columns="amount")
    assert rows("number", "amount") == [("1", Decimal(5))]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (packed(a=CSV, b=CSV), "The archive holds 2 files. Unpack it and give the files themselves."),
        (gzip.compress(CSV, mtime=0)[:-9], "The archive is damaged. Pack the file anew, or give it as it is."),
        (b"PK\x03\x04" + bytes(range(256)), "The archive is damaged. Pack the file anew, or give it as it is."),
        (
            gzip.compress(b"\0" * 2_000_000, mtime=0),
            "What is packed in this file is too big to be a table.",
        ),
        (packed(a=b"\0" * 2_000_000), "What is packed in this file is too big to be a table."),
        (b"\0\1\2\3\4\5\6" * 900, "This is not a table that can be read. Give a CSV, XLSX, ODS or Parquet file."),
        (b"%PDF-1.7 ...", "This is a page, not a table. Open it in a spreadsheet and save it as CSV or XLSX."),
        (b"<html><table><tr>", "This is a page, not a table. Open it in a spreadsheet and save it as CSV or XLSX."),
        (
            ",".join(f"c{n}" for n in range(10_000)).encode(),
            "The file has too many columns: 10000. At most 500 can be read.",
        ),
        (
            b'Nr,b\n1,"' + b"x" * 3_000_000,
            "A row is longer than a megabyte. Most often a quotation mark is opened and never closed.",
        ),
    ],
)
def test_what_hurts_gets_one_clear_line(data: bytes, problem: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "GROWTH_FREE", 1_000_000)
    run = bring(data, fields={"number": "Nr"})
    assert (run.state, run.problem) == (ImportState.FAILED, problem)


def test_zeros_among_the_letters_are_left_out() -> None:
    run = bring("Номер,Примітка\n1,ка\0ва\n2,ча\0й\n", columns="note")
    assert (run.rows_done, rows("note"), told()["nul"]) == (2, [("кава",), ("чай",)], True)


def test_formulas_come_in_as_texts_and_leave_marked() -> None:
    run = bring('Номер,Примітка\n1,"=HYPERLINK(""http://x"")"\nodd,=1+1\n', columns="note")
    assert (rows("note"), refused(run)) == ([('=HYPERLINK("http://x")',)], ["2,A number may not be odd.,odd,'=1+1"])


@pytest.mark.parametrize(
    ("values", "expected", "notes"),
    [
        (["1 234,56", "7,5", "12"], ["1234.56", "7.5", "12"], "comma"),
        (["1,234.56", "7.5", "1,000"], ["1234.56", "7.5", "1000"], "point"),
        (["1.234,56", "1.000"], ["1234.56", "1000"], "comma"),
        (["1’234.50", "2'000.00"], ["1234.5", "2000"], "point"),
        (["12,50 грн", "₴ 8", "1 000,00 UAH"], ["12.5", "8", "1000"], "comma"),
        (["12,50", "12.75"], ["12.5", "12.75"], "both"),
        (["1,234"], ["1.234"], "comma"),
        (["1.234"], ["1.234"], "point"),
        (["1.5", "2.25"], ["1.5", "2.25"], None),
    ],
)
def test_numbers_are_read_as_their_column_shows(values: list[str], expected: list[str], notes: str | None) -> None:
    run = bring("Номер;Сума\n" + "".join(f'{n};"{each}"\n' for n, each in enumerate(values)), columns="amount")
    assert (refused(run), [row[0] for row in rows("amount")]) == ([], [Decimal(each) for each in expected])
    assert told()["fields"].get("amount", {}).get("decimal") == notes


def test_a_number_that_could_be_two_is_refused_where_a_column_has_both_signs() -> None:
    run = bring("Номер;Сума\n1;12,50\n2;12.50\n3;1,234\n", columns="amount")
    assert refused(run) == ['3,The value in “Amount” can be read in two ways.,3,"1,234"']


def test_a_minus_may_be_written_in_many_ways() -> None:
    run = bring("Номер;Сума\n1;−5\n2;(7.50)\n3;8-\n", columns="amount")
    assert [line.split(",")[1] for line in refused(run)] == ["The value in “Amount” must be above 0."] * 3


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["2025-12-31", "2025/1/5", "2025.02.03"], [(12, 31), (1, 5), (2, 3)]),
        (["31.12.2025", "5.1.25", "03.02.2025 г."], [(12, 31), (1, 5), (2, 3)]),
        (["12/31/2025", "01/05/2025"], [(12, 31), (1, 5)]),
        (["31/12/2025", "05/01/2025"], [(12, 31), (1, 5)]),
        (["05/01/2025"], [(1, 5)]),
        (["31 декабря 2025 г.", "5 січня 2025", "Dec 31, 2025", "3-Feb-2025"], [(12, 31), (1, 5), (12, 31), (2, 3)]),
        (["45657", "45658.5"], [(12, 31), (1, 1)]),
        (["20251231"], [(12, 31)]),
        (["2025-12-31", "31.12.2025", "12/31/2025"], [(12, 31)] * 3),
    ],
)
def test_dates_are_read_as_their_column_shows(values: list[str], expected: list[tuple[int, int]]) -> None:
    run = bring("Номер;Дата\n" + "".join(f"{n};{each}\n" for n, each in enumerate(values)), columns="day")
    found = [row[0] for row in rows("day")]
    assert (refused(run), [(day.month, day.day) for day in found if isinstance(day, date)]) == ([], expected)


def test_a_day_that_could_be_two_is_refused_where_a_column_has_both_orders() -> None:
    run = bring("Номер;Дата\n1;31/12/2025\n2;12/31/2025\n3;05/06/2025\n4;07/07/2025\n", columns="day")
    assert refused(run) == ["3,The value in “Day” can be read in two ways.,3,05/06/2025"]
    assert rows("number", "day")[2] == ("4", date(2025, 7, 7))
    assert told()["fields"]["day"]["order"] == "both"


def test_where_nothing_shows_the_order_the_mapping_says_it_and_the_run_tells() -> None:
    bring("Номер;Дата\n1;05/06/2025\n", columns="day", language="en", zone="America/New_York")
    assert (rows("day"), told()["fields"]["day"]["assumed"]) == ([(date(2025, 5, 6),)], True)


def test_a_mapping_can_say_how_a_column_is_written() -> None:
    bring(
        "Номер;Дата;Сума\n1;05/06/2025;1,234\n",
        columns="day amount",
        styles={"day": "month first", "amount": "point"},
    )
    assert rows("day", "amount") == [(date(2025, 5, 6), Decimal(1234))]
    assert "assumed" not in told()["fields"]["day"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-07-01 10:00", "10:00:00"),
        ("2025-07-01T10:00:00Z", "13:00:00"),
        ("2025-07-01 10:00:00 -0500", "18:00:00"),
        ("2025-07-01T10:00:00.5+03:00", "10:00:00.500000"),
        ("2025-07-01 10:00:00 UTC", "13:00:00"),
        ("01.07.2025 10:00", "10:00:00"),
        ("01.07.2025, 10:00:05", "10:00:05"),
        ("07/13/2025 3:05 PM", "15:05:00"),
        ("1 липня 2025, 10:00", "10:00:00"),
        ("1751364000", "13:00:00"),
        ("45839.5", "12:00:00"),
    ],
)
def test_times_are_told_in_the_zone_of_the_mapping(text: str, expected: str) -> None:
    run = bring(f'Номер;Час\n1;"{text}"\n', columns="at")
    assert (refused(run), [at.time().isoformat() for (at,) in rows("at") if isinstance(at, datetime)]) == (
        [],
        [expected],
    )


def test_yes_and_no_are_known_in_three_languages() -> None:
    words = {"да": True, "Ні": False, "yes": True, "+": True, "0": False}
    run = bring(
        "Номер,Відкрито\n" + "".join(f"{n},{word}\n" for n, word in enumerate([*words, "може"])), columns="open"
    )
    assert ([row[0] for row in rows("open")], len(refused(run))) == ([*words.values()], 1)


def sheet(rows: list[list[str]], *, more: dict[str, str] | None = None) -> bytes:
    """A spreadsheet as programs write it; cells are XML. Style 1 is a date."""
    body = "".join(
        f'<row r="{n}">' + "".join(cell.replace("@", f"{chr(65 + at)}{n}") for at, cell in enumerate(row)) + "</row>"
        for n, row in enumerate(rows, 1)
    )
    names = ["Інструкція", "Дані"]
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": RELATIONS % f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        + "".join(f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>' for n, name in enumerate(names, 1))
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": RELATIONS
        % (
            f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="r2" Type="{OFFICE}/worksheet" Target="worksheets/sheet2.xml"/>'
            f'<Relationship Id="r3" Type="{OFFICE}/styles" Target="styles.xml"/>'
        ),
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/>'
        '<xf numFmtId="14"/></cellXfs>'
        "</styleSheet>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData><row r="1">'
        '<c r="A1" t="inlineStr"><is><t>Read me</t></is></c></row></sheetData></worksheet>',
        "xl/worksheets/sheet2.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData></worksheet>',
    } | (more or {})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>'


def words(*texts: str) -> list[str]:
    return [f'<c r="@" t="inlineStr"><is><t>{text}</t></is></c>' for text in texts]


HEADINGS = words("Номер", "Дата", "Сума", "Примітка")


def number(value: object, style: int = 0) -> str:
    return f'<c r="@" s="{style}"><v>{value}</v></c>'


def test_a_spreadsheet_is_read_by_the_values_of_its_cells() -> None:
    formula = '<c r="@" t="str"><f>A1&amp;"!"</f><v>готово</v></c>'
    data = sheet(
        [
            words("Звіт"),
            HEADINGS,
            [number(17850), number(46022, style=1), number(0.30000000000000004), formula],
            [number(7), *words("", "12,5"), '<c r="@" t="b"><v>1</v></c>'],
        ]
    )
    run = bring(data, "a.xlsx", columns="day amount note")
    assert (run.problem, rows("number", "day", "amount", "note")) == (
        "",
        [("17850", date(2025, 12, 31), Decimal("0.3"), "готово"), ("7", None, Decimal("12.5"), "true")],
    )
    assert (told()["kind"], told()["sheet"], told()["skipped"]) == ("xlsx", "Дані", 1)


TOO_BIG = "This sheet is too big to be read at once. Save it as CSV and give that."
DAMAGED = "The sheet is damaged or has a password. Save it anew and give it again."


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (sheet([HEADINGS, [number(1)], ['<c r="XFD1048576"><v>1</v></c>']]), TOO_BIG),
        (sheet([HEADINGS, [number(" " * 3_000_000)]]), TOO_BIG),
        (sheet([HEADINGS], more={"xl/workbook.xml": "<workbook"}), DAMAGED),
        (sheet([HEADINGS])[:-60], "The archive is damaged. Pack the file anew, or give it as it is."),
        (b"\xd0\xcf\x11\xe0" + bytes(4000), DAMAGED),
    ],
)
def test_a_spreadsheet_made_to_hurt_gets_one_clear_line(
    data: bytes, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "MOST_SHEET_BYTES", 2_000_000)
    run = bring(data, "a.xlsx")
    assert (run.state, run.problem) == (ImportState.FAILED, problem)


def open_sheet(rows: str) -> bytes:
    """A sheet in the open format, as LibreOffice writes it."""
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    parts = {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{manifest}"/>',
        "content.xml": f"<office:document-content {spaces}><office:body><office:spreadsheet><table:table "
        f'table:name="Дані">{rows}</table:table></office:spreadsheet></office:body></office:document-content>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def open_row(*cells: str, times: str = "") -> str:
    return f"<table:table-row{times}>{''.join(cells)}</table:table-row>"


def open_text(*texts: str, times: str = "") -> str:
    return "".join(
        f'<table:table-cell office:value-type="string"{times}><text:p>{text}</text:p></table:table-cell>'
        for text in texts
    )


OPEN_HEAD = open_row(open_text("Номер", "Дата", "Сума", "Примітка"))
# As it stands at the end of every row and every sheet.
OPEN_REST = '<table:table-cell table:number-columns-repeated="16380"/>'
OPEN_END = f'<table:table-row table:number-rows-repeated="1048572">{OPEN_REST}</table:table-row>'


def test_a_sheet_in_the_open_format_is_read_by_the_values_of_its_cells() -> None:
    day = (
        '<table:table-cell office:value-type="date" office:date-value="2025-12-31"><text:p>31.12.25</text:p>'
        "</table:table-cell>"
    )
    amount = (
        '<table:table-cell office:value-type="float" office:value="12.5"><text:p>12,50 ₴</text:p></table:table-cell>'
    )
    data = open_sheet(OPEN_HEAD + open_row(open_text("7"), day, amount, open_text("готово"), OPEN_REST) + OPEN_END)
    run = bring(data, "a.ods", columns="day amount note")
    assert (run.problem, rows("number", "day", "amount", "note")) == (
        "",
        [("7", date(2025, 12, 31), Decimal("12.5"), "готово")],
    )


@pytest.mark.parametrize(
    "body",
    [
        open_row(open_text("1"), times=' table:number-rows-repeated="900000"') + open_row(open_text(*"1" * 40)),
        open_row(open_text("1", times=' a=">" table:number-columns-repeated="99999999"')),
        open_row(OPEN_REST * 900 + open_text("1")),
        OPEN_END * 900 + open_row(open_text("1")),
    ],
)
def test_an_open_sheet_that_pretends_to_be_small_gets_one_clear_line(body: str) -> None:
    run = bring(open_sheet(OPEN_HEAD + body), "a.ods")
    assert (run.state, run.problem) == (ImportState.FAILED, TOO_BIG)
