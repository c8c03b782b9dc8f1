from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum

from catalog.lots.actions.count_stock import count_stock, set_on_hand
from catalog.lots.actions.quarantine_lot import quarantine_lot
from catalog.lots.actions.receive_lot import name_lot, receive_lot
from catalog.lots.errors import LotClosed, LotExists
from catalog.lots.models import HarvestLot, LotStock
from catalog.products.models import Variant
from catalog.stock.errors import AlreadyReceived, StockBelowReserved
from catalog.stock.models import StockItem, StockMovement
from market.common.errors import InvalidInput, NotFound
from market.common.outbox.models import OutboxEvent
from orders.actions.ship_order import PackedLine, ship_order
from orders.orders.models import SellerOrder
from tests.builders import NOW, make_placed, make_variant, make_warehouse, stock_of

pytestmark = pytest.mark.django_db
HARVEST = {"harvested_from": date(2026, 9, 1), "harvested_to": date(2026, 9, 9)}


def item_of(variant: Variant) -> StockItem:
    return StockItem.objects.get(variant=variant)


def parts_of(variant: Variant) -> list[Decimal]:
    return list(LotStock.objects.filter(stock_item__variant=variant).order_by("pk").values_list("on_hand", flat=True))


def add_lot(variant: Variant, number: str, quantity: int, **wishes: date) -> HarvestLot:
    warehouse = make_warehouse(variant.product.enterprise)
    fields: dict[str, Any] = HARVEST | wishes
    wish: dict[str, Any] = {"lot_number": number, "quantity": Decimal(quantity), "by": None, "now": NOW}
    part = receive_lot(variant, warehouse, **wish, **fields)
    return part.lot


def movements_add_up(variant: Variant) -> bool:
    item = item_of(variant)
    return bool(item.on_hand == (item.movements.aggregate(sum=Sum("quantity"))["sum"] or 0))


def test_count_lot_by_lot_keeps_item_parts_and_movements_in_step() -> None:
    variant = make_variant(on_hand=10)
    second = add_lot(variant, "B", 5)
    first = HarvestLot.objects.exclude(pk=second.pk).get()

    count_stock(item_of(variant), {first.pk: Decimal(8), second.pk: Decimal(6)}, reason="counted", by=None, now=NOW)

    assert item_of(variant).on_hand == 14
    assert parts_of(variant) == [8, 6]
    assert movements_add_up(variant)
    notes = StockMovement.objects.filter(note="counted").order_by("quantity").values_list("lot_number", "quantity")
    assert list(notes) == [(first.number, Decimal(-2)), ("B", Decimal(1))]


def test_count_below_reserved_says_the_numbers_and_changes_nothing() -> None:
    variant = make_variant(on_hand=10)
    make_placed((variant, 4))
    lot = HarvestLot.objects.get()
    moved = StockMovement.objects.count()

    with pytest.raises(StockBelowReserved) as refused:
        count_stock(item_of(variant), {lot.pk: Decimal(3)}, reason="counted", by=None, now=NOW)

    assert refused.value.details == {"reserved": "4", "wanted": "3"}
    assert (item_of(variant).on_hand, StockMovement.objects.count()) == (10, moved)
    assert parts_of(variant) == [10]


def test_count_may_move_goods_between_lots_although_all_are_reserved() -> None:
    variant = make_variant(on_hand=4)
    make_placed((variant, 4))
    first, second = HarvestLot.objects.get(), add_lot(variant, "B", 1)

    count_stock(item_of(variant), {first.pk: Decimal(0), second.pk: Decimal(4)}, reason="mixed up", by=None, now=NOW)

    assert parts_of(variant) == [0, 4]
    assert item_of(variant).on_hand == 4


@pytest.mark.parametrize("counted", ["-1", "NaN", "0.0001"])
def test_count_impossible_number_changes_nothing(counted: str) -> None:
    variant = make_variant(on_hand=10)

    with pytest.raises(InvalidInput):
        count_stock(item_of(variant), {HarvestLot.objects.get().pk: Decimal(counted)}, reason="x", by=None, now=NOW)

    assert parts_of(variant) == [10]


def test_count_without_reason_or_with_a_foreign_lot_is_refused() -> None:
    variant, foreign = make_variant(), make_variant()
    lot = HarvestLot.objects.get(product=foreign.product)

    with pytest.raises(InvalidInput):
        count_stock(item_of(variant), {}, reason=" ", by=None, now=NOW)
    with pytest.raises(NotFound):
        count_stock(item_of(variant), {lot.pk: Decimal(1)}, reason="x", by=None, now=NOW)

    assert parts_of(foreign) == [10]


def test_one_number_less_takes_goods_without_lot_first_then_what_expires_first() -> None:
    variant = make_variant(on_hand=10)
    add_lot(variant, "SOON", 5, best_before=date(2026, 12, 1))
    warehouse = make_warehouse(variant.product.enterprise)
    set_on_hand(variant, warehouse, Decimal(18), by=None, note="API", now=NOW)

    item = set_on_hand(variant, warehouse, Decimal(12), by=None, note="API", now=NOW)

    assert item.on_hand == 12
    assert parts_of(variant) == [10, 2]
    assert movements_add_up(variant)


