"""Stripe's refunds and disputes as money that was taken back (payments.md, section 7)."""

from datetime import UTC, datetime
from typing import Any, Final

from orders.payments.gateways.base import Taken
from orders.payments.gateways.stripe_amounts import from_stripe

# A refund leaves our balance when it is made, also while it is pending.
REFUNDS: Final = {
    "requires_action": "announced",
    "pending": "taken",
    "succeeded": "final",
    "failed": "returned",
    "canceled": "returned",
}
# An inquiry (`warning_…`) takes nothing.
DISPUTES: Final = {
    "warning_needs_response": "announced",
    "warning_under_review": "announced",
    "warning_closed": "returned",
    "prevented": "returned",
    "needs_response": "taken",
    "under_review": "taken",
    "lost": "final",
    "won": "returned",
}


def refunded(row: dict[str, Any]) -> Taken:
    key = str((row.get("metadata") or {}).get("refund") or "")
    return _taken(row, "refund", REFUNDS.get(row.get("status") or "", "taken"), key)


def disputed(row: dict[str, Any]) -> Taken:
    """A dispute that is won has come back only when the money has."""
    state = DISPUTES.get(row.get("status") or "", "taken")
    moved = sum(part["amount"] for part in row.get("balance_transactions") or [])
    return _taken(row, "dispute", "taken" if state == "returned" and moved < 0 else state, "")


def _taken(row: dict[str, Any], kind: str, state: str, key: str) -> Taken:
    currency = row["currency"].upper()
    return Taken(
        provider_ref=row["id"],
        kind=kind,
        state=state,
        amount=from_stripe(row["amount"], currency),
        currency=currency,
        at=datetime.fromtimestamp(row["created"], UTC),
        reason=str(row.get("reason") or "")[:100],
        key=key,
    )
