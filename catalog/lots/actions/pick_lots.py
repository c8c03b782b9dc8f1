"""Take shipped goods out of stock, lot by lot: first expired first, or the lot the packer named."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Value

from catalog.lots.errors import LotShort
from catalog.lots.models import HarvestLot, LotStock, normal_lot_number
from catalog.stock.models import Reservation, StockItem, StockMovement
from market.accounts.models import User
from market.common.fields import QuantityField
from market.common.quantity import plain

R = Reservation.State


@dataclass(frozen=True)
class Picked:
    lot: HarvestLot
    quantity: Decimal


def pick_lots(
    order_number: str, line_position: int, quantity: Decimal, *, lot_number: str, by: User | None, now: datetime
) -> list[Picked]:
    """Effects: reservation fulfilled, on hand and reserved fall, lots fall, one movement per lot. Only open lots.

    `lot_number` empty: best-before first, then oldest harvest. Raises LotShort, and nothing changes.
    """
    picked: list[Picked] = []
    with transaction.atomic():
        reservations = list(
            Reservation.objects.select_for_update()
            .filter(order_number=order_number, line_position=line_position, state=R.ACTIVE)
            .order_by("pk")
        )
        left = quantity
        for reservation in reservations:
            wish = min(left, reservation.quantity - reservation.fulfilled)
            if wish <= 0:
                continue
            # A lot may lie in several warehouses, and less of it here than is reserved here.
            taken = _from_item(reservation, wish, lot_number, by, now)
            part = sum((pick.quantity for pick in taken), Decimal(0))
            if part:
                picked += taken
                _fulfil(reservation, part)
                left -= part
        if left > 0:
            raise LotShort(lot=lot_number or "–", wanted=plain(quantity), left=plain(quantity - left))
    return picked


def lock_items(order_number: str) -> None:
    """Locks every stock item an order draws on, in primary-key order as reserving does: two orders that share items but
    list them the other way round must not wait for each other."""
    drawn = Reservation.objects.filter(order_number=order_number, state=R.ACTIVE).values("stock_item")
    list(StockItem.objects.select_for_update().filter(pk__in=drawn).order_by("pk").values_list("pk"))


def _from_item(
    reservation: Reservation, quantity: Decimal, lot_number: str, by: User | None, now: datetime
) -> list[Picked]:
    StockItem.objects.select_for_update().get(pk=reservation.stock_item_id)
    stock = (
        LotStock.objects.select_for_update(of=("self",))
        .select_related("lot")
        .filter(stock_item_id=reservation.stock_item_id, on_hand__gt=0, lot__state=HarvestLot.State.OPEN)
        .order_by(F("lot__best_before").asc(nulls_last=True), "lot__harvested_from", "pk")
    )
    if lot_number:
        stock = stock.filter(lot__number=normal_lot_number(lot_number))
    picked, left = [], quantity
    for row in stock:
        part = min(left, row.on_hand)
        value = Value(part, output_field=QuantityField())
        if not LotStock.objects.filter(pk=row.pk, on_hand__gte=value).update(on_hand=F("on_hand") - value):
            raise LotShort(lot=row.lot.number, wanted=plain(part), left=plain(row.on_hand))
        StockMovement.objects.create(
            stock_item_id=reservation.stock_item_id,
            kind=StockMovement.Kind.SHIPMENT,
            quantity=-part,
            lot_number=row.lot.number,
            reference=reservation.order_number,
            by=by,
            at=now,
        )
        picked.append(Picked(row.lot, part))
        left -= part
        if not left:
            break
    if not picked:
        return []
    value = Value(quantity - left, output_field=QuantityField())
    StockItem.objects.filter(pk=reservation.stock_item_id).update(
        on_hand=F("on_hand") - value, reserved=F("reserved") - value
    )
    return picked


def _fulfil(reservation: Reservation, part: Decimal) -> None:
    reservation.fulfilled += part
    if reservation.fulfilled == reservation.quantity:
        reservation.state = R.FULFILLED
    reservation.save(update_fields=["fulfilled", "state"])
