"""The buyer's side of a claim on the order page: with an account, or as a guest who found the order."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orders.actions.decide_claim import decide_claim
from orders.actions.react_to_claim import escalate_claim
from orders.claims.models import Claim
from orders.orders.models import SellerOrder
from orders.payments.models import Refund
from tests.builders import make_officer, make_user, make_variant
from tests.market.storefront.claiming import (
    LINK,
    button,
    form_url,
    guest_of,
    offered,
    order_url,
    owned,
    set_clock,
    signed_in,
    whole,
)
from tests.market.storefront.shop import words
from tests.orders.claims import ARRIVED, make_claim, make_delivered, make_paid, send, tell, wish

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, ARRIVED)


@pytest.mark.parametrize(
    ("language", "link", "state"),
    [
        ("en", LINK, "waits for the seller"),
        ("ru", "С товаром что-то не так", "ждёт продавца"),
        ("zh-hans", "货物有问题", "等待卖家"),
    ],
)
def test_buyer_files_a_claim_and_reads_it_on_the_order(language: str, link: str, state: str) -> None:
    order, client = owned()
    page = client.get(order_url(order, language))
    assert link in words(page)
    assert form_url(order, language) in page.content.decode()
    assert order.lines.get().variant.product.lots.get().number in words(client.get(form_url(order, language)))

    sent = client.post(form_url(order, language), whole(order, quantity="４", amount="90"))

    claim = Claim.objects.get()
    line = claim.lines.get()
    assert sent.headers["Location"] == f"{order_url(order, language)}#claim-{claim.number}"
    assert (line.quantity, line.reason, line.wanted, claim.filed_by) == (D(4), "spoiled", D(90), order.purchase.buyer)
    page = client.get(order_url(order, language))
    assert claim.number in words(page)
    assert state in words(page)
    assert "four boxes are mouldy" in words(page)
    assert link not in words(page)
    assert f"/accept/{order.number}/" not in page.content.decode()


def test_guest_who_found_the_order_does_all_of_it() -> None:
    order = make_delivered()
    client = guest_of(order)
    assert LINK in words(client.get(order_url(order)))

    client.post(form_url(order), whole(order))
    claim = offered(Claim.objects.get(), "60")
    assert "Take the offer of CN¥60.00" in words(client.get(order_url(order)))
    client.post(button(claim, "take"), {"offered": "60"})

    claim.refresh_from_db()
    assert (claim.state, claim.agreed, claim.filed_by) == ("settled", D(60), None)
    assert "CN¥60.00 go back to you" in words(client.get(order_url(order)))


@pytest.mark.parametrize("who", ["stranger", "another buyer"])
def test_form_and_buttons_of_another_are_not_there(who: str) -> None:
    order, _client = owned()
    claim = make_claim(order)
    client = signed_in(None if who == "stranger" else make_user())

    assert client.get(form_url(order)).status_code == 404
    assert client.post(form_url(order), whole(order)).status_code == 404
    for act in ("take", "ask", "withdraw"):
        assert client.post(button(claim, act), {"offered": "0"}).status_code == 404
    claim.refresh_from_db()
    assert (claim.state, Claim.objects.count()) == ("open", 1)


def test_claim_and_order_of_another_purchase_are_not_reached_through_ones_own() -> None:
    claim = make_claim(owned()[0])
    mine = make_paid(user=make_user())
    client = signed_in(mine.purchase.buyer)

    assert client.get(f"{order_url(mine)}claim/{claim.seller_order.number}/").status_code == 404
    assert client.post(f"{order_url(mine)}claims/{claim.number}/withdraw/").status_code == 404


def test_buttons_need_a_post() -> None:
    order, client = owned()
    claim = make_claim(order)

    assert [client.get(button(claim, act)).status_code for act in ("take", "ask", "withdraw")] == [405] * 3


def test_officer_is_asked_when_the_sellers_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    order, client = owned()
    claim = make_claim(order)
    page = client.get(order_url(order))
    assert "The seller has until" in words(page)
    assert button(claim, "ask") not in page.content.decode()
    early = client.post(button(claim, "ask"), follow=True)
    assert "The seller has 3 days to answer." in words(early)
    set_clock(monkeypatch, ARRIVED + timedelta(days=3))

    assert button(claim, "ask") in client.get(order_url(order)).content.decode()
    client.post(button(claim, "ask"))

    claim.refresh_from_db()
    assert claim.state == "escalated"
    page = client.get(order_url(order))
    assert "An officer reads both sides" in words(page)
    assert button(claim, "withdraw") in page.content.decode()
    assert button(claim, "take") not in page.content.decode()


def test_offer_of_nothing_is_agreed_to_in_words() -> None:
    order, client = owned()
    claim = offered(make_claim(order), "0")
    page = words(client.get(order_url(order)))
    assert "Agree that nothing goes back" in page
    assert "two of them only" in page
    assert "If you say nothing until" in page

    done = client.post(button(claim, "take"), {"offered": "0"}, follow=True)

    assert "The claim is settled. Nothing goes back." in words(done)
    assert not Refund.objects.exists()


def test_offer_that_changed_meanwhile_is_not_taken_unseen() -> None:
    order, client = owned()
    claim = offered(offered(make_claim(order), "60"), "70")

    told = client.post(button(claim, "take"), {"offered": "60"}, follow=True)

    assert "The seller has changed the offer to 70 CNY." in words(told)
    assert "Take the offer of CN¥70.00" in words(told)
    assert client.post(button(claim, "take"), {"offered": "x"}).status_code == 404
    claim.refresh_from_db()
    assert claim.state == "answered"


def test_button_pressed_twice_or_too_late_says_how_the_claim_stands() -> None:
    order, client = owned()
    claim = offered(make_claim(order), "60")
    client.post(button(claim, "take"), {"offered": "60"})

    for act in ("take", "ask", "withdraw"):
        told = client.post(button(claim, act), {"offered": "60"}, follow=True)
        assert f"Nothing was changed: claim {claim.number} is “settled”." in words(told)
    assert Refund.objects.get().amount == D(60)


def test_withdrawn_claim_opens_the_way_again() -> None:
    order, client = owned()
    claim = make_claim(order)
    assert "Really withdraw it?" in words(client.get(order_url(order)))

    client.post(button(claim, "withdraw"))

    page = client.get(order_url(order))
    assert "withdrawn by the buyer" in words(page)
    assert LINK in words(page)
    assert f"/accept/{order.number}/" in page.content.decode()


def test_decision_stands_on_the_order_with_its_reason() -> None:
    order, client = owned()
    claim = escalate_claim(offered(make_claim(order), "10"), now=ARRIVED)
    (line,) = claim.lines.all()
    decide_claim(claim, {line.pk: D(80)}, "seen the boxes", by=make_officer(order.enterprise.unit), now=ARRIVED)

    page = words(client.get(order_url(order)))

    assert "An officer has decided" in page
    assert "seen the boxes" in page
    assert "CN¥80.00 go back to you" in page
    assert "what was claimed is settled" in page


def test_html_is_shown_as_it_was_typed() -> None:
    order, client = owned()
    client.post(form_url(order), whole(order) | {"text": "<b>mould</b>\nand rot"})

    assert "&lt;b&gt;mould&lt;/b&gt;<br>and rot" in client.get(order_url(order)).content.decode()


def statements(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_order_page_asks_the_same_for_any_number_of_sellers_and_claims() -> None:
    def claimed(count: int) -> SellerOrder:
        order = make_paid(*((make_variant(on_hand=9), 1) for _ in range(count)), user=make_user())
        for one in SellerOrder.objects.filter(purchase=order.purchase).select_related("purchase", "enterprise"):
            send(one, f"W{one.pk}")
            tell(f"W{one.pk}", "delivered")
            make_claim(one, wish(one, "1"))
        return order

    few, many = (claimed(count) for count in (2, 6))

    assert statements(signed_in(few.purchase.buyer), order_url(few)) <= 19
    assert statements(signed_in(few.purchase.buyer), order_url(few)) == statements(
        signed_in(many.purchase.buyer), order_url(many)
    )


def test_order_page_of_goods_on_their_way_costs_one_statement_for_claims() -> None:
    order = make_paid(user=make_user())
    send(order)
    client = signed_in(order.purchase.buyer)

    with CaptureQueriesContext(connection) as queries:
        client.get(order_url(order))

    asked: list[Any] = [query["sql"] for query in queries if "claims_claim" in query["sql"]]
    assert len(asked) == 1
