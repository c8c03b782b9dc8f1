"""Where nothing is found the page leads on."""

import re

import pytest
from django.test import Client

from catalog.products.actions.publish_product import withdraw_product
from orders.orders.models import SellerOrder
from search.products.actions.count_words import count_words
from tests.builders import NOW, make_category
from tests.market.storefront.shop import ordered, product_url, stocked

pytestmark = pytest.mark.django_db


def test_nothing_found_offers_to_drop_one_filter_with_its_count(client: Client) -> None:
    stocked(2)

    page = client.get("/en/search/?q=jujubes&pmin=5000").content.decode()

    assert 'at any price <span class="count">2</span>' in page
    assert 'href="/en/search/?q=jujubes"' in page


def test_nothing_found_says_what_was_searched_and_leads_on(client: Client) -> None:
    stocked(2)

    page = client.get("/en/search/?q=zzzzqqqq").content.decode()

    assert "Nothing was found for “zzzzqqqq”." in page
    assert '<a href="/en/c/jujube/">' in page.partition("Look in a category:")[2]
    assert "Leave one thing out" not in page  # without the words there would be everything: no help
    assert "Often ordered" not in page  # nobody has ordered anything


def test_nothing_found_shows_what_others_order_but_not_what_is_gone(client: Client) -> None:
    variant, gone = stocked(2, name_en="Honey")
    ordered(client, variant)
    ordered(client, gone)
    SellerOrder.objects.update(state="awaiting_seller")
    withdraw_product(gone.product, now=NOW)

    page = client.get("/en/search/?q=zzzzqqqq").content.decode()

    often = page.partition("Often ordered in the last 30 days")[2]
    assert product_url(variant) in often
    assert product_url(gone) not in often


def test_nothing_found_counts_no_order_that_was_never_paid(client: Client) -> None:
    ordered(client, stocked()[0])

    assert "Often ordered" not in client.get("/en/search/?q=zzzzqqqq").content.decode()


def test_nothing_for_a_destination_offers_the_home_market(client: Client) -> None:
    stocked()

    page = client.get("/en/search/?q=jujubes&to=KZ").content.decode()

    assert 'href="/en/search/?q=jujubes">in the home market <span class="count">1</span>' in page


@pytest.mark.parametrize("typed", ["jujzzzz", "hongzqqq", "serqqqqq", "финзззз", "弘皂糕", "zzzz jujzz"])
def test_nothing_found_leads_to_the_nearest_category_before_the_largest(client: Client, typed: str) -> None:
    stocked(name_zh="红枣", name_en="Jujubes serrated", name_ru="Финики китайские")
    stocked(4, name_zh="纸皮核桃", name_en="Walnuts", name_ru="Орехи", category=make_category("walnut"))
    count_words(NOW)

    page = client.get("/en/search/", {"q": typed}).content.decode()

    assert "Nothing was found" in page
    assert re.findall(r"/en/c/([a-z]+)/", page.partition("Look in a category:")[2]) == ["jujube", "walnut"]


def test_nothing_like_it_leads_to_the_largest_category(client: Client) -> None:
    stocked()
    stocked(4, name_zh="纸皮核桃", name_en="Walnuts", name_ru="Орехи", category=make_category("walnut"))
    count_words(NOW)

    page = client.get("/en/search/?q=qqqqwwww&stock=1").content.decode()

    part = page.partition("Look in a category:")[2]
    assert re.findall(r'href="/en/c/([^"]*)"', part)[:2] == ["walnut/", "jujube/"]
