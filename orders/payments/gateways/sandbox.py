"""The sandbox: a local page whose buttons decide. Its truth is kept in the cache, as a provider would keep it: away
from our payment rows, so that the whole way through `fetch` is walked."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.cache import cache

from market.common.clock import read_clock
from orders.payments.gateways.base import Attempt, GatewayError, Outcome, RefundOutcome, Taken

KEEP = 14 * 24 * 3600
OUTCOMES = {"succeed": "captured", "fail": "failed", "delay": "processing"}
DELAY = timedelta(seconds=8)


class SandboxGateway:
    code = "sandbox"
    is_instant = True
    us_nexus: frozenset[str] = frozenset()

    def methods(self, currency: str) -> list[str]:
        return []

    def pay_by(self, now: datetime) -> datetime:
        return now + timedelta(minutes=30)

    def start(self, attempt: Attempt) -> Outcome:
        ref = f"sb-{attempt.key}"
        row = {"state": "action_required", "amount": str(attempt.amount), "currency": attempt.currency, "refunds": {}}
        cache.add(_key(ref), row, KEEP)
        return Outcome(ref, "action_required", next_action={"kind": "sandbox", "ref": ref})

    def fetch(self, provider_ref: str) -> Outcome:
        """Raises GatewayError for a reference the sandbox does not know (any more)."""
        row = _read(provider_ref)
        amount = Decimal(row["amount"])
        captured = amount if row["state"] == "captured" else Decimal(0)
        return Outcome(provider_ref, row["state"], amount=amount, currency=row["currency"], captured=captured)

    def cancel(self, provider_ref: str, key: str) -> Outcome:
        row = _read(provider_ref)
        if row["state"] not in ("captured", "processing"):
            cache.set(_key(provider_ref), row | {"state": "cancelled"}, KEEP)
        return self.fetch(provider_ref)

    def refund(self, provider_ref: str, amount: Decimal, currency: str, key: str) -> RefundOutcome:
        row = _read(provider_ref)
        if key not in row["refunds"]:
            given = sum((Decimal(part) for part in row["refunds"].values()), Decimal(0))
            if row["state"] != "captured" or currency != row["currency"] or given + amount > Decimal(row["amount"]):
                return RefundOutcome("", "failed", refused="more than was paid and not yet sent back")
            cache.set(_key(provider_ref), row | {"refunds": row["refunds"] | {key: str(amount)}}, KEEP)
        return RefundOutcome(f"re-{key}", "succeeded")

    def fetch_refund(self, refund_ref: str) -> RefundOutcome:
        return RefundOutcome(refund_ref, "succeeded")

    def taken(self, provider_ref: str) -> list[Taken]:
        """Nobody but us sends money back here."""
        return []


def press(provider_ref: str, outcome: str) -> None:
    """What the page's button does at the provider: succeed, fail or delay. A payment that is over stays as it is; a
    delayed one succeeds by itself after DELAY."""
    row = _read(provider_ref)
    if row["state"] in ("captured", "cancelled"):
        return
    pressed = row | {"state": OUTCOMES[outcome], "pressed_at": read_clock().isoformat()}
    cache.set(_key(provider_ref), pressed, KEEP)


def _read(provider_ref: str) -> dict[str, Any]:
    row: dict[str, Any] | None = cache.get(_key(provider_ref))
    if row is None:
        raise GatewayError(f"the sandbox does not know {provider_ref}")
    if row["state"] == "processing" and datetime.fromisoformat(row["pressed_at"]) + DELAY <= read_clock():
        row = row | {"state": "captured"}
        cache.set(_key(provider_ref), row, KEEP)
    return row


def _key(provider_ref: str) -> str:
    return f"sandbox-gateway:{provider_ref}"