def test_one_number_with_a_lot_changes_that_lot_only() -> None:
    variant = make_variant(on_hand=10)
    add_lot(variant, "B", 5)
    warehouse = make_warehouse(variant.product.enterprise)

    set_on_hand(variant, warehouse, Decimal(17), lot_number=" b", by=None, note="API", now=NOW)
    with pytest.raises(InvalidInput):
        set_on_hand(variant, warehouse, Decimal(9), lot_number="B", by=None, note="API", now=NOW)

    assert parts_of(variant) == [10, 7]
    assert item_of(variant).on_hand == 17


def test_goods_without_lot_are_packed_once_they_have_one() -> None:
    variant = make_variant(on_hand=0)
    warehouse = make_warehouse(variant.product.enterprise)
    set_on_hand(variant, warehouse, Decimal(3), by=None, note="API", now=NOW)

    part = name_lot(item_of(variant), lot_number="late 1", by=None, now=NOW, **HARVEST)

    assert (part.lot.number, part.on_hand, part.lot.origin_unit_id) == ("LATE1", 3, variant.product.origin_unit_id)
    assert item_of(variant).on_hand == 3
    with pytest.raises(InvalidInput):
        name_lot(item_of(variant), lot_number="AGAIN", by=None, now=NOW, **HARVEST)


def test_receipt_with_the_same_reference_counts_once() -> None:
    variant = make_variant(on_hand=0)
    warehouse = make_warehouse(variant.product.enterprise)
    wish = {"lot_number": "A", "quantity": Decimal(5), "by": None, "reference": "form-1", "now": NOW}
    receive_lot(variant, warehouse, **HARVEST, **wish)  # type: ignore[arg-type]

    with pytest.raises(AlreadyReceived):
        receive_lot(variant, warehouse, **HARVEST, **wish)  # type: ignore[arg-type]

    assert item_of(variant).on_hand == 5
    assert parts_of(variant) == [5]


def test_lot_number_of_another_product_is_refused() -> None:
    variant = make_variant(on_hand=0)
    other = make_variant(on_hand=0, enterprise=variant.product.enterprise)
    add_lot(variant, "A", 5)

    with pytest.raises(LotExists):
        add_lot(other, "A", 5)

    assert not StockItem.objects.filter(variant=other).exists()


def test_receipt_into_a_closed_warehouse_is_refused() -> None:
    variant = make_variant(on_hand=0)
    warehouse = make_warehouse(variant.product.enterprise)
    warehouse.is_active = False
    warehouse.save()

    with pytest.raises(InvalidInput):
        add_lot(variant, "A", 5)

    assert not HarvestLot.objects.exists()


def test_stock_that_comes_back_tells_the_index() -> None:
    variant = make_variant(on_hand=0)
    OutboxEvent.objects.all().delete()

    add_lot(variant, "A", 5)

    assert OutboxEvent.objects.filter(topic="product.changed", subject=str(variant.product_id)).count() == 1


def test_named_lot_that_lies_in_two_warehouses_is_picked_from_both() -> None:
    variant = make_variant(on_hand=2)
    lot = HarvestLot.objects.get()
    second = variant.product.enterprise.warehouses.create(code="W2", name="二号仓库")
    receive_lot(
        variant,
        second,
        lot_number=lot.number,
        quantity=Decimal(3),
        harvested_from=lot.harvested_from,
        harvested_to=lot.harvested_to,
        by=None,
        now=NOW,
    )
    order = make_placed((variant, 5)).seller_orders[0]
    SellerOrder.objects.update(state="awaiting_seller")

    ship_order(
        order,
        [PackedLine(order.lines.get().pk, Decimal(5), lot.number)],
        carrier="truck",
        waybill="W",
        by=None,
        now=NOW,
    )

    assert parts_of(variant) == [0, 0]
    assert [item.on_hand for item in StockItem.objects.filter(variant=variant)] == [0, 0]


def test_goods_cannot_be_named_into_a_lot_in_quarantine() -> None:
    variant = make_variant(on_hand=4)
    lot = HarvestLot.objects.get()
    quarantine_lot(lot, reason="residues", by=None, now=NOW)
    set_on_hand(variant, item_of(variant).warehouse, Decimal(3), by=None, note="found", now=NOW)
    harvest: Any = {"harvested_from": lot.harvested_from, "harvested_to": lot.harvested_to}

    with pytest.raises(LotClosed):
        name_lot(item_of(variant), lot_number=lot.number, by=None, now=NOW, **harvest)

    part = LotStock.objects.get()
    assert (part.on_hand, part.held) == (Decimal(0), Decimal(4))
    assert stock_of(variant) == (Decimal(3), Decimal(0))
