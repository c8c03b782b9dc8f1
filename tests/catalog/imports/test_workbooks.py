"""The workbooks we give out, opened as a spreadsheet program would."""

import io
import re
import zipfile
from typing import Any

import pytest
from django.utils.translation import override

from catalog.imports.actions.run_import import run_import
from catalog.imports.models import ImportFile, ImportJob
from catalog.imports.template import empty_workbook
from market.enterprises.models import Enterprise
from tests.builders import NOW, make_category, make_enterprise
from tests.catalog.imports.tables import checked, counts, csv_of, opened, row_of, saved, work, xlsx
from tests.catalog.products.attributes import make_size

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller() -> Enterprise:
    return make_enterprise()


def lists_of(sheet: Any, book: Any) -> dict[str, list[str]]:
    """Heading -> what its drop-down list offers."""
    found: dict[str, list[str]] = {}
    for offer in sheet.data_validations.dataValidation:
        cell = str(offer.sqref).partition(":")[0]
        name, _mark, area = offer.formula1.partition("!")
        found[sheet[f"{cell[:-1]}1"].value] = [row[0].value for row in book[name][area.replace("$", "")]]
    return found


def marked(job: ImportJob) -> Any:
    return opened(bytes(job.files.get(kind=ImportFile.Kind.MARKED).raw))


def test_workbook_that_names_a_row_no_sheet_has_is_read_to_the_last_one(seller: Enterprise) -> None:
    """openpyxl makes up every row before it: two thousand million would keep the worker for an hour."""
    given = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx([row_of("A"), row_of("B")]))) as good, zipfile.ZipFile(given, "w") as bad:
        for part in good.infolist():
            text = good.read(part)
            if part.filename.endswith("sheet1.xml"):
                text = re.sub(rb' r="([A-Z]*)3"', rb' r="\g<1>2000000000"', text)
            bad.writestr(part, text)

    assert checked(seller, given.getvalue()).total == 1


@pytest.mark.parametrize(
    ("language", "category", "grades"),
    [
        ("zh-hans", "红枣", "特级"),
        ("en", "Jujubes", "premium"),
        ("ru", "Финики китайские", "высший"),
    ],
)
def test_template_has_headings_notes_and_lists_in_the_language(
    seller: Enterprise, language: str, category: str, grades: str
) -> None:
    make_size()
    make_category("walnut")
    with override(language):
        book = opened(empty_workbook(seller, make_category(), ["domestic"]))
    sheet = book.worksheets[0]
    lists = lists_of(sheet, book)
    headings = [cell.value for cell in sheet[1]]

    assert [category] in lists.values()
    assert any(grades in one[0] for one in lists.values() if one)
    assert any(str(seller.unit.code) in one for words in lists.values() for one in words)
    assert all(cell.comment is not None and cell.comment.text for cell in sheet[1])
    assert len(headings) == len(set(headings))
    assert (book["lists"].sheet_state, sheet.freeze_panes) == ("hidden", "B2")


def test_rows_come_back_with_what_is_wrong_marked_and_can_be_corrected_there(seller: Enterprise) -> None:
    good, bad = (row_of(sku, origin=seller.unit.code) for sku in ("A", "B"))
    bad |= {"unit": "crate", "Colour": "red", "net_kg": 0}
    with override("en"):
        job = checked(seller, xlsx([good, bad]))
    book = marked(job)
    sheet = book.worksheets[0]
    places = {cell.value: cell.column for cell in sheet[1]}

    unit, net, colour = (sheet.cell(3, places[name]) for name in ("unit", "net_kg", "Colour"))
    assert (unit.fill.start_color.rgb, net.fill.start_color.rgb) == ("00FFC7CE", "00FFC7CE")
    assert "box" in unit.comment.text
    assert (unit.value, net.value, colour.value) == ("crate", 0, "red")
    assert "Sold by the" in sheet.cell(3, 1).value
    assert sheet.cell(2, 1).value is None
    assert sheet.cell(2, places["unit"]).fill.fill_type is None
    assert "box" in lists_of(sheet, book)["unit"]

    run_import(job, takes_good_rows=True, now=NOW)
    work(job)
    unit.value, net.value = "box", 5
    with override("en"):
        again = checked(seller, saved(book))

    assert counts(again) == (1, 0, 1, 0)
    assert "Colour" in again.remarks[0]
    assert "wrong" not in again.remarks[0]
    assert not again.files.exists()


def test_nothing_given_back_is_a_formula(seller: Enterprise) -> None:
    row = row_of("=cmd|'/c calc'!A1", name_zh='=HYPERLINK("http://x")', grade="+1", unit="@SUM(1)", note="-2+3")

    job = checked(seller, csv_of([row]))

    cells = [cell for line in marked(job).worksheets[0].iter_rows() for cell in line if cell.value is not None]
    risky = [cell for cell in cells if str(cell.value).startswith(("=", "+", "@", "-"))]
    assert len(risky) == 5
    assert {cell.data_type for cell in risky} == {"s"}
    assert all(cell.quotePrefix for cell in risky)
