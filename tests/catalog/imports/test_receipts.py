"""Tables of receipts as sellers fill them in: read, told apart, given back."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.utils.translation import override

from catalog.imports.errors import UnreadableFile
from catalog.imports.receipt_columns import MOST_RECEIPTS
from catalog.imports.receipts import ReceiptTable, look_at_receipts
from catalog.imports.receipts_out import receipts_workbook
from catalog.lots.actions.receive_many import receive_many
from catalog.products.models import Variant
from catalog.stock.models import Warehouse
from market.enterprises.models import Enterprise
from tests.builders import NOW, make_enterprise, make_variant, make_warehouse
from tests.catalog.imports.tables import csv_of, opened, saved, xlsx

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture
def firm() -> Enterprise:
    enterprise = make_enterprise()
    make_warehouse(enterprise)
    return enterprise


@pytest.fixture
def packing(firm: Enterprise) -> Variant:
    return make_variant(enterprise=firm, on_hand=0)


def row_of(packing: Variant, **cells: Any) -> dict[str, Any]:
    return {"sku": packing.sku, "quantity": 5, "lot_number": "26A-1", "harvested_from": "2026-10-03", **cells}


def look(firm: Enterprise, *rows: dict[str, Any]) -> ReceiptTable:
    return look_at_receipts(firm, xlsx(rows))


def problems(table: ReceiptTable) -> dict[str, str]:
    return {one.key: one.reason for one in table.wrong}


def test_a_row_says_what_came_and_what_it_leaves_out_is_filled_in(firm: Enterprise, packing: Variant) -> None:
    table = look(
        firm,
        row_of(packing),
        row_of(
            packing,
            sku=packing.sku.lower(),
            quantity="1 250,5",
            lot_number="26a-2",
            harvested_from=date(2026, 10, 3),
            harvested_to="5.10.2026",
            best_before=20271003,
            grade="First",
            warehouse="W1",
            paper="RK-1",
        ),
    )

    assert table.wrong == []
    first, second = table.new
    assert (first.variant_id, first.warehouse_id) == (packing.pk, make_warehouse(firm).pk)
    assert (first.harvested_from, first.harvested_to) == (date(2026, 10, 3), date(2026, 10, 3))
    assert (second.number, str(second.quantity), second.harvested_to) == ("26A-2", "1250.5", date(2026, 10, 5))
    assert (second.best_before, second.grade, second.paper) == (date(2027, 10, 3), "first", "RK-1")


def test_headings_in_chinese_and_a_csv_of_the_office_program(firm: Enterprise, packing: Variant) -> None:
    row = {"货号": packing.sku, "入库数量": "５", "批号": "26A-1", "采收开始": "2026年10月3日", "入库单号": "RK-1"}

    table = look_at_receipts(firm, csv_of([row], "gb18030"))

    assert [(str(one.quantity), one.paper) for one in table.new] == [("5", "RK-1")]


def test_rows_that_say_nothing_of_goods_are_left_out(firm: Enterprise, packing: Variant) -> None:
    table = look(firm, row_of(packing), {"sku": packing.sku, "name": "灰枣", "there": 7})

    assert (len(table.new), table.skipped, table.wrong) == (1, 1, [])


@pytest.mark.parametrize(
    ("cells", "key", "reason"),
    [
        ({"sku": "NOBODY"}, "sku", "no packing of yours has this code"),
        ({"sku": None}, "sku", "which packing?"),
        ({"quantity": None}, "quantity", "how many units came?"),
        ({"quantity": "five"}, "quantity", "no number"),
        ({"quantity": -1}, "quantity", "above zero"),
        ({"lot_number": None}, "lot_number", "lot by lot"),
        ({"lot_number": "L" * 21}, "lot_number", "at most 20"),
        ({"harvested_from": None}, "harvested_from", "on which day"),
        ({"harvested_from": "autumn"}, "harvested_from", "no date"),
        ({"harvested_from": "0026-10-03"}, "harvested_from", "no date"),
        ({"harvested_to": "2026-09-01"}, "harvested_to", "first day of harvest"),
        ({"warehouse": "W9"}, "warehouse", "none of the list"),
        ({"grade": "super"}, "grade", "none of the list"),
    ],
)
def test_what_is_wrong_is_told_at_its_cell(
    firm: Enterprise, packing: Variant, cells: dict[str, Any], key: str, reason: str
) -> None:
    table = look(firm, row_of(packing, grade=None, harvested_to=None, warehouse=None) | cells)

    assert not table.good
    assert reason in problems(table)[key]
    assert (table.wrong[0].row, table.wrong[0].column) == (2, key)
    assert table.wrong_rows == 1


def test_which_warehouse_is_asked_where_there_are_several(firm: Enterprise, packing: Variant) -> None:
    Warehouse.objects.create(enterprise=firm, code="W2", name="一号仓库")

    table = look(firm, row_of(packing, warehouse=None), row_of(packing, warehouse="一号仓库"))

    reasons = ["into which warehouse?", "several have this name: choose one from the list"]
    assert [one.reason for one in table.wrong] == reasons
    chosen = look(firm, row_of(packing, warehouse="一号仓库 (W2)")).new
    assert [one.warehouse_id for one in chosen] == [Warehouse.objects.get(code="W2").pk]


def test_codes_of_others_are_unknown_and_the_product_number_tells_two_apart(firm: Enterprise, packing: Variant) -> None:
    foreign = make_variant()
    twin = make_variant(enterprise=firm, on_hand=0)
    Variant.objects.filter(pk=twin.pk).update(sku=packing.sku)

    assert problems(look(firm, row_of(foreign)))["sku"] == "no packing of yours has this code"
    assert "give the product number too" in problems(look(firm, row_of(packing)))["sku"]
    assert look(firm, row_of(packing, product=twin.product_id)).new[0].variant_id == twin.pk


def test_a_table_received_before_is_known(firm: Enterprise, packing: Variant) -> None:
    receive_many(firm, look(firm, row_of(packing)).new, by=None, now=NOW)

    table = look(firm, row_of(packing), row_of(packing, quantity=6))

    assert (len(table.new), table.known) == (1, 1)


def test_the_workbook_we_give_is_taken_back(firm: Enterprise, packing: Variant) -> None:
    make_variant(enterprise=firm, on_hand=7)
    book = opened(receipts_workbook(firm))
    sheet: Any = book.active
    headings = [cell.value for cell in sheet[1]]
    assert headings[0] == "SKU"
    assert {sheet.cell(row, headings.index("On hand") + 1).value for row in (2, 3)} == {0, 7}
    wanted = {"SKU": packing.sku, "Units received": 3, "Lot number": "26A", "Harvested from": date(2026, 10, 3)}
    row = next(row for row in (2, 3) if sheet.cell(row, 1).value == packing.sku)
    for heading, value in wanted.items():
        sheet.cell(row, headings.index(heading) + 1).value = value

    table = look_at_receipts(firm, saved(book))

    assert (len(table.new), table.skipped, table.wrong, table.remarks) == (1, 1, [], [])


def test_a_table_without_goods_or_too_long_or_without_a_warehouse_says_so(firm: Enterprise, packing: Variant) -> None:
    assert not look(firm, {"sku": packing.sku, "quantity": None}).good
    with pytest.raises(UnreadableFile, match="split the table"):
        look(firm, *[row_of(packing, quantity=1 + turn) for turn in range(MOST_RECEIPTS + 1)])
    with pytest.raises(UnreadableFile, match="headings"):
        look_at_receipts(firm, b"a,b\n1,2\n")
    Warehouse.objects.update(is_active=False)
    with pytest.raises(UnreadableFile, match="warehouse"):
        look(firm, row_of(packing))


def test_statements_do_not_grow_with_the_rows(
    firm: Enterprise, packing: Variant, django_assert_num_queries: Any
) -> None:
    raw = xlsx([row_of(packing, quantity=1 + turn, lot_number=f"L{turn}") for turn in range(50)])

    with django_assert_num_queries(6):
        assert len(look_at_receipts(firm, raw).new) == 50
