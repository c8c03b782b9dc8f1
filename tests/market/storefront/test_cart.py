from decimal import Decimal

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.pricing.actions.set_price import set_price
from catalog.products.actions.publish_product import withdraw_product
from catalog.stock.models import StockItem
from market.accounts.models import User
from orders.cart.models import Cart, CartLine
from tests.builders import NOW, domestic, make_cart, make_enterprise, make_user
from tests.market.storefront.shop import LADDER, product_url, put, stocked, words

pytestmark = pytest.mark.django_db


def lines() -> dict[int, Decimal]:
    return dict(CartLine.objects.values_list("variant_id", "quantity"))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_put_says_what_is_in_the_cart_and_shows_the_way_there(client: Client) -> None:
    variant, *_ = stocked()

    put(client, variant, "2")

    text = words(client.get(product_url(variant)))
    assert "In your cart: 2 boxes of Ruoqiang grey jujubes. Go to the cart" in text


@pytest.mark.parametrize("typed", ["", "abc", "-1", "0", "1.00001", "1e3", "9" * 60])
def test_put_nonsense_is_refused_at_the_field_with_what_was_typed(client: Client, typed: str) -> None:
    variant, *_ = stocked()

    answer = put(client, variant, typed)

    assert answer.status_code == 422
    assert "Please enter a quantity, such as 10." in words(answer)
    assert not typed or f'value="{typed[:40]}"' in answer.content.decode()
    assert lines() == {}


def test_refusal_is_told_in_the_bar_of_a_phone_too_where_the_rest_is_out_of_sight(client: Client) -> None:
    variant, *_ = stocked(on_hand=10)
    address = f"/en/p/{variant.product_id}/quote/?v={variant.pk}&quantity="

    bar = put(client, variant, "99").content.decode().split('class="buy-bar"')[1].split("</p>")[0]
    reckoned = client.get(f"{address}99").content.decode()
    fits = client.get(f"{address}9").content.decode()

    assert "Only 10 boxes are left." in bar
    assert " hidden" not in bar
    assert 'id="quantity-trouble" class="errorlist only-phone" hx-swap-oob="true">' in reckoned
    assert 'hx-swap-oob="true" hidden>' in fits


def test_put_below_the_minimum_says_what_would_do(client: Client) -> None:
    variant, *_ = stocked(tiers=LADDER, moq=2, multiple=2)

    answer = put(client, variant, "3")

    assert answer.status_code == 422
    assert "in steps of 2. Try 4." in words(answer)
    assert lines() == {}


def test_put_more_than_there_is_says_how_much_is_left(client: Client) -> None:
    variant, *_ = stocked(on_hand=10)

    answer = put(client, variant, "11")

    assert answer.status_code == 422
    assert "Only 10 boxes are left." in words(answer)
    assert lines() == {}


