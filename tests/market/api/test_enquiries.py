"""Export over the API: closed until opened, an enquiry instead of an order, nobody else's to see."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.products.models import Variant
from market.enterprises.models import Enterprise
from orders.orders.models import Purchase
from orders.quotes.models import Enquiry
from tests.builders import (
    know_owners,
    make_enquiry_of,
    make_enterprise,
    make_variant,
    offer_for_export,
    open_country,
    stock_of,
)
from tests.market.api.test_root import ALL, CHECKOUT, make_key, post

pytestmark = pytest.mark.django_db
BODY = {
    "company": "Almaty Fruit LLP",
    "contact": "A. Buyer",
    "email": "a.buyer@example.org",
    "country": "KZ",
    "onward_country": "KZ",
    "incoterm": "DAP",
    "named_place": "Khorgos",
}


def export_cart(client: Client, *variants: Variant) -> tuple[str, dict[str, str]]:
    cart = post(client, "/carts", {"channel": "export"}).json()
    token = {"X_Cart_Token": cart["token"]}
    for variant in variants:
        line = post(client, f"/carts/{cart['id']}/lines", {"variant": variant.pk, "quantity": 2}, **token)
        assert line.status_code == 201
    return cart["id"], token


@pytest.fixture
def variant() -> Variant:
    made = offer_for_export(make_variant())
    know_owners(made.product.enterprise)
    return made


def test_only_opened_destinations_are_listed(client: Client) -> None:
    assert client.get("/api/v1/destinations").json() == {"items": []}
    open_country("KZ", "0813")

    answer = client.get("/api/v1/destinations?lang=ru").json()

    assert answer == {"items": [{"country": "KZ", "name": "Казахстан", "hs_prefixes": ["0813"]}]}


def test_an_export_cart_is_not_ordered_and_told_where_to_ask(client: Client, variant: Variant) -> None:
    open_country("KZ")
    cart, token = export_cart(client, variant)

    refused = post(client, f"/carts/{cart}/checkout", CHECKOUT, Idempotency_Key="a", **token)

    assert refused.status_code == 409
    error = refused.json()["error"]
    assert error["code"] == "export_is_enquiry"
    path = re.sub(r"^/api/v1", "", error["details"]["enquiry"])
    assert post(client, path, BODY, **token).status_code == 201
    assert not Purchase.objects.exists()
    assert stock_of(variant)[1] == 0


def test_an_enquiry_is_made_once_and_seen_with_its_token_only(client: Client, variant: Variant) -> None:
    open_country("KZ")
    cart, token = export_cart(client, variant)

    first = post(client, f"/carts/{cart}/enquiry", BODY, **token).json()
    again = post(client, f"/carts/{cart}/enquiry", BODY, **token).json()

    assert first == again
    path = f"/api/v1/enquiries/{first['number']}"
    assert client.get(path).status_code == 404
    assert client.get(path, headers={"X-Enquiry-Token": "x"}).status_code == 404
    seen = client.get(path, headers={"X-Enquiry-Token": first["access_token"]}).json()
    assert (seen["state"], seen["incoterm"]) == ("open", "DAP Khorgos, Incoterms 2020")
    assert seen["parts"][0]["lines"][0]["listed_unit_price"] == "25"


def test_a_closed_destination_says_so_and_keeps_the_cart(client: Client, variant: Variant) -> None:
    cart, token = export_cart(client, variant)

    refused = post(client, f"/carts/{cart}/enquiry", BODY, **token)

    error = refused.json()["error"]
    assert (refused.status_code, error["code"]) == (409, "trade_refused")
    assert error["details"]["lines"][0]["reasons"][0]["rule"] == "DEST-NOT-OPENED"
    assert not Enquiry.objects.exists()
    open_country("KZ")
    assert post(client, f"/carts/{cart}/enquiry", BODY, **token).status_code == 201


def test_a_stranger_sends_nobodys_cart(client: Client, variant: Variant) -> None:
    open_country("KZ")
    cart, _token = export_cart(client, variant)

    assert post(client, f"/carts/{cart}/enquiry", BODY).status_code == 404
    assert post(client, f"/carts/{cart}/enquiry", BODY, X_Cart_Token="x").status_code == 404
    assert not Enquiry.objects.exists()


@pytest.mark.parametrize("change", [{"country": "XX"}, {"incoterm": "EXW"}, {"expected_entry": "soon"}, {"email": "x"}])
def test_nonsense_is_named_in_one_shape(client: Client, variant: Variant, change: dict[str, str]) -> None:
    cart, token = export_cart(client, variant)

    refused = post(client, f"/carts/{cart}/enquiry", BODY | change, **token)

    assert refused.status_code == 422
    assert [name.split(".")[-1] for name in refused.json()["error"]["details"]["fields"]] == list(change)


def test_a_domestic_cart_makes_no_enquiry(client: Client) -> None:
    cart = post(client, "/carts", {}).json()

    refused = post(client, f"/carts/{cart['id']}/enquiry", BODY, X_Cart_Token=cart["token"])

    assert refused.json()["error"]["code"] == "not_an_export_cart"


def seller_sees(client: Client, enterprise: Enterprise) -> Any:
    return client.get("/api/v1/seller/enquiries", headers=make_key(enterprise, ALL)).json()["items"]


def test_sellers_see_their_own_part_with_the_evidence_it_needs(client: Client) -> None:
    mine, other = make_variant(), make_variant()
    make_enquiry_of(mine, other)

    (item,) = seller_sees(client, mine.product.enterprise)

    assert [line["sku"] for line in item["lines"]] == [mine.sku]
    assert item["missing_evidence"] == ["GACC_PRODUCER_RECORD"]
    assert seller_sees(client, make_enterprise()) == []


@pytest.mark.parametrize("count", [3, 24])
def test_sellers_list_costs_the_same_for_few_and_many(client: Client, count: int) -> None:
    variant = make_variant()
    for _ in range(count):
        make_enquiry_of(variant)
    key = make_key(variant.product.enterprise, ALL)

    with CaptureQueriesContext(connection) as queries:
        answer = client.get("/api/v1/seller/enquiries", headers=key)

    assert len(answer.json()["items"]) == count
    assert len(queries) <= 8
