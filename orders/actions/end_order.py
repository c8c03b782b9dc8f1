"""Orders that end before they are shipped: expired unpaid, cancelled, declined. Stock and money go back."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from catalog.stock.actions.reserve_stock import release_stock
from market.accounts.models import User
from market.common.deadlines.actions import close_deadline, open_deadline
from market.common.outbox.record import Event, record_event, record_events
from orders.actions.refund_payment import open_refund
from orders.ledger.book import Entry, K, book
from orders.ledger.models import CommissionLine
from orders.ledger.queries import commission_of
from orders.orders.models import Purchase, SellerOrder
from orders.orders.states import transition
from orders.payments.models import OPEN_STATES, Allocation, Payment

S = SellerOrder.State


def on_payment_deadline(number: str, now: datetime) -> None:
    """Expire what is still unpaid; a deadline that has moved in the meantime is kept."""
    purchase = Purchase.objects.get(number=number)
    if purchase.pay_by > now:
        open_deadline("order.payment", number, due_at=purchase.pay_by)
        return
    expire_purchase(purchase, now=now)


def expire_purchase(purchase: Purchase, *, now: datetime) -> int:
    """Seller orders still awaiting payment expire and give their stock back; open attempts expire. Returns how many."""
    with transaction.atomic():
        orders = list(
            SellerOrder.objects.select_for_update().filter(purchase=purchase, state=S.AWAITING_PAYMENT).order_by("pk")
        )
        for order in orders:
            transition(order, S.EXPIRED, by=None, reason="not paid in time", now=now)
        release_stock([order.number for order in orders], now=now)
        record_events([Event("order.expired", order.number) for order in orders], now=now)
        if orders:
            _close_attempts(purchase, now)
    return len(orders)


def _close_attempts(purchase: Purchase, now: datetime) -> None:
    """They ask for what nobody is to pay any more; what is left is asked for anew. Expired rather than cancelled: a
    transfer that still comes is known, pays what it still can and goes back for the rest. A parked one stays as it is:
    an officer decides."""
    attempts = Payment.objects.filter(purchase=purchase, state__in=OPEN_STATES, parked_at=None)
    attempts.filter(provider_ref="").update(state=Payment.State.EXPIRED)
    # Still open at the provider: the reconciler cancels it there, after this transaction.
    attempts.update(state=Payment.State.EXPIRED, to_cancel=True, ask_at=now, asked=0)


def cancel_order(order: SellerOrder, *, by: User | None, reason: str, now: datetime) -> SellerOrder:
    """Before the first shipment. Stock is released; what was paid is owed back and sent. Raises IllegalMove."""
    return _end(order, S.CANCELLED, by=by, reason=reason, now=now)


def decline_order(order: SellerOrder, *, by: User | None, reason: str, now: datetime) -> SellerOrder:
    """The seller cannot deliver: the same, told as the seller's decision."""
    return _end(order, S.DECLINED, by=by, reason=reason, now=now)


def _end(order: SellerOrder, to: str, *, by: User | None, reason: str, now: datetime) -> SellerOrder:
    with transaction.atomic():
        row = SellerOrder.objects.select_for_update(of=("self",)).select_related("purchase").get(pk=order.pk)
        was_unpaid = row.state == S.AWAITING_PAYMENT
        transition(row, to, by=by, reason=reason, now=now)
        release_stock([row.number], now=now)
        record_event(f"order.{to}", row.number, now=now)
        _give_money_back(row, reason, now)
        if was_unpaid:
            _close_attempts(row.purchase, now)
        if not row.purchase.seller_orders.filter(state=S.AWAITING_PAYMENT).exists():
            close_deadline("order.payment", row.purchase.number)
    return row


def _give_money_back(order: SellerOrder, reason: str, now: datetime) -> None:
    """A full refund reverses the sale and every commission line exactly, whatever payments made it up."""
    paid = list(
        Allocation.objects.select_related("payment")
        .filter(seller_order=order, captured__gt=F("refunded"))
        .order_by("pk")
    )
    total = sum((row.captured - row.refunded for row in paid), Decimal(0))
    if not total:
        return
    commission, tax = commission_of(order)
    book(
        f"refund:{order.number}",
        "refund",
        [
            Entry(K.SELLER_HELD, total - commission - tax, order.enterprise_id),
            Entry(K.COMMISSION_INCOME, commission),
            Entry(K.COMMISSION_TAX, tax),
            Entry(K.REFUND_DUE, -total),
        ],
        currency=order.purchase.currency,
        source=("seller_order", order.number),
        now=now,
    )
    frozen = CommissionLine.objects.filter(order_line__seller_order=order, reversal_of__isnull=True)
    for line in frozen.prefetch_related("reversals"):
        rows = [line, *line.reversals.all()]
        CommissionLine.objects.create(
            order_line_id=line.order_line_id,
            rate=line.rate,
            base=-sum(row.base for row in rows),
            amount=-sum(row.amount for row in rows),
            tax=-sum(row.tax for row in rows),
            reversal_of=line,
            source=f"refund:{order.number}",
        )
    for row in paid:
        amount = row.captured - row.refunded
        open_refund(row.payment, order, amount, key=f"end-{order.number}-{row.pk}", reason=reason[:200], now=now)
