"""Promise stock to order lines, and give promises back. The guard is the UPDATE itself, with a CHECK behind it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import BigIntegerField, F, QuerySet

from catalog.products.models import Variant
from catalog.stock.errors import OutOfStock
from catalog.stock.events import note_availability
from catalog.stock.guard import add_reserved
from catalog.stock.models import Reservation, StockItem
from market.common.languages import clauses
from market.common.prepared import IsIn, PreparedSelect
from market.common.quantity import plain


@dataclass(frozen=True)
class Wish:
    """`quantity` in units of the packing."""

    variant_id: int
    quantity: Decimal
    order_number: str
    line_position: int


def reserve_stock(wishes: Sequence[Wish], *, now: datetime) -> list[Reservation]:
    """Reserve all wishes or nothing, in two statements however many there are. The rows that say for what are returned:
    the caller writes them in the same transaction, with what it reserves for.

    Effects in order: lock the stock items in key order; spread each wish over the variant's warehouses; one
    conditional UPDATE; an index event for products that ran out. Raises OutOfStock with the numbers of every short
    line.
    """
    with transaction.atomic(savepoint=False):
        items = _lock_items(variants=sorted({wish.variant_id for wish in wishes}))
        reservations = _spread_over_items(wishes, items, now)
        wanted = _sum_by_item(reservations)
        if add_reserved(wanted) != len(wanted):
            raise _out_of_stock([(wish, Decimal(0)) for wish in wishes])
        note_availability(items, wanted, now=now)
    return reservations


def release_stock(order_numbers: Sequence[str], *, now: datetime) -> int:
    """Give back what the orders had reserved and not yet shipped. Doing it twice gives nothing back twice."""
    with transaction.atomic():
        held = list(
            Reservation.objects.select_for_update()
            .filter(order_number__in=order_numbers, state=Reservation.State.ACTIVE)
            .order_by("pk")
        )
        if not held:
            return 0
        back: dict[int, Decimal] = defaultdict(Decimal)
        for reservation in held:
            back[reservation.stock_item_id] += reservation.quantity - reservation.fulfilled
        items = list(StockItem.objects.select_for_update().filter(pk__in=back).order_by("pk"))
        if add_reserved({key: -quantity for key, quantity in back.items()}) != len(back):
            raise RuntimeError(f"less is reserved than {order_numbers} hold")  # undoes everything
        Reservation.objects.filter(pk__in=[r.pk for r in held]).update(state=Reservation.State.RELEASED)
        note_availability(items, {key: -quantity for key, quantity in back.items()}, now=now)
    return len(held)


def _items_of() -> "QuerySet[StockItem]":
    items = StockItem.objects.select_for_update(of=("self",)).filter(warehouse__is_active=True)
    return items.filter(IsIn(F("variant"), "variants", BigIntegerField(), is_short=True)).order_by("pk")


_lock_items = PreparedSelect(_items_of)


def _spread_over_items(wishes: Sequence[Wish], items: Sequence[StockItem], now: datetime) -> list[Reservation]:
    free = {item.pk: item.on_hand - item.reserved for item in items}
    of_variant: dict[int, list[int]] = defaultdict(list)
    for item in items:
        of_variant[item.variant_id].append(item.pk)
    reservations, short = [], []
    for wish in wishes:
        left = wish.quantity
        for pk in of_variant[wish.variant_id]:
            part = min(left, free[pk])
            if part <= 0:
                continue
            free[pk] -= part
            left -= part
            reservations.append(
                Reservation(
                    stock_item_id=pk,
                    order_number=wish.order_number,
                    line_position=wish.line_position,
                    quantity=part,
                    created_at=now,
                )
            )
        if left > 0:
            short.append((wish, wish.quantity - left))
    if short:
        raise _out_of_stock(short)
    return reservations


def _sum_by_item(reservations: Sequence[Reservation]) -> dict[int, Decimal]:
    wanted: dict[int, Decimal] = defaultdict(Decimal)
    for reservation in reservations:
        wanted[reservation.stock_item_id] += reservation.quantity
    return wanted


def _out_of_stock(short: Sequence[tuple[Wish, Decimal]]) -> OutOfStock:
    variants = Variant.objects.select_related("product").in_bulk({wish.variant_id for wish, _ in short})
    lines = []
    for wish, left in short:
        variant = variants[wish.variant_id]
        lines.append(
            {
                "variant": wish.variant_id,
                "sku": variant.sku,
                "product": variant.product.name,
                "wanted": plain(wish.quantity),
                "left": plain(left),
            }
        )
    summary = clauses(f"{line['product']} ({line['wanted']} → {line['left']})" for line in lines)
    return OutOfStock(summary=summary, lines=lines)
