"""Temperature readings in a partner's JSON: each is right, or the whole message is unreadable."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from orders.shipments.carriers.base import Reading, UnreadableError
from orders.shipments.carriers.values import as_dict, as_list, text, utc_time

MOST = 1_000  # in one message
LOWEST, HIGHEST = -200, 200  # what can be meant: from liquid nitrogen to an oven
HAND = "hand"  # the `sensor` of a thermometer that a person read
_HUNDREDTH = Decimal("0.01")


def readings_of(*places: Mapping[str, Any]) -> list[Reading]:
    """Of the `readings` (at, celsius, sensor) in each of these objects; each has a `sensor` for those that name none.
    Raises UnreadableError."""
    rows = [(as_dict(row), place.get("sensor")) for place in places for row in as_list(place.get("readings"))]
    if len(rows) > MOST:
        raise UnreadableError(f"more than {MOST} readings in one message")
    return [
        Reading(utc_time(row.get("at")), celsius(row.get("celsius")), text(row.get("sensor") or sensor, 40).strip())
        for row, sensor in rows
    ]


def celsius(value: Any) -> Decimal:
    """A JSON number from -200 to 200, to the hundredth. Raises UnreadableError."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UnreadableError("celsius is no number")
    if not LOWEST <= value <= HIGHEST:  # nor is anything that is no number at all
        raise UnreadableError(f"celsius is not between {LOWEST} and {HIGHEST}")
    return Decimal(repr(value)).quantize(_HUNDREDTH) + 0  # minus zero is zero
