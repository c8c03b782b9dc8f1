"""The rows of a packing list for what is still to be packed, with sums that add up."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from market.portal.queries.orders import lines_to_pack
from orders.orders.models import OrderLine, SellerOrder

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


def packing_list_of(order: SellerOrder) -> PackingList:
    """Of what is left to ship, with the lots proposed. Net weight is the order's own copy, gross is the packing's as it
    is today. What has left is told by its delivery note (`orders.documents`)."""
    rows = []
    for wish in lines_to_pack(order):
        line = wish.line
        rows += [_row(line, choice.lot.number, choice.proposed) for choice in wish.choices if choice.proposed]
        if wish.short:
            rows.append(_row(line, "", wish.short))
    return PackingList(rows)


def _row(line: OrderLine, lot_number: str, quantity: Decimal) -> PackedRow:
    gross = max(line.variant.gross_kg, line.net_kg)
    return PackedRow(line, lot_number, quantity, quantity * line.net_kg, quantity * gross)
