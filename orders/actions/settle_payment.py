"""Money came, or did not: whatever told us, the provider's truth decides, under the payment's row lock.

The return page, the webhook, the reconciler and the officer all end here; running it twice changes nothing.
"""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from market.common.deadlines.actions import close_deadline
from market.common.money import spread
from market.common.outbox.record import record_event
from orders.actions.park_payment import OVER, follow_parked, is_wrong, park
from orders.actions.refund_payment import open_refund
from orders.ledger.book import Entry, K, book
from orders.ledger.queries import commission_of
from orders.orders.models import SellerOrder
from orders.orders.states import transition
from orders.payments.asking import next_ask
from orders.payments.gateways.base import Outcome
from orders.payments.gateways.registry import get_gateway
from orders.payments.models import Payment

S = SellerOrder.State


def settle_payment(payment: Payment, *, now: datetime) -> Payment:
    """Asks the provider and books the answer. Raises GatewayError when it cannot be asked."""
    outcome = get_gateway(payment.gateway).fetch(payment.provider_ref)
    return apply_outcome(payment, outcome, now=now)


def apply_outcome(payment: Payment, outcome: Outcome, *, now: datetime) -> Payment:
    """Moves the payment forward only. A success after the order expired is booked and sent back, never dropped. An
    amount or currency we did not ask for moves nothing: it is parked for an officer."""
    with transaction.atomic():
        row, orders = lock_payment(payment)
        if row.parked_at is not None:
            follow_parked(row, outcome, now=now)
        elif row.state == Payment.State.CAPTURED:
            return row
        elif is_wrong(row, outcome):
            park(row, outcome, now=now)
        elif outcome.state == Payment.State.CAPTURED:
            capture(row, orders, now=now)
        elif row.is_open and outcome.state != row.state:
            _move(row, outcome, now)
        elif not row.is_open and row.to_cancel and outcome.state in OVER:
            row.to_cancel, row.ask_at = False, None
            row.save(update_fields=["to_cancel", "ask_at"])
    return row


def lock_payment(payment: Payment) -> tuple[Payment, list[SellerOrder]]:
    """The payment and all orders of its purchase, in the order that everybody locks them."""
    orders = list(
        SellerOrder.objects.select_for_update(of=("self",))
        .select_related("purchase")
        .filter(purchase_id=payment.purchase_id)
        .order_by("pk")
    )
    return Payment.objects.select_for_update(of=("self",)).select_related("purchase").get(pk=payment.pk), orders


def _move(payment: Payment, outcome: Outcome, now: datetime) -> None:
    """A failed attempt may still be open at the provider (a card form in another window): it is cancelled there."""
    payment.state = outcome.state
    payment.asked = 0
    payment.to_cancel = outcome.state == Payment.State.FAILED
    payment.ask_at = next_ask(0, now) if payment.is_open or payment.to_cancel else None
    payment.save(update_fields=["state", "asked", "to_cancel", "ask_at"])


def capture(payment: Payment, orders: list[SellerOrder], *, now: datetime) -> None:
    """Under the locks of `lock_payment`: each order gets its share of what was asked for and moves on."""
    payment.state = Payment.State.CAPTURED
    payment.settled_at = now
    payment.to_cancel, payment.ask_at = False, None
    payment.save(update_fields=["state", "settled_at", "to_cancel", "ask_at"])
    by_key = {order.pk: order for order in orders}
    allocations = list(payment.allocations.order_by("seller_order_id"))
    paid = [by_key[allocation.seller_order_id] for allocation in allocations]
    shares = spread(payment.amount, [order.total for order in paid], payment.currency)
    for allocation, order, share in zip(allocations, paid, shares, strict=True):
        allocation.captured = share
        allocation.save(update_fields=["captured"])
        _allocate(payment, order, share, now)
    if any(order.state == S.AWAITING_SELLER for order in orders):
        close_deadline("order.payment", payment.purchase.number)
    record_event("payment.captured", payment.pk, now=now, purchase=payment.purchase.number)


def _allocate(payment: Payment, order: SellerOrder, share: Decimal, now: datetime) -> None:
    wanted = order.state == S.AWAITING_PAYMENT
    if not wanted:
        book(
            f"late:{payment.pk}:{order.number}",
            "late",
            [Entry(K.CLEARING, share), Entry(K.REFUND_DUE, -share)],
            currency=payment.currency,
            source=("payment", str(payment.pk)),
            now=now,
        )
        open_refund(payment, order, share, key=f"late-{payment.pk}-{order.number}", reason="paid too late", now=now)
        return
    book_sale(order, share, currency=payment.currency, now=now)
    transition(order, S.AWAITING_SELLER, by=None, reason="paid", now=now)


def book_sale(order: SellerOrder, amount: Decimal, *, currency: str, now: datetime) -> None:
    """Clearing to the seller's held money, less the commission frozen when the order was placed."""
    commission, tax = commission_of(order)
    book(
        f"sale:{order.number}",
        "sale",
        [
            Entry(K.CLEARING, amount),
            Entry(K.SELLER_HELD, -(amount - commission - tax), order.enterprise_id),
            Entry(K.COMMISSION_INCOME, -commission),
            Entry(K.COMMISSION_TAX, -tax),
        ],
        currency=currency,
        source=("seller_order", order.number),
        now=now,
    )
