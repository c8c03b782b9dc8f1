"""Goods that went back, were lost or fell silent, and what that means for the order."""

from datetime import timedelta

import pytest

from market.common.deadlines.actions import run_due_deadlines
from market.common.errors import InvalidInput
from orders.actions.file_claim import file_claim
from orders.actions.ship_order import PackedLine
from orders.claims.errors import NothingToClaim
from orders.ledger.queries import balance, held_of
from orders.payments.queries import payment_status
from orders.shipments.models import Shipment
from tests.orders.actions.test_claims import D, clock, offer, state_of
from tests.orders.claims import ARRIVED, make_claim, make_paid, send, tell, wish

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", ["returned", "failed"])
def test_what_never_arrived_is_claimed_and_the_order_can_end(status: str) -> None:
    order = make_paid()
    send(order)
    with pytest.raises(NothingToClaim):
        file_claim(order, [], "where is it?", by=None, now=ARRIVED)
    tell("W1", status)

    with pytest.raises(InvalidInput):
        make_claim(order, wish(order, "40", "spoiled"))
    offer(make_claim(order, wish(order, "40", "not_arrived")), "1000")

    assert (state_of(order), payment_status(order.purchase)) == ("completed", "refunded")
    assert balance("seller_held", "CNY", order.enterprise_id) == 0
    assert held_of(order) == 0


def test_part_that_never_arrived_leaves_the_rest_open() -> None:
    order = make_paid()
    send(order)
    tell("W1", "failed")

    offer(make_claim(order, wish(order, "10", "not_arrived")), "250")

    assert (state_of(order), clock(order)) == ("in_progress", None)
    offer(make_claim(order, wish(order, "30", "not_arrived")), "750")
    assert state_of(order) == "completed"


def test_rest_that_arrives_after_the_missing_part_was_settled_starts_the_clock() -> None:
    """Whoever then says nothing has accepted; the seller does not wait for ever."""
    order = make_paid()
    line = order.lines.get()
    send(order, "W1", [PackedLine(line.pk, D(10))])
    send(order, "W2", [PackedLine(line.pk, D(30))])
    tell("W1", "failed")
    offer(make_claim(order, wish(order, "10", "not_arrived")), "250")
    assert (state_of(order), clock(order)) == ("in_progress", None)

    tell("W2", "delivered", at=ARRIVED + timedelta(days=1))
    assert clock(order) == ARRIVED + timedelta(days=8)
    run_due_deadlines(ARRIVED + timedelta(days=8))

    assert state_of(order) == "completed"
    assert held_of(order) == 0


def test_carrier_that_fell_silent_counts_as_astray() -> None:
    order = make_paid()
    send(order)
    Shipment.objects.update(silent_since=ARRIVED)
    offer(make_claim(order, wish(order, "40", "not_arrived")), "1000")
    assert state_of(order) == "completed"

    tell("W1", "delivered", at=ARRIVED + timedelta(days=1))  # it comes after all
    assert (state_of(order), clock(order)) == ("completed", None)
