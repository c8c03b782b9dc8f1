"""Paid or not: derived from allocations, never from the state of one attempt. What providers took back."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import QuerySet, Sum

from orders.orders.models import Purchase, SellerOrder
from orders.payments.models import TAKEN_STATES, Allocation, Payment, Refund, Reversal, ReversalLine


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


def reversals_waiting() -> QuerySet[Reversal]:
    """Money that is gone, and nobody has said for what."""
    return Reversal.objects.filter(decided_at__isnull=True, state__in=TAKEN_STATES)


def reversed_by_line(orders: Iterable[int]) -> dict[int, Decimal]:
    """What providers took back of the price and have not returned, by order line. One statement."""
    rows = ReversalLine.objects.filter(order_line__seller_order__in=list(orders), reversal__state__in=TAKEN_STATES)
    return dict(rows.order_by().values_list("order_line").annotate(sum=Sum("amount")))


def reversed_by_order(purchase: Purchase) -> dict[int, Decimal]:
    """The same by seller order of a purchase. One statement."""
    rows = Refund.objects.filter(payment__purchase=purchase, reversal__isnull=False, state=Refund.State.SUCCEEDED)
    sums = rows.exclude(seller_order=None).order_by().values_list("seller_order").annotate(sum=Sum("amount"))
    return {order: amount for order, amount in sums if order is not None}
