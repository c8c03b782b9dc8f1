"""The rows of a packing list, with sums that add up."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from market.portal.queries.orders import lines_to_pack
from orders.orders.models import OrderLine, SellerOrder
from orders.shipments.models import Shipment

ZERO = Decimal(0)


@dataclass(frozen=True)
class PackedRow:
    """Weights of the whole row in kg. `lot_number` empty: the lot is not known yet."""

    line: OrderLine
    lot_number: str
    quantity: Decimal
    net_kg: Decimal
    gross_kg: Decimal


@dataclass(frozen=True)
class PackingList:
    rows: Sequence[PackedRow]

    @property
    def quantity(self) -> Decimal:
        return sum((row.quantity for row in self.rows), ZERO)

    @property
    def net_kg(self) -> Decimal:
        return sum((row.net_kg for row in self.rows), ZERO)

    @property
    def gross_kg(self) -> Decimal:
        return sum((row.gross_kg for row in self.rows), ZERO)


def packing_list_of(order: SellerOrder, shipment: Shipment | None) -> PackingList:
    """Of the shipment as it left; without one, of what is left to ship with the lots proposed. Net weight is the
    order's own copy, gross is the packing's as it is today."""
    lines = {line.pk: line for line in order.lines.select_related("variant")}
    if shipment is not None:
        parts = [(row.order_line_id, row.lot.number, row.quantity) for row in shipment.lines.all()]
    else:
        parts = []
        for wish in lines_to_pack(order):
            parts += [(wish.line.pk, choice.lot.number, choice.proposed) for choice in wish.choices if choice.proposed]
            if wish.short:
                parts.append((wish.line.pk, "", wish.short))
    return PackingList([_row(lines[line_id], lot, quantity) for line_id, lot, quantity in parts])


def _row(line: OrderLine, lot_number: str, quantity: Decimal) -> PackedRow:
    gross = max(line.variant.gross_kg, line.net_kg)
    return PackedRow(line, lot_number, quantity, quantity * line.net_kg, quantity * gross)
