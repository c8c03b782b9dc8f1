"""The API as an outside program sees it."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from market.accounts.models import ApiKey
from market.common.ids import digest
from market.common.outbox.drain import drain_outbox
from market.enterprises.models import Enterprise
from orders.orders.models import Purchase
from tests.builders import NOW, make_enterprise, make_member, make_placed, make_variant, make_warehouse, stock_of

pytestmark = pytest.mark.django_db
ALL = ["catalogue:write", "stock:write", "orders:read", "orders:write"]
CHECKOUT = {
    "buyer": {"name": "李买家"},
    "address": {"recipient": "李", "phone": "+8613800138000", "province": "四川", "city": "成都", "street": "1"},
}


def make_key(enterprise: Enterprise, scopes: list[str]) -> dict[str, str]:
    secret = f"k{enterprise.pk}.secret"
    ApiKey.objects.create(
        user=make_member(enterprise),
        enterprise_number=enterprise.number,
        name="k",
        prefix=f"k{enterprise.pk}",
        key_digest=digest(secret),
        scopes=scopes,
        created_at=NOW,
    )
    return {"Authorization": f"Bearer {secret}"}


def post(client: Client, path: str, body: Any, **headers: str) -> Any:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(f"/api/v1{path}", body, content_type="application/json", headers=sent)


@pytest.mark.parametrize("count", [3, 30])
def test_products_cost_the_same_statements_for_few_and_many(client: Client, count: int) -> None:
    for _ in range(count):
        make_variant()
    drain_outbox(NOW)

    with CaptureQueriesContext(connection) as queries:
        answer = client.get("/api/v1/products?page_size=30")

    assert len(answer.json()["items"]) == count
    assert len(queries) <= 3


def test_product_costs_four_statements(client: Client) -> None:
    product_id = make_variant().product_id

    with CaptureQueriesContext(connection) as queries:
        client.get(f"/api/v1/products/{product_id}")

    assert len(queries) <= 4


def test_products_cursor_walks_each_once(client: Client) -> None:
    ids = {make_variant().product_id for _ in range(5)}
    drain_outbox(NOW)

    first = client.get("/api/v1/products?page_size=3").json()
    second = client.get("/api/v1/products", {"page_size": 3, "cursor": first["next"]}).json()

    assert {item["id"] for item in first["items"] + second["items"]} == ids
    assert second["next"] is None


def test_story_from_product_to_purchase(client: Client) -> None:
    variant = make_variant(on_hand=10)
    shown = client.get(f"/api/v1/products/{variant.product_id}").json()
    cart = post(client, "/carts", {}).json()
    token = {"X_Cart_Token": cart["token"]}
    line = post(client, f"/carts/{cart['id']}/lines", {"variant": variant.pk, "quantity": 4}, **token)

    first = post(client, f"/carts/{cart['id']}/checkout", CHECKOUT, Idempotency_Key="a", **token)
    again = post(client, f"/carts/{cart['id']}/checkout", CHECKOUT, Idempotency_Key="a", **token)

    assert shown["variants"][0]["stock"] == "10"
    assert line.status_code == 201
    assert first.status_code == 201
    assert first.json() == again.json()
    assert stock_of(variant)[1] == 4
    path = f"/api/v1/purchases/{first.json()['purchase_number']}"
    assert client.get(path).status_code == 404
    seen = client.get(path, headers={"X-Purchase-Token": first.json()["access_token"]}).json()
    assert seen["payment"] == "unpaid"


def test_checkout_above_stock_says_the_numbers_and_changes_nothing(client: Client) -> None:
    variant = make_variant(on_hand=2)
    cart = post(client, "/carts", {}).json()
    token = {"X_Cart_Token": cart["token"]}
    post(client, f"/carts/{cart['id']}/lines", {"variant": variant.pk, "quantity": 3}, **token)

    answer = post(client, f"/carts/{cart['id']}/checkout", CHECKOUT, Idempotency_Key="a", **token)

    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "out_of_stock"
    assert answer.json()["error"]["details"]["lines"][0]["left"] == "2"
    assert Purchase.objects.count() == 0


def test_refusals_have_one_shape(client: Client) -> None:
    cart = post(client, "/carts", {}).json()
    broken = client.post("/api/v1/carts", "{", content_type="application/json")
    answers = {
        422: post(client, f"/carts/{cart['id']}/checkout", CHECKOUT, X_Cart_Token=cart["token"]),
        404: client.get("/api/v1/nowhere"),
        401: client.get("/api/v1/seller/orders"),
        405: client.delete("/api/v1/products"),
        413: client.post("/api/v1/carts", "x" * 1_100_000, content_type="application/json"),
        400: broken,
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert set(answer.json()["error"]) == {"code", "message", "details"}


def test_cart_of_another_is_not_there(client: Client) -> None:
    cart = post(client, "/carts", {}).json()

    assert post(client, f"/carts/{cart['id']}/lines", {"variant": 1, "quantity": 1}).status_code == 404


def test_seller_product_stock_and_other_tenant(client: Client) -> None:
    mine, foreign = make_enterprise(), make_variant()
    make_warehouse(mine)
    key = make_key(mine, ALL)
    body = {
        "category": "jujube",
        "name_zh": "红枣",
        "variants": [
            {
                "sku": "A",
                "net_kg": 5,
                "gross_kg": 6,
                "on_hand": 7,
                "lot": {"number": "26A", "harvested_from": "2026-10-01", "harvested_to": "2026-10-09"},
                "prices": [{"tiers": [{"from_quantity": 1, "amount": "30"}]}],
            }
        ],
        "publish_in": ["domestic"],
    }

    made = post(client, "/products", body, **key)

    assert made.status_code == 201
    assert client.get(f"/api/v1/products/{made.json()['id']}").json()["variants"][0]["stock"] == "7"
    path = f"/api/v1/variants/{foreign.pk}/stock"
    assert client.patch(path, {"on_hand": 1}, content_type="application/json", headers=key).status_code == 404
    assert stock_of(foreign) == (Decimal(10), Decimal(0))


def test_key_without_scope_is_refused(client: Client) -> None:
    key = make_key(make_enterprise(), ["stock:write"])

    assert client.get("/api/v1/seller/orders", headers=key).status_code == 403


def test_seller_orders_are_only_ones_own(client: Client) -> None:
    variant, other = make_variant(), make_variant()
    make_placed((variant, 1), (other, 1))
    key = make_key(variant.product.enterprise, ALL)

    items = client.get("/api/v1/seller/orders", headers=key).json()["items"]

    assert [item["lines"][0]["sku"] for item in items] == [variant.sku]


def test_health_and_description(client: Client) -> None:
    assert client.get("/healthz").status_code == 200
    assert "/api/v1/products" in client.get("/api/v1/openapi.json").json()["paths"]
