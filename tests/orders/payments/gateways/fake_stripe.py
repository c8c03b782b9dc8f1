"""Stripe in process, behind the SDK's HTTP client: state, real idempotency, bounded refunds, knobs to fail."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import stripe
from pytest_django import Settings

from orders.payments.gateways import registry
from orders.payments.gateways.stripe import StripeGateway

Answer = tuple[str, int, Mapping[str, str]]
CREATED = 1_790_000_000


@dataclass
class Call:
    method: str
    path: str
    fields: dict[str, str]
    key: str


@dataclass
class FakeStripe(stripe.HTTPClient):
    """`fail_next`: statuses to answer instead of working, 0 for a timeout; with `after_work` the work is done first."""

    name = "fake"
    intents: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds: dict[str, dict[str, Any]] = field(default_factory=dict)
    disputes: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    fail_next: list[int] = field(default_factory=list)
    after_work: bool = False
    refund_status: str = "succeeded"
    _kept: dict[str, tuple[dict[str, str], Answer]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()

    def _sleep_time_seconds(self, num_retries: int) -> float:
        return 0

    def close(self) -> None:
        pass

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, post_data: Any = None, **_: Any
    ) -> Answer:
        address = urlsplit(url)
        fields = dict(parse_qsl(post_data or address.query))
        key = (headers or {}).get("Idempotency-Key", "")
        self.calls.append(Call(method, address.path, fields, key))
        if self.fail_next and not self.after_work:
            return self._fail()
        if method == "post" and key in self._kept:
            before, answer = self._kept[key]
            if before != fields:
                return _error(400, "idempotency_error", "Keys can only be used with the same parameters.")
        else:
            answer = self._work(method, address.path.removeprefix("/v1/").split("/"), fields)
            if method == "post" and answer[1] == 200:
                self._kept[key] = (fields, answer)
        return self._fail() if self.fail_next else answer

    def _fail(self) -> Answer:
        status = self.fail_next.pop(0)
        if status == 0:
            raise stripe.APIConnectionError("timeout", should_retry=True)  # type: ignore[no-untyped-call]
        return _error(status, "api_error", "away")

    def forget_keys(self) -> None:
        """As after 24 hours."""
        self._kept.clear()

    def _work(self, method: str, parts: list[str], fields: dict[str, str]) -> Answer:
        if parts == ["payment_intents"]:
            return self._create(fields)
        if parts[0] == "payment_intents":
            intent = self.intents.get(parts[1])
            if intent is None:
                return _error(404, "invalid_request_error", "No such payment_intent")
            return self._cancel(intent) if parts[2:] == ["cancel"] else _ok(intent)
        if parts == ["refunds"] and method == "get":
            rows = [row for row in self.refunds.values() if row["payment_intent"] == fields["payment_intent"]]
            return _ok({"object": "list", "data": rows, "has_more": False, "url": "/v1/refunds"})
        if parts == ["disputes"]:
            rows = [row for row in self.disputes.values() if row["payment_intent"] == fields["payment_intent"]]
            return _ok({"object": "list", "data": rows, "has_more": False, "url": "/v1/disputes"})
        if parts == ["refunds"]:
            return self._refund(fields)
        return _ok(self.refunds[parts[1]])

    def _create(self, fields: dict[str, str]) -> Answer:
        number = len(self.intents) + 1
        wallet = fields.get("payment_method_data[type]")
        actions = {
            "alipay": {"type": "alipay_handle_redirect", "alipay_handle_redirect": {"url": "https://alipay.example/1"}},
            "wechat_pay": {
                "type": "wechat_pay_display_qr_code",
                "wechat_pay_display_qr_code": {"data": "weixin://1", "image_data_url": "data:image/png;base64,AA=="},
            },
        }
        intent = {
            "id": f"pi_{number}",
            "object": "payment_intent",
            "amount": int(fields["amount"]),
            "amount_received": 0,
            "currency": fields["currency"],
            "status": "requires_action" if wallet else "requires_payment_method",
            "client_secret": f"pi_{number}_secret",
            "last_payment_error": None,
            "next_action": actions.get(wallet or ""),
        }
        self.intents[f"pi_{number}"] = intent
        return _ok(intent)

    def _cancel(self, intent: dict[str, Any]) -> Answer:
        if intent["status"] in ("succeeded", "processing", "canceled"):
            return _error(400, "invalid_request_error", f"cannot be canceled: status {intent['status']}")
        intent["status"] = "canceled"
        return _ok(intent)

    def _refund(self, fields: dict[str, str]) -> Answer:
        intent = self.intents[fields["payment_intent"]]
        given = sum(row["amount"] for row in self.refunds.values() if row["payment_intent"] == intent["id"])
        amount = int(fields["amount"])
        if given + amount > intent["amount_received"]:
            return _error(400, "invalid_request_error", "Refund amount is greater than charge amount")
        refund = {
            "id": f"re_{len(self.refunds) + 1}",
            "object": "refund",
            "payment_intent": intent["id"],
            "amount": amount,
            "currency": intent["currency"],
            "created": CREATED,
            "status": self.refund_status,
            "metadata": {"refund": fields["metadata[refund]"]},
        }
        self.refunds[str(refund["id"])] = refund
        return _ok(refund)

    def refunded_at_the_dashboard(self, ref: str, amount: int, status: str = "succeeded") -> str:
        """Without our key; the number of the refund."""
        number = f"re_dashboard_{len(self.refunds) + 1}"
        self.refunds[number] = self._taken("refund", number, ref, amount, status) | {"metadata": {}}
        return number

    def disputed(self, ref: str, amount: int, status: str = "needs_response", moved: int = 0) -> str:
        """The same dispute again with another status; the number of the dispute."""
        number = f"du_{ref}"
        moves = [{"amount": part} for part in (-amount, moved) if part]
        row = self._taken("dispute", number, ref, amount, status)
        self.disputes[number] = row | {"reason": "fraudulent", "balance_transactions": moves}
        return number

    def _taken(self, kind: str, number: str, ref: str, amount: int, status: str) -> dict[str, Any]:
        currency = self.intents[ref]["currency"]
        row = {"id": number, "object": kind, "payment_intent": ref, "amount": amount, "currency": currency}
        return row | {"created": CREATED, "status": status}

    def pay(self, ref: str, outcome: str = "succeed") -> None:
        """What the buyer does at the provider."""
        intent = self.intents[ref]
        if outcome == "succeed":
            intent |= {"status": "succeeded", "amount_received": intent["amount"], "next_action": None}
        elif outcome == "fail":
            intent |= {"status": "requires_payment_method", "last_payment_error": {"code": "card_declined"}}
        else:
            intent["status"] = "processing"


def _ok(body: dict[str, Any]) -> Answer:
    return json.dumps(body), 200, {}


def _error(status: int, kind: str, message: str) -> Answer:
    return json.dumps({"error": {"type": kind, "message": message}}), status, {}


def put_in_place(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> FakeStripe:
    """Stripe is configured and answers in process."""
    path = "orders.payments.gateways.stripe.StripeGateway"
    settings.STRIPE_SECRET_KEY = "sk_test_fake"
    settings.MARKET_PAYMENT_GATEWAYS = settings.MARKET_PAYMENT_GATEWAYS | {"stripe": path}
    fake = FakeStripe()
    stripe, load = StripeGateway(fake), registry._load
    monkeypatch.setattr(registry, "_load", lambda wanted: stripe if wanted == path else load(wanted))
    return fake
