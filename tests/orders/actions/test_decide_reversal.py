"""Of money a provider took back a finance officer at the top says once for what it was; until then it holds payouts."""

from dataclasses import replace
from decimal import Decimal

import pytest

from market.common.audit.models import AuditEntry
from market.common.errors import Conflict, InvalidInput, NotAllowed
from orders.actions.answer_claim import answer_claim
from orders.actions.decide_reversal import failed_refunds, lines_left
from orders.actions.end_order import cancel_order
from orders.actions.note_reversals import apply_taken
from orders.actions.pay_sellers import run_payouts, sellers_to_pay
from orders.actions.refund_payment import close_refund
from orders.claims.queries import expected_payout
from orders.ledger.errors import NobodyToPay
from orders.ledger.queries import balance, held_of
from orders.orders.models import SellerOrder
from orders.payments.gateways.base import RefundOutcome
from orders.payments.models import Allocation, Refund, Reversal
from orders.payments.queries import payment_status
from tests.builders import make_member, make_officer, make_variant
from tests.orders.claims import ARRIVED, make_claim, make_delivered, make_paid, wish
from tests.orders.payouts import available, make_cashier, make_earned
from tests.orders.reversals import decide, line_of, make_reversal, payment_of, suspense, taken, wrong

pytestmark = pytest.mark.django_db
ZERO = Decimal(0)


def test_until_somebody_says_for_what_no_order_of_the_purchase_is_paid_out() -> None:
    order = make_earned()
    other = make_earned("W2", of=order)
    reversal = make_reversal(order, "100.00")

    (seller,) = sellers_to_pay("CNY")
    assert (seller.available, seller.waiting, seller.amount) == (
        Decimal("1894.00"),
        Decimal("947.00"),
        Decimal("947.00"),
    )
    assert other.purchase_id != order.purchase_id

    decide(reversal, {line_of(order): "100.00"})
    (seller,) = sellers_to_pay("CNY")
    assert (seller.waiting, seller.amount) == (ZERO, Decimal("1799.30"))


def test_money_taken_after_the_payout_waits_for_the_officer_and_becomes_a_debt() -> None:
    order = make_earned()
    run_payouts("CNY", by=make_cashier(), now=ARRIVED)

    reversal = make_reversal(order, "1000.00")
    decide(reversal, {line_of(order): "1000.00"})

    assert available(order.enterprise) == Decimal("-947.00")
    with pytest.raises(NobodyToPay):
        run_payouts("CNY", by=make_cashier(), now=ARRIVED)
    assert wrong() == []


def test_lines_are_booked_as_a_refund_with_their_commission_and_the_rest_is_borne() -> None:
    order = make_paid()
    cashier = make_cashier()
    reversal = make_reversal(order, "100.00")

    decide(reversal, {line_of(order): "90.00"}, "10.00", by=cashier)

    # 5 % of 90.00 and 6 % of that come back to the seller.
    assert held_of(order) == Decimal("947.00") - (Decimal("90.00") - Decimal("4.50") - Decimal("0.27"))
    assert (suspense(), balance("market_loss", "CNY"), balance("refund_due", "CNY")) == (ZERO, Decimal("10.00"), ZERO)
    refund = Refund.objects.get()
    assert (refund.state, refund.amount, refund.ask_at) == ("succeeded", Decimal("90.00"), None)
    assert Allocation.objects.get().refunded == Decimal("90.00")
    assert payment_status(order.purchase) == "part_refunded"
    assert expected_payout(order)[0].amount == held_of(order)
    assert AuditEntry.objects.filter(action="reversal.decided", actor=cashier).count() == 1
    assert wrong() == []


