"""The pieces of a shipment, as every answer shows them."""

from orders.shipments.models import Shipment


def parcels_of(shipment: Shipment) -> list[dict[str, str]]:
    """In the order they were declared or named."""
    parcels = sorted(shipment.parcels.all(), key=lambda parcel: parcel.pk)
    return [{"waybill": parcel.number, "status": parcel.status} for parcel in parcels]
