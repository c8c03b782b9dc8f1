"""Whatever buyers, sellers, officers, carriers and clocks do about claims, in whatever order: the books hold
(hypothesis)."""

from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db.models import Sum
from hypothesis import given
from hypothesis import strategies as st

from market.accounts.models import User
from market.common.deadlines.actions import run_due_deadlines
from market.common.errors import MarketError
from orders.actions.accept_delivery import accept_delivery
from orders.actions.answer_claim import answer_claim
from orders.actions.decide_claim import decide_claim
from orders.actions.file_claim import Wish, file_claim
from orders.actions.give_back_missing import give_back_missing
from orders.actions.react_to_claim import escalate_claim, take_offer, withdraw_claim
from orders.actions.ship_order import PackedLine
from orders.claims.models import Claim, ClaimLine
from orders.claims.queries import claimable, expected_payout
from orders.ledger.models import CommissionLine, Posting
from orders.ledger.queries import held_of
from orders.orders.models import SellerOrder
from tests.builders import NOW, make_member, make_officer, make_variant
from tests.orders.claims import make_paid, send, tell
from tests.orders.test_invariants import assert_invariants, few, undone

pytestmark = pytest.mark.django_db
ZERO = Decimal(0)
ends = st.sampled_from(["delivered", "delivered", "returned", "failed", "in_transit"])
steps = st.one_of(
    st.tuples(st.just("file"), st.just(3)),
    st.tuples(st.just("answer"), st.just(4)),
    st.tuples(st.sampled_from(["delivered", "returned", "failed", "in_transit"]), st.integers(1, 2)),
    st.tuples(st.just("file"), st.integers(1, 3)),
    st.tuples(st.sampled_from(["answer", "decide"]), st.integers(0, 4)),
    st.tuples(st.sampled_from(["take", "escalate", "withdraw", "accept", "give back"]), st.just(0)),
    st.tuples(st.just("wait"), st.integers(1, 8)),
)


class Shop:
    def __init__(self, prices: list[str]) -> None:
        variants = [make_variant(price=price, net_kg="1", on_hand=9) for price in prices]
        self.order = make_paid(*((variant, 3) for variant in variants))
        self.seller: User = make_member(self.order.enterprise)
        self.officer: User = make_officer(self.order.enterprise.unit)
        self.now: datetime = NOW
        line = self.order.lines.get(position=1)
        send(self.order, "W1", [PackedLine(line.pk, Decimal(1))])
        send(self.order, "W2")

    def happens(self, step: str, number: int) -> None:
        order = SellerOrder.objects.select_related("purchase", "enterprise").get(pk=self.order.pk)
        claim = Claim.objects.filter(seller_order=order).order_by("-pk").first()
        self.now += timedelta(hours=1)
        if step in ("delivered", "returned", "failed", "in_transit"):
            tell(f"W{number}", step, at=self.now)
        elif step == "wait":
            self.now += timedelta(days=number)
            run_due_deadlines(self.now)
        elif step == "file":
            reasons = {True: "spoiled", False: "not_arrived"}
            found = claimable(order)
            wishes = [
                Wish(one.line.pk, one.lot.pk, one.quantity * number / 3, reasons[one.has_arrived]) for one in found
            ]
            file_claim(order, wishes[:number], "so", by=None, now=self.now)
        elif step == "give back":
            give_back_missing(order, by=self.seller, now=self.now)
        elif step == "accept":
            accept_delivery(order, by=None, now=self.now)
        elif claim is not None:
            self._about(claim, step, number)

    def _about(self, claim: Claim, step: str, number: int) -> None:
        amounts = {
            line.pk: (line.wanted * number / 4).quantize(Decimal("0.01"), rounding="ROUND_DOWN")
            for line in claim.lines.all()
        }
        if step == "answer":
            answer_claim(claim, amounts, "so", by=self.seller, now=self.now)
        elif step == "decide":
            decide_claim(claim, amounts, "so", by=self.officer, now=self.now)
        elif step == "take":
            take_offer(claim, by=None, now=self.now)
        elif step == "escalate":
            escalate_claim(claim, now=self.now)
        else:
            withdraw_claim(claim, now=self.now)


def assert_order_holds(order: SellerOrder) -> None:
    order.refresh_from_db()
    for row in expected_payout(order):
        claimed = ClaimLine.objects.filter(order_line=row.line).exclude(claim__state="withdrawn")
        sums = claimed.aggregate(quantity=Sum("quantity"), wanted=Sum("wanted"))
        frozen = CommissionLine.objects.get(order_line=row.line, reversal_of=None)
        assert (sums["quantity"] or ZERO) <= row.line.quantity
        assert ZERO <= row.refunded <= row.total
        assert (sums["wanted"] or ZERO) <= row.total
        assert ZERO <= row.commission <= frozen.amount
        assert ZERO <= row.commission_tax <= frozen.tax
        assert row.refunded < row.total or (row.commission, row.commission_tax, row.amount) == (ZERO, ZERO, ZERO)
    of_seller = Posting.objects.filter(
        transaction__source_kind="seller_order",
        transaction__source_number=order.number,
        account__kind__startswith="seller",
    )
    promised = sum((row.amount for row in expected_payout(order)), ZERO)
    assert -(of_seller.aggregate(sum=Sum("amount"))["sum"] or ZERO) == promised
    assert held_of(order) == (ZERO if order.state == "completed" else promised)
    assert Claim.objects.filter(seller_order=order, state__in=["open", "answered", "escalated"]).count() <= 1


@few
@given(
    st.lists(st.integers(1, 9_999).map(lambda n: str(Decimal(n).scaleb(-2))), min_size=1, max_size=2),
    st.tuples(ends, ends),
    st.lists(steps, min_size=2, max_size=14),
)
def test_whatever_happens_about_claims_the_books_hold(
    prices: list[str], arrived: tuple[str, str], happened: list[tuple[str, int]]
) -> None:
    with undone():
        shop = Shop(prices)
        for step, number in [(arrived[0], 1), (arrived[1], 2), *happened]:
            with suppress(MarketError):
                shop.happens(step, number)
            assert_invariants()
            assert_order_holds(shop.order)
