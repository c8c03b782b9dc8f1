"""Paid or not: derived from allocations, never from the state of one attempt."""

from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from orders.orders.models import Purchase
from orders.payments.models import Allocation, Payment, Refund


def payment_status(purchase: Purchase) -> str:
    """unpaid, part_paid, paid, part_refunded or refunded."""
    sums = Allocation.objects.filter(payment__purchase=purchase).aggregate(c=Sum("captured"), r=Sum("refunded"))
    captured, refunded = sums["c"] or Decimal(0), sums["r"] or Decimal(0)
    if not captured:
        return "unpaid"
    if refunded:
        return "refunded" if refunded >= captured else "part_refunded"
    return "paid" if captured >= purchase.total else "part_paid"


def parked_payments() -> QuerySet[Payment]:
    """What a provider says differs from what we asked: for an officer, newest first."""
    return Payment.objects.filter(parked_at__isnull=False).select_related("purchase").order_by("-parked_at")


def stuck_refunds() -> QuerySet[Refund]:
    """Refunds that failed, or that only a person can confirm (bank files): for an officer, oldest first."""
    waiting = Q(state=Refund.State.FAILED) | Q(state=Refund.State.PENDING, ask_at__isnull=True)
    return Refund.objects.filter(waiting).select_related("payment__purchase", "seller_order").order_by("created_at")
