"""What the API answers, as types: the description at openapi.json is made of these. Amounts, quantities and weights are
decimal strings (`"30"`, `"2.5"`), so that no program reads them as floats."""

from datetime import datetime
from typing import Any

from ninja import Schema
from pydantic import Field


class CardPrice(Schema):
    """`amount` is the price of one unit."""

    amount: str
    currency: str
    unit: str
    per_kg: str
    moq: str


class SellerNamed(Schema):
    number: str
    name: str


class ProductCard(Schema):
    id: int
    slug: str
    name: str
    price: CardPrice
    thumbnail_url: str | None
    in_stock: bool
    seller: SellerNamed


class ProductList(Schema):
    """`next` is the cursor of the page after this one."""

    items: list[ProductCard]
    next: str | None


class SearchAnswer(ProductList):
    """`pass` says how loosely the words had to be read; `degraded` that the usual engine is away."""

    total: int
    engine: str
    degraded: bool
    pass_name: str = Field(alias="pass")


class LadderStep(Schema):
    from_quantity: str = Field(alias="from")
    unit_price: str
    kg_price: str


class VariantSeen(Schema):
    id: int
    sku: str
    unit: str
    net_kg: str
    stock: str
    currency: str
    moq: str
    multiple: str
    ladder: list[LadderStep]


class ProductSeen(Schema):
    id: int
    slug: str
    name: str
    description: str
    category: str
    origin: str
    grade: str
    season_months: list[int]
    seller: SellerNamed
    images: list[str]
    variants: list[VariantSeen]


class CartMade(Schema):
    """`token` goes into the X-Cart-Token header."""

    id: str
    token: str


class LinePut(Schema):
    variant: int
    quantity: str
    unit_price: str


class PurchasePlaced(Schema):
    """`access_token` goes into the X-Purchase-Token header."""

    purchase_number: str
    seller_orders: list[str]
    access_token: str
    total: str
    currency: str


class TrackingStep(Schema):
    status: str
    at: datetime


class ShipmentSeen(Schema):
    number: str
    carrier: str
    waybill: str
    status: str
    shipped_at: datetime
    events: list[TrackingStep]


class SellerOrderSeen(Schema):
    number: str
    seller: str
    state: str
    total: str
    journey: list[ShipmentSeen]


class PurchaseSeen(Schema):
    number: str
    payment: str
    currency: str
    goods_total: str
    freight_total: str
    total: str
    placed_at: datetime
    pay_by: datetime
    seller_orders: list[SellerOrderSeen]


class PaymentStarted(Schema):
    """`next_action` says what the payer does next: its `type`, and what that type needs."""

    gateway: str
    state: str
    amount: str
    currency: str
    next_action: dict[str, Any]


class VariantMade(Schema):
    id: int
    sku: str


class ProductMade(Schema):
    id: int
    state: str
    variants: list[VariantMade]


class StepSeen(Schema):
    from_quantity: str
    amount: str


class PriceSeen(Schema):
    channel: str
    currency: str
    basis: str
    moq: str
    multiple: str
    tiers: list[StepSeen]


class OwnStock(Schema):
    warehouse: str
    on_hand: str
    reserved: str


class OwnVariant(Schema):
    id: int
    sku: str
    unit: str
    net_kg: str
    gross_kg: str
    is_active: bool
    prices: list[PriceSeen]
    stock: list[OwnStock]


class OwnProduct(Schema):
    """The seller's own view, in every language. `updated_at` is the version to send with the next change."""

    id: int
    state: str
    updated_at: datetime
    category: str
    origin: str
    name_zh: str
    name_en: str
    name_ru: str
    description_zh: str
    description_en: str
    description_ru: str
    grade: str
    season_months: list[int]
    hs_code: str
    channels: list[str]
    images: list[str]
    variants: list[OwnVariant]


class OwnProductLine(Schema):
    id: int
    state: str
    name_zh: str
    updated_at: datetime


class OwnProducts(Schema):
    items: list[OwnProductLine]
    next: str | None


class StockSet(Schema):
    variant: int
    on_hand: str
    reserved: str


class OrderLineSeen(Schema):
    id: int
    sku: str
    quantity: str
    total: str


class OrderSeen(Schema):
    number: str
    state: str
    total: str
    currency: str
    placed_at: datetime
    lines: list[OrderLineSeen]


class Orders(Schema):
    items: list[OrderSeen]
    next: str | None


class PackedSeen(Schema):
    line: int
    lot: str
    quantity: str


class ShipmentMade(Schema):
    number: str
    carrier: str
    waybill: str
    lines: list[PackedSeen]
