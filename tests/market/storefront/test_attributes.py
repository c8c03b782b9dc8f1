"""Lists are narrowed by what the category describes its goods by; a product's page shows it."""

from typing import Any

import pytest
from django.test import Client

from catalog.products.models import Product
from market.common.outbox.drain import drain_outbox
from tests.builders import NOW, make_category, make_variant
from tests.catalog.products.attributes import make_brix, make_size
from tests.market.storefront.shop import product_url

pytestmark = pytest.mark.django_db


def stock(**attributes: Any) -> Any:
    variant = make_variant()
    Product.objects.filter(pk=variant.product_id).update(attributes=attributes)
    return variant


def test_list_is_narrowed_and_choices_are_taken_back(client: Client) -> None:
    make_size(), make_brix()
    large, small = stock(size="large", brix="17"), stock(size="small", brix="13")
    drain_outbox(NOW)

    page = client.get("/en/c/jujube/").content.decode()
    narrow = client.get("/en/c/jujube/?attr=size=large&attr=brix=16.5..").content.decode()

    assert "<legend>Size grade</legend>" in page
    assert 'name="attr" value="size=large" id="f-attr:size-large"> Large <span class="count">1</span>' in page
    assert 'value="brix=12..14"' in page
    assert product_url(large) in narrow
    assert product_url(small) not in narrow
    assert 'value="size=large" id="f-attr:size-large" checked' in narrow
    assert '<a href="/en/c/jujube/?attr=brix%3D16.5..">Size grade: Large' in narrow
    found = client.get("/en/search/?q=jujubes").content.decode()
    assert "<legend>Size grade</legend>" in found  # all hits have the category in common


def test_no_hit_offers_the_list_without_properties(client: Client) -> None:
    make_size(), make_brix()
    stock(size="large", brix="17"), stock(size="small", brix="13")
    drain_outbox(NOW)

    page = client.get("/en/c/jujube/?attr=size=large&attr=brix=12..14").content.decode()

    assert "with any property" in page
    assert 'value="size=large" id="f-attr:size-large" checked' in page


@pytest.mark.parametrize("odd", ["size", "size=", "=x", "size=<b>", "SIZE=x", "size=" + "x" * 70, "nothing=1"])
def test_what_somebody_made_up_is_no_error(client: Client, odd: str) -> None:
    make_size()
    stock(size="large")
    drain_outbox(NOW)

    answer = client.get("/en/c/jujube/", {"attr": odd})

    assert answer.status_code == 200
    assert "<b>" not in answer.content.decode()


def test_another_category_is_asked_for_without_what_it_does_not_know(client: Client) -> None:
    make_size()
    stock(size="large")
    make_variant(category=make_category("walnut"))
    drain_outbox(NOW)

    page = client.get("/en/c/jujube/?attr=size=large&stock=1").content.decode()

    assert 'href="/en/c/walnut/?stock=1">Walnuts <span class="count"></span>' in page


def test_product_page_shows_what_counts(client: Client) -> None:
    make_size(), make_brix()
    variant = stock(size="large", brix="13.5", gone="1")

    page = client.get(product_url(variant)).content.decode()
    russian = client.get(product_url(variant, "ru")).content.decode()

    assert '<th scope="row">Size grade</th><td>Large</td>' in page
    assert "13.5 %" in page
    assert "gone" not in page
    assert '<th scope="row">Размер</th><td>Крупный</td>' in russian
    assert "13,5 %" in russian
