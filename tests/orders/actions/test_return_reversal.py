"""All that was booked of money taken back is undone when it comes back."""

from decimal import Decimal

import pytest

from orders.actions.accept_delivery import accept_delivery
from orders.actions.end_order import cancel_order
from orders.claims.queries import expected_payout
from orders.ledger.models import CommissionLine
from orders.ledger.queries import balance, held_of
from orders.payments.models import Allocation, Refund
from tests.orders.claims import ARRIVED, make_delivered, make_paid
from tests.orders.payouts import available
from tests.orders.reversals import decide, line_of, make_reversal, wrong

pytestmark = pytest.mark.django_db
ZERO = Decimal(0)


@pytest.mark.parametrize("accepted", ["never", "before", "between"])
def test_a_dispute_that_is_won_gives_everything_back_where_the_money_is_now(accepted: str) -> None:
    order = make_delivered()
    if accepted == "before":
        accept_delivery(order, by=None, now=ARRIVED)
    reversal = make_reversal(order, "333.33", "taken", ref="du_1")
    decide(reversal, {line_of(order): "300.00"}, "33.33")
    if accepted == "between":
        accept_delivery(order, by=None, now=ARRIVED)

    for _ in range(2):
        make_reversal(order, "333.33", "returned", ref="du_1")

    mine = held_of(order) if accepted == "never" else available(order.enterprise)
    assert mine == Decimal("947.00")
    assert [balance(kind, "CNY") for kind in ("suspense", "market_loss", "refund_due")] == [ZERO] * 3
    assert balance("clearing", "CNY") == Decimal("1000.00")
    assert (Allocation.objects.get().refunded, Refund.objects.get().state) == (ZERO, "returned")
    assert sum(row.amount for row in CommissionLine.objects.all()) == Decimal("50.00")
    assert expected_payout(order)[0].amount == Decimal("947.00")
    assert wrong() == []


def test_money_that_comes_back_for_an_order_that_has_ended_goes_to_its_buyer() -> None:
    order = make_paid()
    decide(make_reversal(order, "300.00", "taken", ref="du_1"), {line_of(order): "300.00"})
    cancel_order(order, by=None, reason="x", now=ARRIVED)
    assert (held_of(order), balance("commission_income", "CNY")) == (ZERO, ZERO)
    assert sum(row.amount for row in CommissionLine.objects.all()) == ZERO

    make_reversal(order, "300.00", "returned", ref="du_1")

    assert sorted(Refund.objects.filter(state="pending").values_list("amount", flat=True)) == [
        Decimal("300.00"),
        Decimal("700.00"),
    ]
    assert balance("refund_due", "CNY") == Decimal("-1000.00")
    assert (held_of(order), Allocation.objects.get().refunded) == (ZERO, Decimal("1000.00"))
    assert wrong() == []
