"""What the API answers to sellers' programs about goods and orders, as types."""

from datetime import datetime
from typing import Any

from ninja import Schema

from market.api.buying_answers import ParcelSeen


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
    """The seller's own view, in every language. `updated_at` is the version to send with the next change.
    `attribute_problems`: why what it says of an attribute does not count: `gone`, `elsewhere`, `retired`,
    `value_retired` or `unreadable`."""

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
    attributes: dict[str, Any]
    attribute_problems: dict[str, str]
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
    parcels: list[ParcelSeen]
    lines: list[PackedSeen]
