import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.products.models import Category
from search.engines.base import EngineError
from search.products.actions.count_words import count_words
from search.products.engine import search_desk
from tests.builders import NOW, make_category, make_enterprise
from tests.market.storefront.shop import product_url, stocked, words

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["zh-hans", "en", "ru"])
def test_category_lists_its_products(client: Client, language: str) -> None:
    variant, *_ = stocked()
    stocked(name_zh="薄皮核桃", name_en="Thin-shell walnuts", name_ru="Орехи", category=make_category("walnut"))

    page = client.get(f"/{language}/c/jujube/").content.decode()

    assert f"/{language}/p/{variant.product_id}-" in page
    assert "walnuts" not in page


def test_unknown_category_is_not_found(client: Client) -> None:
    assert client.get("/en/c/gold/").status_code == 404


def test_category_lists_what_stands_in_categories_below_it(client: Client) -> None:
    root = Category.objects.create(slug="fruit", path="/fruit/", name_zh="瓜果", name_en="Fruit")
    below = Category.objects.create(slug="pear", path="/fruit/pear/", parent=root, name_zh="梨", name_en="Pears")
    stocked(category=below)

    assert "1 product" in words(client.get("/en/c/fruit/"))


def test_search_counts_a_product_once_in_each_category_above_it(client: Client) -> None:
    root = Category.objects.create(slug="fruit", path="/fruit/", name_zh="瓜果", name_en="Fruit")
    below = Category.objects.create(slug="pear", path="/fruit/pear/", parent=root, name_zh="梨", name_en="Pears")
    stocked(name_zh="香梨", name_en="Fragrant pears", category=below)
    stocked(name_zh="梨干", name_en="Dried pears")

    page = words(client.get("/en/search/?q=pears"))

    assert "Fruit 1 " in page
    assert "Pears 1 " in page


def test_category_that_holds_every_hit_is_not_offered(client: Client) -> None:
    root = Category.objects.create(slug="fruit", path="/fruit/", name_zh="瓜果", name_en="Fruit")
    below = Category.objects.create(slug="pear", path="/fruit/pear/", parent=root, name_zh="梨", name_en="Pears")
    stocked(name_zh="香梨", name_en="Fragrant pears", category=below)

    page = words(client.get("/en/search/?q=pears"))

    assert "Fruit" not in page
    assert "Pears 1 " in page


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=-3",
        "page=9999999999999999999999",
        "q=" + "a" * 20_000,
        "q=%00%1b%5b31m",
        "q=%27%22%3Cscript%3E",
        "pmin=-1&pmax=abc",
        "pmin=9999999999999999999999999",
        "pmin=1.000000001",
        "org=%27;drop",
        "grade=%00",
        "sort=;--",
        "category=..%2F..",
        "season=&stock=%00",
    ],
)
def test_bad_parameter_is_left_out_and_never_an_error(client: Client, query: str) -> None:
    stocked()

    answer = client.get(f"/en/search/?{query}", follow=True)

    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode().partition("<main")[2]


def test_page_beyond_the_last_goes_to_the_last(client: Client) -> None:
    stocked()

    answer = client.get("/en/search/?q=jujubes&page=50")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/en/search/?q=jujubes")


def test_long_list_has_pages_that_keep_the_filters(client: Client) -> None:
    enterprise = make_enterprise()
    stocked(26, enterprise=enterprise)

    page = client.get(f"/en/search/?stock=1&org={enterprise.unit.code}").content.decode()

    assert f'href="/en/search/?org={enterprise.unit.code}&amp;stock=1&amp;page=2"' in page
    second = client.get(f"/en/search/?stock=1&org={enterprise.unit.code}&page=2").content.decode()
    assert second.count('<li class="card">') == 2


def test_filters_show_as_chips_that_take_themselves_away(client: Client) -> None:
    variant, *_ = stocked()
    unit = variant.product.origin_unit

    page = client.get(f"/en/search/?q=jujubes&org={unit.code}&pmin=5&season=1").content.decode()

    chips = page.partition('aria-label="Chosen filters"')[2].partition("</ul>")[0]
    assert "/en/search/?org=" in chips  # without the words
    assert f'href="/en/search/?q=jujubes&amp;org={unit.code}&amp;season=1"' in chips  # without the price
    assert "CN¥5.00" in chips


def test_chosen_value_stays_in_place_when_nothing_is_left_of_it(client: Client) -> None:
    variant, *_ = stocked()
    other = make_enterprise().unit

    page = client.get(f"/en/search/?org={other.code}").content.decode()

    assert f'value="{other.code}" id="f-org-{other.code}" checked' in page
    assert variant.product.origin_unit.code in page


def test_words_are_marked_in_the_names_of_what_was_found(client: Client) -> None:
    stocked(name_en="Grey <b>jujubes</b> & co")

    page = client.get("/en/search/?q=jujubes").content.decode()

    assert "Grey &lt;b&gt;<mark>jujubes</mark>&lt;/b&gt; &amp; co" in page


