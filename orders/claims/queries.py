"""Reads of claims: what may still be claimed, what is open, what was given back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db.models import Case, Count, DateTimeField, Exists, F, OuterRef, Prefetch, Q, QuerySet, Sum, When

from catalog.lots.models import HarvestLot
from market.accounts.models import User
from market.common.errors import NotFound
from orders.claims.models import OPEN_STATES, Acceptance, Claim, ClaimLine, ClaimQuerySet
from orders.claims.states import CLAIM_WITHIN
from orders.ledger.queries import ExpectedPayout, expected_payouts
from orders.orders.models import OrderLine, SellerOrder
from orders.payments.queries import reversals_waiting, reversed_by_line
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


def with_open_claim(orders: Iterable[SellerOrder]) -> set[int]:
    """Keys of those that somebody has to answer a claim of. One statement, none when no order can have one."""
    likely = [order.pk for order in orders if order.state in CLAIMED_IN]
    if not likely:
        return set()
    open_ones = Claim.objects.filter(seller_order__in=likely, state__in=OPEN_STATES)
    return set(open_ones.values_list("seller_order", flat=True))


def orders_that_wait() -> QuerySet[SellerOrder, str]:
    """Numbers of orders with a claim that nobody has ended, or of a purchase of whose money a provider has taken some
    back and nobody has said for what; as a subquery: what they brought is not paid out yet."""
    claimed = Claim.objects.filter(state__in=OPEN_STATES).values("seller_order")
    taken = reversals_waiting().values("payment__purchase")
    return SellerOrder.objects.filter(Q(pk__in=claimed) | Q(purchase__in=taken)).values_list("number", flat=True)


def claims_of(orders: Iterable[int]) -> dict[int, list[Claim]]:
    """By seller order, oldest first, with lines. Two statements."""
    found: dict[int, list[Claim]] = defaultdict(list)
    for claim in whole_claims().filter(seller_order__in=list(orders)).order_by("pk"):
        found[claim.seller_order_id].append(claim)
    return found


def whole_claims() -> ClaimQuerySet:
    """With order, purchase, seller, and lines with what was ordered and the lot. Two statements."""
    rows = Claim.objects.select_related("seller_order__purchase", "seller_order__enterprise__unit")
    return rows.prefetch_related(Prefetch("lines", ClaimLine.objects.select_related("order_line", "lot")))


def one_of(rows: QuerySet[Claim], number: str) -> Claim:
    """Raises NotFound for one that is not among them."""
    found = rows.filter(number=number).first()
    if found is None:
        raise NotFound()
    return found


def is_party(order: SellerOrder, user: User) -> bool:
    """Works for the seller, or bought: signed in, or as a guest with the same address. One statement."""
    email, purchase = (user.email or "").lower(), order.purchase
    bought = purchase.buyer_id == user.pk or (bool(email) and purchase.buyer_email.lower() == email)
    return bought or order.enterprise.members.filter(user=user).exists()


def waiting_first(rows: QuerySet[Claim], state: str, since: str) -> QuerySet[Claim]:
    """Those in this state first, whoever waits longest (by the column `since`) on top; the others newest first."""
    waits = Case(When(state=state, then=F(since)), output_field=DateTimeField())
    return rows.annotate(waits_since=waits).order_by(F("waits_since").asc(nulls_last=True), "-pk")


@dataclass(frozen=True)
class LotRecord:
    """What other buyers had of a lot before a claim: so many orders of it, of which so many were claimed."""

    orders: int
    claimed: int

    @property
    def percent(self) -> int:
        return round(100 * self.claimed / self.orders) if self.orders else 0


def lot_records(claim: Claim) -> dict[int, LotRecord]:
    """By lot of the claim; withdrawn claims do not count, nor does the same buyer. One statement beside the lines."""
    purchase = claim.seller_order.purchase
    same_buyer = Q(shipment__seller_order__purchase=purchase.pk)
    if purchase.buyer_id is not None:
        same_buyer |= Q(shipment__seller_order__purchase__buyer=purchase.buyer_id)
    if purchase.buyer_email:
        same_buyer |= Q(shipment__seller_order__purchase__buyer_email__iexact=purchase.buyer_email)
    earlier = ClaimLine.objects.filter(
        lot=OuterRef("lot"), claim__seller_order=OuterRef("shipment__seller_order"), claim__filed_at__lt=claim.filed_at
    ).exclude(claim__state=S.WITHDRAWN)
    rows = ShipmentLine.objects.filter(lot__in=[line.lot_id for line in claim.lines.all()]).exclude(same_buyer)
    order = "shipment__seller_order"
    counted = (
        rows.order_by()
        .values_list("lot")
        .annotate(orders=Count(order, distinct=True), claimed=Count(order, distinct=True, filter=Exists(earlier)))
    )
    return {lot: LotRecord(orders, claimed) for lot, orders, claimed in counted}


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
    is_late = order.state == SellerOrder.State.COMPLETED and accepted_at and now > accepted_at + CLAIM_WITHIN
    parts = [part for shipment in shipments for part in shipment.lines.all()]
    if is_late:
        parts = [part for part in parts if is_recalled(part.lot)]
    claimed: dict[Key, Decimal] = defaultdict(Decimal)
    for line in (line for claim in claims if claim.state != S.WITHDRAWN for line in claim.lines.all()):
        claimed[line.order_line_id, line.lot_id] += line.quantity
    return bool(_left(parts, claimed))


def is_recalled(lot: HarvestLot) -> bool:
    """Then it can be claimed however long ago it was accepted."""
    return lot.state == HarvestLot.State.RECALLED


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


def missing_of(claims: Iterable[Claim]) -> dict[int, Decimal]:
    """What `settled_as_missing` says, of claims that have been read with their lines."""
    missing: dict[int, Decimal] = defaultdict(Decimal)
    for line in (line for claim in claims if claim.state == S.SETTLED for line in claim.lines.all()):
        if line.reason == ClaimLine.Reason.NOT_ARRIVED:
            missing[line.order_line_id] += line.quantity
    return missing


def refunded_by_line(orders: Iterable[int]) -> dict[int, Decimal]:
    """What claims gave back of the price and providers took back, by order line. Two statements."""
    orders = list(orders)
    rows = ClaimLine.objects.filter(claim__seller_order__in=orders, claim__state=S.SETTLED, agreed__gt=0)
    found = dict(rows.order_by().values_list("order_line").annotate(sum=Sum("agreed")))
    for line, amount in reversed_by_line(orders).items():
        found[line] = found.get(line, ZERO) + amount
    return found


def expected_payout(order: SellerOrder) -> list[ExpectedPayout]:
    """What each line will bring its seller, in the order of lines. Five statements."""
    return expected_payouts([order], refunded_by_line([order.pk]))[order.pk]
