"""Where things are."""

from collections.abc import Iterable

from django.db.models import Prefetch

from orders.orders.models import SellerOrder
from orders.shipments.fold import RANK
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


def actual(events: Iterable[TrackingEvent]) -> list[TrackingEvent]:
    """What really happened, oldest first: neither planned nor withdrawn nor beyond belief."""
    real = [
        event
        for event in events
        if event.classifier == "ACT" and event.withdrawn_at is None and event.aside not in ("future", "ancient")
    ]
    return sorted(real, key=lambda event: (event.occurred_at, event.sequence, RANK.get(event.status, 0), event.key))


def newest_event(events: Iterable[TrackingEvent]) -> TrackingEvent | None:
    found = actual(events)
    return found[-1] if found else None


def milestones(events: Iterable[TrackingEvent]) -> list[str]:
    """Kinds of the milestones reached, in time order."""
    return [event.kind for event in actual(events) if event.kind]


def transshipment_ports(events: Iterable[TrackingEvent]) -> list[str]:
    """UN/LOCODEs where the goods changed ships: taken off one and later put on another, in time order."""
    ports, off = list[str](), set[str]()
    for event in actual(events):
        if event.kind in ("discharged", "transshipment_in") and event.location:
            off.add(event.location)
        elif event.kind in ("loaded", "transshipment_out") and event.location in off and event.location not in ports:
            ports.append(event.location)
    return ports
