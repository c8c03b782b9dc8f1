"""All temperature readings of a shipment into one log with its excursions. Pure: any order and any repetition of
arrival gives the same.

An excursion is a stretch of one logger's readings on one side of the agreed range: each follows the one before within
`GAP`, and no reading between them lies inside or on the other side. It begins and ends with a reading, so that nothing
is claimed of a time nobody measured; two readings outside that are further apart are two excursions.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _

from market.common.quantity import plain
from orders.shipments.fold import ANCIENT, FUTURE

GAP = timedelta(hours=2)
MOST_SPANS = 24
COLDEST, WARMEST = -60, 60  # what can be agreed, degrees Celsius
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Limits:
    """The range agreed, degrees Celsius, both ends allowed; None: open on that side."""

    lower: int | None = None
    upper: int | None = None

    @property
    def are_known(self) -> bool:
        return self.lower is not None or self.upper is not None

    def excess(self, celsius: Decimal) -> Decimal:
        """Degrees above the range, or below it as a negative number; 0 inside, and where nothing is agreed."""
        if self.upper is not None and celsius > self.upper:
            return celsius - self.upper
        if self.lower is not None and celsius < self.lower:
            return celsius - self.lower
        return Decimal(0)

    def problems(self) -> dict[str, str]:
        """Field name -> what to do; empty when it can be agreed."""
        for name, value in (("temperature_from", self.lower), ("temperature_to", self.upper)):
            if value is not None and not COLDEST <= value <= WARMEST:
                limits = {"low": COLDEST, "high": WARMEST}
                return {name: _("Between %(low)s and %(high)s degrees, please.") % limits}
        if self.lower is not None and self.upper is not None and self.lower > self.upper:
            return {"temperature_to": _("The upper limit must not be below the lower one.")}
        return {}


@dataclass(frozen=True)
class Measured:
    """One reading as the log sees it: degrees Celsius at `at`, by the `sensor` in the `parcel` (both may be empty)."""

    parcel: str
    sensor: str
    at: datetime
    celsius: Decimal
    received_at: datetime


@dataclass(frozen=True)
class Excursion:
    """From the first to the last reading outside; `peak` is the one farthest outside. `readings` counts instants."""

    parcel: str
    sensor: str
    begins: datetime
    ends: datetime
    peak: Decimal
    readings: int
    is_warm: bool

    @property
    def lasts(self) -> timedelta:
        return self.ends - self.begins

    @classmethod
    def written(cls, row: Mapping[str, Any]) -> "Excursion":
        """From JSON, as `spelt` writes it."""
        times = {name: datetime.fromisoformat(row[name]) for name in ("begins", "ends")}
        return cls(**{**row, **times, "peak": Decimal(row["peak"])})


@dataclass(frozen=True)
class Span:
    """Lowest and highest of the readings in one of at most 24 equal parts of the whole time."""

    begins: datetime
    lowest: Decimal
    highest: Decimal

    @classmethod
    def written(cls, row: Mapping[str, Any]) -> "Span":
        return cls(datetime.fromisoformat(row["begins"]), Decimal(row["lowest"]), Decimal(row["highest"]))


class Verdict(StrEnum):
    """`UNKNOWN`: nothing was measured, or no range was agreed to measure it by."""

    UNKNOWN = "unknown"
    KEPT = "kept"
    LEFT = "left"


@dataclass(frozen=True)
class Log:
    """`readings` are those that count, each once. Without a known range there are no excursions, and nothing is said
    of whether it was kept."""

    readings: int = 0
    lowest: Decimal | None = None
    highest: Decimal | None = None
    first_at: datetime | None = None
    last_at: datetime | None = None
    excursions: tuple[Excursion, ...] = ()
    spans: tuple[Span, ...] = ()


def spelt(facts: Excursion | Span) -> dict[str, Any]:
    """For JSON: times in ISO 8601, temperatures as text."""
    written = dict[str, Any]()
    for name, value in asdict(facts).items():
        if isinstance(value, datetime):
            value = value.isoformat()
        written[name] = plain(value) if isinstance(value, Decimal) else value
    return written


def read_log(
    copies: Iterable[Measured],
    limits: Limits,
    *,
    ordered_at: datetime | None = None,
    ended: Mapping[str, datetime] = MappingProxyType({}),
) -> Log:
    """A reading told several times counts once. As with events, one that lies more than 24 hours after its receipt, or
    180 days before `ordered_at`, is not believed; of several copies it is enough that one is. `ended` is when the
    journey of a parcel, or of the whole (empty), was over: a logger goes on in the empty truck, which says nothing.
    """
    found = {
        (copy.parcel, copy.sensor, copy.at, copy.celsius)
        for copy in copies
        if is_believed(copy, ordered_at=ordered_at) and not _is_after(copy, ended)
    }
    if not found:
        return Log()
    temperatures = [celsius for _parcel, _sensor, _at, celsius in found]
    times = [at for _parcel, _sensor, at, _celsius in found]
    return Log(
        readings=len(found),
        lowest=min(temperatures),
        highest=max(temperatures),
        first_at=min(times),
        last_at=max(times),
        excursions=_excursions(found, limits) if limits.are_known else (),
        spans=_spans(list(zip(times, temperatures, strict=True))),
    )


def is_believed(copy: Measured, *, ordered_at: datetime | None) -> bool:
    is_old = ordered_at is not None and copy.at < ordered_at - ANCIENT
    return copy.at <= copy.received_at + FUTURE and not is_old


def _is_after(copy: Measured, ended: Mapping[str, datetime]) -> bool:
    end = ended.get(copy.parcel) or ended.get("")
    return end is not None and copy.at > end


def _excursions(found: Iterable[tuple[str, str, datetime, Decimal]], limits: Limits) -> tuple[Excursion, ...]:
    """Of two readings of one logger at one instant the one farther outside counts, above before below."""
    series: dict[tuple[str, str], dict[datetime, list[Decimal]]] = defaultdict(lambda: defaultdict(list))
    for parcel, sensor, at, celsius in found:
        series[parcel, sensor][at].append(celsius)
    excursions = list[Excursion]()
    for (parcel, sensor), instants in series.items():
        for run in _runs([(at, _worst(values, limits)) for at, values in sorted(instants.items())], limits):
            peak = _worst([celsius for _at, celsius in run], limits)
            is_warm = limits.excess(peak) > 0
            excursions.append(Excursion(parcel, sensor, run[0][0], run[-1][0], peak, len(run), is_warm))
    return tuple(sorted(excursions, key=lambda one: (one.begins, one.parcel, one.sensor, one.ends)))


def _runs(points: Sequence[tuple[datetime, Decimal]], limits: Limits) -> list[list[tuple[datetime, Decimal]]]:
    """Stretches outside, of points in time order."""
    runs = list[list[tuple[datetime, Decimal]]]()
    sides = [_side(limits.excess(celsius)) for _at, celsius in points]
    joined = [False, *(after[0] - before[0] <= GAP for before, after in pairwise(points))]
    for place, point in enumerate(points):
        if not sides[place]:
            continue
        if joined[place] and sides[place - 1] == sides[place]:
            runs[-1].append(point)
        else:
            runs.append([point])
    return runs


def _side(excess: Decimal) -> int:
    return (excess > 0) - (excess < 0)


def _worst(values: Iterable[Decimal], limits: Limits) -> Decimal:
    return max(values, key=lambda celsius: (abs(limits.excess(celsius)), celsius))


def _spans(points: Sequence[tuple[datetime, Decimal]]) -> tuple[Span, ...]:
    """Those with a reading in them, in time order."""
    first = min(at for at, _celsius in points)
    whole = max(at for at, _celsius in points) - first
    length = max(whole // MOST_SPANS + SECOND, SECOND)
    parts: dict[int, list[Decimal]] = defaultdict(list)
    for at, celsius in points:
        parts[(at - first) // length].append(celsius)
    return tuple(Span(first + part * length, min(values), max(values)) for part, values in sorted(parts.items()))
