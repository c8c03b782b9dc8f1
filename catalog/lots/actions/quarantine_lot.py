"""Keep a suspicious lot from going out, set it free again, or take it back for good."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Value
from django.utils.translation import gettext as _

from catalog.lots.models import HarvestLot, LotStock
from catalog.lots.states import transition
from catalog.stock.events import note_availability
from catalog.stock.models import StockItem, StockMovement
from market.accounts.models import User
from market.common.errors import InvalidInput
from market.common.fields import QuantityField

S = HarvestLot.State


def quarantine_lot(lot: HarvestLot, *, reason: str, by: User | None, now: datetime) -> HarvestLot:
    """From this moment no order can be packed from the lot, and what nobody was promised is no longer for sale: it is
    taken out of `on_hand`, with a movement, and kept as `held`.

    What is promised stays promised, so that the seller ships another lot or declines; calling this again on a lot in
    quarantine takes out what has become free since. Raises InvalidInput without a reason, IllegalMove.
    """
    reason = _needed(reason)
    with transaction.atomic():
        row = locked(lot)
        if row.state != S.QUARANTINED:
            transition(row, S.QUARANTINED, by=by, reason=reason, now=now)
        _move_goods(row, into_quarantine=True, reason=reason, by=by, now=now)
    return row


def recall_lot(lot: HarvestLot, *, reason: str, by: User | None, now: datetime) -> HarvestLot:
    """As a quarantine, and nothing leads back. The stock items that hold it are locked until the caller's transaction
    ends: whatever was packed from it before can be read then, and nothing is packed any more. Raises InvalidInput,
    IllegalMove for a lot that has been recalled already."""
    reason = _needed(reason)
    with transaction.atomic():
        row = locked(lot)
        transition(row, S.RECALLED, by=by, reason=reason, now=now)
        _move_goods(row, into_quarantine=True, reason=reason, by=by, now=now)
    return row


def hold_recalled(lot: HarvestLot, *, by: User | None, now: datetime) -> None:
    """Takes out of what is for sale what orders that ended since have set free of a recalled lot. Again: nothing."""
    with transaction.atomic():
        row = locked(lot)
        _move_goods(row, into_quarantine=True, reason=_("recalled"), by=by, now=now)


def release_lot(lot: HarvestLot, *, reason: str, by: User | None, now: datetime) -> HarvestLot:
    """The goods are for sale again. Raises InvalidInput without a reason, IllegalMove."""
    reason = _needed(reason)
    with transaction.atomic():
        row = locked(lot)
        transition(row, S.OPEN, by=by, reason=reason, now=now)
        _move_goods(row, into_quarantine=False, reason=reason, by=by, now=now)
    return row


def locked(lot: HarvestLot) -> HarvestLot:
    """First the lot, then the stock items. Whoever packs holds a stock item and writes rows that point to the lot: were
    its key locked, the two would wait for each other."""
    return HarvestLot.objects.select_for_update(of=("self",), no_key=True).get(pk=lot.pk)


def lock_lots(keys: Iterable[int], items: Iterable[int] = ()) -> list[HarvestLot]:
    """As `locked`, for several: all lots in key order, then all stock items that hold some of them, and `items`."""
    rows = HarvestLot.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=set(keys)).order_by("pk")
    lots = list(rows.select_related("product", "enterprise__unit"))
    held = LotStock.objects.filter(lot__in=lots).values_list("stock_item", flat=True)
    wanted = {*items, *held}
    list(StockItem.objects.select_for_update().filter(pk__in=wanted).order_by("pk").values_list("pk"))
    return lots


def _needed(reason: str) -> str:
    if not reason.strip():
        raise InvalidInput(fields={"reason": _("say why, for those who look later")})
    return reason.strip()[:200]


def _move_goods(lot: HarvestLot, *, into_quarantine: bool, reason: str, by: User | None, now: datetime) -> None:
    """Locks the stock items in key order, as reserving does, then moves per item."""
    ids = LotStock.objects.filter(lot=lot).values("stock_item")
    items = list(StockItem.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    parts = {part.stock_item_id: part for part in LotStock.objects.filter(lot=lot)}
    taken: dict[int, Decimal] = {}
    for item in items:
        part = parts[item.pk]
        change = -min(part.on_hand, item.on_hand - item.reserved) if into_quarantine else part.held
        if not change:
            continue
        value = Value(change, output_field=QuantityField())
        StockItem.objects.filter(pk=item.pk).update(on_hand=F("on_hand") + value)
        LotStock.objects.filter(pk=part.pk).update(on_hand=F("on_hand") + value, held=F("held") - value)
        StockMovement.objects.create(
            stock_item=item,
            kind=StockMovement.Kind.ADJUSTMENT,
            quantity=change,
            lot_number=lot.number,
            by=by,
            note=reason,
            at=now,
        )
        taken[item.pk] = -change
    note_availability(items, taken, now=now)
