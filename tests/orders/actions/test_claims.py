"""A claim from the first word to the money."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from market.common.deadlines.actions import run_due_deadlines
from market.common.deadlines.models import Deadline
from market.common.errors import IllegalMove, InvalidInput, NotAllowed, NotFound
from market.common.outbox.drain import drain_outbox
from market.common.outbox.models import OutboxEvent
from market.enterprises.models import Member
from orders.actions.accept_delivery import accept_delivery
from orders.actions.answer_claim import answer_claim
from orders.actions.decide_claim import decide_claim
from orders.actions.file_claim import file_claim
from orders.actions.react_to_claim import escalate_claim, take_offer, withdraw_claim
from orders.claims.errors import ClaimIsOpen, NothingToClaim, OfferChanged, SellerHasTime, TooLateToClaim
from orders.claims.models import Acceptance, Claim
from orders.claims.queries import claimable, expected_payout
from orders.ledger.queries import balance, unbalanced
from orders.orders.models import Purchase, SellerOrder
from orders.payments.models import Allocation, Refund
from orders.payments.queries import payment_status
from tests.builders import make_member, make_officer, make_regiment, make_user, make_variant
from tests.orders.claims import ARRIVED, make_claim, make_delivered, make_paid, send, tell, wish

pytestmark = pytest.mark.django_db
D = Decimal


def clock(order: SellerOrder) -> datetime | None:
    """When the order is accepted by itself."""
    row = Deadline.objects.filter(kind="order.acceptance", subject=order.number, state="open").first()
    return row.due_at if row else None


def state_of(order: SellerOrder) -> str:
    return SellerOrder.objects.values_list("state", flat=True).get(pk=order.pk)


def offer(claim: Claim, amount: str, *, now: datetime = ARRIVED, text: str = "two of them only") -> Claim:
    seller = make_member(claim.seller_order.enterprise)
    (line,) = claim.lines.all()
    return answer_claim(claim, {line.pk: D(amount)}, text, by=seller, now=now)


def test_seller_gives_back_all_that_is_wanted_and_the_order_is_done() -> None:
    order = make_delivered()
    assert clock(order) == ARRIVED + timedelta(days=7)

    claim = make_claim(order)
    assert (claim.number, claim.state, claim.wanted, clock(order)) == (f"{order.number}-C1", "open", D(100), None)
    offer(claim, "100", text="")

    claim.refresh_from_db()
    assert (claim.state, claim.agreed, claim.ended_at) == ("settled", D(100), ARRIVED)
    assert state_of(order) == "completed"
    refund = Refund.objects.get()
    assert (refund.amount, Allocation.objects.get().refunded) == (D(100), D(100))
    # of 1000.00: commission 50.00 and 3.00 on it; a tenth of each goes back
    assert balance("seller_available", "CNY", order.enterprise_id) == -D("852.30")
    assert balance("commission_income", "CNY") == -D("45.00")
    assert balance("commission_tax", "CNY") == -D("2.70")
    assert balance("refund_due", "CNY") == -D(100)
    (row,) = expected_payout(order)
    assert (row.refunded, row.amount, row.held) == (D(100), D("852.30"), False)
    assert (payment_status(order.purchase), unbalanced()) == ("part_refunded", [])

    drain_outbox(ARRIVED)
    refund.refresh_from_db()
    assert (refund.state, balance("refund_due", "CNY")) == ("succeeded", D(0))


def test_nobody_and_no_clock_accepts_while_a_claim_is_open() -> None:
    order = make_delivered()
    claim = make_claim(order)

    with pytest.raises(ClaimIsOpen) as refused:
        accept_delivery(order, by=None, now=ARRIVED)
    assert refused.value.details == {"number": claim.number}
    tell("W1", "delivered", at=ARRIVED + timedelta(hours=1))  # told again
    run_due_deadlines(ARRIVED + timedelta(days=6))
    assert (clock(order), state_of(order), Acceptance.objects.count()) == (None, "in_progress", 0)

    withdraw_claim(claim, now=ARRIVED + timedelta(days=6))
    assert clock(order) == ARRIVED + timedelta(days=13)
    assert balance("refund_due", "CNY") == 0


def test_buyer_takes_a_smaller_offer() -> None:
    order = make_delivered()
    claim = offer(make_claim(order), "60")
    assert (claim.state, claim.offered, clock(order)) == ("answered", D(60), None)

    take_offer(claim, by=None, now=ARRIVED)

    claim.refresh_from_db()
    assert (claim.state, claim.agreed, Refund.objects.get().amount) == ("settled", D(60), D(60))
    assert state_of(order) == "completed"


def test_buyer_who_says_nothing_has_taken_the_answer() -> None:
    order = make_delivered()
    claim = offer(make_claim(order), "0", text="they were sound when they left")
    late = ARRIVED + timedelta(days=7)

    run_due_deadlines(late - timedelta(seconds=1))
    claim.refresh_from_db()
    assert claim.state == "answered"
    run_due_deadlines(late)
    run_due_deadlines(late)

    claim.refresh_from_db()
    assert (claim.state, claim.agreed, Refund.objects.count()) == ("settled", D(0), 0)
    assert (state_of(order), balance("seller_available", "CNY", order.enterprise_id)) == ("completed", -D(947))


def test_seller_who_says_nothing_brings_it_before_an_officer() -> None:
    claim = make_claim(make_delivered())
    with pytest.raises(SellerHasTime):
        escalate_claim(claim, now=ARRIVED + timedelta(days=3, seconds=-1))
    assert escalate_claim(claim, now=ARRIVED + timedelta(days=3)).state == "escalated"

    other = make_claim(make_delivered_again())
    run_due_deadlines(ARRIVED + timedelta(days=7))
    other.refresh_from_db()
    assert (other.state, other.escalated_at) == ("escalated", ARRIVED + timedelta(days=7))


def make_delivered_again() -> SellerOrder:
    order = make_paid()
    send(order, "W2")
    tell("W2", "delivered")
    return SellerOrder.objects.select_related("purchase", "enterprise").get(pk=order.pk)


def test_officer_of_the_sellers_area_decides_once() -> None:
    order = make_delivered()
    claim = escalate_claim(offer(make_claim(order), "10"), now=ARRIVED)
    officer = make_officer(order.enterprise.unit)
    (line,) = claim.lines.all()

    for other in (make_officer(make_regiment("T99")), make_officer(order.enterprise.unit, "viewer"), make_user()):
        with pytest.raises(NotFound):
            decide_claim(claim, {line.pk: D(80)}, "seen the boxes", by=other, now=ARRIVED)
    with pytest.raises(InvalidInput) as refused:
        decide_claim(claim, {line.pk: D("100.01")}, " ", by=officer, now=ARRIVED)
    assert sorted(refused.value.details["fields"]) == sorted([str(line.pk), "reason"])
    decide_claim(claim, {line.pk: D(80)}, "seen the boxes", by=officer, now=ARRIVED)

    claim.refresh_from_db()
    assert (claim.state, claim.agreed, claim.decision, claim.decided_by) == (
        "settled",
        D(80),
        "seen the boxes",
        officer,
    )
    with pytest.raises(IllegalMove):
        decide_claim(claim, {}, "no", by=officer, now=ARRIVED)
    with pytest.raises(IllegalMove):
        withdraw_claim(claim, now=ARRIVED)
    assert Refund.objects.get().amount == D(80)


def test_officer_who_sells_or_bought_decides_nothing() -> None:
    buyer = make_user("buyer@example.org")
    order = make_delivered(user=buyer)
    claim = escalate_claim(offer(make_claim(order), "10"), now=ARRIVED)
    staff = make_officer(order.enterprise.unit)
    Member.objects.create(enterprise=order.enterprise, user=staff, role="viewer")
    made = make_officer(order.enterprise.unit)
    guest = make_officer(order.enterprise.unit)
    Purchase.objects.update(buyer=made, buyer_email=str(guest.email).upper())
    claim.seller_order.purchase.refresh_from_db()

    for officer in (staff, made, guest):
        with pytest.raises(NotAllowed):
            decide_claim(claim, {}, "mine", by=officer, now=ARRIVED)


def test_only_the_sellers_trade_staff_answer() -> None:
    order = make_delivered()
    claim = make_claim(order)
    with pytest.raises(NotFound):
        answer_claim(claim, {}, "no", by=make_user(), now=ARRIVED)
    with pytest.raises(NotAllowed):
        answer_claim(claim, {}, "no", by=make_member(order.enterprise, "warehouse"), now=ARRIVED)


@pytest.mark.parametrize("amount", ["-1", "100.01", "0.001", "NaN", "Infinity"])
def test_offers_that_cannot_be_are_refused_and_nothing_changes(amount: str) -> None:
    claim = make_claim(make_delivered())
    with pytest.raises(InvalidInput):
        offer(claim, amount)
    claim.refresh_from_db()
    assert (claim.state, claim.lines.get().offered) == ("open", None)


def test_less_than_all_needs_words_and_an_answer_may_be_put_better() -> None:
    claim = make_claim(make_delivered())
    with pytest.raises(InvalidInput) as refused:
        offer(claim, "60", text="  ")
    assert list(refused.value.details["fields"]) == ["text"]

    offer(claim, "60")
    offer(claim, "70", now=ARRIVED + timedelta(days=1))
    assert Deadline.objects.get(kind="claim.unaccepted").due_at == ARRIVED + timedelta(days=8)
    with pytest.raises(IllegalMove):
        offer(escalate_claim(claim, now=ARRIVED), "100")


def test_an_answer_is_never_put_worse_and_the_same_again_changes_nothing() -> None:
    claim = offer(make_claim(make_delivered()), "60")
    later = ARRIVED + timedelta(days=1)

    with pytest.raises(InvalidInput) as refused:
        offer(claim, "59.99", now=later)
    assert list(refused.value.details["fields"]) == [str(claim.lines.get().pk)]
    with pytest.raises(InvalidInput):
        answer_claim(claim, {}, "nothing after all", by=make_member(claim.seller_order.enterprise), now=later)
    offer(claim, "60", now=later)

    claim.refresh_from_db()
    assert (claim.offered, claim.answered_at) == (D(60), ARRIVED)
    assert Deadline.objects.get(kind="claim.unaccepted").due_at == ARRIVED + timedelta(days=7)
    assert OutboxEvent.objects.filter(topic="claim.answered").count() == 1


def test_claim_after_acceptance_may_leave_the_seller_in_debt() -> None:
    order = make_delivered()
    accept_delivery(order, by=None, now=ARRIVED)
    order.refresh_from_db()
    later = ARRIVED + timedelta(days=14)

    with pytest.raises(TooLateToClaim):
        make_claim(order, now=later + timedelta(seconds=1))
    offer(make_claim(order, wish(order, "40"), now=later), "1000", now=later)

    assert balance("seller_available", "CNY", order.enterprise_id) == 0  # nothing else was sold
    assert balance("commission_income", "CNY") == balance("commission_tax", "CNY") == 0
    assert (payment_status(order.purchase), clock(order), Acceptance.objects.count()) == ("refunded", None, 1)


def test_many_small_claims_give_back_exactly_all_of_it() -> None:
    """Three times a third of a line whose cents do not divide, and of its commission."""
    order = make_delivered((make_variant(price="3.33", net_kg="1", on_hand=9), 3))
    total, commission = order.total, -balance("commission_income", "CNY")
    accept_delivery(order, by=None, now=ARRIVED)
    order.refresh_from_db()
    for _ in range(3):
        claim = make_claim(order, wish(order, "1"))
        offer(claim, str(claim.wanted))

    assert sum(refund.amount for refund in Refund.objects.all()) == total
    assert commission > 0
    assert balance("commission_income", "CNY") == balance("commission_tax", "CNY") == 0
    assert balance("seller_available", "CNY", order.enterprise_id) == 0
    assert claimable(order) == []
    with pytest.raises(NothingToClaim):
        file_claim(order, [], "again", by=None, now=ARRIVED)


def test_offer_that_changed_meanwhile_is_not_taken() -> None:
    claim = offer(make_claim(make_delivered()), "60")
    offer(claim, "70")

    with pytest.raises(OfferChanged) as refused:
        take_offer(claim, by=None, now=ARRIVED, offered=D(60))
    assert refused.value.details == {"offered": "70", "currency": "CNY"}
    claim.refresh_from_db()
    assert claim.state == "answered"

    take_offer(claim, by=None, now=ARRIVED, offered=D(70))
    claim.refresh_from_db()
    assert (claim.state, claim.agreed) == ("settled", D(70))
