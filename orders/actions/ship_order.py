"""The seller packs by lot and hands over to a carrier."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from catalog.lots.actions.pick_lots import lock_items, pick_lots
from market.accounts.models import User
from market.common.errors import IllegalMove, InvalidInput, NotFound
from market.common.outbox.record import record_event
from market.common.plain_text import plain_code
from market.common.quantity import plain
from orders.orders.models import OrderLine, SellerOrder
from orders.orders.states import transition
from orders.shipments.errors import NothingToShip, ShipsTooMuch, WaybillUsed
from orders.shipments.models import Parcel, Shipment, ShipmentLine, TemperatureLog
from orders.shipments.temperature import Limits

S = SellerOrder.State
MOST_PARCELS = 200
LONGEST_FURTHER = 60
SMALLEST, LARGEST = Decimal("0.001"), Decimal(10) ** 12


@dataclass(frozen=True)
class PackedLine:
    """`lot_number` empty: the lot that expires first."""

    line_id: int
    quantity: Decimal
    lot_number: str = ""


def ship_order(
    order: SellerOrder,
    lines: Sequence[PackedLine],
    *,
    carrier: str,
    waybill: str,
    further: Sequence[str] = (),
    temperatures: Limits = Limits(),  # noqa: B008 - frozen
    by: User | None,
    now: datetime,
) -> Shipment:
    """Effects: shipment, lots picked (stock falls), order in progress at its first shipment, an outbox event.

    No `lines` means everything still open. `further` are waybills of parcels beside the first; each of them, the first
    too, is then a parcel by itself, and the shipment is delivered when all are. `temperatures` is the range the goods
    are to be kept in; where none is given, that of a pickup job may follow. Raises IllegalMove (not paid, ended),
    NothingToShip, ShipsTooMuch, LotShort, WaybillUsed, InvalidInput; nothing changes then.
    """
    carrier, waybill = carrier.strip(), plain_code(waybill)
    missing = {name: "–" for name, value in (("carrier", carrier), ("waybill", waybill)) if not value}
    waybills = _waybills(waybill, further)
    missing |= temperatures.problems()
    if missing:
        raise InvalidInput(fields=missing)
    with transaction.atomic():
        row = SellerOrder.objects.select_for_update().get(pk=order.pk)
        if row.state not in (S.AWAITING_SELLER, S.IN_PROGRESS):
            raise IllegalMove(current=row.get_state_display(), wanted=S.IN_PROGRESS)
        _refuse_used(row, carrier, waybills)
        packed = _checked(row, lines)
        lock_items(row.number)
        shipment = Shipment.objects.create(
            seller_order=row,
            number=f"{row.number}-S{Shipment.objects.filter(seller_order=row).count() + 1}",
            carrier=carrier,
            waybill=waybill,
            shipped_at=now,
        )
        if temperatures.are_known:
            TemperatureLog.objects.create(shipment=shipment, lower=temperatures.lower, upper=temperatures.upper)
        if len(waybills) > 1:
            Parcel.objects.bulk_create(Parcel(shipment=shipment, number=number) for number in waybills)
        parts: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
        for line, wish in packed:
            picked = pick_lots(row.number, line.position, wish.quantity, lot_number=wish.lot_number, by=by, now=now)
            for part in picked:  # one lot may come from two warehouses, or for a line named twice
                parts[line.pk, part.lot.pk] += part.quantity
        ShipmentLine.objects.bulk_create(
            ShipmentLine(shipment=shipment, order_line_id=line_id, lot_id=lot_id, quantity=quantity)
            for (line_id, lot_id), quantity in parts.items()
        )
        if row.state == S.AWAITING_SELLER:
            transition(row, S.IN_PROGRESS, by=by, reason=f"shipped as {shipment.number}", now=now)
        record_event("shipment.created", shipment.number, now=now)
    return shipment


def _waybills(first: str, further: Sequence[str]) -> list[str]:
    """Each once, as it is kept. Raises InvalidInput."""
    waybills = list(dict.fromkeys(filter(None, [first, *map(plain_code, further)])))
    if len(waybills) > MOST_PARCELS:
        raise InvalidInput(fields={"further": _("At most %(most)s parcels.") % {"most": MOST_PARCELS}})
    if any(len(number) > LONGEST_FURTHER for number in waybills[1:]):
        words = _("A waybill number has at most %(most)s signs.") % {"most": LONGEST_FURTHER}
        raise InvalidInput(fields={"further": words})
    return waybills


def _refuse_used(order: SellerOrder, carrier: str, waybills: Sequence[str]) -> None:
    same = Shipment.objects.filter(seller_order=order, carrier=carrier)
    used = {
        *same.filter(waybill__in=waybills).values_list("waybill", flat=True),
        *Parcel.objects.filter(shipment__in=same, number__in=waybills).values_list("number", flat=True),
    }
    if used:
        raise WaybillUsed(waybill=next(number for number in waybills if number in used))


def left_to_ship(order: SellerOrder) -> dict[int, Decimal]:
    """Order line id -> units not yet in a shipment."""
    shipped = dict(
        ShipmentLine.objects.filter(shipment__seller_order=order)
        .values_list("order_line")
        .annotate(sum=Sum("quantity"))
    )
    return {line.pk: line.quantity - shipped.get(line.pk, Decimal(0)) for line in order.lines.all()}


def is_storable(quantity: Decimal) -> bool:
    """A finite number of whole grams; a program may send NaN or a tenth of a gram."""
    return quantity.is_finite() and abs(quantity) < LARGEST and quantity == quantity.quantize(SMALLEST)


def _checked(order: SellerOrder, wishes: Sequence[PackedLine]) -> list[tuple[OrderLine, PackedLine]]:
    left = left_to_ship(order)
    lines = {line.pk: line for line in order.lines.all()}
    wishes = wishes or [PackedLine(pk, quantity) for pk, quantity in left.items() if quantity > 0]
    if not wishes:
        raise NothingToShip()
    packed = []
    for wish in wishes:
        line = lines.get(wish.line_id)
        if line is None:
            raise NotFound()
        if not is_storable(wish.quantity):
            raise InvalidInput(fields={"quantity": str(wish.quantity)})
        if wish.quantity <= 0 or wish.quantity > left[line.pk]:
            raise ShipsTooMuch(sku=line.sku, wanted=plain(wish.quantity), left=plain(left[line.pk]))
        left[line.pk] -= wish.quantity
        packed.append((line, wish))
    return packed
