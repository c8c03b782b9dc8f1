"""The buyer's side of a claim: with an account, or as a guest who found the order."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.products.models import Variant
from market.accounts.models import User
from orders.actions.accept_delivery import accept_delivery
from orders.actions.answer_claim import answer_claim
from orders.actions.decide_claim import decide_claim
from orders.actions.react_to_claim import escalate_claim
from orders.claims.models import Claim
from orders.claims.queries import claimable
from orders.orders.models import SellerOrder
from orders.payments.models import Refund
from tests.builders import make_enterprise, make_member, make_officer, make_user, make_variant
from tests.market.storefront.shop import words
from tests.orders.claims import ARRIVED, make_claim, make_delivered, make_paid, send, tell, wish

pytestmark = pytest.mark.django_db
D = Decimal
LINK = "Something is wrong with the goods"


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, ARRIVED)


def set_clock(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    for module in ("claims", "purchases"):
        monkeypatch.setattr(f"market.storefront.{module}.read_clock", lambda: now)


def signed_in(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def guest_of(order: SellerOrder) -> Client:
    client = Client()
    found = client.post("/en/orders/find/", {"number": order.purchase.number, "phone": order.purchase.phone[-4:]})
    assert found.status_code == 302
    return client


def owned(*wishes: tuple[Variant, int]) -> tuple[SellerOrder, Client]:
    order = make_delivered(*wishes, user=make_user())
    return order, signed_in(order.purchase.buyer)


def order_url(order: SellerOrder, language: str = "en") -> str:
    return f"/{language}/orders/{order.purchase.number}/"


def form_url(order: SellerOrder, language: str = "en") -> str:
    return f"/{language}/orders/{order.purchase.number}/claim/{order.number}/"


def button(claim: Claim, act: str) -> str:
    order = claim.seller_order
    return f"/en/orders/{order.purchase.number}/claims/{claim.number}/{act}/"


def typed(order: SellerOrder, place: int = 0, **fields: str) -> dict[str, str]:
    """Of one row, as a browser sends it."""
    one = claimable(order)[place]
    return {f"{name}-{one.line.pk}-{one.lot.pk}": value for name, value in fields.items()}


def whole(order: SellerOrder, **changes: str) -> dict[str, str]:
    row = {"quantity": "4", "reason": "spoiled", "amount": "", **changes}
    return typed(order, 0, **row) | {"text": "four boxes are mouldy"}


def offered(claim: Claim, amount: str) -> Claim:
    (line,) = claim.lines.all()
    seller = make_member(claim.seller_order.enterprise)
    return answer_claim(claim, {line.pk: D(amount)}, "two of them only", by=seller, now=ARRIVED)


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


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"quantity": "vier"}, "Please enter a number"),
        ({"quantity": "41"}, "This must be at most 40."),
        ({"quantity": "0"}, "This must be at least 0.001."),
        ({"quantity": "-1"}, "This must be at least 0.001."),
        ({"quantity": "1.0001"}, "At most 3 digits after the point"),
        ({"quantity": ""}, "Please enter how much of it is wrong."),
        ({"reason": ""}, "Please choose what is wrong with it."),
        ({"reason": "forged"}, "Select a valid choice"),
        ({"amount": "1000.01"}, "This must be at most 1000."),
        ({"amount": "100.01"}, "at most 100 CNY"),
        ({"amount": "9.999"}, "At most 2 digits after the point"),
        ({"amount": "0"}, "This must be at least 0.01."),
        ({"quantity": "", "reason": "", "amount": ""}, "Please enter how much of the goods is wrong."),
    ],
)
def test_wrong_input_is_told_at_its_field_and_nothing_typed_is_lost(changes: dict[str, str], says: str) -> None:
    order, client = owned()

    answer = client.post(form_url(order), whole(order, **changes) | {"key": "k1"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in words(answer)
    assert 'aria-invalid="true"' in page
    assert "four boxes are mouldy</textarea>" in page
    assert 'name="key" value="k1"' in page
    for name, value in ({"quantity": "4"} | changes).items():
        assert name == "reason" or not value or f'value="{value}"' in page
    assert not Claim.objects.exists()


def test_text_is_needed_and_has_an_end() -> None:
    order, client = owned()

    for text, says in ((" \u200b", "Please say what happened."), ("x" * 2001, "at most 2000 characters")):
        answer = client.post(form_url(order), whole(order) | {"text": text})
        assert answer.status_code == 422
        assert says in words(answer)
        assert 'value="4"' in answer.content.decode()


@pytest.mark.parametrize(("language", "quantity"), [("ru", "2,5"), ("en", "2,5"), ("zh-hans", "２．５")])
def test_numbers_are_taken_as_people_write_them(language: str, quantity: str) -> None:
    order, client = owned()

    client.post(form_url(order, language), whole(order, quantity=quantity, amount="10,50"))

    line = Claim.objects.get().lines.get()
    assert (line.quantity, line.wanted) == (D("2.5"), D("10.5"))


def test_row_that_is_not_on_the_form_is_refused() -> None:
    order, client = owned()

    answer = client.post(form_url(order), whole(order) | {"quantity-999999-1": "1"})

    assert answer.status_code == 422
    assert "Something of it cannot be claimed any more." in words(answer)
    assert not Claim.objects.exists()


def test_several_lines_are_claimed_at_once_and_empty_rows_left_out() -> None:
    enterprise = make_enterprise()
    order, client = owned(*((make_variant(enterprise=enterprise, on_hand=9), 2) for _ in range(3)))

    rows = typed(order, 0, quantity="1", reason="short") | typed(order, 2, quantity="2", reason="wrong", amount="1,5")
    nothing = typed(order, 1, quantity="", reason="", amount="")
    client.post(form_url(order), rows | nothing | {"text": "one is missing, and these are pears"})

    lines = Claim.objects.get().lines.all()
    assert [(line.order_line.position, line.quantity, line.reason) for line in lines] == [
        (1, D(1), "short"),
        (3, D(2), "wrong"),
    ]
    assert lines[1].wanted == D("1.5")


def test_form_sent_twice_makes_one_claim_and_leads_to_it() -> None:
    order, client = owned()
    key = re.search(r'name="key" value="([^"]+)"', client.get(form_url(order)).content.decode())
    assert key is not None
    body = whole(order) | {"key": key.group(1)}

    client.post(form_url(order), body)
    claim = Claim.objects.get()
    again = client.post(form_url(order), body)
    other = client.post(form_url(order), whole(order, quantity="1"))
    back = client.get(form_url(order))
    client.post(button(claim, "withdraw"))
    late = client.post(form_url(order), body)

    place = f"{order_url(order)}#claim-{claim.number}"
    assert [answer.headers["Location"] for answer in (again, other, back, late)] == [place] * 4
    assert f"You have filed claim {claim.number} already." in words(client.get(order_url(order)))
    assert Claim.objects.count() == 1


def test_goods_that_never_came_can_only_be_missing() -> None:
    order = make_paid(user=make_user())
    client = signed_in(order.purchase.buyer)
    send(order)
    assert LINK not in words(client.get(order_url(order)))
    early = client.get(form_url(order))
    assert "Nothing of order" in words(early)
    assert "<button" not in early.content.decode().split("<main", 1)[1]
    assert client.post(form_url(order), {"text": "x"}).status_code == 409
    tell("W1", "failed")

    page = client.get(form_url(order))
    forged = client.post(form_url(order), whole(order))
    client.post(form_url(order), whole(order, quantity="40", reason="not_arrived"))

    assert re.findall(r'<option value="(\w*)"', page.content.decode().split("<main", 1)[1]) == ["not_arrived"]
    assert forged.status_code == 422
    assert Claim.objects.get().wanted == D(1000)


def test_after_fourteen_days_there_is_no_link_and_the_form_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    order, client = owned()
    accept_delivery(order, by=None, now=ARRIVED)
    assert LINK in words(client.get(order_url(order)))
    set_clock(monkeypatch, ARRIVED + timedelta(days=15))

    assert LINK not in words(client.get(order_url(order)))
    assert "That time is over." in words(client.get(form_url(order)))


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
