"""Sheets as other programs than openpyxl write them."""

from io import BytesIO
from xml.parsers.expat import ExpatError

import pytest
from openpyxl.utils.datetime import WINDOWS_EPOCH

from catalog.imports.cells import DAY, EMPTY, ERROR, FORMULA, NUMBER, YES_NO, Cell, RawRow
from catalog.imports.sheet_rows import Meanings, sheet_rows

MEANINGS = Meanings(["灰枣", " 核桃 "], days=frozenset({1, 2}), spans=frozenset({2}), epoch=WINDOWS_EPOCH)


def read(rows: str, columns: int = 5) -> list[RawRow]:
    sheet = f'<worksheet xmlns="main"><sheetData>{rows}</sheetData><f>no cell</f></worksheet>'
    return list(sheet_rows(BytesIO(sheet.encode()), MEANINGS, columns))


@pytest.mark.parametrize(
    ("xml", "cell"),
    [
        ('<c r="A1" t="s"><v>1</v></c>', Cell("核桃")),
        ('<c r="A1" t="inlineStr"><is><t>a</t></is></c>', Cell("a")),
        ('<c r="A1" t="inlineStr"><is><r><t>a</t></r><r><t xml:space="preserve"> b</t></r></is></c>', Cell("a b")),
        ('<c r="A1" t="inlineStr"><is><t>漢</t><rPh sb="0" eb="1"><t>カン</t></rPh></is></c>', Cell("漢")),
        ('<c r="A1" t="str"><f>A2</f><v>a&amp;b</v></c>', Cell("a&b")),
        ('<c r="A1"><v>2.50</v></c>', Cell("2.5", NUMBER)),
        ('<c r="A1" t="n"><v>1E3</v></c>', Cell("1000", NUMBER)),
        ('<c r="A1" s="1"><v>46298</v></c>', Cell("2026-10-03", DAY)),
        ('<c r="A1" s="2"><v>1.5</v></c>', Cell("1 day, 12:00:00", DAY)),
        ('<c r="A1" s="1"><v>99999999999</v></c>', Cell("#VALUE!", ERROR)),
        ('<c r="A1" t="d"><v>2026-10-03</v></c>', Cell("2026-10-03", DAY)),
        ('<c r="A1" t="b"><v>1</v></c>', Cell("yes", YES_NO)),
        ('<c r="A1" t="e"><v>#N/A</v></c>', Cell("#N/A", ERROR)),
        ('<c r="A1"><f>SUM(B1:B9)</f></c>', Cell("=SUM(B1:B9)", FORMULA)),
        ('<c r="A1" t="str"><f>A2</f><v/></c>', Cell("=A2", FORMULA)),
        ('<x:c xmlns:x="main" r="A1"><x:v>7</x:v></x:c>', Cell("7", NUMBER)),
    ],
)
def test_sheet_rows_a_cell_is_what_a_spreadsheet_shows(xml: str, cell: Cell) -> None:
    assert read(f'<row r="1">{xml}</row>') == [(1, [cell])]


def test_sheet_rows_cells_stand_in_their_columns_and_those_beyond_are_left_out() -> None:
    told = '<row r="3"><c r="B3"><v>1</v></c><c r="C3" s="9"/><c r="D3"><v>2</v></c><c r="F3"><v>3</v></c></row>'

    assert read(told) == [(3, [EMPTY, Cell("1", NUMBER), EMPTY, Cell("2", NUMBER)])]


def test_sheet_rows_without_places_count_from_the_one_before() -> None:
    told = '<row r="4"><c><v>1</v></c><c/><c><v>2</v></c></row><row/><row><c><v>3</v></c></row>'

    one, two, three = (Cell(str(number), NUMBER) for number in (1, 2, 3))
    assert read(told) == [(4, [one, EMPTY, two]), (6, [three])]


def test_sheet_rows_one_that_stands_behind_later_ones_is_none() -> None:
    told = "".join(f'<row r="{number}"><c><v>{number}</v></c></row>' for number in (2, 5, 3, 5, 7))

    assert [number for number, _cells in read(told)] == [2, 5, 7]


def test_sheet_rows_come_while_the_rest_is_still_to_be_read() -> None:
    told = "".join(f'<row><c t="str"><v>{number}</v></c></row>' for number in range(9_000))
    part = BytesIO(f"<worksheet><sheetData>{told}".encode())

    rows = sheet_rows(part, MEANINGS, 5)

    assert next(rows) == (1, [Cell("0")])
    assert part.tell() < len(part.getvalue())
    with pytest.raises(ExpatError):
        list(rows)  # it ends in the middle
