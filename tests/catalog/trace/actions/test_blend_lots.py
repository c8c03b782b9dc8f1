import json
from datetime import date
from decimal import Decimal

import pytest
from django.utils.translation import override

from catalog.lots.actions.quarantine_lot import quarantine_lot
from catalog.lots.errors import LotClosed, LotExists, LotShort
from catalog.lots.models import HarvestLot, LotStock
from catalog.stock.errors import AlreadyReceived
from catalog.stock.models import StockItem, StockMovement
from catalog.trace.actions.blend_lots import Made, Taken, blend_lots
from catalog.trace.models import LotEdge, TraceEvent
from catalog.trace.own import lot_uri
from catalog.trace.queries import first_broken_event, harvests_made_from
from market.common.audit.models import AuditEntry
from market.common.errors import InvalidInput, MarketError, NotFound
from tests.builders import (
    NOW,
    make_category,
    make_enterprise,
    make_regiment,
    make_user,
    make_variant,
    make_warehouse,
    stock_of,
)
from tests.catalog.trace.blends import blend, lot_of
from tests.orders.claims import make_paid

pytestmark = pytest.mark.django_db


def world() -> tuple[int, ...]:
    models = (HarvestLot, TraceEvent, LotEdge, StockMovement, AuditEntry)
    return (*(model.objects.count() for model in models), int(sum(StockItem.objects.values_list("on_hand", flat=True))))


def refused(error: type[MarketError], *taken: tuple[HarvestLot, int], into: object, **fields: object) -> MarketError:
    before = world()
    with pytest.raises(error) as caught:
        blend(*taken, into=into, **fields)  # type: ignore[arg-type]
    assert world() == before
    return caught.value


def test_blend_moves_stock_and_graph_by_the_same_weights() -> None:
    enterprise = make_enterprise()
    first, second = (make_variant(enterprise=enterprise, net_kg="5", on_hand=10) for _ in range(2))
    target = make_variant(enterprise=enterprise, net_kg="2.5", on_hand=0)
    HarvestLot.objects.filter(pk=lot_of(second).pk).update(
        harvested_from=date(2026, 9, 20), harvested_to=date(2026, 9, 25), best_before=date(2027, 9, 1)
    )

    event = blend((lot_of(first), 30), (lot_of(second), 20), into=(target, "mix-1", 45), loss=5)

    made = HarvestLot.objects.get(number="MIX-1")
    assert [stock_of(variant)[0] for variant in (first, second, target)] == [4, 6, 18]
    assert LotStock.objects.get(lot=made).on_hand == 18
    assert (made.harvested_from, made.harvested_to) == (date(2026, 9, 20), date(2026, 10, 12))
    assert (made.best_before, made.origin_unit) == (date(2027, 9, 1), enterprise.unit)
    body = json.loads(event.payload)
    assert body["agri:lossQuantity"] == 5.0
    assert body["outputQuantityList"] == [{"epcClass": lot_uri(made), "quantity": 45.0, "uom": "KGM"}]
    assert harvests_made_from(lot_of(first)) == harvests_made_from(lot_of(second)) == [made]
    assert AuditEntry.objects.filter(action="lot.blended").count() == 1
    assert first_broken_event(enterprise) is None
    for item in StockItem.objects.filter(variant__in=[first, second, target]):
        moved = sum(item.movements.values_list("quantity", flat=True), Decimal(0))
        assert moved == item.on_hand == sum(item.lots.values_list("on_hand", flat=True), Decimal(0))


def test_blend_of_two_companies_comes_from_what_holds_both() -> None:
    enterprise = make_enterprise()
    first, second = (make_variant(enterprise=enterprise, on_hand=10) for _ in range(2))
    HarvestLot.objects.filter(pk=lot_of(second).pk).update(origin_unit=make_regiment())

    blend((lot_of(first), 5), (lot_of(second), 5), into=(first, "MIX", 10))

    assert HarvestLot.objects.get(number="MIX").origin_unit.code == "XP"


def test_blend_that_does_not_add_up_is_told_in_words() -> None:
    variant = make_variant(net_kg="5", on_hand=10)

    with override("en"):
        error = refused(InvalidInput, (lot_of(variant), 50), into=(variant, "MIX", 40), loss=5)

    words = "50 kg go in; 40 kg come out and 5 kg are lost: 5 kg are missing."
    assert error.details["fields"] == {"loss": words}


