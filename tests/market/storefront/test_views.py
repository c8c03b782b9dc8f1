import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.products.actions.publish_product import withdraw_product
from tests.builders import NOW, make_enterprise
from tests.market.storefront.shop import LADDER, product_url, stocked, words

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address", ["/zh-hans/", "/en/", "/ru/", "/en/accounts/login/", "/ru/accounts/signup/", "/ru/help/"]
)
def test_page_opens(client: Client, address: str) -> None:
    assert client.get(address).status_code == 200


def test_root_goes_to_accepted_language(client: Client) -> None:
    assert client.get("/", headers={"accept-language": "ru"}).headers["Location"] == "/ru/"


def test_root_prefers_the_language_chosen_before(client: Client) -> None:
    client.cookies["language"] = "en"

    assert client.get("/", headers={"accept-language": "ru"}).headers["Location"] == "/en/"


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", "没有这个页面"), ("en", "There is no such page"), ("ru", "Такой страницы нет")]
)
def test_unknown_page_says_so_in_the_visitors_language(client: Client, language: str, words: str) -> None:
    answer = client.get(f"/{language}/nothing-here/")

    assert answer.status_code == 404
    assert f"<h1>{words}</h1>" in answer.content.decode()


def test_old_search_address_of_the_home_page_still_finds(client: Client) -> None:
    assert client.get("/en/?q=jujube&page=2").headers["Location"] == "/en/search/?q=jujube"


def test_language_switch_keeps_page_and_query(client: Client) -> None:
    stocked()

    assert 'href="/ru/search/?q=jujubes&amp;stock=1"' in client.get("/en/search/?q=jujubes&stock=1").content.decode()


def test_product_shows_both_prices_the_ladder_and_what_more_would_save(client: Client) -> None:
    variant, *_ = stocked(tiers=LADDER, moq=2, multiple=2)

    text = words(client.get(product_url(variant)))

    assert "CN¥30.00 CN¥150.00" in text
    assert "Take 6 and save CN¥90.00." in text
    assert "2 boxes = 10 kg net: CN¥300.00" in text
    assert "Minimum 2 boxes, in steps of 2; 10 available." in text


def test_product_at_a_wrong_slug_goes_to_the_right_one(client: Client) -> None:
    variant, *_ = stocked()

    answer = client.get(f"/en/p/{variant.product_id}-something-else/")

    assert (answer.status_code, answer.headers["Location"]) == (301, product_url(variant))


@pytest.mark.parametrize("number", ["0", "999999", "9" * 40])
def test_product_that_is_not_there_is_not_found(client: Client, number: str) -> None:
    assert client.get(f"/en/p/{number}-x/").status_code == 404


def test_withdrawn_product_and_product_of_a_suspended_seller_are_not_found(client: Client) -> None:
    gone, suspended = stocked(2)
    withdraw_product(gone.product, now=NOW)
    enterprise = suspended.product.enterprise
    enterprise.state = "suspended"
    enterprise.save()

    assert client.get(product_url(gone)).status_code == 404
    assert client.get(product_url(suspended)).status_code == 404
    assert client.get(f"/en/s/{enterprise.number}/").status_code == 404


def test_sold_out_product_says_when_it_is_harvested_and_has_no_button(client: Client) -> None:
    variant, *_ = stocked(on_hand=0)

    page = client.get(product_url(variant))

    assert "Harvest months: October, November." in words(page)
    assert "Add to cart" not in words(page)


def test_product_says_that_destinations_are_closed_until_opened(client: Client) -> None:
    variant, *_ = stocked()

    assert "All destinations abroad are closed for these goods until our compliance office opens one." in words(
        client.get(product_url(variant))
    )


def test_quote_is_reckoned_on_the_server(client: Client) -> None:
    variant, *_ = stocked(tiers=LADDER, moq=2, multiple=2)
    address = f"/en/p/{variant.product_id}/quote/?v={variant.pk}"

    assert "CN¥810.00" in words(client.get(f"{address}&quantity=6"))
    assert "Try 4" in words(client.get(f"{address}&quantity=3"))
    assert "Only 10 are left" in words(client.get(f"{address}&quantity=400"))


@pytest.mark.parametrize("quantity", ["", "-1", "0", "abc", "1e5", "NaN", "9" * 50, "1.00001", "%00"])
def test_quote_for_nonsense_asks_for_a_quantity(client: Client, quantity: str) -> None:
    variant, *_ = stocked()

    answer = client.get(f"/en/p/{variant.product_id}/quote/?v={variant.pk}&quantity={quantity}")

    assert answer.status_code == 200
    assert "Please enter a quantity, such as 10." in words(answer)


def test_quote_for_a_packing_of_another_product_is_not_found(client: Client) -> None:
    one, other = stocked(2)

    assert client.get(f"/en/p/{one.product_id}/quote/?v={other.pk}&quantity=1").status_code == 404


def test_seller_page_shows_their_goods_only(client: Client) -> None:
    mine, theirs = stocked(2)

    page = client.get(f"/en/s/{mine.product.enterprise.number}/").content.decode()

    assert product_url(mine) in page
    assert product_url(theirs) not in page


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "suspended"])
def test_seller_who_is_not_admitted_has_no_page(client: Client, state: str) -> None:
    assert client.get(f"/en/s/{make_enterprise(state).number}/").status_code == 404


@pytest.mark.parametrize("lots", [3, 30])
def test_product_asks_the_database_at_most_twelve_times(
    client: Client, lots: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    variant, *_ = stocked(lots, tiers=LADDER, moq=2)

    with django_assert_max_num_queries(12):
        client.get(product_url(variant))
