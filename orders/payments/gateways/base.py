"""The gateway port: plain values in, a frozen result out, always a timeout, no database (payments.md, section 1)."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol


@dataclass(frozen=True)
class Attempt:
    """`key` is made from our row, never random: a retry is the same request. `amount` in the currency's units.
    `method`: a way of paying the gateway offers by itself (`methods`), or empty to leave it to the provider's page."""

    key: str
    purchase_number: str
    amount: Decimal
    currency: str
    description: str
    return_url: str
    method: str = ""


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
    """`state` is one of Refund.State."""

    provider_ref: str
    state: str
    refused: str = ""


@dataclass(frozen=True)
class Taken:
    """Money of a payment that went back at the provider. `kind`, `state`: of Reversal. `key`: ours, of the refund we
    asked for; empty for what we did not ask for."""

    provider_ref: str
    kind: str
    state: str
    amount: Decimal
    currency: str
    at: datetime
    reason: str = ""
    key: str = ""


class GatewayError(Exception):
    """The provider did not answer, or not in a way we understand: the outcome is unknown, ask again later."""


class Gateway(Protocol):
    """`is_instant`: it can be asked for the truth at any time; a bank only reports by statement. `us_nexus`: links to
    the United States using it makes (trade.md, 3.6), decided upon before it is used."""

    code: str
    is_instant: bool
    us_nexus: frozenset[str]

    def methods(self, currency: str) -> list[str]:
        """Codes a buyer may choose between before anything starts; empty: there is nothing to choose."""
        ...

    def pay_by(self, now: datetime) -> datetime:
        """When an attempt made now runs out."""
        ...

    def start(self, attempt: Attempt) -> Outcome:
        """What the provider refuses is an Outcome with `refused`, not an error."""
        ...

    def fetch(self, provider_ref: str) -> Outcome: ...

    def cancel(self, provider_ref: str, key: str) -> Outcome:
        """Closes an open attempt. The answer is the truth afterwards: one that was paid meanwhile stays paid."""
        ...

    def refund(self, provider_ref: str, amount: Decimal, currency: str, key: str) -> RefundOutcome:
        """Sends money back once for `key`, however often and how late it is asked again."""
        ...

    def fetch_refund(self, refund_ref: str) -> RefundOutcome: ...

    def taken(self, provider_ref: str) -> list[Taken]:
        """Everything that went back of a payment, whoever asked for it."""
        ...
