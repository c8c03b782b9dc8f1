"""Money taken back by providers, on the officers' pages and where buyer and seller look."""

from decimal import Decimal

import pytest
from django.core import mail
from django.test import Client

from market.common.outbox.drain import drain_outbox
from market.common.outbox.models import OutboxEvent
from orders.actions.refund_payment import close_refund, open_refund
from orders.cart.models import Cart
from orders.checkout.place_order import access_token
from orders.ledger.queries import balance
from orders.outbound.catalogue import BY_NAME
from orders.outbound.messages import _FACTS
from orders.payments.gateways.base import RefundOutcome
from orders.payments.models import Refund, Reversal
from tests.builders import make_member, make_officer
from tests.market.office.people import signed_in, statements_of
from tests.orders.claims import ARRIVED, make_paid
from tests.orders.payouts import make_cashier
from tests.orders.reversals import make_reversal, payment_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("market.office.desk.read_clock", lambda: ARRIVED)


def text(client: Client, place: str) -> str:
    return client.get(place).content.decode()


def test_an_officer_says_for_which_lines_it_was_and_both_sides_see_it() -> None:
    order = make_paid()
    member = make_member(order.enterprise)
    reversal = make_reversal(order, "100.00", "taken", ref="du_1")
    client, line = signed_in(make_cashier()), order.lines.get().pk
    place = f"/en/ops/reversals/{reversal.pk}/"
    assert place in text(client, "/en/ops/reversals/")
    assert place in text(client, "/en/ops/")
    assert "sum taken back by a provider" in text(client, "/en/ops/")

    for typed in ({"reason": "so"}, {"reason": "so", f"line-{line}": "100"} | {"borne": "1"}):
        assert client.post(place, typed).status_code == 422
    assert client.post(place, {"reason": "so", f"line-{line}": "1,000,000"}).status_code == 422
    answer = client.post(place, {"reason": "asked the buyer", f"line-{line}": "90", "borne": "10"})

    assert answer.status_code == 302
    page = text(client, place)
    assert "asked the buyer" in page
    assert '<form method="post" class="box"' not in page
    assert place not in text(client, "/en/ops/reversals/")
    assert place in text(client, "/en/ops/reversals/?state=all")
    assert client.post(place, {"reason": "twice", "borne": "100"}).status_code == 422

    seller = f"/en/sell/orders/{order.number}/"
    assert "taken back at the payment provider" in text(signed_in(member), seller)
    token = access_token(Cart(pk=order.purchase.cart_id))
    buyer = f"/en/orders/{order.purchase.number}/?token={token}"
    assert "of it went back to you at the payment provider" in text(Client(), buyer)

    mail.outbox.clear()
    drain_outbox(ARRIVED)
    make_reversal(order, "100.00", "returned", ref="du_1")
    drain_outbox(ARRIVED)
    told = [letter.subject for letter in mail.outbox if letter.to == [member.email]]
    assert [("支付机构" in subject, order.number in subject) for subject in told[-2:]] == [(True, True)] * 2
    assert "of it went back to you" not in text(Client(), buyer)
    assert "came back to us" in text(signed_in(member), seller)


def test_the_sellers_system_is_told_as_of_any_refund() -> None:
    order = make_paid()
    reversal = make_reversal(order, "100.00")
    signed_in(make_cashier()).post(
        f"/en/ops/reversals/{reversal.pk}/", {"reason": "so", f"line-{order.lines.get().pk}": "100"}
    )
    refund = Refund.objects.get()

    event = OutboxEvent.objects.get(topic="refund.opened", subject=str(refund.pk))
    (fact,) = _FACTS[BY_NAME["refund.opened"].topic]([event])

    assert (fact.data["order"], fact.data["amount"]) == (order.number, "100")


def test_a_failed_refund_made_by_hand_is_chosen() -> None:
    order = make_paid()
    payment = payment_of(order)
    refund = open_refund(payment, order, Decimal("100.00"), key="claim-9", reason="x", now=ARRIVED)
    close_refund(refund, RefundOutcome("", "failed", "away"), now=ARRIVED)
    reversal = make_reversal(order, "100.00")
    place, client = f"/en/ops/reversals/{reversal.pk}/", signed_in(make_cashier())

    assert "claim-9" in text(client, place)
    assert client.post(place, {"reason": "by hand", "repaid": "77777"}).status_code == 422
    assert client.post(place, {"reason": "by hand", "repaid": str(refund.pk)}).status_code == 302

    assert (balance("suspense", "CNY"), Reversal.objects.get().repaid) == (Decimal(0), refund)


def test_others_find_no_such_pages() -> None:
    order = make_paid()
    reversal = make_reversal(order, "100.00")
    unit = order.enterprise.unit

    for person in (make_officer(unit, "finance"), make_officer(unit, "reviewer"), make_member(order.enterprise)):
        client = signed_in(person)
        assert client.get("/en/ops/reversals/").status_code == 404
        assert client.post(f"/en/ops/reversals/{reversal.pk}/", {"reason": "so", "borne": "100"}).status_code == 404
    assert Reversal.objects.get().waits


def test_a_long_list_asks_no_more_than_a_short_one() -> None:
    order, client = make_paid(), signed_in(make_cashier())
    make_reversal(order, "1.00", ref="re_0")
    few = statements_of(lambda: client.get("/en/ops/reversals/"))
    for number in range(1, 8):
        make_reversal(order, "1.00", ref=f"re_{number}")

    assert statements_of(lambda: client.get("/en/ops/reversals/")) == few
