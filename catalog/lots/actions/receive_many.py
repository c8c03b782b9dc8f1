"""Goods of many lots come in at once: a table of receipts, in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from catalog.lots.models import HarvestLot, LotStock
from catalog.lots.receipts import (
    Facts,
    Outcome,
    Place,
    Receipt,
    Weighed,
    items_at,
    read_facts,
    read_lots,
    read_seen,
    weigh,
)
from catalog.stock.events import note_availability
from catalog.stock.models import StockItem, StockMovement
from market.accounts.models import User
from market.common.bulk import insert_rows, update_rows
from market.common.outbox.record import Event, record_events
from market.enterprises.models import Enterprise


def receive_many(
    enterprise: Enterprise, receipts: Sequence[Receipt], *, by: User | None, now: datetime
) -> list[Weighed]:
    """What became of each receipt, in their order. Those that are new and right are received, in one transaction; what
    was received before, and what is wrong, changes nothing. The same receipts again receive nothing.

    Effects: lots (their origin is the product's, written once), stock, a movement for each receipt, events where a
    packing comes back into stock. Locks the lots, then the stock items, as a quarantine does.
    """
    if not receipts:
        return []
    with transaction.atomic():
        facts = read_facts(enterprise, receipts, lock=True)
        wanted = [one.receipt for one in weigh(receipts, facts) if one.outcome == Outcome.NEW]
        facts = _with_lots(enterprise, wanted, facts, now)
        items = _items(sorted({one.place for one in wanted}))
        weighed = weigh(receipts, Facts(facts.variants, facts.warehouses, facts.lots, read_seen(receipts)))
        new = [one.receipt for one in weighed if one.outcome == Outcome.NEW]
        if new:
            _receive(new, facts, items, by=by, now=now)
    return weighed


def _with_lots(enterprise: Enterprise, receipts: Sequence[Receipt], facts: Facts, now: datetime) -> Facts:
    """Makes the lots that are not there. Somebody else may have made one meanwhile: what stands counts."""
    firsts = {one.number: one for one in reversed(receipts) if one.number not in facts.lots}
    if not firsts:
        return facts
    lots = []
    for number, one in sorted(firsts.items()):
        product = facts.variants[one.variant_id].product
        lots.append(
            HarvestLot(
                enterprise=enterprise,
                number=number,
                product=product,
                origin_unit_id=product.origin_unit_id,
                origin_subdivision=product.origin_subdivision,
                harvested_from=one.harvested_from,
                harvested_to=one.harvested_to,
                best_before=one.best_before,
                grade=one.grade or product.grade,
                created_at=now,
            )
        )
    HarvestLot.objects.bulk_create(lots, ignore_conflicts=True)
    made = read_lots(enterprise, firsts, lock=True)
    own = {lot.code for lot in lots}
    record_events([Event("lot.opened", str(lot.pk)) for lot in made.values() if lot.code in own], now=now)
    return Facts(facts.variants, facts.warehouses, {**facts.lots, **made})


def _items(places: Sequence[Place]) -> dict[Place, StockItem]:
    """Locked in key order, as reserving does; made where there are none."""
    if not places:
        return {}
    StockItem.objects.bulk_create(
        [StockItem(variant_id=variant, warehouse_id=warehouse) for variant, warehouse in places], ignore_conflicts=True
    )
    rows = items_at(places).select_for_update().order_by("pk")
    return {(item.variant_id, item.warehouse_id): item for item in rows}


def _receive(
    receipts: Sequence[Receipt], facts: Facts, items: dict[Place, StockItem], *, by: User | None, now: datetime
) -> None:
    added: dict[int, Decimal] = defaultdict(Decimal)
    in_lots: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    movements = []
    for one in receipts:
        item, lot = items[one.place], facts.lots[one.number]
        added[item.pk] += one.quantity
        in_lots[lot.pk, item.pk] += one.quantity
        movements.append(
            StockMovement(
                stock_item=item,
                kind=StockMovement.Kind.RECEIPT,
                quantity=one.quantity,
                lot_number=lot.number,
                reference=one.reference,
                by=by,
                note=one.paper,
                at=now,
            )
        )
    touched = [item for item in items.values() if item.pk in added]
    was = LotStock.objects.filter(stock_item__in=touched).values_list("lot_id", "stock_item_id", "on_hand")
    there = {(lot, item): on_hand for lot, item, on_hand in was}
    note_availability(touched, {pk: -quantity for pk, quantity in added.items()}, now=now)
    for item in touched:
        item.on_hand += added[item.pk]
    update_rows(touched, ["on_hand"])
    parts = [
        LotStock(lot_id=lot, stock_item_id=item, on_hand=there.get((lot, item), Decimal(0)) + quantity)
        for (lot, item), quantity in in_lots.items()
    ]
    insert_rows(parts, unique=("lot", "stock_item"), update=("on_hand",))
    insert_rows(movements)
