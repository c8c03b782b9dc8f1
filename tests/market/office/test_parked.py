from decimal import Decimal

import pytest

from market.accounts.models import User
from orders.actions.settle_payment import apply_outcome
from orders.payments.actions.start_payment import start_payment
from orders.payments.gateways.base import Outcome
from orders.payments.models import ParkedDecision, Payment, Refund
from tests.builders import NOW, make_enterprise, make_officer, make_placed, make_regiment, make_variant
from tests.market.office.people import signed_in, statements_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("market.office.desk.read_clock", lambda: NOW)


def parked(payment: Payment | None = None, amount: str = "200.00") -> Payment:
    """150.00 CNY were asked for."""
    if payment is None:
        placed = make_placed((make_variant(enterprise=make_enterprise(), price="30.00"), 1))
        payment = start_payment(placed.purchase, "sandbox", return_url="", now=NOW)
    wrong = Outcome(payment.provider_ref, "captured", amount=Decimal(amount), currency="CNY", captured=Decimal(amount))
    return apply_outcome(payment, wrong, now=NOW)


def finance(payment: Payment) -> User:
    return make_officer(payment.purchase.seller_orders.get().enterprise.unit, "finance")


def test_an_officer_sends_it_back_with_a_reason_and_the_list_is_empty_then(monkeypatch: pytest.MonkeyPatch) -> None:
    payment = parked()
    client = signed_in(finance(payment))
    place = f"/en/ops/parked/{payment.pk}/"
    held = Outcome(
        payment.provider_ref, "captured", amount=Decimal("200.00"), currency="CNY", captured=Decimal("200.00")
    )
    monkeypatch.setattr("orders.payments.gateways.sandbox.SandboxGateway.fetch", lambda self, ref: held)
    assert place in client.get("/en/ops/parked/").content.decode()

    assert client.post(place, {"kind": "send_back", "reason": ""}).status_code == 422
    assert client.post(place, {"kind": "steal", "reason": "called"}).status_code == 422
    answer = client.post(place, {"kind": "send_back", "reason": "called the payer"})

    assert answer.status_code == 302
    assert Refund.objects.get().amount == Decimal("200.00")
    page = client.get(place).content.decode()
    assert "called the payer" in page
    assert '<form method="post" class="box"' not in page
    assert place not in client.get("/en/ops/parked/").content.decode()
    assert place in client.get("/en/ops/parked/?state=decided").content.decode()
    again = client.post(place, {"kind": "give", "reason": "twice"})
    assert again.status_code == 422
    assert "Somebody else changed this" in again.content.decode()


def test_a_refusal_is_told_on_the_page_and_moves_nothing() -> None:
    payment = parked()  # the sandbox itself knows of 150.00 that nobody has pressed for
    client = signed_in(finance(payment))
    Payment.objects.filter(pk=payment.pk).update(amount=Decimal("900.00"))

    answer = client.post(f"/en/ops/parked/{payment.pk}/", {"kind": "give", "reason": "called"})

    assert answer.status_code == 422
    assert "a short payment cannot be accepted" in answer.content.decode()
    assert not ParkedDecision.objects.exists()


def test_others_find_no_such_page_and_decide_nothing() -> None:
    payment = parked()
    unit = payment.purchase.seller_orders.get().enterprise.unit
    place = f"/en/ops/parked/{payment.pk}/"

    for officer in (
        make_officer(unit, "reviewer"),
        make_officer(make_regiment(), "finance"),
        make_officer(unit, "viewer"),
    ):
        client = signed_in(officer)
        assert client.get(place).status_code == 404
        assert client.post(place, {"kind": "send_back", "reason": "mine"}).status_code == 404
    assert not ParkedDecision.objects.exists()


def test_a_payment_that_fits_has_no_such_page() -> None:
    placed = make_placed((make_variant(), 1))
    payment = start_payment(placed.purchase, "sandbox", return_url="", now=NOW)

    assert signed_in(finance(payment)).get(f"/en/ops/parked/{payment.pk}/").status_code == 404


def test_the_list_costs_the_same_for_three_and_for_thirty() -> None:
    enterprise = make_enterprise()
    variant = make_variant(enterprise=enterprise, on_hand=100)
    client = signed_in(make_officer(enterprise.unit, "finance"))

    def park(number: int) -> None:
        for _ in range(number):
            placed = make_placed((variant, 1))
            parked(start_payment(placed.purchase, "sandbox", return_url="", now=NOW), amount="1.00")

    park(3)
    few = statements_of(lambda: client.get("/en/ops/parked/"))
    park(27)

    assert statements_of(lambda: client.get("/en/ops/parked/")) == few
