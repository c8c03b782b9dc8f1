"""Stripe PaymentIntents. Separate charges and transfers stand ready in the ledger; payouts by Connect come later.

Never an application fee here (payments.md, section 7). Amounts by our own exponent table.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final, TypeVar

import stripe
from django.conf import settings

from orders.payments.gateways.base import Attempt, GatewayError, Outcome, RefundOutcome, Taken
from orders.payments.gateways.stripe_amounts import from_stripe, to_stripe
from orders.payments.gateways.stripe_taken import disputed, refunded

TIMEOUT_SECONDS = 15
RETRIES = 2
T = TypeVar("T")

STATES: Final = {
    "requires_payment_method": "created",
    "requires_confirmation": "action_required",
    "requires_action": "action_required",
    "processing": "processing",
    "requires_capture": "authorised",
    "succeeded": "captured",
    "canceled": "cancelled",
}
REFUND_STATES: Final = {"succeeded": "succeeded", "failed": "failed", "canceled": "failed"}
# Currencies each wallet takes (payments.md, section 10); cards take all of them.
WALLETS: Final = {
    "alipay": frozenset("AUD CAD CNY EUR GBP HKD JPY MYR NZD SGD USD".split()),
    "wechat_pay": frozenset("AUD CAD CHF CNY DKK EUR GBP HKD JPY NOK SEK SGD USD".split()),
}


class StripeGateway:
    code = "stripe"
    is_instant = True
    us_nexus = frozenset({"payment_provider"})

    def __init__(self, http_client: stripe.HTTPClient | None = None) -> None:
        """`http_client`: a stand-in for the network, in tests."""
        self._http_client = http_client

    def methods(self, currency: str) -> list[str]:
        return ["card", *(name for name, currencies in WALLETS.items() if currency in currencies)]

    def pay_by(self, now: datetime) -> datetime:
        return now + timedelta(minutes=30)

    def start(self, attempt: Attempt) -> Outcome:
        """A wallet is confirmed at once, so that its redirect or QR code can be shown without any script; a card needs
        Stripe's own form and its client secret."""
        try:
            fields = self._fields(attempt)
        except ValueError as error:
            return Outcome("", "failed", refused=str(error))
        try:
            intent = _call(lambda: self._client().v1.payment_intents.create(fields, {"idempotency_key": attempt.key}))
        except (stripe.InvalidRequestError, stripe.CardError) as error:
            return Outcome("", "failed", refused=_words(error))
        outcome = _outcome(intent)
        return Outcome(outcome.provider_ref, outcome.state, next_action=outcome.next_action)

    def _fields(self, attempt: Attempt) -> Any:
        methods = self.methods(attempt.currency)
        if attempt.method and attempt.method not in methods:
            raise ValueError(f"{attempt.method} does not take {attempt.currency}")
        fields: dict[str, Any] = {
            "amount": to_stripe(attempt.amount, attempt.currency),
            "currency": attempt.currency.lower(),
            "description": attempt.description,
            "metadata": {"purchase": attempt.purchase_number, "attempt": attempt.key},
            "transfer_group": attempt.purchase_number,
            "payment_method_types": [attempt.method] if attempt.method else methods,
        }
        if "wechat_pay" in fields["payment_method_types"]:
            fields["payment_method_options"] = {"wechat_pay": {"client": "web"}}
        if attempt.method in WALLETS:
            fields |= {
                "confirm": True,
                "payment_method_data": {"type": attempt.method},
                "return_url": attempt.return_url,
            }
        return fields

    def fetch(self, provider_ref: str) -> Outcome:
        return _outcome(_ask(lambda: self._client().v1.payment_intents.retrieve(provider_ref)))

    def cancel(self, provider_ref: str, key: str) -> Outcome:
        try:
            return _outcome(
                _call(
                    lambda: self._client().v1.payment_intents.cancel(
                        provider_ref, {"cancellation_reason": "abandoned"}, {"idempotency_key": key}
                    )
                )
            )
        except stripe.InvalidRequestError:
            return self.fetch(provider_ref)  # not in a state to be cancelled: paid, under way, or cancelled before

    def refund(self, provider_ref: str, amount: Decimal, currency: str, key: str) -> RefundOutcome:
        """Looks for a refund with our key first: Stripe forgets idempotency keys after a day, and money must not go
        twice."""
        known = _ask(lambda: self._refund_with(provider_ref, key))
        if known is not None:
            return _refund_outcome(known)
        try:
            fields: Any = {
                "payment_intent": provider_ref,
                "amount": to_stripe(amount, currency),
                "metadata": {"refund": key},
            }
            refund = _call(lambda: self._client().v1.refunds.create(fields, {"idempotency_key": key}))
        except stripe.InvalidRequestError as error:
            return RefundOutcome("", "failed", refused=_words(error))
        return _refund_outcome(refund)

    def _refund_with(self, provider_ref: str, key: str) -> Any:
        found = self._client().v1.refunds.list({"payment_intent": provider_ref, "limit": 100})
        for refund in found.auto_paging_iter():
            if (refund.to_dict().get("metadata") or {}).get("refund") == key:
                return refund
        return None

    def fetch_refund(self, refund_ref: str) -> RefundOutcome:
        return _refund_outcome(_ask(lambda: self._client().v1.refunds.retrieve(refund_ref)))

    def taken(self, provider_ref: str) -> list[Taken]:
        wanted: Any = {"payment_intent": provider_ref, "limit": 100}
        lists = self._client().v1
        refunds = _ask(lambda: list(lists.refunds.list(wanted).auto_paging_iter()))
        disputes = _ask(lambda: list(lists.disputes.list(wanted).auto_paging_iter()))
        return [*(refunded(row.to_dict()) for row in refunds), *(disputed(row.to_dict()) for row in disputes)]

    def _client(self) -> stripe.StripeClient:
        base: Any = {"api": settings.STRIPE_API_BASE} if settings.STRIPE_API_BASE else {}
        return stripe.StripeClient(
            settings.STRIPE_SECRET_KEY,
            base_addresses=base,
            max_network_retries=RETRIES,
            http_client=self._http_client or stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
        )


