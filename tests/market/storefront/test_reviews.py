from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from market.accounts.models import User
from market.common.clock import read_clock
from market.common.outbox.drain import drain_outbox
from orders.orders.models import SellerOrder
from orders.reviews.actions.answer_review import answer_review
from orders.reviews.actions.decide_review import hide_review
from orders.reviews.models import Review
from tests.builders import NOW, make_enterprise, make_member, make_officer, make_placed, make_user, make_variant
from tests.market.storefront.shop import product_url, words
from tests.orders.reviews.scenes import make_accepted, make_arrived, make_order, make_review, product_of, rating_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("market.storefront.reviews.read_clock", lambda: NOW + timedelta(days=1))


def signed_in(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def buyer_of(order: SellerOrder) -> Client:
    return signed_in(order.purchase.buyer)


def form_url(order: SellerOrder, language: str = "en") -> str:
    return f"/{language}/orders/{order.purchase.number}/review/{product_of(order).pk}/"


def order_url(order: SellerOrder, language: str = "en") -> str:
    return f"/{language}/orders/{order.purchase.number}/"


@pytest.mark.parametrize(
    ("language", "asks", "thanks"),
    [
        ("en", "Write a review", "your review is saved"),
        ("ru", "Написать отзыв", "отзыв"),
        ("zh-hans", "写评价", "评价"),
    ],
)
def test_buyer_writes_from_the_order_and_everybody_reads(language: str, asks: str, thanks: str) -> None:
    order = make_arrived()
    client = buyer_of(order)
    page = client.get(order_url(order, language))
    assert asks in words(page)
    assert form_url(order, language) in page.content.decode()
    assert client.get(form_url(order, language)).content.decode().count('type="radio"') == 5

    client.post(form_url(order, language), {"stars": "4", "text": "个大肉厚"})

    assert thanks in words(client.get(order_url(order, language)))
    shown = words(Client().get(f"/{language}/p/{product_of(order).pk}-{product_of(order).slug}/"))
    assert "个大肉厚" in shown
    assert "李**" in shown
    assert ("4,0" if language == "ru" else "4.0") in shown


def test_order_that_is_on_its_way_has_no_link_and_its_form_says_why() -> None:
    order = make_arrived("in_transit")
    client = buyer_of(order)

    assert "Write a review" not in words(client.get(order_url(order)))
    page = words(client.get(form_url(order)))
    sent = client.post(form_url(order), {"stars": "5"}, follow=True)

    assert f"Order {order.number} has not been delivered in full yet." in page
    assert "Publish the review" not in page
    assert f"Order {order.number} has not been delivered in full yet." in words(sent)
    assert not Review.objects.exists()


def test_own_goods_are_refused_in_words() -> None:
    enterprise = make_enterprise()
    order = make_accepted(make_variant(enterprise=enterprise), make_member(enterprise))

    page = words(buyer_of(order).get(form_url(order)))

    assert "Nobody reviews what their own enterprise sells." in page


def test_form_without_stars_is_refused_and_keeps_the_words() -> None:
    order = make_accepted()

    answer = buyer_of(order).post(form_url(order), {"stars": "", "text": "好吃"})

    assert answer.status_code == 422
    assert "Please choose from one to five stars." in words(answer)
    assert "好吃</textarea>" in answer.content.decode()


@pytest.mark.parametrize("stars", ["0", "6", "x", "5; DROP"])
def test_forged_stars_are_refused(stars: str) -> None:
    order = make_accepted()

    assert buyer_of(order).post(form_url(order), {"stars": stars}).status_code == 422
    assert not Review.objects.exists()


def test_ten_thousand_characters_are_refused_at_the_field() -> None:
    order = make_accepted()

    answer = buyer_of(order).post(form_url(order), {"stars": "5", "text": "x" * 10_000})

    assert answer.status_code == 422
    assert "at most 2000 characters, please; these are 10000" in words(answer)


def test_html_is_shown_as_it_was_typed() -> None:
    order = make_accepted()
    buyer_of(order).post(form_url(order), {"stars": "5", "text": "<img src=x onerror=alert(1)>\x00 ok"})

    page = Client().get(f"/en/p/{product_of(order).pk}-{product_of(order).slug}/").content.decode()

    assert "&lt;img src=x onerror=alert(1)&gt; ok" in page
    assert "<img src=x" not in page


@pytest.mark.parametrize("who", ["stranger", "another buyer", "guest with the secret"])
def test_form_of_another_is_not_there(who: str) -> None:
    if who == "guest with the secret":
        order = make_placed((make_variant(), 1)).seller_orders[0]
        SellerOrder.objects.update(state="completed")
        order = SellerOrder.objects.select_related("purchase").get()
    else:
        order = make_accepted()
    client = signed_in(None if who == "stranger" else make_user())

    for path in (form_url(order), f"{form_url(order)}withdraw/"):
        for answer in (client.get(path), client.post(path, {"stars": "5"})):
            assert answer.status_code == (302 if who == "stranger" else 404)
    assert not Review.objects.exists()


def test_product_of_another_order_is_not_there() -> None:
    order, other = make_accepted(), make_variant()

    answer = buyer_of(order).get(f"/en/orders/{order.purchase.number}/review/{other.product_id}/")

    assert answer.status_code == 404


def test_change_and_withdrawal() -> None:
    order = make_accepted()
    client = buyer_of(order)
    client.post(form_url(order), {"stars": "5", "text": "好"})
    client.post(form_url(order), {"stars": "2", "text": "不好"})
    assert rating_of(Review.objects.get()) == (1, 2)
    assert "This is final" in words(client.get(f"{form_url(order)}withdraw/"))

    client.post(f"{form_url(order)}withdraw/")

    assert rating_of(Review.objects.get()) == (0, 0)
    assert "Review withdrawn" in words(client.get(order_url(order)))
    assert "That is final." in words(client.get(form_url(order)))
    assert client.post(f"{form_url(order)}withdraw/").status_code == 404
    assert "不好" not in words(Client().get(f"/en/p/{product_of(order).pk}-{product_of(order).slug}/"))


def test_after_thirty_days_it_can_only_be_withdrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    order = make_accepted()
    make_review(order)
    monkeypatch.setattr("market.storefront.reviews.read_clock", lambda: NOW + timedelta(days=31))

    page = words(buyer_of(order).get(form_url(order)))

    assert "can be changed for 30 days" in page
    assert "Save the change" not in page
    assert "Withdraw this review" in page


def test_hidden_one_tells_its_writer_why_and_nobody_else() -> None:
    order = make_accepted()
    review = make_review(order, text="call me instead")
    hide_review(review, reason="a telephone number", by=make_officer(order.enterprise.unit), now=NOW)

    mine = words(buyer_of(order).get(form_url(order)))
    theirs = words(Client().get(f"/en/p/{review.product_id}-{review.product.slug}/"))

    assert "a telephone number" in mine
    assert "Review hidden by an officer" in words(buyer_of(order).get(order_url(order)))
    assert "call me instead" not in theirs


def test_answer_of_the_seller_stands_below() -> None:
    review = make_review()
    answer_review(review, "Thank you\nfor trusting us", by=make_member(review.enterprise), now=NOW)

    page = Client().get(f"/en/p/{review.product_id}-{review.product.slug}/").content.decode()

    assert "The seller answers" in page
    assert "Thank you<br>for trusting us" in page


def test_all_reviews_are_paged_and_public() -> None:
    variant = make_variant(on_hand=500)
    for n in range(23):
        make_review(make_accepted(variant), text=f"number-{n:02}")
    path = f"{product_url(variant)}reviews/"

    first, second = Client().get(path), Client().get(f"{path}?page=2")

    assert "All 23 reviews" in words(Client().get(product_url(variant)))
    assert [f"number-{n:02}" in words(first) for n in (22, 3, 2)] == [True, True, False]
    assert [f"number-{n:02}" in words(second) for n in (3, 2, 0)] == [False, True, True]
    assert "public" in first.headers["Cache-Control"]
    assert Client().get(path.replace(variant.product.slug, "x")).status_code == 301
    assert Client().get(f"{path}?page=x").status_code == 200


def test_reviews_of_what_is_not_on_sale_are_not_there() -> None:
    review = make_review()
    url = f"/en/p/{review.product_id}-{review.product.slug}/reviews/"
    review.enterprise.state = "suspended"
    review.enterprise.save(update_fields=["state"])

    assert Client().get(url).status_code == 404


def statements(act: Any) -> int:
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


@pytest.mark.parametrize("count", [3, 12])
def test_reviews_cost_the_product_page_one_statement(count: int) -> None:
    bare, rated = make_variant(on_hand=50), make_variant(on_hand=50)
    for _ in range(count):
        make_review(make_accepted(rated))
    client = Client()
    client.get(product_url(bare))

    assert statements(lambda: client.get(product_url(rated))) == statements(lambda: client.get(product_url(bare))) + 1
    assert statements(lambda: client.get(f"{product_url(rated)}reviews/")) == 3


def test_order_page_costs_no_more_before_delivery_and_three_after() -> None:
    open_order, done = make_order(), make_accepted()

    def look(order: SellerOrder) -> int:
        client = buyer_of(order)
        client.get(order_url(order))
        return statements(lambda: client.get(order_url(order)))

    SellerOrder.objects.filter(pk=open_order.pk).update(state="expired")
    assert look(done) <= look(open_order) + 3  # one of them for claims


def test_cards_show_stars_where_there_are_any() -> None:
    review = make_review()
    plain = make_variant(name_zh="和田骏枣")
    drain_outbox(read_clock())

    text = words(Client().get("/en/search/"))

    assert text.count("1 review") == 1
    assert plain.product.name_en in text
    assert review.product.name_en in text


def test_list_is_sorted_and_filtered_by_rating() -> None:
    make_review(stars=2)
    make_review(stars=5)
    drain_outbox(read_clock())

    page = Client().get("/en/search/?sort=rating").content.decode()
    narrow = Client().get("/en/search/?stars=4")

    assert page.index("<strong>5.0") < page.index("<strong>2.0")
    assert "4 stars and more" in words(narrow)
    assert narrow.content.decode().count('<li class="card">') == 1
    assert Client().get("/en/search/?stars=9&sort=stars").status_code == 200