@pytest.mark.parametrize("variant", ["", "x", "-1", "99999999", "9" * 30])
def test_put_a_packing_that_is_not_there_goes_to_the_cart(client: Client, variant: str) -> None:
    answer = client.post("/en/cart/put/", {"variant": variant, "quantity": "1"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/en/cart/")
    assert not Cart.objects.exists()


def test_put_a_withdrawn_product_is_not_found(client: Client) -> None:
    variant, *_ = stocked()
    withdraw_product(variant.product, now=NOW)

    assert put(client, variant).status_code == 404


def test_buy_now_orders_this_product_only_and_keeps_the_others_for_later(client: Client) -> None:
    other, wanted = stocked(2)
    put(client, other)

    answer = put(client, wanted, "1", now="1")

    assert answer.headers["Location"] == "/en/checkout/"
    ticked = dict(CartLine.objects.values_list("variant_id", "is_selected"))
    assert ticked == {other.pk: False, wanted.pk: True}


def test_without_script_the_price_is_reckoned_by_reloading(client: Client) -> None:
    variant, *_ = stocked()

    answer = put(client, variant, "7", reckon="1")

    assert answer.headers["Location"] == f"{product_url(variant)}?v={variant.pk}&quantity=7"
    assert "7 boxes = 35 kg net" in words(client.get(answer.headers["Location"]))
    assert lines() == {}


def test_cart_form_sets_quantities_and_ticks(client: Client) -> None:
    one, other = stocked(2)
    put(client, one)
    put(client, other)

    client.post("/en/cart/", {"tick": [other.pk], f"quantity-{one.pk}": "5", f"quantity-{other.pk}": "3"})

    assert lines() == {one.pk: 5, other.pk: 3}
    assert list(CartLine.objects.filter(is_selected=True).values_list("variant_id", flat=True)) == [other.pk]


def test_refused_quantity_answers_422_with_the_cart_as_it_is(client: Client) -> None:
    variant, *_ = stocked(tiers=LADDER, moq=2, multiple=2)
    put(client, variant, "4")

    answer = client.post("/en/cart/", {"tick": [variant.pk], f"quantity-{variant.pk}": "3"})

    assert answer.status_code == 422
    assert "Try 4. The quantity is as it was." in words(answer)
    assert f'name="quantity-{variant.pk}" value="4"' in answer.content.decode()
    assert lines() == {variant.pk: 4}


def test_htmx_gets_the_corrected_cart_and_the_count_only(client: Client) -> None:
    variant, *_ = stocked(tiers=LADDER, moq=2, multiple=2)
    put(client, variant, "4")

    fields = {"tick": [variant.pk], f"quantity-{variant.pk}": "1"}
    answer = client.post("/en/cart/", fields, headers={"hx-request": "true"})

    fragment = answer.content.decode()
    assert answer.status_code == 422
    assert "<html" not in fragment
    assert 'id="cart-count" hx-swap-oob="innerHTML"><span class="badge">1' in fragment


@pytest.mark.parametrize("field", ["remove", "take", "tick", "quantity-0"])
def test_forged_cart_fields_change_nothing(client: Client, field: str) -> None:
    variant, stranger = stocked(2)
    put(client, variant, "2")

    for value in ("9" * 40, "-1", "x", str(stranger.pk), f"{stranger.pk}:5", ":", "٣"):
        client.post("/en/cart/", {field: value})

    assert lines() == {variant.pk: 2}


def test_changed_price_is_written_out_and_must_be_accepted(client: Client) -> None:
    variant, *_ = stocked(price="30.00")
    put(client, variant, "2")
    set_price(variant, domestic(), basis="per_kg", tiers=[(Decimal(1), Decimal(31))], now=NOW)

    assert "The price has changed from CN¥150.00 to CN¥155.00." in words(client.get("/en/cart/"))
    client.post("/en/cart/", {"accept": "1"})

    assert "has changed" not in words(client.get("/en/cart/"))


def test_too_much_in_the_cart_offers_what_is_left(client: Client) -> None:
    variant, *_ = stocked(on_hand=10)
    put(client, variant, "8")
    StockItem.objects.filter(variant=variant).update(reserved=Decimal(5))

    assert "Only 5 are left. Take 5" in words(client.get("/en/cart/"))
    client.post("/en/cart/", {"take": f"{variant.pk}:5", f"quantity-{variant.pk}": "8"})

    assert lines() == {variant.pk: 5}


def test_product_no_longer_for_sale_does_not_block_the_rest(client: Client) -> None:
    gone, there = stocked(2)
    put(client, gone)
    put(client, there)
    withdraw_product(gone.product, now=NOW)

    assert "No longer for sale. Remove it" in words(client.get("/en/cart/"))
    client.post("/en/cart/", {"tick": [there.pk]})

    assert client.get("/en/checkout/").status_code == 200


def test_empty_cart_shows_the_way_to_the_goods(client: Client) -> None:
    assert "Your cart is empty. Look at the goods" in words(client.get("/en/cart/"))
    assert client.get("/en/checkout/").headers["Location"] == "/en/cart/"


def test_cart_of_another_session_is_not_seen(client: Client) -> None:
    variant, *_ = stocked()
    put(client, variant)

    assert "Your cart is empty." in words(Client().get("/en/cart/"))


def test_count_is_empty_without_a_session_and_makes_none(client: Client) -> None:
    answer = client.get("/en/cart/count/")

    assert answer.content.decode().strip() == ""
    assert not answer.cookies


def test_count_counts_lines(client: Client) -> None:
    for variant in stocked(3):
        put(client, variant)

    assert words(client.get("/en/cart/count/")) == "3 products"


def test_signing_in_takes_the_cart_along_and_says_what_came_from_before() -> None:
    early, both, new = stocked(3)
    user = make_user()
    make_cart((early, 1), (both, 1), user=user)
    client = Client()
    put(client, both, "4")
    put(client, new, "2")

    client.force_login(user)
    text = words(client.get("/en/cart/"))

    assert "1 product you had put aside earlier was added to your cart." in text
    assert "1 product was in both carts: the quantity you chose just now holds." in text
    mine = Cart.objects.get(state="open")
    assert mine.user == user
    assert dict(mine.lines.values_list("variant_id", "quantity")) == {early.pk: 1, both.pk: 4, new.pk: 2}
    assert "put aside earlier" not in words(client.get("/en/cart/"))


def test_own_cart_is_there_on_another_device() -> None:
    variant, *_ = stocked()
    user = make_user()
    put(signed_in(user), variant, "3")

    assert f'name="quantity-{variant.pk}" value="3"' in signed_in(user).get("/en/cart/").content.decode()
    assert "Your cart is empty." in words(signed_in(make_user()).get("/en/cart/"))


@pytest.mark.parametrize("count", [3, 30])
def test_cart_asks_the_database_the_same_for_any_number_of_lines(
    client: Client, count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    variants = stocked(count, enterprise=make_enterprise())
    for variant in variants:
        put(client, variant)

    client.get("/en/cart/")  # shows and forgets the messages
    with django_assert_max_num_queries(5):
        client.get("/en/cart/")


def test_refused_quantity_is_not_reckoned_and_names_no_article_number(client: Client) -> None:
    variant, *_ = stocked(moq=2, multiple=2, on_hand=10)

    answer = put(client, variant, "3")

    text = words(answer)
    assert answer.status_code == 422
    assert "The minimum order is 2, in steps of 2. Try 4." in text
    assert variant.sku not in text.partition("The minimum order")[0][-60:]
    assert 'id="total"' not in answer.content.decode()
    assert "save CN¥0.00" not in text


def test_refused_page_can_be_read_in_another_language(client: Client) -> None:
    variant, *_ = stocked(on_hand=10)

    page = put(client, variant, "11").content.decode()

    assert f'href="/ru/p/{variant.product_id}-{variant.product.slug}/" lang="ru"' in page
    assert "/ru/cart/put/" not in page


def test_address_that_takes_a_quantity_leads_to_the_cart_when_it_is_opened_again(client: Client) -> None:
    assert client.get("/ru/cart/put/").headers["Location"] == "/ru/cart/"
