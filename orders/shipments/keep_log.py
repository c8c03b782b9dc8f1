"""Readings into rows, and all rows of a shipment into its log. The caller holds the shipment's row lock."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Final

from orders.shipments.carriers.base import Reading
from orders.shipments.errors import LogFullError
from orders.shipments.models import Shipment, TemperatureLog, TemperatureReading
from orders.shipments.temperature import Limits, Log, Measured, is_believed, read_log, spelt

MOST_READINGS: Final = 10_000  # of a shipment: a week by the minute
MOST_EXCURSIONS: Final = 50
FIELDS: Final = ("parcel", "sensor", "at", "celsius", "received_at")


def keep_readings(
    shipment: Shipment,
    parcel: str,
    readings: Sequence[Reading],
    *,
    source: str,
    ordered_at: datetime | None,
    received_at: datetime,
) -> tuple[TemperatureLog, bool]:
    """Adds those not yet known; the log as it stands then, and whether anything was added. All or none: raises
    LogFullError, and nothing is changed then. At most six statements."""
    known = _known(shipment)
    told = {
        (parcel, reading.sensor, reading.at, reading.celsius): Measured(
            parcel, reading.sensor, reading.at, reading.celsius, received_at
        )
        for reading in readings
    }
    new = [one for key, one in told.items() if key not in known]
    if len(known) + len(new) > MOST_READINGS:
        raise LogFullError(f"the temperature log of {shipment.number} holds {MOST_READINGS} readings and is full")
    TemperatureReading.objects.bulk_create(
        [TemperatureReading(shipment=shipment, source=source, **asdict(one)) for one in new], batch_size=500
    )
    late = [
        one
        for key, one in told.items()
        if key in known and not is_believed(known[key], ordered_at=None) and received_at > known[key].received_at
    ]
    for one in late:  # hardly ever: told before its time had come
        rows = TemperatureReading.objects.filter(shipment=shipment, parcel=one.parcel, sensor=one.sensor, at=one.at)
        rows.filter(celsius=one.celsius).update(received_at=received_at)
    log, _made = TemperatureLog.objects.get_or_create(shipment=shipment)
    _write(log, read_log([*known.values(), *told.values()], log.limits, ordered_at=ordered_at))
    return log, bool(new)


def agree_limits(shipment: Shipment, limits: Limits, *, ordered_at: datetime | None) -> TemperatureLog | None:
    """The range that holds from now on, also for what was measured before; None where one was agreed already."""
    log, _made = TemperatureLog.objects.get_or_create(shipment=shipment)
    if log.limits.are_known:
        return None
    log.lower, log.upper = limits.lower, limits.upper
    _write(log, read_log(_known(shipment).values(), limits, ordered_at=ordered_at))
    return log


def _known(shipment: Shipment) -> dict[tuple[str, str, datetime, Decimal], Measured]:
    rows = TemperatureReading.objects.filter(shipment=shipment).values_list(*FIELDS)
    return {row[:4]: Measured(*row) for row in rows}


def _write(log: TemperatureLog, found: Log) -> None:
    for name in ("readings", "lowest", "highest", "first_at", "last_at"):
        setattr(log, name, getattr(found, name))
    log.excursion_count = len(found.excursions)
    log.excursions = [spelt(one) for one in found.excursions[:MOST_EXCURSIONS]]
    log.spans = [spelt(span) for span in found.spans]
    log.save()
