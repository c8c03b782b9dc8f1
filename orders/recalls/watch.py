"""A step of upkeep: what orders that ended have set free of recalled lots is not for sale."""

from datetime import datetime

from django.db.models import F

from catalog.lots.actions.quarantine_lot import hold_recalled
from catalog.lots.models import HarvestLot


def hold_what_is_free(now: datetime) -> int:
    """Returns how many lots were looked at."""
    rows = HarvestLot.objects.filter(
        state=HarvestLot.State.RECALLED,
        stock__on_hand__gt=0,
        stock__stock_item__on_hand__gt=F("stock__stock_item__reserved"),
    )
    lots = list(rows.distinct().order_by("pk"))
    for lot in lots:
        hold_recalled(lot, by=None, now=now)
    return len(lots)
