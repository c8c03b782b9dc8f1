"""What a driver needs to know of a shipment, and nothing more."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalog.stock.models import Reservation
from orders.orders.models import Purchase
from orders.shipments.models import TERMINAL, Parcel, Shipment, ShipmentLine, TrackingEvent
from orders.shipments.queries import UNBELIEVED


@dataclass(frozen=True)
class Load:
    """`packages` are numbers of units by unit code. `address` is there only where the link shows it and the goods are
    still on their way; the place goes no further than the district."""

    shipment: Shipment
    parcels: Sequence[Parcel]
    packages: Sequence[tuple[Decimal, str]]
    net_kg: Decimal
    gross_kg: Decimal
    seller: str
    collect_at: Sequence[str]
    place: str
    address: Purchase | None
    events: Sequence[TrackingEvent]


def load_of(shipment: Shipment, *, shows_address: bool) -> Load:
    """Four statements."""
    order = shipment.seller_order
    packages: dict[str, Decimal] = defaultdict(Decimal)
    net = gross = Decimal(0)
    for part in ShipmentLine.objects.filter(shipment=shipment).select_related("order_line__variant"):
        line = part.order_line
        packages[line.unit] += part.quantity
        net += part.quantity * line.net_kg
        gross += part.quantity * line.variant.gross_kg
    stores = Reservation.objects.filter(order_number=order.number, fulfilled__gt=0).values_list(
        "stock_item__warehouse__name", "stock_item__warehouse__place"
    )
    happened = TrackingEvent.objects.filter(shipment=shipment, classifier="ACT", withdrawn_at=None)
    purchase = order.purchase
    return Load(
        shipment=shipment,
        parcels=list(shipment.parcels.order_by("pk")),
        packages=[(quantity, unit) for unit, quantity in packages.items()],
        net_kg=net,
        gross_kg=gross,
        seller=order.enterprise.name,
        collect_at=list(dict.fromkeys(" ".join(filter(None, store)) for store in stores.order_by("pk"))),
        place=" ".join(filter(None, [purchase.province, purchase.city, purchase.district])),
        address=purchase if shows_address and shipment.status not in TERMINAL else None,
        events=list(happened.exclude(aside__in=UNBELIEVED).order_by("-occurred_at", "-sequence", "-id")[:10]),
    )
