"""A lot is taken back: what goes out no more, who is written down, and who may do it."""

from decimal import Decimal

import pytest

from catalog.lots.errors import LotShort
from catalog.lots.models import HarvestLot, LotStock
from market.accounts.models import User
from market.common.audit.models import AuditEntry
from market.common.errors import IllegalMove, InvalidInput, NotAllowed
from market.enterprises.models import Enterprise
from orders.actions.end_order import cancel_order
from orders.actions.ship_order import ship_order
from orders.orders.models import OrderLine
from orders.recalls.actions.open_recall import open_recall
from orders.recalls.models import Recall, RecallNotice
from orders.recalls.queries import reach_of, what_lies
from orders.recalls.watch import hold_what_is_free
from orders.shipments.models import ShipmentLine
from tests.builders import NOW, make_member, make_officer, make_regiment, make_variant, stock_of
from tests.orders.claims import ARRIVED, make_delivered, make_paid
from tests.orders.recalls.recall import lot_of, make_recall

pytestmark = pytest.mark.django_db


def test_every_order_that_had_some_is_written_down_with_its_weight() -> None:
    variant, other = make_variant(net_kg="5", on_hand=50), make_variant(net_kg="5", on_hand=50)
    first, second = make_delivered((variant, 4), waybill="W1"), make_delivered((variant, 7), waybill="W2")
    make_delivered((other, 1), waybill="W3")

    recall = make_recall(first)

    assert {(n.seller_order.number, n.weight) for n in RecallNotice.objects.all()} == {
        (first.number, Decimal(20)),
        (second.number, Decimal(35)),
    }
    assert recall.lot.state == HarvestLot.State.RECALLED
    assert AuditEntry.objects.filter(action="lot.recalled", subject_id=recall.number).exists()


def test_a_weight_is_rounded_up_to_the_gram_that_a_notice_holds() -> None:
    """A third of a box of a third of a kilogram has six places."""
    order = make_delivered()
    ShipmentLine.objects.update(quantity=Decimal("0.333"))
    OrderLine.objects.update(net_kg=Decimal("0.333"))

    make_recall(order)

    assert RecallNotice.objects.get().weight == Decimal("0.111")


def test_what_nobody_was_promised_is_held_and_nothing_is_packed() -> None:
    variant = make_variant(net_kg="5", on_hand=50)
    sent, waits = make_delivered((variant, 4)), make_paid((variant, 6))

    make_recall(sent)

    assert stock_of(variant) == (Decimal(6), Decimal(6))
    lying = what_lies(lot_of(sent))
    assert (lying.on_hand, lying.held) == (Decimal(30), Decimal(200))
    with pytest.raises(LotShort):
        ship_order(waits, [], carrier="test", waybill="W9", by=None, now=ARRIVED)


def test_what_an_order_sets_free_later_is_held_too() -> None:
    variant = make_variant(net_kg="5", on_hand=50)
    sent, waits = make_delivered((variant, 4)), make_paid((variant, 6))
    make_recall(sent)
    cancel_order(waits, by=None, reason="", now=ARRIVED)
    assert stock_of(variant) == (Decimal(6), Decimal(0))

    assert [hold_what_is_free(ARRIVED), hold_what_is_free(ARRIVED)] == [1, 0]

    assert stock_of(variant) == (Decimal(0), Decimal(0))
    assert LotStock.objects.get().held == Decimal(46)


def test_a_lot_is_recalled_once() -> None:
    order = make_delivered()
    make_recall(order)

    with pytest.raises(IllegalMove):
        make_recall(order)

    assert Recall.objects.count() == 1


def strangers(firm: Enterprise) -> list[User]:
    """Staff who are no owners, another seller's owner, officers of another regiment or another post."""
    return [
        make_member(firm, "warehouse"),
        make_member(make_variant().product.enterprise, "owner"),
        make_officer(make_regiment()),
        make_officer(firm.unit, "finance"),
    ]


def test_owner_and_reviewer_may_and_nobody_else() -> None:
    order = make_delivered()
    lot = lot_of(order)

    for person in strangers(lot.enterprise):
        with pytest.raises(NotAllowed):
            make_recall(order, by=person)
    assert not Recall.objects.exists()
    recall = make_recall(order, by=make_member(lot.enterprise, "owner"))

    assert recall.notices.count() == 1


@pytest.mark.parametrize(
    "wrong", [{"reason": " "}, {"reason": "x" * 501}, {"advice": "x" * 501}, {"severity": "4"}], ids=str
)
def test_what_cannot_be_changes_nothing(wrong: dict[str, str]) -> None:
    lot = lot_of(make_delivered())
    officer = make_officer(lot.enterprise.unit)

    with pytest.raises(InvalidInput):
        open_recall(lot, **({"severity": "2", "reason": "so"} | wrong), by=officer, now=NOW)

    lot.refresh_from_db()
    assert (lot.state, Recall.objects.count()) == (HarvestLot.State.OPEN, 0)


def test_a_lot_that_never_went_out_reaches_nobody() -> None:
    variant = make_variant(on_hand=5)
    lot = variant.product.lots.select_related("enterprise__unit").get()

    recall = open_recall(lot, severity="3", reason="label", by=make_officer(lot.enterprise.unit), now=NOW)

    assert reach_of(lot) == []
    assert recall.notices.count() == 0
