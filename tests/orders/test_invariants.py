"""Money never appears, never disappears: the invariants of the ledger over whatever happens (hypothesis)."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import F, Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from market.common.money import spread
from market.common.outbox.drain import drain_outbox
from orders.actions.end_order import cancel_order, decline_order, expire_purchase
from orders.actions.refund_payment import open_refund, send_refund
from orders.actions.settle_payment import apply_outcome, settle_payment
from orders.checkout.place_order import Placed
from orders.ledger.check import wrong_in_the_books
from orders.ledger.commission import commission_on
from orders.ledger.models import CommissionLine, CommissionRule, LedgerTransaction, Payout, Posting
from orders.ledger.queries import balance
from orders.orders.models import SellerOrder
from orders.payments.actions.start_payment import start_payment
from orders.payments.gateways.base import Outcome
from orders.payments.gateways.sandbox import press
from orders.payments.models import Allocation, Payment, Refund
from tests.builders import NOW, make_placed, make_variant

pytestmark = pytest.mark.django_db
cents = st.integers(min_value=1, max_value=10**9).map(lambda n: Decimal(n).scaleb(-2))
rates = st.integers(min_value=0, max_value=10**6).map(lambda n: Decimal(n).scaleb(-6))
few = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])


@contextmanager
def undone() -> Iterator[None]:
    """Each example starts from the same rows."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@given(cents, rates, rates)
def test_commission_tax_and_the_sellers_share_add_up_to_the_cent(
    total: Decimal, rate: Decimal, tax_rate: Decimal
) -> None:
    commission, tax = commission_on(total, rate, tax_rate, "CNY")
    share = total - commission - tax

    assert commission + tax + share == total
    assert 0 <= commission <= total
    assert all(part == part.quantize(Decimal("0.01")) for part in (commission, tax, share))


@given(cents, st.lists(cents, min_size=1, max_size=9))
def test_no_share_of_a_payment_is_below_zero_or_above_the_whole(total: Decimal, weights: list[Decimal]) -> None:
    parts = spread(total, weights, "CNY")

    assert sum(parts) == total
    assert all(0 <= part <= total for part in parts)


def prices() -> st.SearchStrategy[list[str]]:
    return st.lists(
        st.integers(min_value=1, max_value=99_999).map(lambda n: str(Decimal(n).scaleb(-2))), min_size=1, max_size=3
    )


def placed_with(prices: list[str]) -> Placed:
    CommissionRule.objects.create(rate=Decimal("0.0333"), tax_rate=Decimal("0.06"))
    return make_placed(*((make_variant(price=price, net_kg="3.7"), 1) for price in prices))


def begin(placed: Placed) -> Payment:
    return start_payment(placed.purchase, "sandbox", return_url="", now=NOW)


def facts() -> dict[str, object]:
    """Everything money has done, to compare before and after."""
    return {
        "payments": list(Payment.objects.order_by("pk").values_list("pk", "state")),
        "allocations": list(Allocation.objects.order_by("pk").values_list("pk", "captured", "refunded")),
        "refunds": list(Refund.objects.order_by("pk").values_list("key", "amount", "state")),
        "postings": list(Posting.objects.order_by("pk").values_list("account_id", "amount")),
        "transactions": LedgerTransaction.objects.count(),
        "commission": list(CommissionLine.objects.order_by("pk").values_list("order_line_id", "amount", "tax")),
        "orders": list(SellerOrder.objects.order_by("pk").values_list("number", "state")),
    }


def assert_invariants() -> None:
    assert wrong_in_the_books() == []
    for payment in Payment.objects.filter(state="captured"):
        sums = payment.allocations.aggregate(captured=Sum("captured"), refunded=Sum("refunded"))
        refunds = payment.refunds.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
        assert sums["captured"] == payment.amount
        assert sums["refunded"] == refunds
    assert not Allocation.objects.filter(refunded__gt=F("captured")).exists()
    for refund in Refund.objects.all():
        assert Allocation.objects.filter(payment=refund.payment, seller_order=refund.seller_order).exists()
    sent = Refund.objects.filter(state="succeeded").aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    came = Payment.objects.filter(state="captured").aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    paid_out = Payout.objects.filter(settlement__state="sent").aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    assert balance("clearing", "CNY") == came - sent - paid_out


EVENTS = ["settle", "settle", "succeed", "fail", "delay", "expire", "cancel first", "decline last", "drain", "repeat"]


