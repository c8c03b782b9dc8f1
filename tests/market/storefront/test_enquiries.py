"""Export as a visitor presses it: two carts that never mix, an enquiry instead of an order."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate

from catalog.products.models import Variant
from market.common.clock import read_clock
from orders.cart.models import Cart, CartLine
from orders.orders.models import Purchase
from orders.quotes.models import Enquiry
from tests.builders import (
    domestic,
    export,
    know_owners,
    make_enquiry_of,
    make_user,
    make_variant,
    offer_for_export,
    open_country,
)

pytestmark = pytest.mark.django_db
ENTRY = localdate(read_clock()) + timedelta(days=60)
FORM = {
    "country": "KZ",
    "onward_country": "=",
    "expected_entry": f"{ENTRY}",
    "incoterm": "DAP",
    "named_place": "Khorgos",
    "company": "Almaty Fruit LLP",
    "contact": "A. Buyer",
    "email": "a.buyer@example.org",
    "message": "",
}


@pytest.fixture
def variant() -> Variant:
    made = offer_for_export(make_variant())
    know_owners(made.product.enterprise)
    return made


def page(client: Client, path: str, *, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def add(client: Client, variant: Variant, quantity: int = 2) -> Any:
    return client.post("/en/enquiry/put/", {"variant": variant.pk, "quantity": quantity, "back": "/en/cart/"})


def product_page(client: Client, variant: Variant) -> str:
    return page(client, f"/en/p/{variant.product_id}-{variant.product.slug}/")


def test_product_page_says_that_all_is_closed_and_offers_no_way(client: Client, variant: Variant) -> None:
    text = product_page(client, variant)

    assert "All destinations abroad are closed for these goods until our compliance office opens one." in text
    assert "may not be importable into" in text
    assert "United States" in text
    assert "Add to export enquiry" not in text


def test_product_page_offers_an_enquiry_to_open_countries(client: Client, variant: Variant) -> None:
    open_country("KZ")

    text = product_page(client, variant)

    assert "Kazakhstan" in text
    assert "Add to export enquiry" in text
    assert "$25.00" in text


def test_goods_not_listed_for_export_say_so(client: Client) -> None:
    open_country("KZ")

    assert "does not offer these goods for export" in product_page(client, make_variant())


def test_the_two_carts_never_mix(client: Client, variant: Variant) -> None:
    client.post("/en/cart/put/", {"variant": variant.pk, "quantity": 3})
    add(client, variant)

    lines = {line.cart.channel.code: line.quantity for line in CartLine.objects.select_related("cart__channel")}

    assert lines == {"domestic": 3, "export": 2}
    assert "$" not in page(client, "/en/cart/")
    assert "CN¥" not in page(client, "/en/enquiry/")
    assert {cart.channel for cart in Cart.objects.all()} == {domestic(), export()}


def test_what_a_buyer_put_aside_is_there_on_another_device(client: Client, variant: Variant) -> None:
    buyer, other = make_user(), offer_for_export(make_variant())
    add(client, variant, 4)
    client.force_login(buyer)
    page(client, "/en/enquiry/")  # the visitor's cart becomes the buyer's
    phone = Client()
    add(phone, other, 5)
    phone.force_login(buyer)

    text = page(phone, "/en/enquiry/")

    assert "put aside earlier" in text
    mine = Cart.objects.get(user=buyer, state="open")
    assert dict(mine.lines.values_list("variant_id", "quantity")) == {variant.pk: 4, other.pk: 5}
    stranger = Client()
    stranger.force_login(make_user())
    assert "Your export cart is empty" in page(stranger, "/en/enquiry/")


def test_the_page_says_at_its_top_what_is_open(client: Client, variant: Variant) -> None:
    add(client, variant)
    assert "All destinations abroad are closed at present." in page(client, "/en/enquiry/")

    open_country("KZ")

    text = page(client, "/en/enquiry/")
    assert "Open destinations: Kazakhstan. Every other country is closed." in text
    assert re.search(r'<optgroup label="Open">\s*<option value="KZ">Kazakhstan', text)
    rules = re.findall(r'<option value="([A-Z]{3})">', text)
    assert rules == export().incoterms


def test_a_guest_sends_it_once_and_sees_it_again_but_a_stranger_does_not(client: Client, variant: Variant) -> None:
    open_country("KZ")
    add(client, variant)

    sent = client.post("/en/enquiry/", FORM)

    enquiry = Enquiry.objects.get()
    assert sent.status_code == 302
    assert sent["Location"] == f"/en/enquiries/{enquiry.number}/"
    assert (enquiry.onward_country, enquiry.expected_entry) == ("KZ", ENTRY)
    text = page(client, sent["Location"])
    assert "not binding, no money was taken" in text
    assert enquiry.number in page(client, "/en/enquiries/")
    stranger = Client()
    page(stranger, sent["Location"], status=404)
    assert enquiry.number not in page(stranger, "/en/enquiries/")
    assert not Purchase.objects.exists()
    assert "Your export cart is empty" in page(client, "/en/enquiry/")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["do not allow this enquiry", "Import law at the destination", "Public Law 117-78", "21 Jun 2022"]),
        ("zh-hans", ["贸易规则不允许此询盘", "本平台不向该目的地发货", "Public Law 117-78", "2022年6月21日"]),
        ("ru", ["не допускают этот запрос", "платформа их туда не отправляет", "Public Law 117-78", "21 июня 2022"]),
    ],
)
def test_a_refusal_shows_rule_law_and_date_and_keeps_cart_and_form(
    client: Client, variant: Variant, language: str, words: list[str]
) -> None:
    open_country("US")
    add(client, variant)

    answer = client.post(f"/{language}/enquiry/", FORM | {"country": "US"})

    text = answer.content.decode()
    assert answer.status_code == 422
    assert all(word in text for word in words)
    assert 'value="Almaty Fruit LLP"' in text
    assert CartLine.objects.count() == 1
    assert not Enquiry.objects.exists()


@pytest.mark.parametrize("name", ["country", "onward_country", "incoterm", "named_place", "company", "email"])
def test_what_is_missing_is_said_at_its_field(client: Client, variant: Variant, name: str) -> None:
    open_country("KZ")
    add(client, variant)

    answer = client.post("/en/enquiry/", FORM | {name: ""})

    assert answer.status_code == 422
    assert "field-bad" in answer.content.decode()
    assert not Enquiry.objects.exists()


def test_a_forged_delivery_term_is_refused(client: Client, variant: Variant) -> None:
    open_country("KZ")
    add(client, variant)

    assert client.post("/en/enquiry/", FORM | {"incoterm": "DDP"}).status_code == 422
    assert not Enquiry.objects.exists()


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "/\\evil.example", ""])
def test_a_refusal_never_leads_away_from_here(client: Client, variant: Variant, back: str) -> None:
    answer = client.post("/en/enquiry/put/", {"variant": variant.pk, "quantity": "x", "back": back})

    assert answer["Location"] == "/en/enquiry/"


def test_lines_are_changed_and_taken_out_and_nothing_typed_is_lost(client: Client, variant: Variant) -> None:
    add(client, variant)

    changed = client.post("/en/enquiry/", FORM | {f"quantity-{variant.pk}": "5", "change": "1"})
    assert CartLine.objects.get().quantity == 5
    assert (changed.status_code, Enquiry.objects.count()) == (200, 0)
    assert "Almaty Fruit LLP" in changed.content.decode()
    client.post("/en/enquiry/", FORM | {f"quantity-{variant.pk}": "5", "remove": str(variant.pk)})

    assert not CartLine.objects.exists()


@pytest.mark.parametrize(("typed", "status", "asked"), [("7", 302, [7]), ("many", 422, []), ("0", 422, [])])
def test_what_is_sent_is_the_quantity_seen(
    client: Client, variant: Variant, typed: str, status: int, asked: list[int]
) -> None:
    open_country("KZ")
    add(client, variant)

    answer = client.post("/en/enquiry/", FORM | {f"quantity-{variant.pk}": typed})

    assert answer.status_code == status
    assert [
        line.quantity for row in Enquiry.objects.all() for part in row.parts.all() for line in part.lines.all()
    ] == asked
    assert answer.status_code == 302 or "Almaty Fruit LLP" in answer.content.decode()


def test_product_page_says_that_owners_are_not_cleared(client: Client, variant: Variant) -> None:
    open_country("KZ")
    other = offer_for_export(make_variant())

    words = "The owners of this seller have not been cleared yet"
    assert words not in product_page(client, variant)
    assert words in product_page(client, other)


def test_a_buyer_sees_and_closes_their_own_enquiry_only(client: Client) -> None:
    buyer, other = make_user(), make_user()
    enquiry = make_enquiry_of(make_variant(), user=buyer)
    part = enquiry.parts.get()
    path = f"/en/enquiries/{enquiry.number}/"
    client.force_login(other)
    page(client, path, status=404)
    assert client.post(f"{path}close/{part.number}/").status_code == 404
    part.refresh_from_db()
    assert part.state == "open"

    client.force_login(buyer)
    assert client.post(f"{path}close/{part.number}/").status_code == 302

    part.refresh_from_db()
    assert part.state == "closed"
    assert enquiry.number in page(client, "/en/enquiries/")


def test_export_switched_off_is_not_there(client: Client) -> None:
    channel = export()
    channel.is_active = False
    channel.save()

    page(client, "/en/enquiry/", status=404)
