"""First expired, first out; the named lot; never a lot that is held back; a refusal changes nothing."""

from datetime import date
from decimal import Decimal

import pytest

from catalog.lots.actions.pick_lots import pick_lots
from catalog.lots.actions.receive_lot import receive_lot
from catalog.lots.errors import LotShort
from catalog.lots.models import HarvestLot, LotStock
from catalog.products.models import Variant
from catalog.stock.models import Reservation, StockMovement
from tests.builders import NOW, make_placed, make_variant, make_warehouse, stock_of

pytestmark = pytest.mark.django_db


def receive(variant: Variant, number: str, quantity: int, best_before: date | None) -> None:
    receive_lot(
        variant,
        make_warehouse(variant.product.enterprise),
        lot_number=number,
        quantity=Decimal(quantity),
        harvested_from=date(2026, 9, 1),
        harvested_to=date(2026, 9, 2),
        best_before=best_before,
        by=None,
        now=NOW,
    )


def make_reserved() -> tuple[Variant, str]:
    """Five of a variant reserved, lying in three lots of two or three."""
    variant = make_variant(on_hand=0)
    receive(variant, "LATE", 3, date(2027, 9, 1))
    receive(variant, "NONE", 3, None)
    receive(variant, "SOON", 2, date(2027, 3, 1))
    return variant, make_placed((variant, 5)).seller_orders[0].number


def pick(number: str, quantity: int, lot: str = "") -> list[tuple[str, Decimal]]:
    picked = pick_lots(
        number, Reservation.objects.get().line_position, Decimal(quantity), lot_number=lot, by=None, now=NOW
    )
    return [(part.lot.number, part.quantity) for part in picked]


def test_pick_lots_takes_what_expires_first_and_undated_last() -> None:
    variant, number = make_reserved()

    assert pick(number, 4) == [("SOON", Decimal(2)), ("LATE", Decimal(2))]
    assert pick(number, 1) == [("LATE", Decimal(1))]
    assert stock_of(variant) == (Decimal(3), Decimal(0))
    assert Reservation.objects.get().state == "fulfilled"
    moved = StockMovement.objects.filter(kind="shipment").values_list("quantity", flat=True)
    assert sum(moved) == Decimal(-5)
    assert {row.lot.number: row.on_hand for row in LotStock.objects.select_related("lot")} == {
        "SOON": 0,
        "LATE": 0,
        "NONE": 3,
    }


def test_pick_lots_named_lot_too_small_leaves_nothing_behind() -> None:
    variant, number = make_reserved()

    with pytest.raises(LotShort):
        pick(number, 3, "SOON")
    with pytest.raises(LotShort):
        pick(number, 3, " so on")

    assert stock_of(variant) == (Decimal(8), Decimal(5))
    assert not StockMovement.objects.filter(kind="shipment").exists()


def test_pick_lots_passes_over_a_lot_in_quarantine() -> None:
    _, number = make_reserved()
    HarvestLot.objects.filter(number="SOON").update(state=HarvestLot.State.QUARANTINED)

    assert pick(number, 3) == [("LATE", Decimal(3))]


def test_pick_lots_never_more_than_was_reserved() -> None:
    variant, number = make_reserved()

    with pytest.raises(LotShort):
        pick(number, 6)

    assert stock_of(variant) == (Decimal(8), Decimal(5))
