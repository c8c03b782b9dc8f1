from decimal import Decimal
from typing import Any

import pytest

from catalog.lots.models import HarvestLot
from catalog.products.models import Variant
from catalog.stock.models import StockItem, StockMovement, Warehouse
from tests.builders import make_enterprise, make_placed, make_variant, make_warehouse, stock_of
from tests.market.portal.people import read, send, staff_of

pytestmark = pytest.mark.django_db


def receipt(variant: Variant, **wishes: Any) -> dict[str, Any]:
    fields = {
        "warehouse": make_warehouse(variant.product.enterprise).pk,
        "quantity": "5",
        "lot_number": "26a-1",
        "harvested_from": "2026年10月1日",
        "harvested_to": "2026-10-09",
        "grade": "premium",
        "best_before": "2027-10-09",
        "key": "form-1",
    }
    return fields | wishes


def test_receipt_sent_twice_counts_once() -> None:
    variant = make_variant(on_hand=0)
    client = staff_of(variant.product.enterprise, "warehouse")

    for _ in range(2):
        send(client, f"packings/{variant.pk}/receive/", receipt(variant))

    lot = HarvestLot.objects.get()
    assert stock_of(variant) == (Decimal(5), Decimal(0))
    assert (lot.number, lot.grade, str(lot.best_before)) == ("26A-1", "premium", "2027-10-09")


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"quantity": "0"}, "above zero"),
        ({"quantity": "five"}, "Please enter a number"),
        ({"harvested_to": "2026-09-01"}, "must not be before the first day of harvest"),
        ({"harvested_from": "some day"}, "Please enter a date"),
        ({"best_before": "2025-01-01"}, "must not be before the harvest"),
    ],
)
def test_bad_receipt_keeps_what_was_typed_and_changes_nothing(wishes: dict[str, str], words: str) -> None:
    variant = make_variant(on_hand=0)

    page = send(
        staff_of(variant.product.enterprise), f"packings/{variant.pk}/receive/", receipt(variant, **wishes), status=422
    )

    assert words in page
    assert 'value="26a-1"' in page
    assert not HarvestLot.objects.exists()
    assert not StockMovement.objects.exists()


def test_everything_wrong_with_a_receipt_is_told_at_once() -> None:
    variant = make_variant(on_hand=0)
    wishes = {"quantity": "-5", "harvested_from": "some day", "lot_number": ""}

    page = send(
        staff_of(variant.product.enterprise), f"packings/{variant.pk}/receive/", receipt(variant, **wishes), status=422
    )

    assert "3 things need a change" in page
    assert "This must be above zero." in page


def test_receipt_into_another_enterprises_warehouse_is_refused() -> None:
    variant = make_variant(on_hand=0)
    foreign = make_warehouse(make_enterprise())

    send(
        staff_of(variant.product.enterprise),
        f"packings/{variant.pk}/receive/",
        receipt(variant, warehouse=foreign.pk),
        status=422,
    )

    assert not StockItem.objects.exists()


def test_count_below_reserved_tells_the_numbers_and_changes_nothing() -> None:
    variant = make_variant(on_hand=10)
    make_placed((variant, 4))
    item, lot = StockItem.objects.get(), HarvestLot.objects.get()
    client = staff_of(variant.product.enterprise, "warehouse")
    wish = {f"lot_{lot.pk}": "3", "loose": "0", "reason": "counted"}

    page = send(client, f"stock/{item.pk}/", wish, status=422)

    assert "4 are promised to orders, so the stock cannot be set to 3." in page
    assert 'value="counted"' in page
    assert stock_of(variant) == (Decimal(10), Decimal(4))
    send(client, f"stock/{item.pk}/", wish | {f"lot_{lot.pk}": "9"})
    assert stock_of(variant) == (Decimal(9), Decimal(4))
    assert "counted" in read(client, f"stock/{item.pk}/")


def test_quarantine_asks_for_the_lots_number() -> None:
    variant = make_variant(on_hand=10)
    lot = HarvestLot.objects.get()
    client = staff_of(variant.product.enterprise, "warehouse")

    send(client, f"lots/{lot.pk}/quarantine/", {"reason": "residue", "typed": "OTHER"}, status=422)
    assert stock_of(variant) == (Decimal(10), Decimal(0))
    send(client, f"lots/{lot.pk}/quarantine/", {"reason": "residue", "typed": lot.number.lower()})

    assert stock_of(variant) == (Decimal(0), Decimal(0))
    assert "residue" in read(client, f"lots/{lot.pk}/")
    send(client, f"lots/{lot.pk}/release/", {"reason": "clean"})
    assert stock_of(variant) == (Decimal(10), Decimal(0))


def test_warehouse_is_added_renamed_closed_and_opened() -> None:
    enterprise = make_enterprise()
    client = staff_of(enterprise)
    send(client, "warehouses/", {"code": "w1", "name": "一号", "place": ""})
    row = Warehouse.objects.get()

    send(client, f"warehouses/{row.pk}/", {"name": "", "save": "1"}, status=422)
    send(client, f"warehouses/{row.pk}/", {"name": "新名", "save": "1"})
    send(client, f"warehouses/{row.pk}/", {"close": "1"})

    row.refresh_from_db()
    assert (row.code, row.name, row.is_active) == ("W1", "新名", False)
    send(client, f"warehouses/{row.pk}/", {"reopen": "1"})
    row.refresh_from_db()
    assert row.is_active


def test_stock_shows_on_hand_reserved_and_free() -> None:
    variant = make_variant(on_hand=Decimal("12.5"))
    make_placed((variant, 4))

    page = read(staff_of(variant.product.enterprise), "stock/")

    for number in ("12.5 box", ">4<", "8.5"):
        assert number in page


def test_sold_out_filter_shows_only_what_is_sold_out() -> None:
    full = make_variant(on_hand=1)
    empty = make_variant(on_hand=0, enterprise=full.product.enterprise)
    client = staff_of(full.product.enterprise)

    page = read(client, "stock/?only=sold_out")

    assert empty.sku in page
    assert full.sku not in page
    assert "<strong>1</strong>packing sold out" in read(client, "")
