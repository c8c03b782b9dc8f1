"""A lot is recalled while orders are packed from it, each on a connection of its own."""

import time
from functools import partial
from typing import Any
from unittest import mock

from django.db import connection

from catalog.lots.actions import pick_lots
from catalog.lots.actions.quarantine_lot import S, recall_lot
from catalog.lots.models import HarvestLot
from catalog.lots.states import transition
from catalog.trace.queries import harvests_made_from
from orders.actions.ship_order import ship_order
from orders.recalls.actions import open_recall as opening
from orders.recalls.models import RecallNotice
from orders.shipments.models import ShipmentLine
from tests.builders import NOW, make_officer, make_variant
from tests.catalog.trace.blends import blend
from tests.orders.claims import make_paid
from tests.processes.at_once import at_once

PACKERS = 6


def race_of_recall(repeats: int = 2, guarded: bool = True) -> dict[str, Any]:
    """Per round: what was shipped without a notice, and whether each packer either shipped or was refused. `guarded`
    False: the recall does not wait for the stock items that hold the lot."""
    rounds = []
    for number in range(repeats):
        variant = make_variant(on_hand=50)
        orders = [make_paid((variant, 1)) for _ in range(PACKERS)]
        lot = HarvestLot.objects.select_related("enterprise__unit").get(product=variant.product_id)
        recall = partial(
            opening.open_recall, lot, severity="1", reason="so", by=make_officer(lot.enterprise.unit), now=NOW
        )
        ship = [
            partial(ship_order, order, [], carrier="test", waybill=f"W{number}-{place}", by=None, now=NOW)
            for place, order in enumerate(orders)
        ]
        with (
            mock.patch.object(pick_lots, "_fulfil", _slowly(pick_lots._fulfil)),
            mock.patch.object(opening, "recall_lot", recall_lot if guarded else _state_only),
            mock.patch.object(opening, "_lock_reach", opening._lock_reach if guarded else _nothing_made),
        ):
            heard = at_once([*ship, recall])
        shipped = set(ShipmentLine.objects.filter(lot=lot).values_list("shipment__seller_order", flat=True))
        told = set(RecallNotice.objects.filter(recall__lot=lot).values_list("seller_order", flat=True))
        whole = heard["done"] + heard["lot_short"] == PACKERS + 1 and len(shipped) == heard["done"] - 1
        rounds.append({"missed": len(shipped - told), "whole": whole})
    return {"rounds": rounds, "vendor": connection.vendor}


def race_of_blends(repeats: int = 2, guarded: bool = True) -> dict[str, Any]:
    """A lot is recalled while others are made of it, and of those again. Per round: lots made of it that are still for
    sale, and whether each blender either made one or was refused. `guarded` False: the recall locks nothing first."""
    rounds = []
    for number in range(repeats):
        variant = make_variant(on_hand=50)
        lot = HarvestLot.objects.select_related("enterprise__unit").get(product=variant.product_id)
        blend((lot, 30), into=(variant, f"F{number}", 30))
        first = HarvestLot.objects.get(number=f"F{number}")
        acts = [
            partial(blend, (source, 5), into=(variant, f"B{number}-{place}", 5))
            for place, source in enumerate([lot, first] * (PACKERS // 2))
        ]
        officer = make_officer(lot.enterprise.unit)
        recall = partial(opening.open_recall, lot, severity="1", reason="so", by=officer, now=NOW)
        with mock.patch.object(opening, "_lock_reach", opening._lock_reach if guarded else _read_early):
            heard = at_once([*acts, recall])
        missed = [one.number for one in harvests_made_from(lot) if one.state != S.RECALLED]
        refused = heard["lot_closed"] + heard["lot_short"]
        rounds.append({"missed": len(missed), "whole": heard["done"] + refused == PACKERS + 1})
    return {"rounds": rounds, "vendor": connection.vendor}


def _nothing_made(lot: HarvestLot) -> list[HarvestLot]:
    return []


def _read_early(lot: HarvestLot) -> list[HarvestLot]:
    found = harvests_made_from(lot)
    time.sleep(0.3)
    return found


def _slowly(fulfil: Any) -> Any:
    def slow(*arguments: Any) -> None:
        time.sleep(0.05)
        fulfil(*arguments)

    return slow


def _state_only(lot: HarvestLot, *, reason: str, by: Any, now: Any) -> HarvestLot:
    row = HarvestLot.objects.get(pk=lot.pk)
    transition(row, S.RECALLED, by=by, reason=reason, now=now)
    return row
