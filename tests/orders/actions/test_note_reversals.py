"""Money a provider took back without us is booked once, whatever is told how often, and held for nobody's loss."""

from decimal import Decimal

import pytest

from orders.actions.note_reversals import apply_taken
from orders.actions.pay_sellers import run_payouts
from orders.ledger.models import LedgerTransaction
from orders.ledger.queries import balance, held_of
from orders.payments.models import Refund, Reversal
from tests.orders.claims import ARRIVED, make_paid
from tests.orders.payouts import make_cashier, make_earned
from tests.orders.reversals import make_reversal, payment_of, suspense, taken, wrong

pytestmark = pytest.mark.django_db
ZERO = Decimal(0)


def test_what_is_told_twice_late_or_of_our_own_refund_is_booked_once() -> None:
    order = make_paid()
    payment = payment_of(order)
    claims_refund = Refund.objects.create(
        payment=payment, seller_order=order, key="claim-1", amount=Decimal("1"), reason="x", created_at=ARRIVED
    )

    told = [
        taken("30.00"),
        taken("1.00", ref="re_2", key=claims_refund.key),
        taken("2.00", ref="re_3"),  # its key was lost at the provider
    ]
    Refund.objects.create(
        payment=payment,
        seller_order=order,
        key="claim-2",
        provider_ref="re_3",
        amount=Decimal("2"),
        reason="x",
        created_at=ARRIVED,
    )

    for _ in range(2):
        apply_taken(payment, told, now=ARRIVED)
    apply_taken(payment, [taken("30.00", "taken")], now=ARRIVED)  # an answer that was overtaken

    reversal = Reversal.objects.get()
    assert (reversal.provider_ref, reversal.state, reversal.waits) == ("re_1", "final", True)
    assert (suspense(), balance("clearing", "CNY")) == (Decimal("30.00"), Decimal("970.00"))
    assert held_of(order) == Decimal("947.00")
    assert wrong() == []


def test_an_inquiry_takes_and_holds_nothing() -> None:
    order = make_earned()

    reversal = make_reversal(order, "30.00", "announced", ref="du_1")

    assert (reversal.waits, suspense()) == (False, ZERO)
    assert run_payouts("CNY", by=make_cashier(), now=ARRIVED).number
    make_reversal(order, "30.00", "returned", ref="du_1")
    assert (LedgerTransaction.objects.filter(source_kind="reversal").count(), wrong()) == (0, [])
