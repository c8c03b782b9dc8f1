"""Temperature logs that changed are folded anew; leaving the range agreed is raised to the seller once."""

from datetime import datetime

from django.db import transaction

from market.common.outbox.record import record_event
from orders.shipments.keep_log import fold_log, journey_ends
from orders.shipments.models import Shipment, TemperatureLog
from orders.shipments.reads import lock_shipments, parcels_of

BATCH = 50


def fold_logs(now: datetime) -> int:
    """A worker step: what waits longest first, each under its shipment's row lock, so that many workers fold it once.
    Effects of a log with an excursion: the shipment needs attention from its first one on; the first time, an outbox
    event `shipment.out_of_range` for the seller's system. Returns how many waited."""
    waiting = TemperatureLog.objects.filter(changed_at__isnull=False).order_by("changed_at", "pk")
    keys = list(waiting.values_list("shipment", flat=True)[:BATCH])
    for key in keys:
        with transaction.atomic():
            (shipment,) = lock_shipments([key])
            log = TemperatureLog.objects.get(shipment=shipment)
            if log.changed_at is not None:
                ended = journey_ends(shipment, parcels_of([key])[key].values())
                fold_log(log, ordered_at=shipment.seller_order.placed_at, ended=ended)
                _raise(shipment, log, now)
    return len(keys)


def _raise(shipment: Shipment, log: TemperatureLog, now: datetime) -> None:
    """What was measured after the journey's end may take it back, once that end is told; it is not told twice."""
    first = log.stretches[0].begins if log.excursion_count else None
    if first != shipment.out_of_range_at:
        shipment.out_of_range_at = first
        shipment.save(update_fields=["out_of_range_at"])
    if first is not None and log.raised_at is None:
        TemperatureLog.objects.filter(pk=log.pk).update(raised_at=now)
        record_event("shipment.out_of_range", shipment.number, now=now)
