"""A buyer's program says what is wrong with goods, and what becomes of the seller's answer."""

from decimal import Decimal
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from catalog.lots.models import HarvestLot, normal_lot_number
from market.accounts.models import User
from market.api.buying import idempotency_key_of, purchase_of
from market.api.claim_answers import ClaimableList, ClaimSeen, seen_claim
from market.common.clock import read_clock
from market.common.errors import InvalidInput, NotFound
from market.common.quantity import plain
from orders.actions.file_claim import Wish, check_may_claim, file_claim, with_costs
from orders.actions.react_to_claim import escalate_claim, take_offer, withdraw_claim
from orders.claims.models import Claim, ClaimLine
from orders.claims.queries import whole_claims
from orders.orders.models import SellerOrder

router = Router(tags=["buying"])
Reason = Literal["spoiled", "damaged", "short", "wrong", "quality", "not_arrived"]


class ClaimLineIn(Schema):
    """`line` and `lot` as `claimable` names them. `amount` of the price to be given back; null: all that this quantity
    cost."""

    line: int
    lot: str = Field(max_length=40)
    quantity: Decimal
    reason: Reason
    amount: Decimal | None = None


class ClaimIn(Schema):
    text: str = Field(min_length=1, max_length=2_500)
    lines: list[ClaimLineIn] = Field(min_length=1, max_length=500)


class OfferTaken(Schema):
    """The sum that was seen; another one is refused (409 `offer_changed`)."""

    offered: Decimal


@router.get("/purchases/{number}/orders/{order_number}/claimable", url_name="claimable", response=ClaimableList)
def list_claimable(request: HttpRequest, number: str, order_number: str) -> dict[str, Any]:
    """What of a seller order can be claimed. Refused (409) as filing would be: `claim_open`, `nothing_to_claim`,
    `too_late_to_claim`."""
    order = _order(request, number, order_number)
    found = with_costs(check_may_claim(order, read_clock()), order)
    items = [
        {
            "line": priced.one.line.pk,
            "sku": priced.one.line.sku,
            "lot": priced.one.lot.number,
            "quantity": plain(priced.one.quantity),
            "unit": priced.one.line.unit,
            "cost": plain(priced.cost),
            "reasons": ClaimLine.Reason.values if priced.one.has_arrived else [ClaimLine.Reason.NOT_ARRIVED.value],
        }
        for priced in found
    ]
    return {"items": items, "currency": order.purchase.currency}


@router.post("/purchases/{number}/orders/{order_number}/claims", url_name="claims", response={201: ClaimSeen})
def post_claim(request: HttpRequest, number: str, order_number: str, body: ClaimIn) -> Status[dict[str, Any]]:
    """Files a claim; while it is open the goods are not accepted. Needs an `Idempotency-Key`: the same one again with
    the same words gives the same claim."""
    order, key = _order(request, number, order_number), idempotency_key_of(request)
    wishes = _wishes(order, body)
    try:
        claim = file_claim(order, wishes, body.text, by=_buyer(request, order), now=read_clock(), key=key)
    except InvalidInput as error:
        places = {f"{wish.line}-{wish.lot}": f"lines.{place}" for place, wish in enumerate(wishes)}
        fields = dict(error.details["fields"])
        raise InvalidInput(fields={places.get(name, name): words for name, words in fields.items()}) from error
    return Status(201, seen_claim(whole_claims().get(pk=claim.pk)))


@router.post("/purchases/{number}/claims/{claim_number}/take", url_name="claim_take", response=ClaimSeen)
def take(request: HttpRequest, number: str, claim_number: str, body: OfferTaken) -> dict[str, Any]:
    """The claim is settled with what the seller offers, which may be 0."""
    claim = _claim(request, number, claim_number)
    take_offer(claim, by=_buyer(request, claim.seller_order), now=read_clock(), offered=body.offered)
    return seen_claim(whole_claims().get(pk=claim.pk))


@router.post("/purchases/{number}/claims/{claim_number}/escalate", url_name="claim_escalate", response=ClaimSeen)
def escalate(request: HttpRequest, number: str, claim_number: str) -> dict[str, Any]:
    """An officer decides: at once after an answer, else (409 `seller_has_time`) from `may_escalate_from` on."""
    claim = _claim(request, number, claim_number)
    escalate_claim(claim, now=read_clock())
    return seen_claim(whole_claims().get(pk=claim.pk))


@router.post("/purchases/{number}/claims/{claim_number}/withdraw", url_name="claim_withdraw", response=ClaimSeen)
def withdraw(request: HttpRequest, number: str, claim_number: str) -> dict[str, Any]:
    claim = _claim(request, number, claim_number)
    withdraw_claim(claim, now=read_clock())
    return seen_claim(whole_claims().get(pk=claim.pk))


def _order(request: HttpRequest, number: str, order_number: str) -> SellerOrder:
    orders = purchase_of(request, number).seller_orders.select_related("purchase__buyer")
    order = orders.filter(number=order_number).first()
    if order is None:
        raise NotFound()
    return order


def _claim(request: HttpRequest, number: str, claim_number: str) -> Claim:
    claims = Claim.objects.filter(seller_order__purchase=purchase_of(request, number), number=claim_number)
    claim = claims.select_related("seller_order__purchase__buyer").first()
    if claim is None:
        raise NotFound()
    return claim


def _buyer(request: HttpRequest, order: SellerOrder) -> User | None:
    """Whoever comes with the purchase's secret may be anybody."""
    return None if request.headers.get("X-Purchase-Token") else order.purchase.buyer


def _wishes(order: SellerOrder, body: ClaimIn) -> list[Wish]:
    """A lot that is not the seller's has no key, which the action refuses as it does any that was not sent."""
    numbers = [normal_lot_number(line.lot) for line in body.lines]
    lots = HarvestLot.objects.filter(enterprise=order.enterprise_id, number__in=numbers)
    keys = dict(lots.values_list("number", "pk"))
    return [
        Wish(line.line, keys.get(number, 0), line.quantity, line.reason, line.amount)
        for line, number in zip(body.lines, numbers, strict=True)
    ]
