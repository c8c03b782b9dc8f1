"""Sellers' programs read and answer claims of buyers. What is not the enterprise's own is not there (404)."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from django.urls import reverse
from ninja import Router, Schema
from pydantic import Field

from market.api.access import seller_of
from market.api.paging import page_after
from market.common.clock import read_clock
from market.common.errors import InvalidInput, NotFound
from market.common.quantity import plain
from market.enterprises.models import Enterprise
from orders.actions.answer_claim import LONGEST_ANSWER, answer_claim
from orders.claims.models import Claim, ClaimLine
from orders.claims.queries import whole_claims
from orders.claims.states import answer_by, how_it_ended, stands_at

router = Router(tags=["claims"])
MOST_LINES = 500


class OfferIn(Schema):
    """`line` is the `id` of a claim's line, `amount` what of the price goes back, in the claim's currency."""

    line: int
    amount: Decimal


class ClaimAnswerIn(Schema):
    """A line that is left out is offered nothing. `text` may be empty only when all that is wanted goes back."""

    lines: list[OfferIn] = Field([], max_length=MOST_LINES)
    text: str = Field("", max_length=2 * LONGEST_ANSWER)


class SellersClaimLine(Schema):
    """So much of an order line, from this lot. `reason`: spoiled, damaged, short, wrong, quality or not_arrived.
    `offered` null: not answered yet; `agreed` null: not settled."""

    id: int
    order_line: int
    sku: str
    lot: str
    quantity: str
    reason: str
    wanted: str
    offered: str | None
    agreed: str | None


class SellersClaim(Schema):
    """`state`: open (waits for the seller), answered (for the buyer), escalated (for an officer), settled or withdrawn.
    `answer_by`: until then the buyer waits for the seller; `stands_at`: then the answer holds by itself. `ending`:
    granted, taken, lapsed, decided or withdrawn; null while it is open. `decision`: the officer's reason. `photos`:
    where each is read."""

    number: str
    order: str
    state: str
    currency: str
    wanted: str
    text: str
    filed_at: datetime
    answer_by: datetime
    answer: str
    answered_at: datetime | None
    stands_at: datetime | None
    escalated_at: datetime | None
    decision: str
    photos: list[str]
    ending: str | None
    ended_at: datetime | None
    lines: list[SellersClaimLine]


class SellersClaims(Schema):
    items: list[SellersClaim]
    next: str | None


TOLD_APART = ("order", "photos", "wanted", "answer_by", "stands_at", "ending", "lines")


@router.get("/seller/claims", url_name="seller_claims", response=SellersClaims)
def list_claims(
    request: HttpRequest, state: str = "", page_size: Annotated[int, Field(ge=1, le=100)] = 24, cursor: str = ""
) -> dict[str, Any]:
    """Newest first. `state` as in the answer; `cursor` is `next` of the page before."""
    _user, enterprise = seller_of(request, "orders:read", read_clock())
    rows = whole_claims().for_enterprise(enterprise.pk)
    rows = rows.filter(state=state) if state else rows
    page, more = page_after(rows.order_by("-pk"), cursor, page_size)
    return {"items": [_seen(row) for row in page], "next": more}


@router.get("/seller/claims/{number}", url_name="seller_claim", response=SellersClaim)
def get_claim(request: HttpRequest, number: str) -> dict[str, Any]:
    _user, enterprise = seller_of(request, "orders:read", read_clock())
    return _seen(_own(enterprise, number))


@router.post("/seller/claims/{number}/answer", url_name="seller_claim_answer", response=SellersClaim)
def post_answer(request: HttpRequest, number: str, body: ClaimAnswerIn) -> dict[str, Any]:
    """Needs a key of scope `claims:write`. All that is wanted settles the claim at once; less is offered to the buyer,
    who takes it or goes to an officer. Until then more may be offered, never less; the same answer again changes
    nothing: safe to send again."""
    now = read_clock()
    user, enterprise = seller_of(request, "claims:write", now)
    row = _own(enterprise, number)
    offers = {line.line: line.amount for line in body.lines}
    if len(offers) < len(body.lines):
        raise InvalidInput(fields={"lines": "a line stands there twice"})
    answer_claim(row, offers, body.text, by=user, now=now)
    return _seen(_own(enterprise, number))


def _own(enterprise: Enterprise, number: str) -> Claim:
    row = whole_claims().for_enterprise(enterprise.pk).filter(number=number).first()
    if row is None:
        raise NotFound()
    return row


def _seen(row: Claim) -> dict[str, Any]:
    """Of a claim read by `whole_claims`: no further statement."""
    seen = {name: getattr(row, name) for name in SellersClaim.model_fields if name not in TOLD_APART}
    return seen | {
        "order": row.seller_order.number,
        "photos": [reverse("api:seller_claim_photo", args=[row.number, key]) for key in row.photos],
        "wanted": plain(row.wanted),
        "answer_by": answer_by(row),
        "stands_at": stands_at(row),
        "ending": how_it_ended(row),
        "lines": [_line(line) for line in row.lines.all()],
    }


def _line(line: ClaimLine) -> dict[str, Any]:
    return {
        "id": line.pk,
        "order_line": line.order_line_id,
        "sku": line.order_line.sku,
        "lot": line.lot.number,
        "quantity": plain(line.quantity),
        "reason": line.reason,
        "wanted": plain(line.wanted),
        "offered": None if line.offered is None else plain(line.offered),
        "agreed": None if line.agreed is None else plain(line.agreed),
    }
