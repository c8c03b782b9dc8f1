"""What every carrier adapter is: plain functions over values, no database (carriers.md, top).

An adapter is a module with these names; adding one is one file, one line in `MARKET_CARRIERS`, and the shared contract
test passes. A partner that can be called has more, see `calls.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

MAX_BYTES = 256 * 1024
JSON = frozenset({"application/json", "application/ld+json", "text/json"})
FORM = frozenset({"application/x-www-form-urlencoded"})


class BadSignatureError(Exception):
    """Missing, wrong, truncated, too old or from the future: one error for all, and nothing is told to the sender."""


class UnreadableError(Exception):
    """Verified, but not what the partner's format promises: parked for a person."""


@dataclass(frozen=True)
class CarrierEvent:
    """`key` is the partner's id or derived from the content; `occurred_at` in UTC.

    `status` empty moves nothing. `sequence` counts from the oldest, 0 where the partner gives none. `kind` is a
    milestone of section 4, `group` the partner's own sort of event. `local_time` is what was written where no zone is
    known. Of two copies with one key the one with the newer `version` counts; of one version the same one whichever
    came first. `weight_kg` is what the scales showed then.
    """

    key: str
    occurred_at: datetime
    status: str
    substatus: str = ""
    flags: tuple[str, ...] = ()
    place: str = ""
    text: str = ""
    raw_code: str = ""
    sequence: int = 0
    classifier: str = "ACT"
    kind: str = ""
    group: str = ""
    local_time: str = ""
    location: str = ""
    version: datetime | None = None
    is_retracted: bool = False
    is_unmapped: bool = False
    weight_kg: Decimal | None = None


@dataclass(frozen=True)
class Reading:
    """What a thermometer showed: degrees Celsius in hundredths. `sensor` tells loggers of one parcel apart."""

    at: datetime
    celsius: Decimal
    sensor: str = ""


@dataclass(frozen=True)
class Report:
    """What one push says of one tracking number. `as_of` is the push's own time: it decides between two ETAs.

    `references` are further numbers (container, booking, bill_of_lading) a shipment may be known by; `parcel` is the
    piece all this is about when a shipment has several. With `is_snapshot` the events are the whole history: what is
    missing in the newest one has been withdrawn. `readings` only ever add to the temperature log.
    """

    tracking_number: str
    carrier: str = ""
    events: Sequence[CarrierEvent] = ()
    eta: str = ""
    eta_from: str = ""
    eta_to: str = ""
    monitoring: str = ""
    corrected_carrier: str = ""
    signed_by: str = ""
    parcel: str = ""
    references: Mapping[str, str] = field(default_factory=dict)
    as_of: datetime | None = None
    is_snapshot: bool = False
    readings: Sequence[Reading] = ()

    @property
    def numbers(self) -> list[str]:
        return list(dict.fromkeys(filter(None, [self.tracking_number, self.parcel, *self.references.values()])))


@dataclass(frozen=True)
class Push:
    """One verified body: reports; or a control message of the subscription (`secret` confirms it); or only the
    addresses of what changed (`thin`); or some other object, kept and left alone (`is_ignored`)."""

    reports: Sequence[Report] = ()
    control: str = ""
    secret: str = field(default="", repr=False)
    thin: tuple[str, ...] = ()
    is_ignored: bool = False


@dataclass(frozen=True)
class Reply:
    status: int = 202
    body: Mapping[str, Any] = field(default_factory=dict)


class Carrier(Protocol):
    CONTENT_TYPES: frozenset[str]
    MAX_BYTES: int

    def authenticate(self, raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime) -> None:
        """Raises BadSignatureError unless one live secret signed exactly these bytes. `headers` in lower case."""
        ...

    def event_id(self, raw: bytes, headers: Mapping[str, str]) -> str:
        """The partner's own id of the push, or empty where it has none (then the body's digest counts)."""
        ...

    def parse(self, raw: bytes) -> Push:
        """Raises UnreadableError, and nothing else whatever the bytes."""
        ...

    def reply(self, raw: bytes) -> Reply:
        """What this partner wants to hear when the message is stored."""
        ...

    def refusal(self) -> Reply:
        """What it hears when the message is not from a live key."""
        ...
