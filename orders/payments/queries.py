"""Paid or not: derived from allocations, never from the state of one attempt."""

from decimal import Decimal

from django.db.models import Sum

from orders.orders.models import Purchase
from orders.payments.models import Allocation


def paid_of(purchase: Purchase) -> Decimal:
    """Captured less refunded, over all payments of the purchase."""
    sums = Allocation.objects.filter(payment__purchase=purchase).aggregate(c=Sum("captured"), r=Sum("refunded"))
    return (sums["c"] or Decimal(0)) - (sums["r"] or Decimal(0))


def payment_status(purchase: Purchase) -> str:
    """unpaid, part_paid, paid, part_refunded or refunded."""
    sums = Allocation.objects.filter(payment__purchase=purchase).aggregate(c=Sum("captured"), r=Sum("refunded"))
    captured, refunded = sums["c"] or Decimal(0), sums["r"] or Decimal(0)
    if not captured:
        return "unpaid"
    if refunded:
        return "refunded" if refunded >= captured else "part_refunded"
    return "paid" if captured >= purchase.total else "part_paid"
