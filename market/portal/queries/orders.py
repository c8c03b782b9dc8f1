"""Orders as the seller works through them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from catalog.lots.models import HarvestLot, LotStock
from catalog.stock.models import Reservation
from market.common.errors import NotFound
from market.common.fields import QuantityField
from market.enterprises.models import Enterprise
from orders.actions.ship_order import left_to_ship
from orders.orders.models import OrderLine, SellerOrder
from orders.shipments.models import Shipment, ShipmentLine
from orders.shipments.queries import troubled

S = SellerOrder.State
ZERO = Decimal(0)
TABS = ("to-ship", "on-the-way", "needs-you", "unpaid", "completed", "ended", "all")
TO_DO = ("to-ship", "needs-you")


def own_orders(enterprise: Enterprise) -> QuerySet[SellerOrder]:
    """With `ordered` and `shipped`, units over all lines, and whether a shipment `is_troubled`."""
    ordered = OrderLine.objects.filter(seller_order=OuterRef("pk")).order_by().values("seller_order")
    shipped = (
        ShipmentLine.objects.filter(shipment__seller_order=OuterRef("pk")).order_by().values("shipment__seller_order")
    )
    trouble = Exists(troubled(Shipment.objects.filter(seller_order=OuterRef("pk"))))
    rows = SellerOrder.objects.for_enterprise(enterprise.pk)
    return rows.annotate(ordered=_sum(ordered), shipped=_sum(shipped), is_troubled=trouble)


def _sum(grouped: QuerySet[Any, Any]) -> Coalesce:
    sums = grouped.annotate(sum=Sum("quantity")).values("sum")
    return Coalesce(Subquery(sums, output_field=QuantityField()), ZERO, output_field=QuantityField())


_TAB_FILTERS = {
    "to-ship": Q(state=S.AWAITING_SELLER) | Q(state=S.IN_PROGRESS, ordered__gt=F("shipped")),
    "on-the-way": Q(state=S.IN_PROGRESS, ordered=F("shipped")),
    "needs-you": Q(state=S.IN_PROGRESS, is_troubled=True),
    "unpaid": Q(state=S.AWAITING_PAYMENT),
    "completed": Q(state=S.COMPLETED),
    "ended": Q(state__in=[S.EXPIRED, S.CANCELLED, S.DECLINED]),
    "all": Q(),
}


def orders_in(enterprise: Enterprise, tab: str) -> QuerySet[SellerOrder]:
    """What waits longest first where something is to be done, else the newest first. Of what needs the seller, each
    order's `shipments` are those that do."""
    rows = own_orders(enterprise).filter(_TAB_FILTERS[tab]).select_related("purchase").prefetch_related("lines")
    if tab == "needs-you":
        in_trouble = troubled(Shipment.objects.order_by("pk")).prefetch_related("parcels")
        rows = rows.prefetch_related(Prefetch("shipments", in_trouble))
    return rows.order_by("placed_at", "pk") if tab in TO_DO else rows.order_by("-placed_at", "-pk")


def tab_counts(enterprise: Enterprise) -> dict[str, int]:
    """One statement."""
    counts = {name.replace("-", "_"): Count("pk", filter=condition) for name, condition in _TAB_FILTERS.items()}
    found = own_orders(enterprise).aggregate(**counts)
    return {name: int(found[name.replace("-", "_")]) for name in TABS}


def own_order(enterprise: Enterprise, number: str) -> SellerOrder:
    found = own_orders(enterprise).select_related("purchase__channel", "enterprise").filter(number=number).first()
    if found is None:
        raise NotFound()
    return found


@dataclass(frozen=True)
class LotChoice:
    """A lot that may be packed for a line: so much can be had of it, so much is proposed (first expired first out)."""

    lot: HarvestLot
    available: Decimal
    proposed: Decimal


@dataclass(frozen=True)
class LineToPack:
    """`short`: units left to ship that no open lot covers."""

    line: OrderLine
    left: Decimal
    choices: Sequence[LotChoice]
    short: Decimal


def lines_to_pack(order: SellerOrder) -> list[LineToPack]:
    """Lines with something left, and the lots reserved goods can come from, as `pick_lots` will take them."""
    left = left_to_ship(order)
    reserved: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    for row in Reservation.objects.filter(order_number=order.number, state=Reservation.State.ACTIVE).order_by("pk"):
        reserved[row.line_position].append((row.stock_item_id, row.quantity - row.fulfilled))
    items = {item for rows in reserved.values() for item, _quantity in rows}
    parts: dict[int, list[LotStock]] = defaultdict(list)
    for part in (
        LotStock.objects.select_related("lot")
        .filter(stock_item_id__in=items, on_hand__gt=0, lot__state=HarvestLot.State.OPEN)
        .order_by(F("lot__best_before").asc(nulls_last=True), "lot__harvested_from", "pk")
    ):
        parts[part.stock_item_id].append(part)
    return [
        _line_to_pack(line, left[line.pk], reserved[line.position], parts)
        for line in order.lines.all()
        if left[line.pk] > 0
    ]


def _line_to_pack(
    line: OrderLine, left: Decimal, reserved: list[tuple[int, Decimal]], parts: dict[int, list[LotStock]]
) -> LineToPack:
    lots: dict[int, HarvestLot] = {}
    available: dict[int, Decimal] = defaultdict(Decimal)
    proposed: dict[int, Decimal] = defaultdict(Decimal)
    for item, quantity in reserved:
        rest = quantity
        for part in parts[item]:
            lots[part.lot_id] = part.lot
            available[part.lot_id] += min(quantity, part.on_hand)
            take = min(rest, part.on_hand)
            proposed[part.lot_id] += take
            rest -= take
    choices = [LotChoice(lot, available[pk], proposed[pk]) for pk, lot in lots.items()]
    return LineToPack(line, left, choices, left - sum(proposed.values(), ZERO))
