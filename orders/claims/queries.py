"""Reads of claims: what may still be claimed, what is open, what was given back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet, Sum

from catalog.lots.models import HarvestLot
from orders.claims.models import OPEN_STATES, Acceptance, Claim, ClaimLine
from orders.claims.states import CLAIM_WITHIN
from orders.ledger.queries import ExpectedPayout, expected_payouts
from orders.orders.models import OrderLine, SellerOrder
from orders.shipments.models import ENDED_IN_VAIN, Shipment, ShipmentLine, Status

S = Claim.State
ZERO = Decimal(0)
CLAIMED_IN = (SellerOrder.State.IN_PROGRESS, SellerOrder.State.COMPLETED)
Key = tuple[int, int]  # of an order line and a lot


@dataclass(frozen=True)
class Claimable:
    """So much of a line, from this lot, nobody has claimed yet. `has_arrived`: some of it has been delivered; otherwise
    the only thing wrong can be that it did not arrive. `in_vain`: how much went back, was lost or never left."""

    line: OrderLine
    lot: HarvestLot
    quantity: Decimal
    has_arrived: bool
    in_vain: Decimal


def open_claim(order: SellerOrder) -> Claim | None:
    return Claim.objects.filter(seller_order=order, state__in=OPEN_STATES).first()


def claims_of(orders: Iterable[int]) -> dict[int, list[Claim]]:
    """By seller order, oldest first, with lines. Four statements, one where there is none."""
    found: dict[int, list[Claim]] = defaultdict(list)
    for claim in whole_claims().filter(seller_order__in=list(orders)).order_by("pk"):
        found[claim.seller_order_id].append(claim)
    return found


def whole_claims() -> "QuerySet[Claim]":
    rows = Claim.objects.select_related("seller_order__purchase", "seller_order__enterprise")
    return rows.prefetch_related("lines__order_line", "lines__lot")


def claimable(order: SellerOrder) -> list[Claimable]:
    """What was delivered, came back, was lost, or has not been heard of for too long; less what was claimed before. In
    the order of lines, of a line by the number of the lot. Two statements."""
    rows = ShipmentLine.objects.filter(shipment__seller_order=order).select_related("shipment", "order_line", "lot")
    return _left(rows.order_by("order_line__position", "lot__number", "pk"), claimed_quantities(order))


def is_claimable(
    order: SellerOrder,
    shipments: Iterable[Shipment],
    claims: Sequence[Claim],
    accepted_at: datetime | None,
    now: datetime,
) -> bool:
    """Whether a claim may be filed, decided of rows that have been read: the order's shipments and claims, each with
    its lines. No statement."""
    if order.state not in CLAIMED_IN or any(claim.is_open for claim in claims):
        return False
    if order.state == SellerOrder.State.COMPLETED and accepted_at and now > accepted_at + CLAIM_WITHIN:
        return False
    claimed: dict[Key, Decimal] = defaultdict(Decimal)
    for line in (line for claim in claims if claim.state != S.WITHDRAWN for line in claim.lines.all()):
        claimed[line.order_line_id, line.lot_id] += line.quantity
    return bool(_left((part for shipment in shipments for part in shipment.lines.all()), claimed))


def _left(rows: Iterable[ShipmentLine], claimed: Mapping[Key, Decimal]) -> list[Claimable]:
    found: dict[Key, Claimable] = {}
    for row in rows:
        has_arrived = row.shipment.status == Status.DELIVERED
        if not has_arrived and row.shipment.status not in ENDED_IN_VAIN and row.shipment.silent_since is None:
            continue
        key = (row.order_line_id, row.lot_id)
        before = found.get(key) or Claimable(row.order_line, row.lot, -claimed.get(key, ZERO), False, ZERO)
        found[key] = replace(
            before,
            quantity=before.quantity + row.quantity,
            has_arrived=before.has_arrived or has_arrived,
            in_vain=before.in_vain + (row.quantity if row.shipment.status in ENDED_IN_VAIN else ZERO),
        )
    return [one for one in found.values() if one.quantity > 0]


def claimed_quantities(order: SellerOrder) -> dict[Key, Decimal]:
    """By order line and lot, withdrawn claims left out. One statement."""
    rows = ClaimLine.objects.filter(claim__seller_order=order).exclude(claim__state=S.WITHDRAWN).order_by()
    sums = rows.values_list("order_line", "lot").annotate(sum=Sum("quantity"))
    return {(line, lot): quantity for line, lot, quantity in sums}


def may_claim_until(order: SellerOrder) -> datetime | None:
    """None as long as the goods are not accepted. One statement."""
    accepted = Acceptance.objects.filter(seller_order=order).values_list("at", flat=True).first()
    return accepted + CLAIM_WITHIN if accepted else None


def settled_as_missing(order: SellerOrder) -> Mapping[int, Decimal]:
    """By order line how much of it was settled as never arrived. One statement."""
    rows = ClaimLine.objects.filter(
        claim__seller_order=order, claim__state=S.SETTLED, reason=ClaimLine.Reason.NOT_ARRIVED
    )
    return dict(rows.order_by().values_list("order_line").annotate(sum=Sum("quantity")))


def refunded_by_line(orders: Iterable[int]) -> dict[int, Decimal]:
    """What claims gave back of the price, by order line. One statement."""
    rows = ClaimLine.objects.filter(claim__seller_order__in=list(orders), claim__state=S.SETTLED, agreed__gt=0)
    return dict(rows.order_by().values_list("order_line").annotate(sum=Sum("agreed")))


def expected_payout(order: SellerOrder) -> list[ExpectedPayout]:
    """What each line will bring its seller, in the order of lines. Four statements."""
    return expected_payouts([order], refunded_by_line([order.pk]))[order.pk]
