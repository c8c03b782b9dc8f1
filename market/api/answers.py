"""What the API answers, as types: the description at openapi.json is made of these. Amounts, quantities and weights are
decimal strings (`"30"`, `"2.5"`), so that no program reads them as floats."""

from datetime import date, datetime
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
    """`highlight`: the name with the words that were found marked, when words were asked for."""

    id: int
    slug: str
    name: str
    highlight: str | None
    price: CardPrice
    thumbnail_url: str | None
    in_stock: bool
    seller: SellerNamed


class ProductList(Schema):
    """`next` is the cursor of the page after this one."""

    items: list[ProductCard]
    next: str | None


class FacetCount(Schema):
    """`level` is filled where values are of several levels, as units of origin are."""

    value: str
    label: str
    count: int
    is_chosen: bool
    level: str


class SearchAnswer(ProductList):
    """`pass` says how loosely the words had to be read; `corrected` is the text that was searched instead of the one
    asked for; `degraded` that the usual engine is away."""

    total: int
    total_is_capped: bool
    facets: dict[str, list[FacetCount]]
    corrected: str
    engine: str
    degraded: bool
    pass_name: str = Field(alias="pass")


class SuggestionSeen(Schema):
    """`kind` is product, category, place or query; `count` how often it stands in the catalogue or was asked for."""

    text: str
    kind: str
    count: int


class Suggestions(Schema):
    items: list[SuggestionSeen]


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


class ParcelSeen(Schema):
    waybill: str
    status: str


class ShipmentSeen(Schema):
    """`parcels` where it has several, each with a waybill of its own."""

    number: str
    carrier: str
    waybill: str
    parcels: list[ParcelSeen]
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
    """`due`: what is still to be paid."""

    number: str
    payment: str
    currency: str
    goods_total: str
    freight_total: str
    total: str
    due: str
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
    parcels: list[ParcelSeen]
    lines: list[PackedSeen]


class OpenDestination(Schema):
    """No prefixes: open for all goods."""

    country: str
    name: str
    hs_prefixes: list[str]


class OpenDestinations(Schema):
    items: list[OpenDestination]


class PartMade(Schema):
    number: str
    state: str


class EnquiryMade(Schema):
    """`access_token` goes into the X-Enquiry-Token header."""

    number: str
    access_token: str
    parts: list[PartMade]


class EnquiryLineSeen(Schema):
    variant: int
    sku: str
    quantity: str
    unit: str
    listed_unit_price: str


class MessageSeen(Schema):
    sender: str = Field(alias="from")
    text: str
    at: datetime


class PartSeen(PartMade):
    seller: str
    lines: list[EnquiryLineSeen]
    messages: list[MessageSeen]


class EnquirySeen(Schema):
    number: str
    state: str
    currency: str
    country: str
    onward_country: str
    expected_entry: date | None
    incoterm: str
    created_at: datetime
    parts: list[PartSeen]


class PartForSeller(PartMade):
    """One's own part, with who asks and the evidence its lines still need before goods may leave."""

    lines: list[EnquiryLineSeen]
    messages: list[MessageSeen]
    company: str
    contact: str
    email: str
    country: str
    onward_country: str
    incoterm: str
    named_place: str
    expected_entry: date | None
    currency: str
    missing_evidence: list[str]


class PartsForSeller(Schema):
    items: list[PartForSeller]
    next: str | None
