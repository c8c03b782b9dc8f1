from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command

from market.common.outbox.drain import drain_outbox
from orders.actions.confirm_transfer import StatementRow, confirm_transfer
from orders.actions.end_order import cancel_order, expire_purchase
from orders.actions.settle_payment import settle_payment
from orders.claims.queries import expected_payout
from orders.ledger.models import CommissionRule, LedgerTransaction
from orders.ledger.queries import balance
from orders.payments.actions.start_payment import start_payment
from orders.payments.errors import NothingToPay
from orders.payments.gateways.sandbox import press
from orders.payments.models import Allocation, BankStatementRow, Payment, Refund
from orders.payments.queries import payment_status
from tests.builders import NOW, make_enterprise, make_placed, make_variant, stock_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def commission() -> None:
    CommissionRule.objects.create(rate=Decimal("0.05"), tax_rate=Decimal("0.06"))


def pay(purchase: object, outcome: str = "succeed") -> Payment:
    payment = start_payment(purchase, "sandbox", return_url="", now=NOW)  # type: ignore[arg-type]
    press(payment.provider_ref, outcome)
    return settle_payment(payment, now=NOW)


def test_settle_success_books_each_seller_and_moves_the_orders() -> None:
    placed = make_placed((make_variant(price="100", net_kg="10"), 1), (make_variant(price="30", net_kg="5"), 2))

    payment = pay(placed.purchase)

    assert payment.state == "captured"
    assert payment_status(placed.purchase) == "paid"
    for order in placed.seller_orders:
        order.refresh_from_db()
        assert order.state == "awaiting_seller"
    first = placed.seller_orders[0]
    assert balance("seller_held", "CNY", first.enterprise_id) == -Decimal("947.00")
    assert balance("clearing", "CNY") == Decimal("1300.00")
    (row,) = expected_payout(first)
    assert (row.amount, row.is_paid, row.held) == (Decimal("947.00"), True, True)
    call_command("check_ledger")


def test_settle_twice_changes_nothing() -> None:
    placed = make_placed((make_variant(), 1))
    payment = pay(placed.purchase)

    settle_payment(payment, now=NOW)

    assert LedgerTransaction.objects.count() == 1
    assert Allocation.objects.count() == 1


def test_settle_failure_leaves_the_order_payable() -> None:
    placed = make_placed((make_variant(), 1))

    assert pay(placed.purchase, "fail").state == "failed"
    assert pay(placed.purchase, "succeed").state == "captured"


def test_settle_delay_is_processing_and_may_still_succeed() -> None:
    placed = make_placed((make_variant(), 1))
    payment = pay(placed.purchase, "delay")
    assert payment.state == "processing"

    press(payment.provider_ref, "succeed")

    assert settle_payment(payment, now=NOW).state == "captured"


def test_settle_after_expiry_is_booked_and_sent_back() -> None:
    variant = make_variant(on_hand=5)
    placed = make_placed((variant, 2))
    payment = start_payment(placed.purchase, "sandbox", return_url="", now=NOW)
    assert expire_purchase(placed.purchase, now=NOW + timedelta(hours=1)) == 1
    assert stock_of(variant) == (Decimal(5), Decimal(0))

    press(payment.provider_ref, "succeed")
    settle_payment(payment, now=NOW)
    drain_outbox(NOW)

    assert Refund.objects.get().state == "succeeded"
    assert payment_status(placed.purchase) == "refunded"
    assert balance("clearing", "CNY") == 0
    assert balance("refund_due", "CNY") == 0
    assert placed.seller_orders[0].__class__.objects.get().state == "expired"


def test_paid_purchase_cannot_be_paid_again() -> None:
    placed = make_placed((make_variant(), 1))
    pay(placed.purchase)

    with pytest.raises(NothingToPay):
        start_payment(placed.purchase, "sandbox", return_url="", now=NOW)


def test_another_way_of_paying_cancels_the_open_attempt() -> None:
    placed = make_placed((make_variant(), 1))
    first = start_payment(placed.purchase, "sandbox", return_url="", now=NOW)

    second = start_payment(placed.purchase, "bank_transfer", return_url="", now=NOW)

    first.refresh_from_db()
    assert (first.state, second.next_action["reference"]) == ("cancelled", placed.purchase.number)
    placed.purchase.refresh_from_db()
    assert placed.purchase.pay_by > NOW + timedelta(days=2)


def test_cancel_after_payment_reverses_everything_to_the_cent() -> None:
    variant = make_variant(price="1.29", net_kg="5", on_hand=9)
    placed = make_placed((variant, 7))
    pay(placed.purchase)
    (order,) = placed.seller_orders

    cancel_order(order, by=None, reason="changed my mind", now=NOW)
    drain_outbox(NOW)

    assert stock_of(variant) == (Decimal(9), Decimal(0))
    for kind in ("clearing", "commission_income", "commission_tax", "refund_due"):
        assert balance(kind, "CNY") == 0
    assert balance("seller_held", "CNY", order.enterprise_id) == 0
    assert expected_payout(order)[0].commission == 0


def transfer(reference: str, amount: str, row_id: str = "bank-1") -> BankStatementRow:
    row = StatementRow(row_id, reference, "李买家", Decimal(amount), "CNY", date(2026, 11, 24))
    return confirm_transfer(row, by=None, now=NOW)


def test_transfer_matches_by_reference_and_amount_once() -> None:
    placed = make_placed((make_variant(price="30", net_kg="5"), 1))
    start_payment(placed.purchase, "bank_transfer", return_url="", now=NOW)

    first = transfer(f" {placed.purchase.number.lower()} ", "150.00")
    again = transfer(placed.purchase.number, "150.00")

    assert (first.state, again.pk) == ("matched", first.pk)
    assert payment_status(placed.purchase) == "paid"


def test_transfer_too_little_unknown_or_doubled_waits_for_a_person() -> None:
    placed = make_placed((make_variant(price="30", net_kg="5"), 1))
    start_payment(placed.purchase, "bank_transfer", return_url="", now=NOW)

    assert transfer(placed.purchase.number, "149.99", "a").state == "underpaid"
    assert transfer("P000000-NOTHING", "150.00", "b").state == "unmatched"
    assert transfer(placed.purchase.number, "150.00", "c").state == "matched"
    assert transfer(placed.purchase.number, "150.00", "d").state == "overpaid"
    assert payment_status(placed.purchase) == "paid"


def test_one_sellers_money_stays_apart_from_the_others() -> None:
    mine, other = make_enterprise(), make_enterprise()
    placed = make_placed((make_variant(enterprise=mine), 1), (make_variant(enterprise=other), 1))
    pay(placed.purchase)

    cancel_order(placed.seller_orders[0], by=None, reason="x", now=NOW)

    held = {order.enterprise_id: balance("seller_held", "CNY", order.enterprise_id) for order in placed.seller_orders}
    assert held[placed.seller_orders[0].enterprise_id] == 0
    assert held[placed.seller_orders[1].enterprise_id] < 0