def test_typing_error_says_what_was_searched_instead(client: Client) -> None:
    stocked()
    count_words(NOW)

    page = client.get("/en/search/?q=jujbue&stock=1").content.decode()

    assert "Nothing was found for “jujbue” as it is written." in page
    assert 'href="/en/search/?q=jujube&amp;stock=1">Keep “jujube”</a>' in page
    assert "as it is written" not in client.get("/en/search/?q=jujube").content.decode()


def test_htmx_gets_the_results_and_the_panel_but_no_page(client: Client) -> None:
    stocked()

    answer = client.get("/en/search/?pmin=&pmax=&stock=1", headers={"hx-request": "true"})

    fragment = answer.content.decode()
    assert "<html" not in fragment
    assert fragment.count('id="results"') == 1
    assert 'id="facet-choices" hx-swap-oob="true"' in fragment
    assert answer.headers["HX-Push-Url"] == "/en/search/?stock=1"
    assert "HX-Request" in answer.headers["Vary"]


def test_back_gets_the_whole_page(client: Client) -> None:
    stocked()

    headers = {"hx-request": "true", "hx-history-restore-request": "true"}
    answer = client.get("/en/search/", headers=headers)

    assert "<html" in answer.content.decode()


@pytest.mark.parametrize("address", ["/en/", "/en/search/", "/en/c/jujube/", "/en/help/", "/en/s/{seller}/"])
def test_public_page_is_the_same_for_everybody(client: Client, address: str) -> None:
    variant, *_ = stocked()
    address = address.format(seller=variant.product.enterprise.number)

    answer = client.get(address)

    assert "public" in answer.headers["Cache-Control"]
    assert "csrf" not in answer.content.decode()
    assert not answer.cookies
    assert "Cookie" not in answer.headers.get("Vary", "")


@pytest.mark.parametrize("count", [3, 30])
@pytest.mark.parametrize(
    ("address", "statements"),
    [
        ("/en/", 1),
        ("/en/search/?stock=1", 2),
        ("/en/search/?q=jujubes", 2),
        ("/en/c/jujube/", 2),
        ("/en/s/{seller}/", 3),
    ],
)
def test_list_asks_the_database_as_little_as_it_can(
    client: Client,
    embedded: None,
    address: str,
    statements: int,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    """Officers' choices for the words, and what may be seen of the hits at this moment; all else is kept in memory."""
    enterprise = make_enterprise()
    stocked(count, enterprise=enterprise)
    address = address.format(seller=enterprise.number)
    client.get(address)

    with django_assert_num_queries(statements):
        answer = client.get(address)

    assert answer.content.decode().count('<li class="card">') >= min(count, 6)


def test_list_is_marked_for_search_engines_in_three_languages(client: Client) -> None:
    stocked()

    page = client.get("/ru/c/jujube/?sort=price&page=1").content.decode()

    assert '<link rel="canonical" href="http://testserver/ru/c/jujube/">' in page
    assert re.findall(r'hreflang="([^"]+)" href="http', page) == ["zh-Hans", "en", "ru", "x-default"]


def test_foreign_words_are_marked_as_chinese(client: Client) -> None:
    stocked(name_en="", name_ru="")

    assert '<span lang="zh-Hans">若羌灰枣</span>' in client.get("/ru/search/").content.decode()
    assert '<span lang="zh-Hans">' not in client.get("/zh-hans/search/").content.decode()


@pytest.mark.parametrize("address", ["/{language}/search/?q=灰枣", "/{language}/c/jujube/", "/{language}/s/{seller}/"])
@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "The search engine is away at the moment; this is a simpler search."),
        ("ru", "Поисковая система сейчас недоступна"),
        ("zh-hans", "搜索服务暂时不可用"),
    ],
)
def test_list_says_when_another_engine_answers(
    client: Client, embedded: None, monkeypatch: pytest.MonkeyPatch, address: str, language: str, sentence: str
) -> None:
    variant, *_ = stocked()
    address = address.format(language=language, seller=variant.product.enterprise.number)
    assert sentence not in words(client.get(address))

    def away(*args: object) -> None:
        raise EngineError("broken")

    monkeypatch.setattr(type(search_desk().main), "search", away)
    page = client.get(address)

    assert sentence in words(page)
    assert product_url(variant, language) in page.content.decode()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("灰枣 手机", ["have some of them."]),
        ("羌笛", ["have single characters of them"]),
        ("灰枣", []),
        ("jujbue", []),
    ],
)
def test_goods_that_only_nearly_fit_are_said_to(client: Client, text: str, said: list[str]) -> None:
    stocked(name_zh="若羌灰枣")
    count_words(NOW)

    page = client.get("/en/search/", {"q": text}).content.decode()

    assert '<ul class="cards' in page
    assert [one for one in ("have some of them.", "have single characters of them") if one in page] == said
