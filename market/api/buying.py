"""Cart, checkout, purchase, payment. A guest holds secrets; a program holds a key; everybody else sees 404."""

import hmac
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from ninja import Router, Schema, Status
from pydantic import Field, field_validator

from market.accounts.phones import normal_phone
from market.api.access import caller
from market.api.buying_answers import CartMade, LinePut, PaymentStarted, PurchasePlaced, PurchaseSeen
from market.api.catalogue import channel_of
from market.api.claim_answers import seen_claim
from market.api.parcels import AS_THEY_ARE, parcels_of, weights_seen
from market.api.recall_answers import seen_notice
from market.api.temperatures import temperature_of
from market.common.clock import read_clock
from market.common.errors import InvalidInput, NotFound
from market.common.ids import digest
from market.common.languages import normal_language
from market.common.quantity import plain
from orders.cart.actions.change_cart import create_cart, put_line
from orders.cart.models import Cart
from orders.cart.queries import find_cart
from orders.checkout.errors import ExportIsEnquiry
from orders.checkout.place_order import Address, Buyer, access_token, place_order
from orders.claims.queries import CLAIMED_IN, claims_of
from orders.orders.models import Purchase
from orders.payments.actions.start_payment import start_payment
from orders.payments.queries import due, payment_status
from orders.recalls.queries import notices_for
from orders.shipments.queries import journey

router = Router(tags=["buying"])
EMAIL = r"^$|^[^@\s]+@[^@\s]+\.[^@\s]+$"
Name = Annotated[str, Field(min_length=1, max_length=80)]
Place = Annotated[str, Field(min_length=1, max_length=40)]


class CartIn(Schema):
    channel: str = "domestic"


class LineIn(Schema):
    variant: int
    quantity: Decimal


class BuyerIn(Schema):
    name: Name
    email: str = Field("", max_length=254, pattern=EMAIL)
    reference: str = Field("", max_length=40)


class AddressIn(Schema):
    """A place in China. `phone`: with its country code, or a Chinese mobile number without."""

    recipient: Name
    phone: str = Field(max_length=40)
    province: Place
    city: Place
    street: Annotated[str, Field(min_length=1, max_length=200)]
    district: str = Field("", max_length=40)
    postcode: str = Field("", max_length=12)

    @field_validator("phone")
    @classmethod
    def _normal(cls, typed: str) -> str:
        phone = normal_phone(typed)
        if not phone:
            raise ValueError("not a phone number")
        return phone


class CheckoutIn(Schema):
    buyer: BuyerIn
    address: AddressIn
    language: Annotated[str, Field(max_length=20)] = "zh-hans"


class PayIn(Schema):
    """`method`: one of the gateway's own, such as `alipay`; empty lets its page decide."""

    gateway: str
    method: str = ""


@router.post("/carts", url_name="carts", response={201: CartMade})
def open_cart(request: HttpRequest, body: CartIn) -> Status[dict[str, Any]]:
    cart, token = create_cart(channel_of(body.channel), user=caller(request), now=read_clock())
    return Status(201, {"id": str(cart.pk), "token": token})


def cart_of(request: HttpRequest, cart_id: UUID) -> Cart:
    token = request.headers.get("X-Cart-Token", "")
    return find_cart(cart_id, token=token, user=None if token else caller(request))


@router.post("/carts/{uuid:cart_id}/lines", url_name="cart_lines", response={201: LinePut})
def add_line(request: HttpRequest, cart_id: UUID, body: LineIn) -> Status[dict[str, Any]]:
    line = put_line(cart_of(request, cart_id), body.variant, body.quantity, now=read_clock())
    return Status(
        201, {"variant": line.variant_id, "quantity": plain(line.quantity), "unit_price": plain(line.price_seen)}
    )


def idempotency_key_of(request: HttpRequest) -> str:
    """Raises InvalidInput."""
    key = request.headers.get("Idempotency-Key", "")
    if not 1 <= len(key) <= 100:
        raise InvalidInput(fields={"Idempotency-Key": "this header is needed, 1 to 100 characters"})
    return key


