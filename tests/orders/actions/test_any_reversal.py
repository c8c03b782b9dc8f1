"""Whatever a provider tells and officers decide, in whatever order: the books hold."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.actions.accept_delivery import accept_delivery
from orders.actions.pay_sellers import run_payouts
from orders.ledger.errors import NobodyToPay
from orders.ledger.queries import balance, held_of
from orders.payments.models import Allocation, Refund, Reversal
from tests.orders.claims import ARRIVED, make_delivered
from tests.orders.payouts import available, make_account, make_cashier
from tests.orders.reversals import decide, line_of, make_reversal, wrong
from tests.orders.test_invariants import few, undone

pytestmark = pytest.mark.django_db
ZERO = Decimal(0)
STATES = ["announced", "taken", "final", "returned"]
steps = st.one_of(
    st.tuples(st.just("told"), st.sampled_from(["re_1", "du_1"]), st.sampled_from(STATES)),
    st.tuples(st.sampled_from(["lines", "borne"]), st.sampled_from(["re_1", "du_1"]), st.just("")),
    st.tuples(st.sampled_from(["accept", "run"]), st.just(""), st.just("")),
)
TAKEN = [("told", "re_1", "taken"), ("told", "du_1", "taken")]
GIVEN = [*TAKEN, ("lines", "re_1", ""), ("lines", "du_1", "")]


@few
@given(st.sampled_from([[], TAKEN, GIVEN]), st.lists(steps, min_size=3, max_size=8))
def test_whatever_is_told_and_decided_in_whatever_order_the_books_hold(
    before: list[tuple[str, str, str]], happened: list[tuple[str, str, str]]
) -> None:
    with undone():
        order, cashier = make_delivered(), make_cashier()
        make_account(order.enterprise)
        for step, ref, state in [*before, *happened]:
            amount = "333.33" if ref == "re_1" else "250.01"
            reversal = Reversal.objects.filter(provider_ref=ref).first()
            if step == "told":
                make_reversal(order, amount, state, ref=ref)
            elif step == "accept":
                accept_delivery(order, by=None, now=ARRIVED)
            elif step == "run":
                waits = Reversal.objects.filter(decided_at=None, state__in=["taken", "final"]).exists()
                try:
                    run_payouts("CNY", by=cashier, now=ARRIVED)
                    assert not waits
                except NobodyToPay:
                    pass
            elif reversal is not None and reversal.waits:
                share = {line_of(order): amount} if step == "lines" else {}
                decide(reversal, share, "0" if share else amount, by=cashier)
            assert wrong() == []
            gone = Reversal.objects.filter(state__in=["taken", "final"])
            sent = sum((row.amount for row in gone), ZERO)
            assert balance("clearing", "CNY") == Decimal("1000.00") - sent
            assert Allocation.objects.get().refunded == sum(
                (row.amount for row in Refund.objects.filter(state="succeeded")), ZERO
            )
        for ref in Reversal.objects.values_list("provider_ref", flat=True):
            make_reversal(order, "333.33" if ref == "re_1" else "250.01", "returned", ref=ref)
        assert held_of(order) + available(order.enterprise) + balance("payout_transit", "CNY") * -1 == Decimal("947.00")
        assert balance("commission_income", "CNY") == Decimal("-50.00")
