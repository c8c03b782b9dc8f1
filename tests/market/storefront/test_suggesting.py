import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from search.products.actions.count_words import count_words
from tests.builders import NOW
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