def test_blend_takes_nothing_that_is_promised() -> None:
    variant = make_variant(net_kg="5", on_hand=10)
    make_paid((variant, 8))

    assert refused(LotShort, (lot_of(variant), 15), into=(variant, "MIX", 15)).details["left"] == "10 kg"
    blend((lot_of(variant), 10), into=(variant, "MIX", 10))

    assert stock_of(variant) == (Decimal(10), Decimal(8))


def test_blend_sent_twice_counts_once() -> None:
    variant = make_variant(net_kg="5", on_hand=10)
    blend((lot_of(variant), 10), into=(variant, "MIX", 10), key="one")

    refused(AlreadyReceived, (lot_of(variant), 10), into=(variant, "OTHER", 10), key="one")


def test_blend_refusals_change_nothing() -> None:
    variant = make_variant(net_kg="5", on_hand=10)
    lot, foreign = lot_of(variant), lot_of(make_variant())

    refused(NotFound, (foreign, 10), into=(variant, "MIX", 10))
    refused(LotExists, (lot, 10), into=(variant, lot.number.lower(), 10))
    refused(InvalidInput, (lot, 0), into=(variant, "MIX", 0))
    refused(InvalidInput, (lot, 10), into=(variant, "", 10))
    refused(InvalidInput, (lot, 10), into=(variant, "MIX", 10), work="magic")
    refused(InvalidInput, (lot, 9), into=(variant, "MIX", 10), loss=-1)
    HarvestLot.objects.filter(pk=foreign.pk).update(enterprise=lot.enterprise, origin_subdivision="CN-GS")
    foreign.refresh_from_db()
    refused(InvalidInput, (lot, 5), (foreign, 5), into=(variant, "MIX", 10))
    quarantine_lot(lot, reason="damp", by=None, now=NOW)
    refused(LotClosed, (lot, 10), into=(variant, "MIX", 10))


def test_blend_weight_that_is_no_number_of_packings_is_refused() -> None:
    thirds = make_variant(net_kg="3", on_hand=10)
    enterprise = thirds.product.enterprise
    target = make_variant(enterprise=enterprise, net_kg="5", on_hand=0)

    error = refused(InvalidInput, (lot_of(thirds), 10), into=(target, "MIX", 10))
    assert list(error.details["fields"]) == ["inputs.0"]
    back = refused(InvalidInput, (lot_of(thirds), 9), into=(make_variant(enterprise=enterprise, net_kg="7"), "MIX", 9))
    assert list(back.details["fields"]) == ["outputs.0"]


def test_grading_makes_two_lots_in_two_packings() -> None:
    variant = make_variant(net_kg="5", on_hand=10)
    small = make_variant(enterprise=variant.product.enterprise, net_kg="1", on_hand=0)
    warehouse = make_warehouse(variant.product.enterprise)
    outputs = [
        Made(variant, warehouse, "A", Decimal(30)),
        Made(small, warehouse, "B", Decimal(8)),
        Made(small, warehouse, "C", Decimal(7)),
    ]

    blend_lots(
        variant.product.enterprise,
        [Taken(lot_of(variant), Decimal(20)), Taken(lot_of(variant), Decimal(30))],
        outputs,
        loss=Decimal(5),
        work="grading",
        key="k",
        by=make_user(),
        now=NOW,
    )

    assert [stock_of(one)[0] for one in (variant, small)] == [6, 15]
    assert [lot.number for lot in harvests_made_from(lot_of(variant))] == ["A", "B", "C"]


def test_sorting_makes_no_other_goods_and_processing_may() -> None:
    jujubes = make_variant(net_kg="5", on_hand=10)
    walnuts = make_variant(
        enterprise=jujubes.product.enterprise, category=make_category("walnut"), net_kg="5", on_hand=0
    )

    for work in ("grading", "packing"):
        error = refused(InvalidInput, (lot_of(jujubes), 10), into=(walnuts, "MIX", 10), work=work)
        assert list(error.details["fields"]) == ["outputs.0"]
    blend((lot_of(jujubes), 10), into=(walnuts, "MIX", 10))

    assert stock_of(walnuts)[0] == 2
