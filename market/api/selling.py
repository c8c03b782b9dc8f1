"""Sellers' programs, by API key. What is not the enterprise's own is not there (404)."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from django.db import transaction
from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from catalog.pricing.actions.set_price import set_price
from catalog.products.actions.publish_product import publish_product
from catalog.products.actions.write_product import Packing, ProductTexts, add_variant, create_product
from catalog.products.models import Category, Variant
from catalog.stock.actions.change_stock import adjust_stock
from catalog.stock.models import Warehouse
from market.api.access import seller_of
from market.api.catalogue import channel_of
from market.api.catalogue import router as catalogue
from market.api.paging import read_cursor, write_cursor
from market.common.clock import read_clock
from market.common.errors import InvalidInput, NotFound
from market.common.quantity import plain
from market.enterprises.models import Enterprise
from orders.actions.ship_order import PackedLine, ship_order
from orders.orders.models import SellerOrder

router = Router(tags=["selling"])


class TierIn(Schema):
    from_quantity: Decimal
    amount: Decimal


class PriceIn(Schema):
    channel: str = "domestic"
    basis: Literal["per_kg", "per_unit"] = "per_kg"
    tiers: list[TierIn]
    moq: Decimal = Decimal(1)
    multiple: Decimal = Decimal(1)


class VariantIn(Schema):
    sku: str = Field(min_length=1, max_length=40)
    unit: str = "XBX"
    net_kg: Decimal
    gross_kg: Decimal
    prices: list[PriceIn] = []
    on_hand: Decimal | None = None


class ProductIn(Schema):
    category: str
    name_zh: str = Field(min_length=1, max_length=200)
    name_en: str = ""
    name_ru: str = ""
    description_zh: str = ""
    description_en: str = ""
    description_ru: str = ""
    grade: Literal["premium", "first", "second", "ungraded"] = "ungraded"
    season_months: list[int] = []
    hs_code: str = ""
    variants: list[VariantIn] = []
    publish_in: list[str] = []
    warehouse: str = ""


class StockIn(Schema):
    on_hand: Decimal
    warehouse: str = ""
    note: str = ""


class PackedIn(Schema):
    line: int
    quantity: Decimal
    lot: str = ""


class ShipmentIn(Schema):
    carrier: str
    waybill: str
    lines: list[PackedIn] = []


def _warehouse(enterprise: Enterprise, code: str) -> Warehouse:
    """The one with this code, or the only one. Raises InvalidInput when that does not name one."""
    rows = Warehouse.objects.for_enterprise(enterprise.pk).filter(is_active=True)
    found = list((rows.filter(code=code) if code else rows)[:2])
    if len(found) != 1:
        raise InvalidInput(fields={"warehouse": "name one of your warehouses by its code"})
    return found[0]


@catalogue.post(
    "/products", response={201: dict[str, Any]}
)  # one address, one router: ninja refuses the other method else
def post_product(request: HttpRequest, body: ProductIn) -> Status[dict[str, Any]]:
    """All or nothing: product, packings, prices, stock, and publication in `publish_in`."""
    now = read_clock()
    user, enterprise = seller_of(request, "catalogue:write", now)
    category = Category.objects.filter(slug=body.category).first()
    if category is None:
        raise InvalidInput(fields={"category": "unknown category"})
    texts = ProductTexts(**body.dict(exclude={"category", "variants", "publish_in", "warehouse"}))
    with transaction.atomic():
        product = create_product(enterprise, category, enterprise.unit, texts, now=now)
        variants = []
        for wish in body.variants:
            variant = add_variant(product, Packing(wish.sku, wish.unit, wish.net_kg, wish.gross_kg), now=now)
            for price in wish.prices:
                set_price(
                    variant,
                    channel_of(price.channel),
                    basis=price.basis,
                    tiers=[(tier.from_quantity, tier.amount) for tier in price.tiers],
                    moq=price.moq,
                    multiple=price.multiple,
                    now=now,
                )
            if wish.on_hand is not None:
                warehouse = _warehouse(enterprise, body.warehouse)
                adjust_stock(variant, warehouse, wish.on_hand, by=user, note="API", now=now)
            variants.append({"id": variant.pk, "sku": variant.sku})
        if body.publish_in:
            publish_product(product, [channel_of(code) for code in body.publish_in], now=now)
    return Status(201, {"id": product.pk, "state": product.state, "variants": variants})


@router.patch("/variants/{int:variant_id}/stock", url_name="variant_stock")
def patch_stock(request: HttpRequest, variant_id: int, body: StockIn) -> dict[str, Any]:
    now = read_clock()
    user, enterprise = seller_of(request, "stock:write", now)
    variant = Variant.objects.for_enterprise(enterprise.pk).select_related("product").filter(pk=variant_id).first()
    if variant is None:
        raise NotFound()
    item = adjust_stock(
        variant, _warehouse(enterprise, body.warehouse), body.on_hand, by=user, note=body.note or "API", now=now
    )
    return {"variant": variant.pk, "on_hand": plain(item.on_hand), "reserved": plain(item.reserved)}


@router.get("/seller/orders", url_name="seller_orders")
def list_orders(
    request: HttpRequest, state: str = "", page_size: Annotated[int, Field(ge=1, le=100)] = 24, cursor: str = ""
) -> dict[str, Any]:
    _user, enterprise = seller_of(request, "orders:read", read_clock())
    rows = SellerOrder.objects.for_enterprise(enterprise.pk).select_related("purchase").prefetch_related("lines")
    if state:
        rows = rows.filter(state=state)
    if cursor:
        rows = rows.filter(pk__lt=read_cursor(cursor))
    orders = list(rows.order_by("-pk")[: page_size + 1])
    page = orders[:page_size]
    return {
        "items": [_order(order) for order in page],
        "next": write_cursor(page[-1].pk) if len(orders) > page_size else None,
    }


def _order(order: SellerOrder) -> dict[str, Any]:
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


@router.post("/seller/orders/{number}/shipments", url_name="seller_shipments", response={201: dict[str, Any]})
def post_shipment(request: HttpRequest, number: str, body: ShipmentIn) -> Status[dict[str, Any]]:
    now = read_clock()
    user, enterprise = seller_of(request, "orders:write", now)
    order = SellerOrder.objects.for_enterprise(enterprise.pk).filter(number=number).first()
    if order is None:
        raise NotFound()
    lines = [PackedLine(line.line, line.quantity, line.lot) for line in body.lines]
    shipment = ship_order(order, lines, carrier=body.carrier, waybill=body.waybill, by=user, now=now)
    return Status(201, {"number": shipment.number, "carrier": shipment.carrier, "waybill": shipment.waybill})
