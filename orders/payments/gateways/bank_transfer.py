"""Bank transfer: the buyer quotes a reference, an officer or a statement import confirms what came."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.utils import timezone

from orders.payments.gateways.base import Attempt, Outcome, RefundOutcome, Taken

WORKING_DAYS = 3
_SATURDAY = 5


class BankTransferGateway:
    code = "bank_transfer"
    is_instant = False
    us_nexus: frozenset[str] = frozenset()

    def methods(self, currency: str) -> list[str]:
        return []

    def pay_by(self, now: datetime) -> datetime:
        """End of the third working day (Monday to Friday), local time."""
        day = timezone.localtime(now)
        left = WORKING_DAYS
        while left:
            day += timedelta(days=1)
            left -= day.weekday() < _SATURDAY
        return day.replace(hour=23, minute=59, second=59, microsecond=0)

    def start(self, attempt: Attempt) -> Outcome:
        """The reference is the purchase number: short, readable, checked by nobody's memory."""
        return Outcome(
            provider_ref=attempt.key,
            state="action_required",
            next_action={
                "kind": "bank_details",
                "reference": attempt.purchase_number,
                "account": settings.MARKET_BANK_ACCOUNT,
            },
        )

    def fetch(self, provider_ref: str) -> Outcome:
        """The bank tells us by statement only."""
        return Outcome(provider_ref=provider_ref, state="action_required")

    def cancel(self, provider_ref: str, key: str) -> Outcome:
        """Nobody has to be told: what still comes in by this reference is matched as late."""
        return Outcome(provider_ref, "cancelled")

    def refund(self, provider_ref: str, amount: Decimal, currency: str, key: str) -> RefundOutcome:
        """Goes out with the next bank file, confirmed by a later statement."""
        return RefundOutcome(provider_ref=key, state="pending")

    def fetch_refund(self, refund_ref: str) -> RefundOutcome:
        return RefundOutcome(refund_ref, "pending")

    def taken(self, provider_ref: str) -> list[Taken]:
        """A transfer is not taken back; what leaves our account stands in the statement."""
        return []
