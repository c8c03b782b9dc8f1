import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.products.actions.publish_product import withdraw_product
from catalog.products.models import Category
from market.channels.models import Channel
from market.common.kept import forget_kept
from market.common.outbox.drain import drain_outbox
from orders.orders.models import SellerOrder
from search.products.actions.count_words import count_words
from tests.builders import NOW, make_category, make_enterprise, make_variant, offer_for_export, open_country
from tests.market.storefront.shop import ordered, product_url, stocked, words

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


def test_nothing_for_a_destination_offers_the_home_market(client: Client) -> None:
    stocked()

    page = client.get("/en/search/?q=jujubes&to=KZ").content.decode()

    assert 'href="/en/search/?q=jujubes">in the home market <span class="count">1</span>' in page
