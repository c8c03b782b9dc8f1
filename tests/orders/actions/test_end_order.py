from datetime import timedelta
from decimal import Decimal

import pytest

from catalog.stock.actions.reserve_stock import release_stock
from catalog.stock.models import Reservation, StockItem
from orders.actions.confirm_transfer import StatementRow, confirm_transfer
from orders.actions.end_order import cancel_order, on_payment_deadline
from orders.actions.reconcile import reconcile_payments
from orders.actions.settle_payment import settle_payment
from orders.ledger.queries import unbalanced
from orders.orders.models import SellerOrder
from orders.payments.actions.start_payment import start_payment
from orders.payments.gateways.sandbox import SandboxGateway, press
from orders.payments.models import Payment, Refund
from orders.payments.queries import due, payment_status
from tests.builders import NOW, make_placed, make_variant, stock_of

pytestmark = pytest.mark.django_db


def test_cancelling_what_is_left_to_pay_closes_the_attempt_at_its_provider() -> None:
    first, second = make_placed((make_variant(), 1), (make_variant(), 1)).seller_orders
    payment = start_payment(first.purchase, "sandbox", return_url="https://market.example/", now=NOW)

    cancel_order(first, by=None, reason="other plans", now=NOW)
    cancel_order(second, by=None, reason="other plans", now=NOW)
    reconcile_payments(NOW)

    payment.refresh_from_db()
    assert (payment.state, payment.to_cancel) == (Payment.State.EXPIRED, False)
    assert SandboxGateway().fetch(payment.provider_ref).state == "cancelled"


def test_part_cancelled_before_payment_is_not_asked_for_any_more() -> None:
    first, second = make_placed((make_variant(price="30"), 1), (make_variant(price="12"), 1)).seller_orders
    purchase = first.purchase
    both = start_payment(purchase, "sandbox", return_url="", now=NOW)
    press(both.provider_ref, "delay")  # begun in another window

    cancel_order(first, by=None, reason="other plans", now=NOW)
    rest = start_payment(purchase, "sandbox", return_url="", now=NOW)

    both.refresh_from_db()
    assert (both.amount, both.is_open) == (first.total + second.total, False)
    assert (rest.amount, due(purchase), payment_status(purchase)) == (second.total, second.total, "unpaid")
    press(rest.provider_ref, "succeed")
    settle_payment(rest, now=NOW)
    assert (due(purchase), payment_status(purchase)) == (Decimal(0), "paid")
    assert unbalanced() == []


def test_money_for_both_that_comes_after_one_was_cancelled_pays_the_other_and_goes_back_for_the_rest() -> None:
    first, second = make_placed((make_variant(price="30"), 1), (make_variant(price="12"), 1)).seller_orders
    payment = start_payment(first.purchase, "bank_transfer", return_url="", now=NOW)
    cancel_order(first, by=None, reason="other plans", now=NOW)

    row = StatementRow("1", first.purchase.number, "示范", payment.amount, "CNY", NOW.date())
    stored = confirm_transfer(row, by=None, now=NOW)

    assert stored.state == "matched"
    second.refresh_from_db()
    assert second.state == SellerOrder.State.AWAITING_SELLER
    refund = Refund.objects.get()
    assert (refund.seller_order_id, refund.amount) == (first.pk, first.total)
    assert unbalanced() == []


def test_payment_deadline_of_a_window_that_got_a_later_hour_is_kept() -> None:
    purchase = make_placed((make_variant(), 1)).purchase
    stale = type(purchase).objects.get(pk=purchase.pk)
    start_payment(purchase, "bank_transfer", return_url="", now=NOW)
    purchase.refresh_from_db()
    later = purchase.pay_by

    start_payment(stale, "sandbox", return_url="", now=NOW + timedelta(minutes=5))
    on_payment_deadline(purchase.number, NOW + timedelta(hours=1))

    purchase.refresh_from_db()
    assert purchase.pay_by == later
    assert SellerOrder.objects.get().state == SellerOrder.State.AWAITING_PAYMENT


def test_releasing_more_than_is_reserved_fails_and_undoes_everything() -> None:
    variant = make_variant()
    order = make_placed((variant, 3)).seller_orders[0]
    StockItem.objects.update(reserved=Decimal(1))

    with pytest.raises(RuntimeError):
        release_stock([order.number], now=NOW)

    assert Reservation.objects.get().state == Reservation.State.ACTIVE
    assert stock_of(variant) == (Decimal(10), Decimal(1))
