"""Stripe PaymentIntents. Separate charges and transfers stand ready in the ledger; payouts by Connect come later.

Never an application fee here (payments.md, section 7). Amounts by our own exponent table.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

import stripe
from django.conf import settings

from market.common.money import from_minor, to_minor
from orders.payments.gateways.base import Attempt, GatewayError, Outcome, RefundOutcome

TIMEOUT_SECONDS = 15
RETRIES = 2
T = TypeVar("T")

STATES = {
    "requires_payment_method": "created",
    "requires_confirmation": "action_required",
    "requires_action": "action_required",
    "processing": "processing",
    "requires_capture": "authorised",
    "succeeded": "captured",
    "canceled": "cancelled",
}


class StripeGateway:
    code = "stripe"
    is_instant = True

    def pay_by(self, now: datetime) -> datetime:
        return now + timedelta(minutes=30)

    def start(self, attempt: Attempt) -> Outcome:
        def create() -> Any:
            return _client().v1.payment_intents.create(
                {
                    "amount": to_minor(attempt.amount, attempt.currency),
                    "currency": attempt.currency.lower(),
                    "description": attempt.description,
                    "metadata": {"purchase": attempt.purchase_number},
                    "transfer_group": attempt.purchase_number,
                    "automatic_payment_methods": {"enabled": True},
                },
                {"idempotency_key": attempt.key},
            )

        try:
            intent = _call(create)
        except stripe.InvalidRequestError as error:
            return Outcome("", "failed", refused=str(error.user_message or error.code or "invalid request"))
        action = {
            "kind": "stripe",
            "client_secret": intent.client_secret,
            "publishable_key": settings.STRIPE_PUBLISHABLE_KEY,
        }
        return Outcome(intent.id, "action_required", next_action=action)

    def fetch(self, provider_ref: str) -> Outcome:
        intent = _call(lambda: _client().v1.payment_intents.retrieve(provider_ref))
        currency = intent.currency.upper()
        state = STATES.get(intent.status, "processing")
        if state == "created" and intent.last_payment_error:
            state = "failed"
        return Outcome(
            intent.id,
            state,
            amount=from_minor(intent.amount, currency),
            currency=currency,
            captured=from_minor(intent.amount_received or 0, currency),
        )

    def refund(self, provider_ref: str, amount: Decimal, currency: str, key: str) -> RefundOutcome:
        def create() -> Any:
            return _client().v1.refunds.create(
                {"payment_intent": provider_ref, "amount": to_minor(amount, currency), "metadata": {"refund": key}},
                {"idempotency_key": key},
            )

        try:
            refund = _call(create)
        except stripe.InvalidRequestError as error:
            return RefundOutcome("", "failed", refused=str(error.user_message or error.code or "invalid request"))
        state = {"succeeded": "succeeded", "failed": "failed", "canceled": "failed"}.get(refund.status or "", "pending")
        return RefundOutcome(refund.id, state)


def _client() -> stripe.StripeClient:
    base: Any = {"api": settings.STRIPE_API_BASE} if settings.STRIPE_API_BASE else {}
    return stripe.StripeClient(
        settings.STRIPE_SECRET_KEY,
        base_addresses=base,
        max_network_retries=RETRIES,
        http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
    )


def _call(request: Callable[[], T]) -> T:
    """A timeout or a server error is an unknown outcome, not a refusal. Invalid requests go to the caller."""
    try:
        return request()
    except stripe.InvalidRequestError:
        raise
    except stripe.StripeError as error:
        raise GatewayError(f"stripe: {type(error).__name__}") from error