@router.post("/carts/{uuid:cart_id}/checkout", url_name="checkout", response={201: PurchasePlaced})
def checkout(request: HttpRequest, cart_id: UUID, body: CheckoutIn) -> Status[dict[str, Any]]:
    key = idempotency_key_of(request)
    cart = cart_of(request, cart_id)
    if cart.channel.is_export:
        raise ExportIsEnquiry(enquiry=reverse("api:enquiry", args=[cart_id]))
    user = caller(request)
    placed = place_order(
        cart,
        buyer=Buyer(user=user, language=normal_language(body.language), **body.buyer.dict()),
        address=Address(**body.address.dict()),
        idempotency_key=key,
        now=read_clock(),
    )
    return Status(
        201,
        {
            "purchase_number": placed.purchase.number,
            "seller_orders": [order.number for order in placed.seller_orders],
            "access_token": access_token(cart),
            "total": plain(placed.purchase.total),
            "currency": placed.purchase.currency,
        },
    )


def purchase_of(request: HttpRequest, number: str) -> Purchase:
    """For its buyer's key or, to read, session, and for whoever holds its token. Raises NotFound for everybody else."""
    purchase = Purchase.objects.select_related("channel").filter(number=number).first()
    token = request.headers.get("X-Purchase-Token", "")
    if purchase is None:
        raise NotFound()
    if token:
        if not hmac.compare_digest(purchase.access_digest, digest(token)):
            raise NotFound()
        return purchase
    user = caller(request)
    if user is None or purchase.buyer_id != user.pk:
        raise NotFound()
    return purchase


@router.get("/purchases/{number}", url_name="purchase", response=PurchaseSeen)
def show_purchase(request: HttpRequest, number: str) -> dict[str, Any]:
    purchase = purchase_of(request, number)
    orders = list(purchase.seller_orders.select_related("enterprise").order_by("number"))
    shipped = journey(orders)
    claims = claims_of([order.pk for order in orders if order.state in CLAIMED_IN])
    recalled = notices_for(shipped)
    return {
        "number": purchase.number,
        "payment": payment_status(purchase),
        "currency": purchase.currency,
        "goods_total": plain(purchase.goods_total),
        "freight_total": plain(purchase.freight_total),
        "total": plain(purchase.total),
        "due": plain(due(purchase)),
        "placed_at": purchase.placed_at,
        "pay_by": purchase.pay_by,
        "seller_orders": [
            {
                "number": order.number,
                "seller": order.enterprise.name,
                "state": order.state,
                "total": plain(order.total),
                "journey": [shipment_facts(shipment) for shipment in shipped[order.pk]],
                "claims": [seen_claim(claim) for claim in claims[order.pk]],
                "recalls": [seen_notice(notice) for notice in recalled.get(order.pk, [])],
            }
            for order in orders
        ],
    }


def shipment_facts(shipment: Any) -> dict[str, Any]:
    return {name: getattr(shipment, name) for name in AS_THEY_ARE} | {
        "parcels": parcels_of(shipment),
        "temperature": temperature_of(shipment),
        "weights": weights_seen(shipment),
        "events": [{"status": event.status, "at": event.occurred_at} for event in shipment.events.all()],
    }


@router.post("/purchases/{number}/pay", url_name="pay", response=PaymentStarted)
def pay(request: HttpRequest, number: str, body: PayIn) -> dict[str, Any]:
    purchase = purchase_of(request, number)
    payment = start_payment(
        purchase,
        body.gateway,
        method=body.method,
        return_url=request.build_absolute_uri("/"),
        now=read_clock(),
    )
    return {
        "gateway": payment.gateway,
        "state": payment.state,
        "amount": plain(payment.amount),
        "currency": payment.currency,
        "next_action": payment.next_action,
    }
