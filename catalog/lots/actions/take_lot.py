"""Take goods of a lot out of stock to make others from them, as much as nobody was promised."""

from datetime import datetime
from decimal import ROUND_DOWN, Decimal

from django.db.models import F, Value
from django.utils.translation import gettext as _

from catalog.lots.errors import LotClosed, LotShort
from catalog.lots.models import HarvestLot, LotStock
from catalog.stock.events import note_availability
from catalog.stock.models import StockItem, StockMovement
from market.accounts.models import User
from market.common.errors import InvalidInput
from market.common.fields import QuantityField
from market.common.quantity import plain

UNIT = Decimal("0.001")


def take_lot(
    lot: HarvestLot,
    kg: Decimal,
    *,
    note: str,
    reference: str,
    by: User | None,
    now: datetime,
    field: str = "kg",
) -> None:
    """Part of a transaction that holds the lot and its stock items (`lock_lots`). Effects: on hand falls in one item
    after the other, one movement each.

    Raises LotClosed, LotShort (in kg), and InvalidInput at `field` for a weight that is no number of packings.
    """
    if lot.state != HarvestLot.State.OPEN:
        raise LotClosed(number=lot.number)
    parts = LotStock.objects.filter(lot=lot, on_hand__gt=0).select_related("stock_item__variant").order_by("stock_item")
    left, items, taken = kg, [], {}
    for part in parts:
        item, net_kg = part.stock_item, part.stock_item.variant.net_kg
        units = min((left / net_kg).quantize(UNIT, ROUND_DOWN), part.on_hand, item.on_hand - item.reserved)
        if units <= 0:
            continue
        _take(part, units, note=note, reference=reference, by=by, now=now)
        items.append(item)
        taken[item.pk] = units
        left -= units * net_kg
    if left and any(left < part.stock_item.variant.net_kg * UNIT for part in parts):
        words = _("%(kg)s kg of lot %(lot)s is no number of its packings with three decimal places.")
        raise InvalidInput(fields={field: words % {"kg": plain(kg), "lot": lot.number}})
    if left:
        raise LotShort(lot=lot.number, wanted=f"{plain(kg)} kg", left=f"{plain(kg - left)} kg")
    note_availability(items, taken, now=now)


def _take(part: LotStock, units: Decimal, *, note: str, reference: str, by: User | None, now: datetime) -> None:
    value = Value(units, output_field=QuantityField())
    StockItem.objects.filter(pk=part.stock_item_id).update(on_hand=F("on_hand") - value)
    LotStock.objects.filter(pk=part.pk).update(on_hand=F("on_hand") - value)
    StockMovement.objects.create(
        stock_item_id=part.stock_item_id,
        kind=StockMovement.Kind.ADJUSTMENT,
        quantity=-units,
        lot_number=part.lot.number,
        reference=reference,
        by=by,
        note=note[:200],
        at=now,
    )
