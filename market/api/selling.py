"""Sellers' programs, by API key: stock, orders, shipments. What is not the enterprise's own is not there (404)."""

from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from catalog.lots.actions.count_stock import set_on_hand
from catalog.products.models import Variant
from market.api.access import seller_of
from market.api.listing import router as listing
from market.api.listing import warehouse_of
from market.api.paging import page_after
from market.api.parcels import parcels_of
from market.api.selling_answers import Orders, ShipmentMade, StockSet
from market.common.clock import read_clock
from market.common.errors import NotFound
from market.common.quantity import plain
from orders.actions.ship_order import MOST_PARCELS, PackedLine, ship_order
from orders.orders.models import SellerOrder
from orders.shipments.temperature import Limits

router = Router(tags=["selling"])
router.add_router("", listing)


class StockIn(Schema):
    """`on_hand` is what lies there now. With `lot` the difference is that lot's; without, goods that are more have no
    lot yet, and goods that are less are taken from those and then from what expires first."""

    on_hand: Decimal
    warehouse: str = ""
    lot: str = ""
    note: str = Field("", max_length=200)


class PackedIn(Schema):
    """`lot` empty: what expires first."""

    line: int
    quantity: Decimal
    lot: str = ""


class ShipmentIn(Schema):
    """No `lines`: everything left. Fewer units than ordered are fine; the rest follows in another shipment.
    `further_waybills` are those of parcels beside the first, where the carrier gave each one its own: the shipment is
    delivered when all of them are. `temperature_from` and `temperature_to`: the range the goods are to be kept in,
    degrees Celsius; without them that of the order's accepted pickup job holds. It cannot be changed afterwards."""

    carrier: str = Field(max_length=40)
    waybill: str = Field(max_length=60)
    further_waybills: list[Annotated[str, Field(max_length=60)]] = Field([], max_length=MOST_PARCELS - 1)
    lines: list[PackedIn] = Field([], max_length=500)
    temperature_from: int | None = None
    temperature_to: int | None = None


@router.patch("/variants/{int:variant_id}/stock", url_name="variant_stock", response=StockSet)
def patch_stock(request: HttpRequest, variant_id: int, body: StockIn) -> dict[str, Any]:
    now = read_clock()
    user, enterprise = seller_of(request, "stock:write", now)
    variant = Variant.objects.for_enterprise(enterprise.pk).select_related("product").filter(pk=variant_id).first()
    if variant is None:
        raise NotFound()
    warehouse = warehouse_of(enterprise, body.warehouse)
    item = set_on_hand(variant, warehouse, body.on_hand, lot_number=body.lot, by=user, note=body.note or "API", now=now)
    return {"variant": variant.pk, "on_hand": plain(item.on_hand), "reserved": plain(item.reserved)}


@router.get("/seller/orders", url_name="seller_orders", response=Orders)
def list_orders(
    request: HttpRequest, state: str = "", page_size: Annotated[int, Field(ge=1, le=100)] = 24, cursor: str = ""
) -> dict[str, Any]:
    """Newest first. `state` as in the answer; `cursor` is `next` of the page before."""
    _user, enterprise = seller_of(request, "orders:read", read_clock())
    rows = SellerOrder.objects.for_enterprise(enterprise.pk).select_related("purchase").prefetch_related("lines")
    if state:
        rows = rows.filter(state=state)
    page, more = page_after(rows.order_by("-pk"), cursor, page_size)
    return {"items": [seen_order(order) for order in page], "next": more}


def seen_order(order: SellerOrder) -> dict[str, Any]:
    return {
        "number": order.number,
        "state": order.state,
        "total": plain(order.total),
        "currency": order.purchase.currency,
        "placed_at": order.placed_at,
        "lines": [
            {"id": line.pk, "sku": line.sku, "quantity": plain(line.quantity), "total": plain(line.total)}
            for line in order.lines.all()
        ],
    }


@router.post("/seller/orders/{number}/shipments", url_name="seller_shipments", response={201: ShipmentMade})
def post_shipment(request: HttpRequest, number: str, body: ShipmentIn) -> Status[dict[str, Any]]:
    """The same waybill on the same order a second time is refused (409 `waybill_used`): safe to send again."""
    now = read_clock()
    user, enterprise = seller_of(request, "orders:write", now)
    order = SellerOrder.objects.for_enterprise(enterprise.pk).filter(number=number).first()
    if order is None:
        raise NotFound()
    lines = [PackedLine(line.line, line.quantity, line.lot) for line in body.lines]
    shipment = ship_order(
        order,
        lines,
        carrier=body.carrier,
        waybill=body.waybill,
        further=body.further_waybills,
        temperatures=Limits(body.temperature_from, body.temperature_to),
        by=user,
        now=now,
    )
    packed = shipment.lines.select_related("lot").order_by("order_line_id", "pk")
    return Status(
        201,
        {
            "number": shipment.number,
            "carrier": shipment.carrier,
            "waybill": shipment.waybill,
            "parcels": parcels_of(shipment),
            "lines": [
                {"line": row.order_line_id, "lot": row.lot.number, "quantity": plain(row.quantity)} for row in packed
            ],
        },
    )
