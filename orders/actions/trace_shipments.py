"""What left, as trace events: the trace knows lots and no orders, so it is told from here."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.conf import settings

from catalog.trace.actions.trace_lot import own_event, quantity_of, record_own, trace_lot, unless_refused
from catalog.trace.own import event_name
from market.common.outbox.models import OutboxEvent
from orders.shipments.models import Shipment, ShipmentLine


def write_shippings(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Receiver of `shipment.created`: one event for each, of all its lots in kg, with the order's number. Who bought is
    nobody's business but the seller's, so nothing names the buyer."""
    rows = Shipment.objects.filter(number__in=[event.subject for event in events])
    found = {row.number: row for row in rows.select_related("seller_order__enterprise")}
    for event in events:
        if shipment := found.get(event.subject):
            with unless_refused(event):
                _write(shipment, now)


def _write(shipment: Shipment, now: datetime) -> None:
    order = shipment.seller_order
    lines = ShipmentLine.objects.filter(shipment=shipment).select_related(
        "order_line", "lot__product", "lot__enterprise"
    )
    weights: dict[int, Decimal] = defaultdict(Decimal)
    lots = {line.lot_id: line.lot for line in lines}
    for line in lines:
        weights[line.lot_id] += line.quantity * line.order_line.net_kg
    for _key, lot in sorted(lots.items()):
        trace_lot(lot, now=now)
    body = own_event(
        event_name("shipment.created", shipment.number),
        shipment.shipped_at,
        step="shipping",
        disposition="in_transit",
        quantityList=[quantity_of(lot, weights[key]) for key, lot in sorted(lots.items())],
        bizTransactionList=[
            {"type": "po", "bizTransaction": f"{settings.PUBLIC_URL}/order/{order.number}"},
            {"type": "desadv", "bizTransaction": f"{settings.PUBLIC_URL}/shipment/{shipment.number}"},
        ],
    )
    record_own(order.enterprise, body, by_market=True, now=now)
