"""Money for what went back or was lost, given without a claim."""

from datetime import timedelta
from decimal import Decimal

import pytest

from market.common.errors import NotAllowed, NotFound
from orders.actions.answer_claim import answer_claim
from orders.actions.give_back_missing import give_back_missing, missing_amount
from orders.actions.ship_order import PackedLine
from orders.claims.errors import ClaimIsOpen, NothingToClaim
from orders.ledger.queries import balance, held_of, unbalanced
from orders.orders.models import OrderLine, Purchase, SellerOrder
from orders.payments.models import Refund
from tests.builders import make_member, make_officer, make_regiment, make_user
from tests.orders.claims import ARRIVED, make_claim, make_delivered, make_paid, send, tell, wish

pytestmark = pytest.mark.django_db
D = Decimal


def lost() -> SellerOrder:
    order = make_paid()
    send(order)
    tell("W1", "failed")
    return SellerOrder.objects.select_related("purchase", "enterprise").get(pk=order.pk)


def state_of(order: SellerOrder) -> str:
    return SellerOrder.objects.values_list("state", flat=True).get(pk=order.pk)


def test_seller_gives_back_what_was_lost_and_the_order_is_done_once() -> None:
    order = lost()
    seller = make_member(order.enterprise)
    assert missing_amount(order, ARRIVED) == D(1000)

    claim = give_back_missing(order, by=seller, now=ARRIVED)

    assert (claim.state, claim.agreed, claim.text, claim.filed_by) == ("settled", D(1000), "", seller)
    assert (state_of(order), held_of(order), Refund.objects.get().amount) == ("completed", D(0), D(1000))
    assert balance("commission_income", "CNY") == 0
    assert unbalanced() == []
    order.refresh_from_db()
    with pytest.raises(NothingToClaim):
        give_back_missing(order, by=seller, now=ARRIVED)


def test_only_the_lost_part_is_given_back() -> None:
    order = make_paid()
    line = OrderLine.objects.get(seller_order=order)
    send(order, "W1", [PackedLine(line.pk, D(15))])
    send(order, "W2", [PackedLine(line.pk, D(25))])
    tell("W1", "returned")
    tell("W2", "delivered")
    order = SellerOrder.objects.select_related("purchase", "enterprise").get(pk=order.pk)

    claim = give_back_missing(order, by=make_officer(order.enterprise.unit), now=ARRIVED)

    assert (claim.agreed, state_of(order)) == (D(375), "completed")
    assert balance("seller_available", "CNY", order.enterprise_id) == -D("591.88")  # 625 less 31.25 and 1.87


def test_what_arrived_or_is_claimed_already_is_not() -> None:
    order = make_delivered()
    with pytest.raises(NothingToClaim):
        give_back_missing(order, by=make_member(order.enterprise), now=ARRIVED)
    make_claim(order)
    with pytest.raises(ClaimIsOpen):
        give_back_missing(order, by=make_member(order.enterprise), now=ARRIVED)


def test_strangers_buyers_and_other_roles_give_nothing_back() -> None:
    order = lost()
    buyer = make_officer(order.enterprise.unit)
    Purchase.objects.update(buyer=buyer)
    order.purchase.refresh_from_db()
    for person in (
        make_user(),
        buyer,
        make_officer(make_regiment("T99")),
        make_officer(order.enterprise.unit, "viewer"),
    ):
        with pytest.raises(NotFound):
            give_back_missing(order, by=person, now=ARRIVED)
    with pytest.raises(NotAllowed):
        give_back_missing(order, by=make_member(order.enterprise, "warehouse"), now=ARRIVED)
    assert Refund.objects.count() == 0


def test_officer_who_bought_as_a_guest_gives_nothing_back() -> None:
    order = lost()
    officer = make_officer(order.enterprise.unit)
    Purchase.objects.update(buyer=None, buyer_email=str(officer.email).upper())
    order.purchase.refresh_from_db()

    with pytest.raises(NotFound):
        give_back_missing(order, by=officer, now=ARRIVED)
    assert Refund.objects.count() == 0


def test_part_claimed_before_is_not_given_back_again() -> None:
    order = lost()
    seller = make_member(order.enterprise)
    claim = make_claim(order, wish(order, "10", "not_arrived"))
    answer_claim(claim, {claim.lines.get().pk: D(250)}, "", by=seller, now=ARRIVED)

    rest = give_back_missing(order, by=seller, now=ARRIVED + timedelta(days=1))

    assert (rest.number, rest.agreed, state_of(order)) == (f"{order.number}-C2", D(750), "completed")
