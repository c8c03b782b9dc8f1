"""What is refused before anything of it is unpacked, and what is read out of the rest."""

import zipfile
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook

from catalog.imports.columns import columns_of
from catalog.imports.errors import UnreadableFile
from catalog.imports.files import CSV, XLSX, kind_of
from catalog.imports.reading import open_table
from tests.catalog.imports.tables import csv_of, saved, xlsx

COLUMNS = columns_of([], [], [], [])
ROWS = [{"sku": "红枣-5", "name_zh": "灰枣", "net_kg": "5"}]


def zipped(**parts: bytes) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def book_with(*rows: list[Any]) -> tuple[Workbook, Any]:
    book = Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    return book, book.active


def texts(raw: bytes) -> list[tuple[int, list[str]]]:
    return [(number, [cell.text for cell in cells]) for number, cells in open_table(raw, COLUMNS).rows]


OLE = bytes.fromhex("d0cf11e0a1b11ae1")
TYPES = b'<Types><Override ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n", "empty"),
        (b"a,b\n" * 3_000_000, "MB"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
        (OLE + b"Workbook", ".xlsx"),
        (b"%PDF-1.7", "CSV"),
        (b"PK\x03\x04 cut off", "damaged"),
        (zipped(**{"word/document.xml": b"<a/>"}), "damaged"),
        (zipped(**{"[Content_Types].xml": TYPES + b"macroEnabled", "a.xml": b"<a/>"}), "macros"),
        (zipped(**{"[Content_Types].xml": TYPES, "xl/vbaProject.bin": b"x"}), "macros"),
        (zipped(**{"[Content_Types].xml": TYPES, "xl/sharedStrings.xml": b" " * 61 * 1024**2}), "split"),
        (zipped(**{"[Content_Types].xml": TYPES, "xl/a.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'}), "damaged"),
        (zipped(**{"[Content_Types].xml": TYPES, "xl/a.xml": "<!DOCTYPE a><a/>".encode("utf-16")}), "damaged"),
    ],
)
def test_file_that_is_no_table_is_refused_with_what_to_do(raw: bytes, words: str, settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"

    with pytest.raises(UnreadableFile) as refused:
        kind_of(raw)

    assert words in refused.value.message


def test_workbook_and_csv_are_told_by_their_bytes() -> None:
    assert kind_of(xlsx(ROWS)) == XLSX
    assert kind_of(csv_of(ROWS)) == CSV


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_in_any_encoding(encoding: str, delimiter: str) -> None:
    assert texts(csv_of(ROWS, encoding, delimiter)) == [(2, ["红枣-5", "灰枣", "5"])]


@pytest.mark.parametrize(
    "headings",
    [
        ("SKU", "Name in Chinese", "Net weight of one unit, kg"),
        ("sku", "NAME_ZH", "net_kg"),
        ("货号", " name_zh *", "net_kg"),
    ],
)
def test_headings_are_known_by_any_name(headings: tuple[str, ...]) -> None:
    book, _sheet = book_with(["Our products of autumn"], [], list(headings), ["A", "灰枣", 5])

    table = open_table(saved(book), COLUMNS)

    assert table.layout.keys == ["sku", "name_zh", "net_kg"]
    assert [number for number, _cells in table.rows] == [4]


def test_unknown_columns_and_other_sheets_are_said_not_lost() -> None:
    book, _sheet = book_with(["Colour", "sku", "name_zh", "sku"], ["red", "A", "灰枣", "B"])
    book.create_sheet("Old prices").append(["sku", "name_zh"])
    book.create_sheet("hidden").sheet_state = "hidden"

    table = open_table(saved(book), COLUMNS)

    assert table.layout.keys == ["", "sku", "name_zh", ""]
    assert "Colour" in table.remarks[0]
    assert "Old prices" in table.remarks[1]
    assert "hidden" not in table.remarks[1]


def test_hidden_sheet_is_not_read_in_place_of_a_seen_one() -> None:
    book, sheet = book_with(["sku", "name_zh"], ["OLD", "灰枣"])
    sheet.sheet_state = "hidden"
    book.create_sheet("New").append(["sku", "name_zh"])
    book["New"].append(["NEW", "灰枣"])
    book.active = 1

    assert [cells[0] for _number, cells in texts(saved(book))] == ["NEW"]


def test_file_without_our_headings_names_them() -> None:
    with pytest.raises(UnreadableFile, match=COLUMNS[0].titles[0]):
        open_table(csv_of([{"a": "1", "b": "2"}]), COLUMNS)


def test_cells_merged_downwards_say_the_same_in_all_rows() -> None:
    book, sheet = book_with(["name_zh", "sku"], ["灰枣", "A"], [None, "B"], [None, "C"], ["骏枣", "D"])
    sheet.merge_cells("A2:A4")

    assert [cells for _number, cells in texts(saved(book))] == [
        ["灰枣", "A"],
        ["灰枣", "B"],
        ["灰枣", "C"],
        ["骏枣", "D"],
    ]


def test_formula_gives_its_saved_value_and_one_without_is_marked() -> None:
    book, sheet = book_with(["sku", "net_kg"], ["A", 5])
    sheet["B3"], sheet["A3"] = "=B2*2", "B"

    ((_, first), (_, second)) = list(open_table(saved(book), COLUMNS).rows)

    assert (first[1].text, first[1].kind) == ("5", "n")
    assert (second[1].text, second[1].kind) == ("=B2*2", "f")


def test_empty_rows_are_passed_over_and_rows_keep_their_numbers() -> None:
    book, sheet = book_with(["sku", "name_zh"], ["A", "灰枣"])
    sheet["A9"] = "B"

    assert [number for number, _cells in texts(saved(book))] == [2, 9]


def test_declarations_are_refused_wherever_they_stand() -> None:
    sheet = b"<!-- " + b"x" * 300_000 + b' --><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    raw = BytesIO(xlsx(ROWS))
    with zipfile.ZipFile(raw, "a") as archive:
        archive.writestr("xl/worksheets/sheet9.xml", sheet)

    with pytest.raises(UnreadableFile):
        kind_of(raw.getvalue())


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.imports.reading.MOST_ROWS", 2)

    with pytest.raises(UnreadableFile, match="2"):
        texts(csv_of([{"sku": str(number), "name_zh": "灰枣"} for number in range(3)]))
