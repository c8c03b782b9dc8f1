"""A temperature outside the range agreed is raised to the seller once, and stays raised."""

from datetime import datetime

from market.common.outbox.record import record_event
from orders.shipments.keep_log import agree_limits
from orders.shipments.models import Shipment, TemperatureLog
from orders.shipments.reads import lock_shipments
from orders.shipments.temperature import Limits


def raise_excursion(shipment: Shipment, log: TemperatureLog, *, now: datetime) -> None:
    """Effects, when the log has an excursion: the shipment needs attention from its first one on; the first time, an
    outbox event `shipment.out_of_range` for the seller's system. The caller holds the shipment's row lock."""
    first = log.stretches[0].begins if log.excursion_count else None
    if first is None or first == shipment.out_of_range_at:
        return
    is_news = shipment.out_of_range_at is None
    shipment.out_of_range_at = first
    shipment.save(update_fields=["out_of_range_at"])
    if is_news:
        record_event("shipment.out_of_range", shipment.number, now=now)


def agree_range(shipment: Shipment, limits: Limits, *, now: datetime) -> bool:
    """The range for a shipment that has none yet; whether it is the one that holds now. What was measured before is
    judged by it. Part of the caller's transaction."""
    (row,) = lock_shipments([shipment.pk])
    log = agree_limits(row, limits, ordered_at=row.seller_order.placed_at)
    if log is None:
        return False
    raise_excursion(row, log, now=now)
    return True
