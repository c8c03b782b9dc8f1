"""What the API answers to buyers' programs, as types."""

from datetime import datetime
from typing import Any

from ninja import Schema

from market.api.claim_answers import ClaimSeen
from market.api.recall_answers import OwnRecall
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


class WeightSeen(Schema):
    """What the carrier's scales showed last, kilograms; `waybill` empty where it was the whole."""

    waybill: str
    kg: str


class ShipmentSeen(Schema):
    """`parcels` where it has several, each with a waybill of its own. `temperature` null: none agreed or measured.
    `eta`, and the window `eta_from` to `eta_to`: a day where the goods go, or a UTC time; empty: not known. `flags` say
    what calls for a person. `monitoring` other than `active`: no more news comes by itself."""

    number: str
    carrier: str
    waybill: str
    parcels: list[ParcelSeen]
    temperature: TemperatureSeen | None
    status: str
    substatus: str
    flags: list[str]
    monitoring: str
    place: str
    eta: str
    eta_from: str
    eta_to: str
    signed_by: str
    weights: list[WeightSeen]
    shipped_at: datetime
    events: list[TrackingStep]


class SellerOrderSeen(Schema):
    number: str
    seller: str
    state: str
    total: str
    journey: list[ShipmentSeen]
    claims: list[ClaimSeen]
    recalls: list[OwnRecall]


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
