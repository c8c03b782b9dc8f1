"""Where things are."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from orders.orders.models import SellerOrder
from orders.shipments.fold import RANK
from orders.shipments.models import TURNED, Parcel, Shipment, ShipmentLine, TrackingEvent

UNBELIEVED = ("future", "ancient")


def journey(orders: list[SellerOrder]) -> dict[int, list[Shipment]]:
    """Shipments by seller order id, with lines, lots, temperature log, parcels and what happened (newest first; nothing
    planned, withdrawn or beyond belief): four statements for all orders."""
    happened = TrackingEvent.objects.filter(classifier="ACT", withdrawn_at=None).exclude(aside__in=UNBELIEVED)
    shipments = (
        Shipment.objects.filter(seller_order__in=orders)
        .select_related("temperature")
        .prefetch_related(
            Prefetch("parcels", Parcel.objects.order_by("pk")),
            Prefetch("lines", ShipmentLine.objects.select_related("lot", "order_line")),
            Prefetch("events", happened.order_by("-occurred_at", "-sequence", "-id")),
        )
        .order_by("pk")
    )
    found: dict[int, list[Shipment]] = {order.pk: [] for order in orders}
    for shipment in shipments:
        found[shipment.seller_order_id].append(shipment)
    return found


def troubled(shipments: QuerySet[Shipment]) -> QuerySet[Shipment]:
    """Those a person should look at: silent or with a silent parcel, flagged, out of their temperatures, on their way
    back, or over without having arrived."""
    raised = Q(silent_since__isnull=False) | Q(out_of_range_at__isnull=False)
    silent = Parcel.objects.filter(shipment=OuterRef("pk"), silent_since__isnull=False)
    return shipments.filter(raised | Q(status__in=TURNED) | ~Q(flags=[]) | Exists(silent))


def actual(events: Iterable[TrackingEvent]) -> list[TrackingEvent]:
    """What really happened, oldest first: neither planned nor withdrawn nor beyond belief."""
    real = [
        event
        for event in events
        if event.classifier == "ACT" and event.withdrawn_at is None and event.aside not in UNBELIEVED
    ]
    return sorted(real, key=lambda e: (e.occurred_at, e.sequence, RANK.get(e.status, 0), e.key, e.parcel))


def newest_event(events: Iterable[TrackingEvent]) -> TrackingEvent | None:
    found = actual(events)
    return found[-1] if found else None


AT_SEA = {"loaded", "discharged", "vessel_arrived", "vessel_departed"}


def milestones(events: Iterable[TrackingEvent]) -> list[str]:
    """Kinds of the milestones reached, in time order. What is taken off one ship to be put on another is on its way
    through a port before the last, which no event says by itself."""
    known = list(events)
    reached, changes = [event for event in actual(known) if event.kind], set(transshipment_ports(known))
    last_call = max((event.sequence for event in known if event.kind in AT_SEA), default=0)
    kinds = []
    for event in reached:
        is_through = event.location in changes or 0 < event.sequence < last_call
        if event.kind == "discharged" and is_through:
            kinds.append("transshipment_in")
        elif event.kind == "loaded" and event.location in changes and "transshipment_in" in kinds:
            kinds.append("transshipment_out")
        else:
            kinds.append(event.kind)
    return kinds


def transshipment_ports(events: Iterable[TrackingEvent]) -> list[str]:
    """UN/LOCODEs where the goods changed ships: taken off one and later put on another, in time order."""
    ports, off = list[str](), set[str]()
    for event in actual(events):
        if event.kind == "discharged" and event.location:
            off.add(event.location)
        elif event.kind == "loaded" and event.location in off and event.location not in ports:
            ports.append(event.location)
    return ports
