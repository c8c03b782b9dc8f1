"""What is to be fetched of orders, lot by lot: what has a shipment already, and what is left with the lots proposed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from django.db.models import F

from catalog.lots.models import HarvestLot, LotStock
from catalog.stock.models import Reservation
from orders.orders.models import OrderLine, SellerOrder
from orders.shipments.models import Shipment, ShipmentLine

ZERO = Decimal(0)
LOOSE = ("KGM", "TNE", "GRM")  # units of weight are no packages


@dataclass(frozen=True)
class Goods:
    """So many units of an order line from one lot (`lot_number` empty: not known yet; `lot_code` is of its public
    page). `shipment` None: not packed yet. Net weight is the order's own copy, gross is the packing's as it is today;
    kg of one unit."""

    line: OrderLine
    lot_number: str
    quantity: Decimal
    shipment: Shipment | None
    lot_code: str = ""

    @property
    def unit_gross_kg(self) -> Decimal:
        return Decimal(max(self.line.variant.gross_kg, self.line.net_kg))

    @property
    def net_kg(self) -> Decimal:
        return Decimal(self.quantity * self.line.net_kg)

    @property
    def gross_kg(self) -> Decimal:
        return Decimal(self.quantity * self.unit_gross_kg)

    @property
    def boxes(self) -> int:
        """A begun box is a box; loose goods count as one."""
        return 1 if self.line.unit in LOOSE else int(self.quantity.to_integral_value(ROUND_CEILING))


def goods_of(orders: Sequence[SellerOrder]) -> dict[int, list[Goods]]:
    """Seller order id -> its goods, shipments first. Four statements for any number of orders. What expires first is
    proposed first, and no unit of a lot is proposed to two of the orders."""
    lines: dict[int, list[OrderLine]] = defaultdict(list)
    for line in OrderLine.objects.filter(seller_order__in=orders).select_related("variant").order_by("position"):
        lines[line.seller_order_id].append(line)
    by_id = {line.pk: line for found in lines.values() for line in found}
    left = {pk: line.quantity for pk, line in by_id.items()}
    goods: dict[int, list[Goods]] = {order.pk: [] for order in orders}
    shipped = ShipmentLine.objects.filter(shipment__seller_order__in=orders).select_related("shipment", "lot")
    for row in shipped.order_by("shipment_id", "order_line__position", "pk"):
        line = by_id[row.order_line_id]
        left[line.pk] -= row.quantity
        code = row.lot.code or ""
        goods[line.seller_order_id].append(Goods(line, row.lot.number, row.quantity, row.shipment, code))
    lots = _Lots(orders)
    for order in orders:
        for line in lines[order.pk]:
            goods[order.pk] += lots.propose(order.number, line, left[line.pk])
    return goods


class _Lots:
    """Open lots in the warehouses where the orders' goods are reserved, and what is still unproposed of them."""

    def __init__(self, orders: Sequence[SellerOrder]) -> None:
        self.reserved: dict[tuple[str, int], list[tuple[int, Decimal]]] = defaultdict(list)
        active = Reservation.objects.filter(
            order_number__in=[order.number for order in orders], state=Reservation.State.ACTIVE
        )
        for row in active.order_by("pk"):
            wish = (row.stock_item_id, row.quantity - row.fulfilled)
            self.reserved[row.order_number, row.line_position].append(wish)
        items = {item for wishes in self.reserved.values() for item, _quantity in wishes}
        self.parts: dict[int, list[LotStock]] = defaultdict(list)
        found = LotStock.objects.select_related("lot").filter(
            stock_item_id__in=items, on_hand__gt=0, lot__state=HarvestLot.State.OPEN
        )
        for part in found.order_by(F("lot__best_before").asc(nulls_last=True), "lot__harvested_from", "pk"):
            self.parts[part.stock_item_id].append(part)
        self.free = {part.pk: part.on_hand for parts in self.parts.values() for part in parts}

    def propose(self, number: str, line: OrderLine, left: Decimal) -> list[Goods]:
        """For what is left of the line; the part no lot covers has none."""
        taken: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        open_quantity = left
        for item, quantity in self.reserved[number, line.position]:
            wish = min(quantity, open_quantity)
            for part in self.parts[item]:
                take = min(wish, self.free[part.pk])
                if take > 0:
                    self.free[part.pk] -= take
                    taken[part.lot.number, part.lot.code or ""] += take
                    wish -= take
                    open_quantity -= take
        if open_quantity > 0:
            taken["", ""] += open_quantity
        return [Goods(line, lot, quantity, None, code) for (lot, code), quantity in taken.items()]
