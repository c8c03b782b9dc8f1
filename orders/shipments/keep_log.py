"""Readings into rows, and all rows of a shipment into its log. The caller holds the shipment's row lock.

The log is folded by a worker step of its own, not with each message: a logger may tell a thousand readings one by one.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from orders.shipments.carriers.base import Reading
from orders.shipments.errors import LogFullError
from orders.shipments.models import TERMINAL, Parcel, Shipment, TemperatureLog, TemperatureReading
from orders.shipments.temperature import Limits, Measured, is_believed, read_log, spelt

MOST_READINGS: Final = 10_000  # of a shipment: a week by the minute
MOST_EXCURSIONS: Final = 50
BATCH: Final = 500
FIELDS: Final = ("parcel", "sensor", "at", "celsius", "received_at")
Key = tuple[str, str, datetime, Decimal]


def keep_readings(
    shipment: Shipment,
    parcel: str,
    readings: Sequence[Reading],
    *,
    source: str,
    received_at: datetime,
    now: datetime,
) -> bool:
    """Adds those not yet known, and notes that the log is to be folded; whether there were any. All or none: raises
    LogFullError, and nothing is changed then. However full the log is, it reads no more than what is told."""
    told = {(parcel, one.sensor, one.at, one.celsius): one for one in readings}
    known = _known(shipment, list(told))
    new = [
        TemperatureReading(
            shipment=shipment,
            parcel=parcel,
            sensor=one.sensor,
            at=one.at,
            celsius=one.celsius,
            source=source,
            received_at=received_at,
        )
        for key, one in told.items()
        if key not in known
    ]
    if new and TemperatureReading.objects.filter(shipment=shipment).count() + len(new) > MOST_READINGS:
        raise LogFullError(f"the temperature log of {shipment.number} holds {MOST_READINGS} readings and is full")
    TemperatureReading.objects.bulk_create(new, batch_size=BATCH)
    early = [
        row for row in known.values() if not is_believed(_copy(row), ordered_at=None) and row.received_at < received_at
    ]
    for row in early:  # told before its time had come, and now again
        row.received_at = received_at
        row.save(update_fields=["received_at"])
    if new or early:
        TemperatureLog.objects.get_or_create(shipment=shipment)
        note_change(shipment, now)
    return bool(new)


def note_change(shipment: Shipment, now: datetime) -> None:
    """The shipment's log, if there is one, is to be folded anew."""
    TemperatureLog.objects.filter(shipment=shipment, changed_at=None).update(changed_at=now)


def journey_ends(shipment: Shipment, parcels: Iterable[Parcel]) -> dict[str, datetime]:
    """When each parcel's journey was over, and the whole's under the empty name; those under way are missing."""
    facts = [*((row.number, row.status, row.status_at) for row in parcels), ("", shipment.status, shipment.status_at)]
    return {name: at for name, status, at in facts if status in TERMINAL and at is not None}


def fold_log(log: TemperatureLog, *, ordered_at: datetime | None, ended: Mapping[str, datetime]) -> None:
    """What all readings come to, for the range and the journey there are now."""
    rows = TemperatureReading.objects.filter(shipment=log.shipment_id).values_list(*FIELDS)
    found = read_log([Measured(*row) for row in rows], log.limits, ordered_at=ordered_at, ended=ended)
    for name in ("readings", "lowest", "highest", "first_at", "last_at"):
        setattr(log, name, getattr(found, name))
    log.excursion_count = len(found.excursions)
    log.excursions = [spelt(one) for one in found.excursions[:MOST_EXCURSIONS]]
    log.spans = [spelt(span) for span in found.spans]
    log.changed_at = None
    log.save()


def agree_limits(shipment: Shipment, limits: Limits, *, now: datetime) -> bool:
    """The range that holds from now on, also for what was measured before; False where one was agreed already."""
    TemperatureLog.objects.get_or_create(shipment=shipment)
    open_log = TemperatureLog.objects.filter(shipment=shipment, lower=None, upper=None)
    if not open_log.update(lower=limits.lower, upper=limits.upper):
        return False
    note_change(shipment, now)
    return True


def _known(shipment: Shipment, told: Sequence[Key]) -> dict[Key, TemperatureReading]:
    """Those of the readings told that are rows already."""
    found = dict[Key, TemperatureReading]()
    for start in range(0, len(told), BATCH):
        times = {at for _parcel, _sensor, at, _celsius in told[start : start + BATCH]}
        for row in TemperatureReading.objects.filter(shipment=shipment, at__in=times):
            found[row.parcel, row.sensor, row.at, row.celsius] = row
    return {key: found[key] for key in told if key in found}


def _copy(row: TemperatureReading) -> Measured:
    return Measured(row.parcel, row.sensor, row.at, row.celsius, row.received_at)
