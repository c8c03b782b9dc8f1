"""Paid or not: derived from allocations, never from the state of one attempt."""

from decimal import Decimal

from django.db.models import QuerySet, Sum

from orders.orders.models import Purchase, SellerOrder
from orders.payments.models import Allocation, Payment


def payment_status(purchase: Purchase) -> str:
    """unpaid, part_paid, paid, part_refunded or refunded. What ended unpaid does not count."""
    sums = Allocation.objects.filter(payment__purchase=purchase).aggregate(c=Sum("captured"), r=Sum("refunded"))
    captured, refunded = sums["c"] or Decimal(0), sums["r"] or Decimal(0)
    if not captured:
        return "unpaid"
    if refunded:
        return "refunded" if refunded >= captured else "part_refunded"
    return "part_paid" if due(purchase) else "paid"


def due(purchase: Purchase) -> Decimal:
    """What is still to be paid: the seller orders that wait for their money."""
    unpaid = purchase.seller_orders.filter(state=SellerOrder.State.AWAITING_PAYMENT)
    return unpaid.aggregate(total=Sum("total"))["total"] or Decimal(0)


def parked_payments() -> QuerySet[Payment]:
    """What a provider says differs from what we asked: newest first, decided or not."""
    rows = Payment.objects.filter(parked_at__isnull=False).select_related("purchase", "parked_decision__decided_by")
    return rows.order_by("-parked_at", "-pk")
