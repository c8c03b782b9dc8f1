"""A recall goes on to what was made from the lot."""

from decimal import Decimal

import pytest

from catalog.lots.actions.quarantine_lot import recall_lot
from catalog.lots.models import HarvestLot
from catalog.trace.models import TraceEvent
from market.common.audit.models import AuditEntry
from market.common.errors import NotAllowed
from market.common.outbox.drain import drain_outbox
from orders.recalls.actions.open_recall import open_recall
from orders.recalls.models import Recall, RecallNotice
from tests.builders import NOW, make_enterprise, make_member, make_officer, make_variant, stock_of
from tests.catalog.trace.blends import blend, lot_of
from tests.orders.claims import ARRIVED, make_delivered

pytestmark = pytest.mark.django_db
S = HarvestLot.State


def states() -> dict[str, str]:
    return dict(HarvestLot.objects.values_list("number", "state"))


def test_recall_reaches_orders_of_lots_made_from_lots_made_from_it() -> None:
    enterprise = make_enterprise()
    raw, other = (make_variant(enterprise=enterprise, net_kg="5", on_hand=20) for _ in range(2))
    target = make_variant(enterprise=enterprise, net_kg="1", on_hand=0)
    lot = lot_of(raw)
    blend((lot, 20), (lot_of(other), 20), into=(raw, "MIX", 40))
    blend((HarvestLot.objects.get(number="MIX"), 40), into=(target, "SMALL", 38), loss=2)
    direct, made = make_delivered((raw, 2), waybill="W1"), make_delivered((target, 7), waybill="W2")
    officer = make_officer(enterprise.unit)

    recall = open_recall(lot, severity="1", reason="residues", by=officer, now=ARRIVED)

    assert states() == {lot.number: S.RECALLED, lot_of(other).number: S.OPEN, "MIX": S.RECALLED, "SMALL": S.RECALLED}
    assert recall.source is None
    further = Recall.objects.exclude(pk=recall.pk)
    assert {(one.lot.number, one.source, one.reason) for one in further} == {
        ("MIX", recall, "residues"),
        ("SMALL", recall, "residues"),
    }
    assert {(n.recall.lot.number, n.seller_order.number, n.weight) for n in RecallNotice.objects.all()} == {
        (lot.number, direct.number, Decimal(10)),
        ("SMALL", made.number, Decimal(7)),
    }
    assert stock_of(target) == (Decimal(0), Decimal(0))
    assert AuditEntry.objects.filter(action="lot.recalled").count() == 3


def test_recall_of_what_was_made_leaves_what_it_was_made_from() -> None:
    variant = make_variant(net_kg="5", on_hand=20)
    blend((lot_of(variant), 50), into=(variant, "MIX", 50))
    officer = make_officer(variant.product.enterprise.unit)

    open_recall(HarvestLot.objects.get(number="MIX"), severity="3", reason="wrong label", by=officer, now=ARRIVED)

    assert states() == {lot_of(variant).number: S.OPEN, "MIX": S.RECALLED}


def test_recall_leaves_an_earlier_recall_of_a_lot_made_from_it() -> None:
    variant = make_variant(net_kg="5", on_hand=20)
    blend((lot_of(variant), 50), into=(variant, "MIX", 50))
    recall_lot(HarvestLot.objects.get(number="MIX"), reason="label", by=None, now=NOW)
    officer = make_officer(variant.product.enterprise.unit)

    recall = open_recall(lot_of(variant), severity="1", reason="residues", by=officer, now=ARRIVED)

    assert list(Recall.objects.all()) == [recall]


def test_recall_by_one_who_may_not_leaves_all_lots_as_they_are() -> None:
    variant = make_variant(net_kg="5", on_hand=20)
    blend((lot_of(variant), 50), into=(variant, "MIX", 50))

    with pytest.raises(NotAllowed):
        open_recall(
            lot_of(variant),
            severity="1",
            reason="so",
            by=make_member(variant.product.enterprise, "warehouse"),
            now=ARRIVED,
        )

    assert set(states().values()) == {S.OPEN}


def test_recall_is_told_to_the_trace_of_each_lot() -> None:
    variant = make_variant(net_kg="5", on_hand=20)
    blend((lot_of(variant), 50), into=(variant, "MIX", 50))
    officer = make_officer(variant.product.enterprise.unit)
    open_recall(lot_of(variant), severity="1", reason="residues", by=officer, now=ARRIVED)

    while drain_outbox(ARRIVED):
        pass

    told = TraceEvent.objects.filter(disposition="recalled").values_list("lots__lot__lot__number", flat=True)
    assert set(told) == {lot_of(variant).number, "MIX"}
