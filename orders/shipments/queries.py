"""Where things are."""

from django.db.models import Prefetch

from orders.orders.models import SellerOrder
from orders.shipments.models import Shipment, ShipmentLine, TrackingEvent


def journey(orders: list[SellerOrder]) -> dict[int, list[Shipment]]:
    """Shipments by seller order id, with lines, lots and events (newest first): three statements for all orders."""
    shipments = (
        Shipment.objects.filter(seller_order__in=orders)
        .prefetch_related(
            Prefetch("lines", ShipmentLine.objects.select_related("lot", "order_line")),
            Prefetch("events", TrackingEvent.objects.order_by("-occurred_at", "-sequence", "-id")),
        )
        .order_by("pk")
    )
    found: dict[int, list[Shipment]] = {order.pk: [] for order in orders}
    for shipment in shipments:
        found[shipment.seller_order_id].append(shipment)
    return found
