"""Tables of receipts are taken over while others are, each on a connection of its own."""

import time
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from unittest import mock

from django.db import connection
from django.db.models import Sum

from catalog.lots.actions import receive_many as receiving
from catalog.lots.actions.receive_lot import receive_lot
from catalog.lots.models import LotStock
from catalog.lots.receipts import Place, Receipt, items_at, read_seen
from catalog.products.models import Variant
from catalog.stock.models import StockItem, Warehouse
from tests.builders import NOW, make_enterprise, make_variant, make_warehouse
from tests.processes.at_once import at_once

TABLES, THERE = 4, 10
DAYS = date(2026, 10, 1), date(2026, 10, 12)


# Each table's own lot, the one they share once, and of the first packing what the form received.
ALL_COUNT = {
    "heard": {"done": TABLES + 1},
    "on_hand": [THERE + 5 * TABLES + 5 + 3, THERE + 5 * TABLES + 5],
    "in_step": True,
}


def race_of_receipts(repeats: int = 2, shared: bool = True, guarded: bool = True) -> dict[str, Any]:
    """Per round: what there is of each of two packings when each of `TABLES` tables brought a lot of its own and, if
    `shared`, one that all of them have, while the form received something too; and whether stock, lots and movements
    agree. `guarded` False: the stock items are not locked."""
    rounds = []
    for number in range(repeats):
        firm = make_enterprise()
        variants, warehouse = [make_variant(enterprise=firm, on_hand=THERE) for _ in range(2)], make_warehouse(firm)
        tables = [
            _table(variants, warehouse, [f"{number}-{turn}-", *(["SAME"] if shared else [])])[:: -1 if turn % 2 else 1]
            for turn in range(TABLES)
        ]
        acts = [partial(receiving.receive_many, firm, table, by=None, now=NOW) for table in tables]
        by_form = partial(
            receive_lot,
            variants[0],
            warehouse,
            lot_number="FORM",
            quantity=Decimal(3),
            harvested_from=DAYS[0],
            harvested_to=DAYS[1],
            by=None,
            now=NOW,
        )
        with (
            mock.patch.object(receiving, "read_seen", _slowly),
            mock.patch.object(receiving, "_items", receiving._items if guarded else _unlocked),
        ):
            heard = at_once([*acts, by_form])
        rounds.append({"heard": dict(heard), **_stock(variants)})
    return {"vendor": connection.vendor, "rounds": rounds}


def _table(variants: list[Variant], warehouse: Warehouse, names: list[str]) -> list[Receipt]:
    lots = [(variant, f"{name}{variant.pk}") for variant in variants for name in names]
    return [
        Receipt(row, variant.pk, warehouse.pk, lot, Decimal(5), *DAYS) for row, (variant, lot) in enumerate(lots, 2)
    ]


def _slowly(receipts: Sequence[Receipt]) -> Any:
    seen = read_seen(receipts)
    time.sleep(0.05)
    return seen


def _unlocked(places: Sequence[Place]) -> dict[Place, StockItem]:
    StockItem.objects.bulk_create(
        [StockItem(variant_id=variant, warehouse_id=warehouse) for variant, warehouse in places], ignore_conflicts=True
    )
    return {(item.variant_id, item.warehouse_id): item for item in items_at(places)}


def _stock(variants: list[Variant]) -> dict[str, Any]:
    on_hand, in_step = [], True
    for variant in variants:
        item = StockItem.objects.get(variant=variant)
        moved = item.movements.aggregate(sum=Sum("quantity"))["sum"]
        parts = LotStock.objects.filter(stock_item=item).aggregate(sum=Sum("on_hand"))["sum"]
        on_hand.append(int(item.on_hand))
        in_step = in_step and item.on_hand == moved == parts
    return {"on_hand": on_hand, "in_step": in_step}
