"""What a list can be narrowed and ordered by: stock first or not, minimum order, destination."""

import pytest
from django.test import Client

from market.channels.models import Channel
from market.common.kept import forget_kept
from market.common.outbox.drain import drain_outbox
from tests.builders import NOW, make_variant, offer_for_export, open_country
from tests.market.storefront.shop import product_url, stocked

pytestmark = pytest.mark.django_db


def test_preference_for_what_is_in_stock_can_be_switched_off_and_on(client: Client) -> None:
    sold_out, in_stock = *stocked(on_hand=0), *stocked()

    page = client.get("/en/search/?q=jujubes&pmin=1").content.decode()
    plain = client.get("/en/search/?q=jujubes&pmin=1&boosts=0").content.decode()

    assert 'href="/en/search/?q=jujubes&amp;pmin=1&amp;boosts=0">Order by the words alone' in page
    assert page.index(product_url(in_stock)) < page.index(product_url(sold_out))
    assert 'href="/en/search/?q=jujubes&amp;pmin=1">What is in stock or in season first' in plain
    assert '<input type="hidden" name="boosts" value="0">' in plain
    assert plain.index(product_url(sold_out)) < plain.index(product_url(in_stock))


def test_minimum_order_can_be_chosen_and_taken_back(client: Client) -> None:
    small, large = *stocked(moq=1), *stocked(moq=20)

    page = client.get("/en/search/?q=jujubes").content.decode()
    narrow = client.get("/en/search/?q=jujubes&moq=5").content.decode()

    assert 'name="moq" value="50" id="f-moq-50"> ≤ 50 <span class="count">2</span>' in page
    assert product_url(small) in narrow
    assert product_url(large) not in narrow
    assert 'value="5" id="f-moq-5" checked' in narrow
    assert '<a href="/en/search/?q=jujubes">minimum order ≤ 5' in narrow


def test_minimum_order_is_no_filter_where_all_have_the_same(client: Client) -> None:
    stocked(2)

    assert 'name="moq"' not in client.get("/en/search/").content.decode()


def test_destination_lists_what_is_offered_abroad_at_its_prices(client: Client) -> None:
    at_home, abroad = make_variant(), offer_for_export(make_variant(), price="4.50")
    open_country("KZ")
    open_country("MN", "0802")
    drain_outbox(NOW)

    page = client.get("/en/search/?q=jujubes").content.decode()
    there = client.get("/en/search/?q=jujubes&to=KZ&pmax=9").content.decode()

    assert 'name="to" value="KZ" id="f-to-KZ"> Kazakhstan</label>' in page
    assert 'name="to" value="MN" id="f-to-MN"> Mongolia</label>' in page
    assert product_url(at_home) in page
    assert product_url(at_home) not in there
    assert product_url(abroad) in there
    assert "4.50" in there
    assert 'value="KZ" id="f-to-KZ" checked> Kazakhstan <span class="count">1</span>' in there
    assert 'id="f-to-MN"' not in there
    assert '<a href="/en/search/?q=jujubes&amp;pmax=9">export to Kazakhstan' in there
    assert "Price per kg, USD" in there


@pytest.mark.parametrize("country", ["CN", "XX", "kz", "%00", "KZ;"])
def test_destination_that_is_none_is_left_out(client: Client, country: str) -> None:
    variant, *_ = stocked()
    open_country("KZ")

    assert product_url(variant) in client.get(f"/en/search/?to={country}").content.decode()


def test_shop_without_export_offers_no_destination(client: Client) -> None:
    variant, *_ = stocked()
    open_country("KZ")
    Channel.objects.filter(kind="export").update(is_active=False)
    forget_kept()

    page = client.get("/en/search/?to=KZ").content.decode()

    assert 'name="to"' not in page
    assert product_url(variant) in page
