from decimal import Decimal

import pytest

from orders.actions.end_order import cancel_order, decline_order, expire_purchase
from orders.actions.settle_payment import apply_outcome
from orders.claims.queries import expected_payout
from orders.ledger.queries import balance, expected_payouts
from orders.orders.models import SellerOrder
from orders.payments.actions.start_payment import start_payment
from orders.payments.gateways.base import Outcome
from tests.builders import NOW, make_placed, make_variant

pytestmark = pytest.mark.django_db
NOTHING = (Decimal(0),) * 4


def paid_order() -> SellerOrder:
    placed = make_placed((make_variant(price="30.00"), 1))
    payment = start_payment(placed.purchase, "bank_transfer", return_url="", now=NOW)
    came = Outcome(payment.provider_ref, "captured", amount=payment.amount, currency="CNY", captured=payment.amount)
    apply_outcome(payment, came, now=NOW)
    return SellerOrder.objects.get()


def sums(order: SellerOrder) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    (row,) = expected_payout(SellerOrder.objects.get(pk=order.pk))
    assert row.amount == row.total - row.commission - row.commission_tax
    return row.total, row.commission, row.commission_tax, row.amount


def test_declined_order_brings_nothing_as_the_ledger_says() -> None:
    order = paid_order()
    before = sums(order)

    decline_order(order, by=None, reason="hail", now=NOW)

    assert before[0] == order.total
    assert sums(order) == NOTHING
    assert balance("seller_held", "CNY", order.enterprise_id) == 0


def test_cancelled_order_brings_nothing() -> None:
    order = paid_order()

    cancel_order(order, by=None, reason="changed my mind", now=NOW)

    assert sums(order) == NOTHING


def test_expired_order_owes_no_commission_though_its_lines_were_never_reversed() -> None:
    placed = make_placed((make_variant(), 1))

    expire_purchase(placed.purchase, now=NOW)

    assert sums(SellerOrder.objects.get()) == NOTHING


def test_order_of_the_same_list_that_goes_on_keeps_its_amounts() -> None:
    goes_on = paid_order()
    placed = make_placed((make_variant(), 1))
    ends = placed.seller_orders[0]
    expire_purchase(placed.purchase, now=NOW)

    found = expected_payouts(SellerOrder.objects.order_by("pk"), {})

    assert found[goes_on.pk][0].total == goes_on.total
    assert found[ends.pk][0].amount == 0