def _outcome(intent: stripe.StripeObject) -> Outcome:
    row = intent.to_dict()
    currency = row["currency"].upper()
    state = STATES.get(row["status"], "processing")
    if state == "created":
        state = "failed" if row.get("last_payment_error") else "action_required"
    return Outcome(
        row["id"],
        state,
        amount=from_stripe(row["amount"], currency),
        currency=currency,
        captured=from_stripe(row.get("amount_received") or 0, currency),
        next_action=_next_action(row),
    )


def _next_action(row: dict[str, Any]) -> dict[str, Any]:
    """`redirect` and `qr` need no script; `stripe` is for Stripe's own form."""
    action = row.get("next_action") or {}
    for kind in ("alipay_handle_redirect", "redirect_to_url"):
        if action.get("type") == kind:
            return {"kind": "redirect", "url": action[kind]["url"]}
    if action.get("type") == "wechat_pay_display_qr_code":
        code = action["wechat_pay_display_qr_code"]
        return {"kind": "qr", "data": code["data"], "image": code.get("image_data_url", "")}
    return {
        "kind": "stripe",
        "client_secret": row.get("client_secret"),
        "publishable_key": settings.STRIPE_PUBLISHABLE_KEY,
    }


def _refund_outcome(refund: stripe.StripeObject) -> RefundOutcome:
    row = refund.to_dict()
    state = REFUND_STATES.get(row.get("status") or "", "pending")
    return RefundOutcome(row["id"], state, refused=str(row.get("failure_reason") or "") if state == "failed" else "")


def _words(error: stripe.StripeError) -> str:
    return str(error.user_message or error.code or "invalid request")


def _ask(request: Callable[[], T]) -> T:
    """A question has no refusal: what Stripe does not know is an unknown outcome too."""
    try:
        return _call(request)
    except (stripe.InvalidRequestError, stripe.CardError) as error:
        raise GatewayError(f"stripe: {type(error).__name__}") from error


def _call(request: Callable[[], T]) -> T:
    """A timeout or a server error is an unknown outcome, not a refusal. Refusals go to the caller."""
    try:
        return request()
    except (stripe.InvalidRequestError, stripe.CardError):
        raise
    except stripe.StripeError as error:
        raise GatewayError(f"stripe: {type(error).__name__}") from error
