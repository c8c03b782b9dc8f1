"""A count: what really lies there, lot by lot. `on_hand` and the parts of its lots change together."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from catalog.lots.models import LotStock, normal_lot_number
from catalog.products.models import Variant
from catalog.stock.actions.change_stock import adjust_stock
from catalog.stock.errors import StockBelowReserved
from catalog.stock.models import StockItem, Warehouse
from market.accounts.models import User
from market.common.errors import InvalidInput, NotFound
from market.common.quantity import fits_places, plain

ZERO = Decimal(0)


def count_stock(
    item: StockItem,
    counted: Mapping[int, Decimal],
    *,
    without_lot: Decimal = ZERO,
    reason: str,
    by: User | None,
    now: datetime,
) -> StockItem:
    """`counted` is lot id -> units, for lots in this item; lots left out keep what they have. One movement per lot that
    differs. Raises InvalidInput (no reason, impossible number), NotFound (no such lot here), StockBelowReserved with
    the numbers; nothing changes then.
    """
    if not reason.strip():
        raise InvalidInput(fields={"reason": _("say why the count differs")})
    if any(not fits_places(value, 3) or value < 0 for value in (*counted.values(), without_lot)):
        raise InvalidInput(fields={"counted": _("not negative, with at most three decimal places")})
    with transaction.atomic():
        row = _locked(item)
        parts = {part.lot_id: part for part in LotStock.objects.select_related("lot").filter(stock_item=row)}
        if not set(counted) <= set(parts):
            raise NotFound()
        loose = row.on_hand - sum((part.on_hand for part in parts.values()), ZERO)
        total = without_lot + sum((counted.get(pk, part.on_hand) for pk, part in parts.items()), ZERO)
        if total < row.reserved:
            raise StockBelowReserved(reserved=plain(row.reserved), wanted=plain(total))
        steps = [(part.lot.number, counted.get(pk, part.on_hand) - part.on_hand) for pk, part in parts.items()]
        steps.append(("", without_lot - loose))
        # What is added goes first: on the way from one lot to another the sum must not fall below what is promised.
        for number, difference in sorted(steps, key=lambda step: -step[1]):
            if difference:
                _adjust(row, difference, reason=reason, lot_number=number, by=by, now=now)
        for pk, value in counted.items():
            LotStock.objects.filter(pk=parts[pk].pk).update(on_hand=value)
        row.refresh_from_db()
    return row


def set_on_hand(
    variant: Variant,
    warehouse: Warehouse,
    on_hand: Decimal,
    *,
    lot_number: str = "",
    by: User | None,
    note: str,
    now: datetime,
) -> StockItem:
    """One number for the whole item, as a program knows it. With `lot_number` the difference is that lot's. Without,
    what is less is taken from goods without a lot and then from what expires first, and what is more has no lot yet:
    it can be sold, and must be given its lot before it is packed. Raises like `count_stock`.
    """
    with transaction.atomic():
        if not fits_places(on_hand, 3) or on_hand < 0 or variant.product.enterprise_id != warehouse.enterprise_id:
            return adjust_stock(variant, warehouse, on_hand, by=by, note=note, now=now)  # refuses by name
        item, _created = StockItem.objects.get_or_create(variant=variant, warehouse=warehouse)
        row = _locked(item)
        parts = list(
            LotStock.objects.select_related("lot")
            .filter(stock_item=row)
            .order_by(F("lot__best_before").asc(nulls_last=True), "lot__harvested_from", "pk")
        )
        loose = row.on_hand - sum((part.on_hand for part in parts), ZERO)
        difference = on_hand - row.on_hand
        if lot_number:
            wanted = normal_lot_number(lot_number)
            named = next((part for part in parts if part.lot.number == wanted), None)
            if named is None or named.on_hand + difference < 0:
                raise InvalidInput(fields={"lot": _("there is not so much of this lot here")})
            return count_stock(
                row,
                {named.lot_id: named.on_hand + difference},
                without_lot=loose,
                reason=note,
                by=by,
                now=now,
            )
        counted = {}
        left = -difference
        from_loose = min(max(left, ZERO), loose)
        rest = left - from_loose
        for part in parts:
            take = min(max(rest, ZERO), part.on_hand)
            if take:
                counted[part.lot_id] = part.on_hand - take
                rest -= take
        without_lot = loose - from_loose if difference <= 0 else loose + difference
        return count_stock(row, counted, without_lot=without_lot, reason=note, by=by, now=now)


def _locked(item: StockItem) -> StockItem:
    return (
        StockItem.objects.select_for_update(of=("self",))
        .select_related("variant__product", "warehouse")
        .get(pk=item.pk)
    )


def _adjust(
    item: StockItem, difference: Decimal, *, reason: str, lot_number: str, by: User | None, now: datetime
) -> None:
    on_hand = StockItem.objects.values_list("on_hand", flat=True).get(pk=item.pk) + difference
    adjust_stock(item.variant, item.warehouse, on_hand, by=by, note=reason[:200], lot_number=lot_number, now=now)
