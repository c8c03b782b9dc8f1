import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.products.actions.publish_product import publish_product
from market.channels.models import Channel
from market.common.kept import forget_kept
from market.common.outbox.drain import drain_outbox
from search.products.actions.count_words import count_words
from tests.builders import NOW, export, make_variant, offer_for_export, open_country
from tests.market.storefront.shop import stocked, words

pytestmark = pytest.mark.django_db


def test_beginning_of_a_word_offers_category_and_products(client: Client) -> None:
    stocked(name_zh="红枣", name_en="Jujubes, dried")
    count_words(NOW)

    page = client.get("/en/search/suggest/?q=juj").content.decode()

    assert 'href="/en/search/?q=Jujubes%2C+dried"' in page
    assert "<html" not in page


def test_category_leads_to_its_own_page_in_the_language_of_the_site(client: Client) -> None:
    variant, *_ = stocked()
    count_words(NOW)
    category = variant.product.category

    answer = client.get("/ru/search/suggest/", {"q": category.name_zh[:1]})

    assert f'href="/ru/c/{category.slug}/"' in answer.content.decode()
    assert "раздел" in words(answer)


def test_chinese_is_offered_for_its_sound_and_marked_on_another_page(client: Client) -> None:
    stocked(name_zh="若羌灰枣", name_en="", name_ru="")
    count_words(NOW)

    page = client.get("/ru/search/suggest/?q=ruoq").content.decode()

    assert '<span lang="zh-Hans">若羌灰枣</span>' in page


@pytest.mark.parametrize("typed", ["", " ", "zzzzqqqq", "%00", "<script>", "a" * 5000])
def test_nothing_that_fits_is_an_empty_answer(client: Client, typed: str) -> None:
    stocked()
    count_words(NOW)

    answer = client.get("/en/search/suggest/", {"q": typed})

    assert (answer.status_code, answer.content.strip()) == (200, b"")


def test_suggestions_ask_the_database_nothing_and_may_be_kept(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    stocked(3)
    count_words(NOW)
    client.get("/en/search/suggest/?q=j")

    with django_assert_num_queries(0):
        answer = client.get("/en/search/suggest/?q=j")

    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert not answer.cookies


def test_seller_leads_to_its_own_page(client: Client) -> None:
    variant, *_ = stocked()
    count_words(NOW)
    seller = variant.product.enterprise

    answer = client.get("/ru/search/suggest/", {"q": seller.name_ru[:9]})

    assert f'href="/ru/s/{seller.number}/"' in answer.content.decode()
    assert "продавец" in words(answer)
    assert client.get(f"/ru/s/{seller.number}/").status_code == 200


def test_who_looks_at_goods_for_a_country_is_offered_those_and_stays_there(client: Client) -> None:
    at_home, abroad = make_variant(name_en="Home figs"), make_variant(name_en="Figs for export")
    open_country("KZ")
    offer_for_export(abroad)
    publish_product(abroad.product, [export()], now=NOW)
    drain_outbox(NOW)
    count_words(NOW)

    there = client.get("/en/search/suggest/?q=figs&to=KZ").content.decode()
    here = client.get("/en/search/suggest/?q=figs").content.decode()
    seller = client.get("/en/search/suggest/", {"q": abroad.product.enterprise.name_en, "to": "KZ"}).content.decode()

    assert ("Figs for export" in there, "Home figs" in there) == (True, False)
    assert ("Figs for export" in here, "Home figs" in here) == (False, True)
    assert 'href="/en/search/?q=Figs+for+export&amp;to=KZ"' in there
    assert "to=KZ" in seller
    assert f"/en/s/{abroad.product.enterprise.number}/" not in seller
    category = client.get("/en/search/suggest/?q=juj&to=KZ").content.decode()
    assert f'href="/en/c/{at_home.product.category.slug}/?to=KZ"' in category


def test_next_search_stays_in_the_market_of_the_list(client: Client) -> None:
    open_country("KZ")
    offer_for_export(stocked()[0])
    drain_outbox(NOW)

    there = client.get("/en/search/?q=jujubes&to=KZ").content.decode()
    fragment = client.get("/en/search/?q=jujubes&to=KZ", headers={"HX-Request": "true"}).content.decode()
    here = client.get("/en/search/?q=jujubes").content.decode()

    header = there.partition("</header>")[0]
    kept = '<input type="hidden" name="to" value="KZ">'
    assert kept in header
    assert f'<span id="market" hidden hx-swap-oob="true">{kept}</span>' in fragment
    assert 'name="to"' not in here.partition("</header>")[0]


def test_shop_without_export_offers_what_is_sold_at_home_whatever_the_address_says(client: Client) -> None:
    stocked(name_en="Home figs")
    Channel.objects.filter(kind="export").update(is_active=False)
    forget_kept()
    count_words(NOW)

    page = client.get("/en/search/suggest/?q=home&to=KZ").content.decode()

    assert 'href="/en/search/?q=Home+figs"' in page
