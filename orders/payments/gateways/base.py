"""The gateway port: plain values in, a frozen result out, always a timeout, no database (payments.md, section 1)."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol


@dataclass(frozen=True)
class Attempt:
    """`key` is made from our row, never random: a retry is the same request. `amount` in the currency's units."""

    key: str
    purchase_number: str
    amount: Decimal
    currency: str
    description: str
    return_url: str


@dataclass(frozen=True)
class Outcome:
    """The provider's truth. `state` is one of Payment.State; `refused` says why not."""

    provider_ref: str
    state: str
    amount: Decimal | None = None
    currency: str = ""
    captured: Decimal = Decimal(0)
    next_action: dict[str, Any] = field(default_factory=dict)
    refused: str = ""


@dataclass(frozen=True)
class RefundOutcome:
    provider_ref: str
    state: str
    refused: str = ""


class GatewayError(Exception):
    """The provider did not answer, or not in a way we understand: the outcome is unknown, ask again later."""


class Gateway(Protocol):
    code: str
    is_instant: bool

    def pay_by(self, now: datetime) -> datetime:
        """When an attempt made now runs out."""
        ...

    def start(self, attempt: Attempt) -> Outcome: ...

    def fetch(self, provider_ref: str) -> Outcome: ...

    def refund(self, provider_ref: str, amount: Decimal, currency: str, key: str) -> RefundOutcome: ...
