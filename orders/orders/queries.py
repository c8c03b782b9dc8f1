"""Reads of what was ordered, without who ordered it."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count

from market.common.deadlines.models import Deadline
from orders.orders.models import OrderEvent, OrderLine, SellerOrder
from orders.orders.states import BUYERS_WISH

_ENDED_BY_PEOPLE = (SellerOrder.State.CANCELLED, SellerOrder.State.DECLINED)
_NEVER_PAID = (SellerOrder.State.AWAITING_PAYMENT, SellerOrder.State.EXPIRED, SellerOrder.State.CANCELLED)


def reasons_of_end(orders: Iterable[SellerOrder]) -> dict[int, str]:
    """What was written when orders were declined or cancelled, by key of the order; without those where nobody wrote
    anything. No statement when none of them has ended so."""
    ended = [order.pk for order in orders if order.state in _ENDED_BY_PEOPLE]
    if not ended:
        return {}
    rows = OrderEvent.objects.filter(seller_order__in=ended, to_state__in=_ENDED_BY_PEOPLE).exclude(reason=BUYERS_WISH)
    return dict(rows.values_list("seller_order", "reason"))


def waiting_for_acceptance(orders: Iterable[SellerOrder]) -> set[str]:
    """Numbers of those that are all with the buyer, whose seven days run. No statement when none has left."""
    left = [order.number for order in orders if order.state == SellerOrder.State.IN_PROGRESS]
    if not left:
        return set()
    clocks = Deadline.objects.filter(kind="order.acceptance", state=Deadline.State.OPEN, subject__in=left)
    return set(clocks.values_list("subject", flat=True))


def most_ordered(channel: str, *, since: datetime, limit: int) -> list[int]:
    """Products of a channel by how many paid orders hold them, the most wanted first. One statement."""
    lines = OrderLine.objects.filter(
        seller_order__placed_at__gte=since, seller_order__purchase__channel__code=channel
    ).exclude(seller_order__state__in=_NEVER_PAID)
    counted = lines.values("variant__product").annotate(orders=Count("seller_order", distinct=True))
    return list(counted.order_by("-orders", "-variant__product").values_list("variant__product", flat=True)[:limit])
