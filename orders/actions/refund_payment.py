"""Send money back: reserve it on the allocation, commit, ask the gateway, close. Each step may run twice."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Value

from market.common.fields import AmountField
from market.common.outbox.record import record_event
from orders.ledger.book import Entry, K, book
from orders.orders.models import SellerOrder
from orders.payments.asking import can_be_asked
from orders.payments.gateways.base import RefundOutcome
from orders.payments.gateways.registry import get_gateway
from orders.payments.models import Allocation, Payment, Refund

SENT_BY = timedelta(minutes=2)  # the outbox sends it at once; this is the net below


def open_refund(
    payment: Payment, order: SellerOrder, amount: Decimal, *, key: str, reason: str, now: datetime
) -> Refund:
    """Inside the transaction that decides the refund. Never more than the allocation holds (ValueError), never twice
    for one key. An outbox event makes the worker send it."""
    existing = Refund.objects.filter(key=key).first()
    if existing is not None:
        return existing
    value = Value(amount, output_field=AmountField())
    reserved = Allocation.objects.filter(
        payment=payment, seller_order=order, captured__gte=F("refunded") + value
    ).update(refunded=F("refunded") + value)
    if reserved != 1:
        raise ValueError(f"refund of {amount} exceeds what {order} was paid by {payment}")
    return _opened(Refund(payment=payment, seller_order=order, key=key, amount=amount, reason=reason), now)


def open_return(payment: Payment, amount: Decimal, currency: str, *, key: str, reason: str, now: datetime) -> Refund:
    """Money of the payment that no order got, and whose `currency` may be another one. Inside the transaction that
    books it as due; never twice for one key."""
    existing = Refund.objects.filter(key=key).first()
    if existing is not None:
        return existing
    other = currency if currency != payment.currency else ""
    return _opened(Refund(payment=payment, key=key, amount=amount, other_currency=other, reason=reason), now)


def _opened(refund: Refund, now: datetime) -> Refund:
    refund.created_at = now
    refund.ask_at = now + SENT_BY if can_be_asked(refund.payment.gateway) else None
    refund.save(force_insert=True)
    record_event("refund.opened", refund.pk, now=now)
    return refund


def send_refund(refund: Refund, *, now: datetime) -> Refund:
    """Asks the gateway, outside any transaction, then records. One whose outcome is unknown is sent again with the same
    key; one the provider has taken is asked about. A failed refund waits for an officer."""
    if refund.state != Refund.State.PENDING:
        return refund
    payment = refund.payment
    gateway = get_gateway(payment.gateway)
    if refund.provider_ref:
        outcome = gateway.fetch_refund(refund.provider_ref)
    else:
        outcome = gateway.refund(payment.provider_ref, refund.amount, refund.currency, refund.key)
    return close_refund(refund, outcome, now=now)


def close_refund(refund: Refund, outcome: RefundOutcome, *, now: datetime) -> Refund:
    """Books `refund_due` against clearing when the money has left."""
    with transaction.atomic():
        row = Refund.objects.select_for_update(of=("self",)).select_related("payment").get(pk=refund.pk)
        if row.state != Refund.State.PENDING:
            return row
        row.state = outcome.state
        row.failure = outcome.refused[:200]
        if outcome.state != Refund.State.PENDING:
            row.ask_at = None
        row.provider_ref = outcome.provider_ref or row.provider_ref
        if outcome.state == Refund.State.SUCCEEDED:
            row.closed_at = now
            book(
                f"refund-paid:{row.key}",
                "refund_paid",
                [Entry(K.REFUND_DUE, row.amount), Entry(K.CLEARING, -row.amount)],
                currency=row.currency,
                source=("refund", str(row.pk)),
                now=now,
            )
        row.save(update_fields=["state", "provider_ref", "failure", "closed_at", "ask_at"])
    return row
