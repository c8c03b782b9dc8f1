import pytest
from django.test import Client

from catalog.products.actions.publish_product import withdraw_product
from catalog.products.models import Product
from market.common.kept import forget_kept
from market.common.outbox.drain import drain_outbox
from tests.builders import NOW, make_category, make_enterprise, make_variant
from tests.market.storefront.shop import product_url, stocked

pytestmark = pytest.mark.django_db


def new_here(page: str) -> str:
    return page.partition('id="newest"')[2]


def test_window_shows_one_of_each_seller_and_kind_before_more_of_the_same(client: Client) -> None:
    busy, quiet = make_enterprise(), make_enterprise()
    walnuts = make_category("walnut")
    first = stocked(enterprise=quiet, category=walnuts)[0]
    many = stocked(13, enterprise=busy)

    page = new_here(client.get("/en/").content.decode())

    assert page.index(product_url(many[-1])) < page.index(product_url(first)) < page.index(product_url(many[-2]))
    assert page.count('<li class="card">') == 12


def test_small_shop_fills_its_window(client: Client) -> None:
    stocked(5, enterprise=make_enterprise())

    assert new_here(client.get("/en/").content.decode()).count('<li class="card">') == 5


def test_what_is_made_all_the_year_is_not_called_harvested_now(client: Client) -> None:
    milk = make_variant()
    Product.objects.filter(pk=milk.product_id).update(season_months=[])
    drain_outbox(NOW)

    page = client.get("/en/").content.decode()

    assert 'id="in-season"' not in page
    assert product_url(milk) in new_here(page)
    assert "In season" not in new_here(page)


def test_withdrawn_product_leaves_the_window_at_once(client: Client) -> None:
    gone, stays = stocked(2)
    client.get("/en/")  # the choice is kept from here on
    withdraw_product(gone.product, now=NOW)

    page = client.get("/en/").content.decode()

    assert product_url(gone) not in page
    assert product_url(stays) in page


def test_new_product_is_in_the_window_when_the_choice_is_made_again(client: Client) -> None:
    stocked()
    client.get("/en/")
    fresh, *_ = stocked()

    forget_kept()

    assert product_url(fresh) in client.get("/en/").content.decode()
