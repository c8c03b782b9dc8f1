"""What the API answers to buyers' programs, as types."""

from datetime import datetime
from typing import Any

from ninja import Schema

from market.api.temperatures import TemperatureSeen


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
    """`parcels` where it has several, each with a waybill of its own. `temperature` null: none agreed or measured."""

    number: str
    carrier: str
    waybill: str
    parcels: list[ParcelSeen]
    temperature: TemperatureSeen | None
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
