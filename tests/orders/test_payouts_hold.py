"""Whatever buyers, sellers, officers and the bank do, in whatever order and however often: nobody is paid more than was
earned, a debt is settled first, the books hold (hypothesis)."""

from contextlib import suppress
from decimal import Decimal

import pytest
from django.db.models import Sum
from hypothesis import given
from hypothesis import strategies as st

from market.common.errors import MarketError
from market.enterprises.actions.payout_account import decide_payout_account
from market.enterprises.models import PayoutAccount
from orders.actions.accept_delivery import accept_delivery
from orders.actions.answer_claim import answer_claim
from orders.actions.confirm_payout import confirm_payout, return_payout
from orders.actions.pay_sellers import make_bank_file, mark_sent, run_payouts, sellers_to_pay
from orders.claims.models import Claim
from orders.ledger.models import Payout, PayRun, Posting
from orders.orders.models import SellerOrder
from tests.builders import make_enterprise, make_member, make_officer, make_variant
from tests.orders.claims import ARRIVED, make_claim, make_delivered, wish
from tests.orders.payouts import available, enter_account, make_cashier
from tests.orders.test_invariants import assert_invariants, few, undone

pytestmark = pytest.mark.django_db
ZERO = Decimal(0)
STEPS = ["accept", "claim", "answer", "run", "file", "sent", "confirm", "return", "account", "check"]
steps = st.tuples(st.sampled_from(STEPS), st.integers(0, 1))
WAY = [("accept", 0), ("account", 0), ("check", 0), ("run", 0), ("file", 0), ("sent", 0), ("confirm", 0)]
OWES = [*WAY, ("claim", 0), ("answer", 0), ("accept", 1)]


class Shop:
    """Two orders of one seller, delivered."""

    def __init__(self) -> None:
        self.enterprise = make_enterprise()
        self.seller = make_member(self.enterprise)
        self.officer = make_officer(self.enterprise.unit, "finance")
        self.cashier = make_cashier()
        prices = ("3.33", "7.77")
        goods = [make_variant(price=price, net_kg="1", enterprise=self.enterprise) for price in prices]
        self.orders = [make_delivered((one, 3), waybill=f"W{n}") for n, one in enumerate(goods)]
        self.numbers = iter(range(10**6))

    def happens(self, step: str, which: int) -> None:
        order = SellerOrder.objects.select_related("purchase", "enterprise").get(pk=self.orders[which].pk)
        payout = Payout.objects.order_by("-pk")[which : which + 1].first()
        run = PayRun.objects.order_by("-pk")[which : which + 1].first()
        account = PayoutAccount.objects.order_by("-pk").first()
        if step == "accept":
            accept_delivery(order, by=None, now=ARRIVED)
        elif step == "claim":
            make_claim(order, wish(order, "1"))
        elif step == "answer":
            for claim in Claim.objects.filter(seller_order=order, state="open"):
                answer_claim(claim, {claim.lines.get().pk: claim.wanted}, "", by=self.seller, now=ARRIVED)
        elif step == "run":
            run_payouts("CNY", by=self.cashier, now=ARRIVED)
        elif step == "account":
            enter_account(self.enterprise, number=f"62220200{next(self.numbers):06}", by=self.seller)
        elif step == "check" and account is not None:
            number = f"62220200{PayoutAccount.objects.count() - 1:06}"
            decide_payout_account(account, "active", by=self.officer, number=number, reason="so", now=ARRIVED)
        elif run is not None and payout is not None:
            self._at_the_bank(step, run, payout)

    def _at_the_bank(self, step: str, run: PayRun, payout: Payout) -> None:
        if step == "file":
            make_bank_file(run, by=self.cashier, now=ARRIVED)
        elif step == "sent":
            mark_sent(run, by=self.cashier, now=ARRIVED)
        elif step == "confirm":
            confirm_payout(payout, bank_row_id=f"OUT-{payout.pk}", by=self.cashier, now=ARRIVED)
        elif step == "return":
            return_payout(payout, reason="so", return_row_id=f"IN-{payout.pk}", by=self.cashier, now=ARRIVED)


def assert_nobody_is_paid_too_much(shop: Shop, before: Decimal) -> None:
    """What left or is leaving never exceeds what was released; a payout is never ordered out of a debt."""
    released = Posting.objects.filter(account__kind="seller_available", transaction__kind="release")
    earned = -(released.aggregate(sum=Sum("amount"))["sum"] or ZERO)
    live = Payout.objects.filter(settlement__state__in=["closed", "sending", "sent"])
    paid = live.aggregate(sum=Sum("amount"))["sum"] or ZERO
    assert ZERO <= paid <= earned
    assert [row.available for row in sellers_to_pay("CNY")] == ([available(shop.enterprise)] if before else [])


@few
@given(st.lists(steps, min_size=4, max_size=10), st.sampled_from([[], WAY, OWES]))
def test_whatever_happens_nobody_is_paid_more_than_was_earned(
    happened: list[tuple[str, int]], before: list[tuple[str, int]]
) -> None:
    with undone():
        shop = Shop()
        for step, which in [*before, *happened]:
            was = available(shop.enterprise)
            with suppress(MarketError):
                shop.happens(step, which)
            if step == "run":
                assert available(shop.enterprise) >= min(was, ZERO)
            assert_invariants()
            assert_nobody_is_paid_too_much(shop, available(shop.enterprise))
