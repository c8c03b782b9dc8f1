"""A shipment and its pieces, as every answer shows them."""

from typing import Final

from market.common.quantity import plain
from orders.shipments.facts import weights_of
from orders.shipments.models import Shipment

AS_THEY_ARE: Final = (
    "number",
    "carrier",
    "waybill",
    "status",
    "substatus",
    "flags",
    "monitoring",
    "place",
    "eta",
    "eta_from",
    "eta_to",
    "signed_by",
    "shipped_at",
)


def parcels_of(shipment: Shipment) -> list[dict[str, str]]:
    """In the order they were declared or named."""
    parcels = sorted(shipment.parcels.all(), key=lambda parcel: parcel.pk)
    return [{"waybill": parcel.number, "status": parcel.status} for parcel in parcels]


def weights_seen(shipment: Shipment) -> list[dict[str, str]]:
    return [{"waybill": weight.parcel, "kg": plain(weight.kg)} for weight in weights_of(shipment)]
