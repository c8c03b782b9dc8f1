"""What the API answers a buyer's program about claims, as types."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from ninja import Schema

from market.common.quantity import plain
from orders.claims.models import Claim, ClaimLine
from orders.claims.states import goes_to_officer_at, may_escalate_from, stands_at


class ClaimableSeen(Schema):
    """So much of an order line, from this lot, can be claimed; all of it cost `cost`. `reasons`: those that fit."""

    line: int
    sku: str
    lot: str
    quantity: str
    unit: str
    cost: str
    reasons: list[str]


class ClaimableList(Schema):
    items: list[ClaimableSeen]
    currency: str


class ClaimLineSeen(Schema):
    """Of the price, `wanted` by the buyer, `offered` by the seller, `agreed` in the end; null: not yet."""

    line: int
    sku: str
    lot: str
    quantity: str
    unit: str
    reason: str
    wanted: str
    offered: str | None
    agreed: str | None


class ClaimSeen(Schema):
    """`state`: open (the seller answers), answered (the buyer chooses), escalated (an officer decides), settled or
    withdrawn. `may_escalate_from`: an officer may be asked; `escalates_at`: one is without a word; `stands_at`: the
    offer is taken without a word. Each null where it does not come any more. `photos`: where each is read."""

    number: str
    state: str
    text: str
    photos: list[str]
    filed_at: datetime
    lines: list[ClaimLineSeen]
    wanted: str
    offered: str | None
    agreed: str | None
    answer: str
    answered_at: datetime | None
    decision: str
    ended_at: datetime | None
    may_escalate_from: datetime | None
    escalates_at: datetime | None
    stands_at: datetime | None


def seen_claim(claim: Claim) -> dict[str, Any]:
    """`claim` with its purchase, lines, their order lines and lots. No statement."""
    is_open, is_answered = claim.state == Claim.State.OPEN, claim.state == Claim.State.ANSWERED
    purchase = claim.seller_order.purchase
    as_they_are = ("number", "state", "text", "filed_at", "answer", "answered_at", "decision", "ended_at")
    return {
        **{name: getattr(claim, name) for name in as_they_are},
        "photos": [reverse("api:claim_photo", args=[purchase.number, claim.number, key]) for key in claim.photos],
        "lines": [_seen_line(line) for line in claim.lines.all()],
        "wanted": plain(claim.wanted),
        "offered": plain(claim.offered) if claim.answered_at else None,
        "agreed": plain(claim.agreed) if claim.state == Claim.State.SETTLED else None,
        "may_escalate_from": may_escalate_from(claim) if is_open or is_answered else None,
        "escalates_at": goes_to_officer_at(claim) if is_open else None,
        "stands_at": stands_at(claim) if is_answered else None,
    }


def _seen_line(line: ClaimLine) -> dict[str, Any]:
    return {
        "line": line.order_line_id,
        "sku": line.order_line.sku,
        "lot": line.lot.number,
        "quantity": plain(line.quantity),
        "unit": line.order_line.unit,
        "reason": line.reason,
        "wanted": plain(line.wanted),
        "offered": _amount(line.offered),
        "agreed": _amount(line.agreed),
    }


def _amount(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)
