"""Delivered goods are accepted, by the buyer or by the clock; then the seller's money becomes available."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from market.accounts.models import User
from market.common.deadlines.actions import close_deadline, open_deadline
from market.common.deadlines.models import Deadline
from orders.claims.errors import ClaimIsOpen, NotDelivered
from orders.claims.models import Acceptance
from orders.claims.queries import open_claim, settled_as_missing
from orders.ledger.book import Entry, K, book
from orders.ledger.queries import held_of
from orders.orders.models import OrderLine, SellerOrder
from orders.orders.states import transition
from orders.shipments.models import Shipment, Status

ACCEPT_WITHIN = timedelta(days=7)


def keep_acceptance_clock(order: SellerOrder, *, now: datetime) -> None:
    """Once everything ordered has been delivered or settled, the buyer has seven days; a parcel that leaves delivered
    again (on its way back, say) stops the clock, as an open claim does. Telling it twice moves nothing. The caller
    holds the order's row lock, or two last parcels registered at once would each see the other still on its way."""
    if order.state != SellerOrder.State.IN_PROGRESS:
        return
    if not is_at_rest(order):
        close_deadline("order.acceptance", order.number)
    elif (
        not Deadline.objects.filter(kind="order.acceptance", subject=order.number, state=Deadline.State.OPEN).exists()
        and open_claim(order) is None
    ):
        open_deadline("order.acceptance", order.number, due_at=now + ACCEPT_WITHIN)


def is_at_rest(order: SellerOrder) -> bool:
    """All that was ordered has been delivered, or settled by a claim as never arrived. Four statements."""
    shipments = Shipment.objects.filter(seller_order=order).prefetch_related("lines")
    lines = OrderLine.objects.filter(seller_order=order)
    return is_nothing_outstanding(lines, list(shipments), settled_as_missing(order))


def is_nothing_outstanding(
    lines: Iterable[OrderLine], shipments: Sequence[Shipment], missing: Mapping[int, Decimal]
) -> bool:
    """What `is_at_rest` says, of rows that have been read: the order's lines, its shipments with theirs, and by line
    what was settled as never arrived."""
    delivered = [shipment for shipment in shipments if shipment.status == Status.DELIVERED]
    if (not delivered and not missing) or (not missing and len(delivered) < len(shipments)):
        return False
    at_rest = defaultdict(Decimal, missing)
    for shipment in delivered:
        for part in shipment.lines.all():
            at_rest[part.order_line_id] += part.quantity
    return all(at_rest[line.pk] >= line.quantity for line in lines)


def accept_delivery(order: SellerOrder, *, by: User | None, now: datetime, is_automatic: bool = False) -> Acceptance:
    """Effects: acceptance row, order completed, held money becomes available. Twice gives the first acceptance.

    Raises NotDelivered while something is still on its way, ClaimIsOpen.
    """
    with transaction.atomic():
        row = SellerOrder.objects.select_for_update(of=("self",)).select_related("purchase").get(pk=order.pk)
        existing = Acceptance.objects.filter(seller_order=row).first()
        if existing is not None:
            return existing
        if (claim := open_claim(row)) is not None:
            raise ClaimIsOpen(number=claim.number)
        if row.state != SellerOrder.State.IN_PROGRESS or not is_at_rest(row):
            raise NotDelivered(number=row.number)
        reason = "accepted when the clock ran out" if is_automatic else "accepted by the buyer"
        return complete_order(row, by=by, reason=reason, now=now, is_automatic=is_automatic)


def complete_order(
    order: SellerOrder, *, by: User | None, reason: str, now: datetime, is_automatic: bool = False
) -> Acceptance:
    """The caller holds the order's row lock and knows that all has arrived or is settled."""
    acceptance = Acceptance.objects.create(seller_order=order, by=by, is_automatic=is_automatic, at=now)
    transition(order, SellerOrder.State.COMPLETED, by=by, reason=reason, now=now)
    held = held_of(order)
    book(
        f"release:{order.number}",
        "release",
        [
            Entry(K.SELLER_HELD, held, order.enterprise_id),
            Entry(K.SELLER_AVAILABLE, -held, order.enterprise_id),
        ],
        currency=order.purchase.currency,
        source=("seller_order", order.number),
        now=now,
    )
    close_deadline("order.acceptance", order.number)
    return acceptance


def on_acceptance_deadline(number: str, now: datetime) -> None:
    """Handler of the deadline: a buyer who says nothing has accepted."""
    order = SellerOrder.objects.get(number=number)
    if order.state == SellerOrder.State.IN_PROGRESS and open_claim(order) is None:
        accept_delivery(order, by=None, now=now, is_automatic=True)
