"""What every carrier adapter is: plain functions over values, no database (carriers.md, top).

An adapter is a module with these names; adding one is one file, one line in `MARKET_CARRIERS`, and the shared contract
test passes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


class BadSignatureError(Exception):
    """Missing, wrong, truncated, too old or from the future: one error for all, and nothing is told to the sender."""


class UnreadableError(Exception):
    """Verified, but not what the partner's format promises: parked for a person."""


@dataclass(frozen=True)
class CarrierEvent:
    """`key` is the partner's id or derived from the content; `occurred_at` in UTC."""

    key: str
    occurred_at: datetime
    status: str
    substatus: str = ""
    flags: tuple[str, ...] = ()
    place: str = ""
    text: str = ""
    raw_code: str = ""
    sequence: int = 0


@dataclass(frozen=True)
class Report:
    """What one push says of one tracking number."""

    tracking_number: str
    carrier: str = ""
    events: Sequence[CarrierEvent] = ()
    eta: str = ""
    monitoring: str = ""


@dataclass(frozen=True)
class Reply:
    status: int = 202
    body: Mapping[str, Any] = field(default_factory=dict)


class Carrier(Protocol):
    def authenticate(self, raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime) -> None:
        """Raises BadSignatureError unless one live secret signed exactly these bytes. `headers` in lower case."""
        ...

    def event_id(self, raw: bytes, headers: Mapping[str, str]) -> str:
        """The partner's own id of the push, or empty where it has none (then the body's digest counts)."""
        ...

    def parse(self, raw: bytes) -> list[Report]:
        """Raises UnreadableError. Empty: verified and nothing to do."""
        ...

    def reply(self) -> Reply: ...