def test_what_does_not_add_up_or_has_no_reason_changes_nothing() -> None:
    order = make_paid()
    other = make_paid()
    reversal = make_reversal(order, "100.00")
    line = line_of(order)
    cases: list[tuple[dict[int, str], str, str, str]] = [
        ({line: "99.99"}, "0", "so", "sum"),
        ({line: "100.00"}, "0.01", "so", "sum"),
        ({line: "110.00"}, "-10.00", "so", "borne"),
        ({line: "-10.00"}, "110.00", "so", f"line-{line}"),
        ({line: "33.333"}, "66.667", "so", f"line-{line}"),
        ({line_of(other): "100.00"}, "0", "so", f"line-{line_of(other)}"),
        ({line: "100.00"}, "0", "  ", "reason"),
        ({}, "0", "so", "sum"),
    ]
    for amounts, borne, reason, name in cases:
        with pytest.raises(InvalidInput) as refused:
            decide(reversal, amounts, borne, reason=reason)
        assert name in refused.value.details["fields"]
    for by in (make_officer(order.enterprise.unit, "finance"), make_member(order.enterprise)):
        with pytest.raises(NotAllowed):
            decide(reversal, {line: "100.00"}, by=by)

    assert (suspense(), Refund.objects.count(), Reversal.objects.get().waits) == (Decimal("100.00"), 0, True)


def of_two_lines() -> tuple[SellerOrder, int, int]:
    """Each 100.00."""
    goods = make_variant(price="20.00", net_kg="5")
    order = make_delivered(
        (goods, 1), (make_variant(price="20.00", net_kg="5", enterprise=goods.product.enterprise), 1)
    )
    first, second = order.lines.order_by("pk").values_list("pk", flat=True)
    return order, first, second


def test_a_line_that_somebody_else_gave_back_meanwhile_may_stand_in_the_form_with_nothing() -> None:
    order, first, second = of_two_lines()
    decide(make_reversal(order, "100.00", ref="re_1"), {first: "100.00"})
    reversal = make_reversal(order, "60.00", ref="re_2")

    decide(reversal, {first: "0", second: "60.00"})

    assert (Allocation.objects.get().refunded, wrong()) == (Decimal("160.00"), [])


def test_lines_of_an_order_together_take_no_more_than_it_still_has() -> None:
    order, first, second = of_two_lines()
    Allocation.objects.update(refunded=Decimal("50.00"))
    reversal = make_reversal(order, "160.00")

    with pytest.raises(InvalidInput) as refused:
        decide(reversal, {first: "80.00", second: "80.00"})

    assert list(refused.value.details["fields"]) == [f"line-{second}"]
    assert Allocation.objects.get().refunded == Decimal("50.00")


def test_a_decision_is_made_once() -> None:
    order = make_paid()
    reversal = make_reversal(order, "100.00")
    decide(reversal, {}, "100.00")

    with pytest.raises(Conflict):
        decide(reversal, {line_of(order): "100.00"})

    assert (Refund.objects.count(), balance("market_loss", "CNY")) == (0, Decimal("100.00"))


def test_a_refund_of_ours_that_failed_and_was_made_by_hand_is_owed_no_more() -> None:
    order = make_paid()
    cancel_order(order, by=None, reason="x", now=ARRIVED)
    refund = Refund.objects.get()
    close_refund(refund, RefundOutcome("", "failed", "away"), now=ARRIVED)
    reversal = make_reversal(order, "1000.00")
    assert lines_left(reversal) == []

    decide(reversal, {}, repaid=failed_refunds(reversal)[0].pk)

    refund.refresh_from_db()
    assert refund.state == "succeeded"
    assert [balance(kind, "CNY") for kind in ("suspense", "refund_due", "market_loss", "clearing")] == [ZERO] * 4
    assert wrong() == []

    make_reversal(order, "1000.00", "returned")
    refund.refresh_from_db()
    assert (refund.state, balance("refund_due", "CNY")) == ("failed", Decimal("-1000.00"))
    assert wrong() == []


def test_a_claim_settled_after_it_gives_no_line_back_twice() -> None:
    order = make_delivered()
    claim = make_claim(order, wish(order, "20"))
    decide(make_reversal(order, "900.00"), {line_of(order): "900.00"})

    answer_claim(claim, {claim.lines.get().pk: claim.wanted}, "", by=make_member(order.enterprise), now=ARRIVED)

    assert Allocation.objects.get().refunded == Decimal("1000.00")
    assert (held_of(order) + available(order.enterprise), wrong()) == (ZERO, [])


def test_another_currency_can_only_be_borne() -> None:
    order = make_paid()
    apply_taken(payment_of(order), [replace(taken("9"), currency="USD")], now=ARRIVED)
    reversal = Reversal.objects.get()

    assert lines_left(reversal) == []
    decide(reversal, {}, "9")

    assert (balance("market_loss", "USD"), wrong()) == (Decimal(9), [])
