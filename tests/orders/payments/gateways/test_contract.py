"""What every gateway promises, ours or a user's: the same tests over each."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
from pytest_django import Settings

from orders.payments.gateways.bank_transfer import BankTransferGateway
from orders.payments.gateways.base import Attempt, Gateway, GatewayError
from orders.payments.gateways.sandbox import SandboxGateway, press
from orders.payments.gateways.stripe import StripeGateway
from orders.payments.models import Payment, Refund
from tests.builders import NOW
from tests.orders.payments.gateways.fake_stripe import FakeStripe

ATTEMPT = Attempt("P1-1", "P1", Decimal("150.00"), "CNY", "Tuanji P1", "https://market.example/orders/P1/")


@dataclass
class Bench:
    """A gateway and the buyer's hand at its provider: `pay(ref, "succeed" | "fail" | "delay")`."""

    gateway: Gateway
    pay: Callable[[str, str], None]


@pytest.fixture(params=["sandbox", "bank_transfer", "stripe"])
def bench(request: pytest.FixtureRequest, settings: Settings) -> Bench:
    if request.param == "sandbox":
        return Bench(SandboxGateway(), press)
    if request.param == "bank_transfer":
        return Bench(BankTransferGateway(), lambda ref, outcome: None)
    settings.STRIPE_SECRET_KEY = "sk_test_fake"
    fake = FakeStripe()
    return Bench(StripeGateway(fake), fake.pay)


def only_instant(bench: Bench) -> None:
    if not bench.gateway.is_instant:
        pytest.skip("a bank reports by statement only")


def test_start_names_the_attempt_and_the_next_step(bench: Bench) -> None:
    outcome = bench.gateway.start(ATTEMPT)

    assert outcome.provider_ref
    assert outcome.state == Payment.State.ACTION_REQUIRED
    assert outcome.next_action["kind"]
    assert not outcome.refused


def test_start_with_the_same_key_is_the_same_attempt(bench: Bench) -> None:
    first, again = bench.gateway.start(ATTEMPT), bench.gateway.start(ATTEMPT)

    assert again.provider_ref == first.provider_ref


def test_start_with_another_key_is_another_attempt(bench: Bench) -> None:
    first, other = bench.gateway.start(ATTEMPT), bench.gateway.start(replace(ATTEMPT, key="P1-2"))

    assert other.provider_ref != first.provider_ref


def test_an_attempt_nobody_paid_is_open(bench: Bench) -> None:
    ref = bench.gateway.start(ATTEMPT).provider_ref

    outcome = bench.gateway.fetch(ref)

    assert (outcome.state, outcome.captured) == (Payment.State.ACTION_REQUIRED, Decimal(0))


@pytest.mark.parametrize(
    ("what", "state", "captured"),
    [("succeed", "captured", "150.00"), ("fail", "failed", "0"), ("delay", "processing", "0")],
)
def test_fetch_tells_the_providers_truth(bench: Bench, what: str, state: str, captured: str) -> None:
    only_instant(bench)
    ref = bench.gateway.start(ATTEMPT).provider_ref

    bench.pay(ref, what)

    outcome = bench.gateway.fetch(ref)
    assert (outcome.state, outcome.captured) == (state, Decimal(captured))
    assert (outcome.amount, outcome.currency) == (Decimal("150.00"), "CNY")


def test_cancel_closes_what_is_open_and_may_run_twice(bench: Bench) -> None:
    ref = bench.gateway.start(ATTEMPT).provider_ref

    assert bench.gateway.cancel(ref, "cancel-1").state == Payment.State.CANCELLED
    assert bench.gateway.cancel(ref, "cancel-1").state == Payment.State.CANCELLED


@pytest.mark.parametrize(("what", "state"), [("succeed", "captured"), ("delay", "processing")])
def test_cancel_of_money_under_way_tells_the_truth(bench: Bench, what: str, state: str) -> None:
    only_instant(bench)
    ref = bench.gateway.start(ATTEMPT).provider_ref
    bench.pay(ref, what)

    assert bench.gateway.cancel(ref, "cancel-1").state == state


def test_refund_with_one_key_goes_once_and_never_above_what_came(bench: Bench) -> None:
    only_instant(bench)
    ref = bench.gateway.start(ATTEMPT).provider_ref
    bench.pay(ref, "succeed")

    first = bench.gateway.refund(ref, Decimal("100.00"), "CNY", "late-1")
    again = bench.gateway.refund(ref, Decimal("100.00"), "CNY", "late-1")
    more = bench.gateway.refund(ref, Decimal("50.01"), "CNY", "late-2")
    rest = bench.gateway.refund(ref, Decimal("50.00"), "CNY", "late-3")

    assert (first.state, again) == (Refund.State.SUCCEEDED, first)
    assert (more.state, bool(more.refused)) == (Refund.State.FAILED, True)
    assert rest.state == Refund.State.SUCCEEDED
    assert bench.gateway.fetch_refund(first.provider_ref).state == Refund.State.SUCCEEDED


def test_refund_of_what_was_never_paid_is_refused(bench: Bench) -> None:
    only_instant(bench)
    ref = bench.gateway.start(ATTEMPT).provider_ref

    assert bench.gateway.refund(ref, Decimal("1.00"), "CNY", "k").state == Refund.State.FAILED


def test_refund_by_bank_waits_for_a_person() -> None:
    gateway = BankTransferGateway()

    outcome = gateway.refund("P1-1", Decimal("1.00"), "CNY", "k")

    assert outcome == gateway.refund("P1-1", Decimal("1.00"), "CNY", "k")
    assert outcome.state == Refund.State.PENDING


def test_a_reference_the_provider_does_not_know_is_an_unknown_outcome(bench: Bench) -> None:
    only_instant(bench)

    with pytest.raises(GatewayError):
        bench.gateway.fetch("nothing")


def test_pay_by_is_ahead_and_methods_are_codes(bench: Bench) -> None:
    assert bench.gateway.pay_by(NOW) > NOW
    assert all(code.replace("_", "").isalpha() for code in bench.gateway.methods("CNY"))