def happen(event: str, placed: Placed, payment: Payment, told: list[Outcome]) -> None:
    """Whatever may come, in whatever order; what is refused by name changes nothing."""
    orders = list(SellerOrder.objects.filter(purchase=placed.purchase).order_by("pk"))
    if event in ("succeed", "fail", "delay"):
        press(payment.provider_ref, event)
    elif event == "settle":
        settle_payment(payment, now=NOW)
    elif event == "expire":
        expire_purchase(placed.purchase, now=NOW)
    elif event == "cancel first" and orders[0].state in ("awaiting_payment", "awaiting_seller"):
        cancel_order(orders[0], by=None, reason="x", now=NOW)
    elif event == "decline last" and orders[-1].state == "awaiting_seller":
        decline_order(orders[-1], by=None, reason="x", now=NOW)
    elif event == "drain":
        drain_outbox(NOW)
    elif event == "repeat":
        for outcome in told:
            apply_outcome(payment, outcome, now=NOW)


@few
@given(prices(), st.lists(st.sampled_from(EVENTS), max_size=8))
def test_whatever_happens_in_whatever_order_the_books_hold(prices: list[str], events: list[str]) -> None:
    with undone():
        placed = placed_with(prices)
        payment = begin(placed)
        captured = Outcome(payment.provider_ref, "captured", payment.amount, "CNY", payment.amount)
        for event in events:
            happen(event, placed, payment, [captured])
            assert_invariants()


@few
@given(prices(), st.permutations(["captured", "failed", "processing", "cancelled", "action_required"]))
def test_replaying_a_providers_events_in_any_order_ends_the_same(prices: list[str], states: list[str]) -> None:
    with undone():
        placed = placed_with(prices)
        payment = begin(placed)
        outcomes = [
            Outcome(
                payment.provider_ref,
                state,
                payment.amount,
                "CNY",
                payment.amount if state == "captured" else Decimal(0),
            )
            for state in states
        ]
        for outcome in outcomes:
            apply_outcome(payment, outcome, now=NOW)
        before = facts()

        for outcome in [*outcomes, *reversed(outcomes)]:
            apply_outcome(payment, outcome, now=NOW)

        assert facts() == before
        assert Payment.objects.get(pk=payment.pk).state == "captured"
        assert_invariants()


@few
@given(prices(), st.lists(cents, min_size=1, max_size=6))
def test_refunds_in_any_parts_never_exceed_what_came_and_go_once(prices: list[str], wishes: list[Decimal]) -> None:
    with undone():
        placed = placed_with(prices)
        payment = begin(placed)
        press(payment.provider_ref, "succeed")
        settle_payment(payment, now=NOW)
        order = placed.seller_orders[0]
        allocation = Allocation.objects.get(payment=payment, seller_order=order)
        left = allocation.captured
        for number, wish in enumerate(wishes):
            if wish > left:
                with pytest.raises(ValueError, match="exceeds"):
                    open_refund(payment, order, wish, key=f"k{number}", reason="x", now=NOW)
                continue
            left -= wish
            for _ in range(2):
                refund = open_refund(payment, order, wish, key=f"k{number}", reason="x", now=NOW)
                send_refund(refund, now=NOW)
                send_refund(Refund.objects.get(pk=refund.pk), now=NOW)

        allocation.refresh_from_db()
        assert allocation.captured - allocation.refunded == left
        assert Refund.objects.exclude(state="succeeded").count() == 0
        booked = LedgerTransaction.objects.filter(kind="refund_paid").count()
        assert booked == Refund.objects.count()


@few
@given(prices())
def test_a_full_refund_reverses_commission_and_sale_exactly(prices: list[str]) -> None:
    with undone():
        placed = placed_with(prices)
        payment = begin(placed)
        press(payment.provider_ref, "succeed")
        settle_payment(payment, now=NOW)
        for order in placed.seller_orders:
            cancel_order(order, by=None, reason="x", now=NOW)
        drain_outbox(NOW)

        for kind in ("clearing", "refund_due", "commission_income", "commission_tax"):
            assert balance(kind, "CNY") == 0
        for order in placed.seller_orders:
            assert balance("seller_held", "CNY", order.enterprise_id) == 0
        assert sum(line.amount + line.tax for line in CommissionLine.objects.all()) == 0
