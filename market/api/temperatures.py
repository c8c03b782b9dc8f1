"""The temperature log of a shipment, as every answer shows it."""

from datetime import datetime
from typing import Any

from ninja import Schema

from market.common.quantity import plain
from orders.shipments.models import Shipment, TemperatureLog


class ExcursionSeen(Schema):
    """From the first to the last reading outside, degrees Celsius; `sensor` is `hand` where a person read it, `parcel`
    empty where the readings were of the whole shipment."""

    begins: datetime
    ends: datetime
    peak: str
    is_warm: bool
    readings: int
    sensor: str
    parcel: str


class TemperatureSeen(Schema):
    """`lower` and `upper` are the range agreed, degrees Celsius. `verdict`: `kept`, `left`, or `unknown` where nothing
    was measured or nothing agreed. `excursions` are the first fifty of `excursion_count`."""

    lower: int | None
    upper: int | None
    verdict: str
    readings: int
    lowest: str | None
    highest: str | None
    first_at: datetime | None
    last_at: datetime | None
    excursion_count: int
    excursions: list[ExcursionSeen]


def temperature_of(shipment: Shipment) -> dict[str, Any] | None:
    """None where nothing was agreed and nothing measured."""
    log: TemperatureLog | None = getattr(shipment, "temperature", None)
    if log is None:
        return None
    as_they_are = ("lower", "upper", "readings", "first_at", "last_at", "excursion_count", "excursions")
    return {
        **{name: getattr(log, name) for name in as_they_are},
        "verdict": log.verdict,
        "lowest": None if log.lowest is None else plain(log.lowest),
        "highest": None if log.highest is None else plain(log.highest),
    }
