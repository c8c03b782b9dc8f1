"""Receipts of many lots: twice, against what stands, within one table."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum
from django.utils.translation import override

from catalog.lots.actions.quarantine_lot import quarantine_lot
from catalog.lots.actions.receive_lot import receive_lot
from catalog.lots.actions.receive_many import receive_many
from catalog.lots.models import HarvestLot, LotStock
from catalog.lots.receipts import Outcome, Receipt, Weighed, read_facts, weigh
from catalog.products.models import Variant
from catalog.stock.models import StockItem, StockMovement, Warehouse
from market.common.outbox.models import OutboxEvent
from market.enterprises.models import Enterprise
from tests.builders import NOW, make_enterprise, make_variant, make_warehouse, stock_of

pytestmark = pytest.mark.django_db
N, K, W = Outcome.NEW, Outcome.KNOWN, Outcome.WRONG


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture
def firm() -> Enterprise:
    return make_enterprise()


def receipt(variant: Variant, lot: str = "26A", quantity: str = "5", row: int = 2, **wishes: Any) -> Receipt:
    warehouse = make_warehouse(variant.product.enterprise)
    days = date(2026, 9, 1), date(2026, 9, 9)
    return replace(Receipt(row, variant.pk, warehouse.pk, lot, Decimal(quantity), *days), **wishes)


def receive(firm: Enterprise, *receipts: Receipt) -> list[Outcome]:
    return [one.outcome for one in receive_many(firm, receipts, by=None, now=NOW)]


def why(firm: Enterprise, *receipts: Receipt) -> dict[str, str]:
    """Of the last one."""
    last: Weighed = weigh(receipts, read_facts(firm, receipts))[-1]
    assert receive_many(firm, receipts, by=None, now=NOW)[-1] == last
    return dict(last.problems)


def is_in_step() -> bool:
    """Items, their lots and their movements say the same."""
    for item in StockItem.objects.all():
        moved = item.movements.aggregate(sum=Sum("quantity"))["sum"] or 0
        parts = LotStock.objects.filter(stock_item=item).aggregate(sum=Sum("on_hand"))["sum"] or 0
        if not item.on_hand == moved == parts:
            return False
    return True


def test_as_many_single_receipts_would_have_made_the_same(firm: Enterprise) -> None:
    one, other = make_variant(enterprise=firm, on_hand=0), make_variant(enterprise=firm, on_hand=0)
    warehouse = make_warehouse(firm)
    fields: dict[str, Any] = {"harvested_from": date(2026, 9, 1), "harvested_to": date(2026, 9, 9)}
    best = date(2027, 9, 1)
    receive_lot(
        one, warehouse, lot_number="26a 1", quantity=Decimal("2.5"), best_before=best, by=None, now=NOW, **fields
    )
    receipts = [
        receipt(one, " 26a 1", "1.5"),
        receipt(other, "26B", "7", 3, best_before=best, grade="first", paper="RK-7"),
    ]

    assert receive(firm, *receipts) == [N, N]

    assert [stock_of(variant)[0] for variant in (one, other)] == [4, 7]
    lot = HarvestLot.objects.get(number="26B")
    single = HarvestLot.objects.get(number=receipts[0].number)
    assert (lot.origin_unit_id, lot.origin_subdivision) == (single.origin_unit_id, single.origin_subdivision)
    assert (lot.product_id, lot.best_before, lot.grade, lot.state) == (other.product_id, best, "first", "open")
    movement = StockMovement.objects.get(lot_number="26B")
    assert (movement.kind, movement.quantity, movement.note) == ("receipt", 7, "RK-7")
    assert is_in_step()


def test_the_same_table_again_and_a_longer_one_receive_nothing_twice(firm: Enterprise) -> None:
    variant = make_variant(enterprise=firm, on_hand=0)
    table = [receipt(variant), receipt(variant, "26B", "3", 3)]

    assert receive(firm, *table) == [N, N]
    assert receive(firm, *table) == [K, K]
    longer = [receipt(variant, "26C", "1", 2), *(replace(one, row=one.row + 5) for one in table)]
    assert receive(firm, *longer) == [N, K, K]

    assert stock_of(variant)[0] == 9
    assert is_in_step()


def test_as_much_once_more_counts_under_a_delivery_note_of_its_own(firm: Enterprise) -> None:
    variant = make_variant(enterprise=firm, on_hand=0)

    assert receive(firm, receipt(variant), receipt(variant, row=3, paper="RK-8")) == [N, N]
    assert receive(firm, receipt(variant, paper="rk-8")) == [K]

    assert stock_of(variant)[0] == 10
    assert LotStock.objects.get().on_hand == 10


def test_a_row_said_twice_is_told_and_counts_once(firm: Enterprise) -> None:
    variant = make_variant(enterprise=firm, on_hand=0)

    assert receive(firm, receipt(variant, quantity="5"), receipt(variant, quantity="5.000", row=3)) == [N, W]

    assert stock_of(variant)[0] == 5
    assert "row 2 says the same" in why(firm, receipt(variant), receipt(variant, row=3))["paper"]


def test_what_is_wrong_is_left_out_and_makes_nothing(firm: Enterprise) -> None:
    variant, foreign = make_variant(enterprise=firm, on_hand=0), make_variant()
    closed = Warehouse.objects.create(enterprise=firm, code="OLD", name="Old", is_active=False)
    wrong = [
        receipt(foreign, "F1"),
        receipt(variant, "F2", row=3, warehouse_id=closed.pk),
        receipt(variant, "F3", row=4, warehouse_id=make_warehouse(foreign.product.enterprise).pk),
        receipt(variant, "F4", "0", 5),
        receipt(variant, "F5", "1.0001", 6),
        receipt(variant, "F6", row=7, harvested_to=date(2026, 8, 1)),
        receipt(variant, "F7", row=8, best_before=date(2026, 8, 1)),
        receipt(variant, " ", row=9),
        receipt(variant, "F9", row=10, grade="best"),
    ]

    assert receive(firm, *wrong, receipt(variant, "GOOD", row=11)) == [W] * len(wrong) + [N]

    assert [lot.number for lot in HarvestLot.objects.for_enterprise(firm.pk)] == ["GOOD"]
    assert stock_of(variant)[0] == 5
    assert not StockItem.objects.filter(warehouse=closed).exists()


def test_a_number_stands_for_one_harvest_in_the_database_and_in_the_table(firm: Enterprise) -> None:
    one, other = make_variant(enterprise=firm, on_hand=0), make_variant(enterprise=firm, on_hand=0)
    later: dict[str, Any] = {"harvested_to": date(2026, 9, 10)}
    best = date(2027, 9, 1)

    assert "another product or harvest" in why(firm, receipt(one, "A"), receipt(other, "a", row=3))["lot_number"]
    assert "another product or harvest" in why(firm, receipt(one, "A", quantity="9", **later))["lot_number"]
    assert why(firm, receipt(one, "A", "9", best_before=best))["best_before"].endswith(": –")
    assert "another best-before" in why(
        firm, receipt(one, "B", best_before=best), receipt(one, "B", "2", 3, best_before=date(2027, 1, 1))
    ).get("best_before", "")
    assert "another grade" in why(firm, receipt(one, "B", "3", best_before=best, grade="premium"))["grade"]

    assert receive(firm, receipt(one, "A", "9"), receipt(one, "B", "8", 3)) == [N, N]


def test_a_lot_in_quarantine_takes_nothing(firm: Enterprise) -> None:
    variant = make_variant(enterprise=firm, on_hand=0)
    receive(firm, receipt(variant))
    quarantine_lot(HarvestLot.objects.get(), reason="mould", by=None, now=NOW)

    assert "quarantine" in why(firm, receipt(variant, quantity="6"))["lot_number"]


def test_the_index_hears_of_what_comes_back_only(firm: Enterprise) -> None:
    empty, full = make_variant(enterprise=firm, on_hand=0), make_variant(enterprise=firm, on_hand=5)
    OutboxEvent.objects.all().delete()

    receive(firm, receipt(empty), receipt(full, "26B", row=3))

    told = OutboxEvent.objects.filter(topic="product.changed").values_list("subject", flat=True)
    assert set(told) == {str(empty.product_id)}


def test_the_trace_hears_of_new_lots_once(firm: Enterprise) -> None:
    variant = make_variant(enterprise=firm, on_hand=0)

    for quantity in ("5", "6"):
        receive(firm, receipt(variant, quantity=quantity), receipt(variant, "26B", quantity, 3))

    told = OutboxEvent.objects.filter(topic="lot.opened").values_list("subject", flat=True)
    lots = HarvestLot.objects.for_enterprise(firm.pk).values_list("pk", flat=True)
    assert sorted(told) == sorted(map(str, lots))


def test_statements_do_not_grow_with_the_rows(firm: Enterprise, django_assert_max_num_queries: Any) -> None:
    variants = [make_variant(enterprise=firm, on_hand=0) for _ in range(4)]
    rows = [receipt(variant, f"L{turn}-{variant.pk}", row=turn) for turn in range(60) for variant in variants]

    with django_assert_max_num_queries(19):
        assert set(receive(firm, *rows)) == {N}

    assert StockMovement.objects.count() == 240
    assert is_in_step()


def test_nothing_is_received_of_nothing(firm: Enterprise) -> None:
    assert receive(firm) == []
