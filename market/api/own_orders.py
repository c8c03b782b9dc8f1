"""One order and one shipment of a seller: what the address in a webhook leads to."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from market.api.access import seller_of
from market.api.buying_answers import ParcelSeen, WeightSeen
from market.api.parcels import parcels_of, weights_seen
from market.api.selling import seen_order
from market.api.selling_answers import OrderSeen
from market.api.temperatures import TemperatureSeen, temperature_of
from market.common.clock import read_clock
from market.common.errors import NotFound
from orders.orders.models import SellerOrder
from orders.shipments.models import Shipment

router = Router(tags=["selling"])
JOINED = ("order", "parcels", "temperature", "weights")


class ShipmentNow(Schema):
    """`eta`, and the window `eta_from` to `eta_to`: a day where the goods go, or a UTC time; empty: not known.
    `needs_attention`: a person should look; `silent_since` and `out_of_range_at` say since when, and null: not."""

    number: str
    order: str
    carrier: str
    waybill: str
    parcels: list[ParcelSeen]
    temperature: TemperatureSeen | None
    status: str
    substatus: str
    flags: list[str]
    status_at: datetime | None
    place: str
    eta: str
    eta_from: str
    eta_to: str
    signed_by: str
    weights: list[WeightSeen]
    monitoring: str
    needs_attention: bool
    silent_since: datetime | None
    out_of_range_at: datetime | None
    shipped_at: datetime


@router.get("/seller/orders/{number}", url_name="seller_order", response=OrderSeen)
def get_order(request: HttpRequest, number: str) -> dict[str, Any]:
    _user, enterprise = seller_of(request, "orders:read", read_clock())
    rows = SellerOrder.objects.for_enterprise(enterprise.pk).select_related("purchase").prefetch_related("lines")
    order = rows.filter(number=number).first()
    if order is None:
        raise NotFound()
    return seen_order(order)


@router.get("/seller/shipments/{number}", url_name="seller_shipment", response=ShipmentNow)
def get_shipment(request: HttpRequest, number: str) -> dict[str, Any]:
    _user, enterprise = seller_of(request, "orders:read", read_clock())
    rows = Shipment.objects.for_enterprise(enterprise.pk).select_related("seller_order", "temperature")
    row = rows.filter(number=number).first()
    if row is None:
        raise NotFound()
    seen = {name: getattr(row, name) for name in ShipmentNow.model_fields if name not in JOINED}
    return seen | {
        "order": row.seller_order.number,
        "parcels": parcels_of(row),
        "temperature": temperature_of(row),
        "weights": weights_seen(row),
    }
