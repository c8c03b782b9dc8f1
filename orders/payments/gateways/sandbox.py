"""The sandbox: a local page whose buttons decide. Its truth is kept in the cache, as a provider would keep it: away
from our payment rows, so that the whole way through `fetch` is walked."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.cache import cache

from orders.payments.gateways.base import Attempt, GatewayError, Outcome, RefundOutcome

KEEP = 7 * 24 * 3600
OUTCOMES = {"succeed": "captured", "fail": "failed", "delay": "processing"}


class SandboxGateway:
    code = "sandbox"
    is_instant = True

    def pay_by(self, now: datetime) -> datetime:
        return now + timedelta(minutes=30)

    def start(self, attempt: Attempt) -> Outcome:
        ref = f"sb-{attempt.key}"
        cache.add(
            _key(ref),
            {"state": "action_required", "amount": str(attempt.amount), "currency": attempt.currency, "refunded": "0"},
            KEEP,
        )
        return Outcome(ref, "action_required", next_action={"kind": "sandbox", "ref": ref})

    def fetch(self, provider_ref: str) -> Outcome:
        """Raises GatewayError for a reference the sandbox does not know (any more)."""
        row = _read(provider_ref)
        amount = Decimal(row["amount"])
        captured = amount if row["state"] == "captured" else Decimal(0)
        return Outcome(provider_ref, row["state"], amount=amount, currency=row["currency"], captured=captured)

    def refund(self, provider_ref: str, amount: Decimal, currency: str, key: str) -> RefundOutcome:
        return RefundOutcome(f"re-{key}", "succeeded")


def press(provider_ref: str, outcome: str) -> None:
    """What the page's button does at the provider: succeed, fail or delay."""
    row = _read(provider_ref)
    cache.set(_key(provider_ref), row | {"state": OUTCOMES[outcome]}, KEEP)


def _read(provider_ref: str) -> dict[str, Any]:
    row: dict[str, Any] | None = cache.get(_key(provider_ref))
    if row is None:
        raise GatewayError(f"the sandbox does not know {provider_ref}")
    return row


def _key(provider_ref: str) -> str:
    return f"sandbox-gateway:{provider_ref}"
