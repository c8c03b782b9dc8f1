"""Money a provider had taken came back: a dispute won, a refund that failed. Everything booked of it is reversed."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import F, Value

from market.common.fields import AmountField
from market.common.outbox.record import record_event
from orders.actions.book_refund import book_refund_back
from orders.actions.refund_payment import open_refund
from orders.ledger.book import Entry, book
from orders.ledger.models import LedgerTransaction
from orders.ledger.queries import ENDED
from orders.orders.models import SellerOrder
from orders.payments.models import Allocation, Refund, Reversal


def return_reversal(reversal: Reversal, orders: Mapping[int, SellerOrder], *, now: datetime) -> None:
    """Under the locks of `lock_payment`. Sellers have their money again, the market what it bore, and a refund we owed
    anyway is owed again. An order that has ended since gives the money to its buyer."""
    for refund in reversal.refunds.filter(state=Refund.State.SUCCEEDED).order_by("pk"):
        order = orders[refund.seller_order_id or 0]
        _reverse(f"refund-paid:{refund.key}", reversal, now)
        refund.state = Refund.State.RETURNED
        refund.save(update_fields=["state"])
        value = Value(refund.amount, output_field=AmountField())
        shares = Allocation.objects.filter(payment=refund.payment_id, seller_order=order)
        shares.update(refunded=F("refunded") - value)
        if order.state in ENDED:
            key, reason = f"returned-{refund.pk}", "order ended"
            open_refund(reversal.payment, order, refund.amount, key=key, reason=reason, now=now)
        else:
            booked = LedgerTransaction.objects.get(key=f"reversal:{reversal.pk}:{order.number}")
            book_refund_back(order, booked, currency=reversal.currency, now=now)
            record_event("reversal.returned", refund.pk, now=now)
    if reversal.repaid is not None:
        reversal.repaid.state, reversal.repaid.closed_at = Refund.State.FAILED, None
        reversal.repaid.save(update_fields=["state", "closed_at"])
    for key in (f"repaid:{reversal.pk}", f"borne:{reversal.pk}", f"taken:{reversal.pk}"):
        _reverse(key, reversal, now)


def _reverse(key: str, reversal: Reversal, now: datetime) -> None:
    booked = LedgerTransaction.objects.filter(key=key).first()
    if booked is None:
        return
    postings = booked.postings.select_related("account").order_by("pk")
    book(
        f"back:{key}",
        f"{booked.kind}_back",
        [Entry(row.account.kind, -row.amount) for row in postings],
        currency=reversal.currency,
        source=("reversal", str(reversal.pk)),
        now=now,
        reversal_of=booked,
    )
