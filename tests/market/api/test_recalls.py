"""Recalls over the API: everybody reads them, who bought some answers."""

from typing import Any

import pytest
from django.test import Client

from market.common.clock import read_clock
from orders.orders.models import SellerOrder
from orders.recalls.actions.follow_recall import close_recall
from orders.recalls.models import RecallNotice
from tests.builders import make_officer, make_user
from tests.market.api.test_buying_claims import buyers_key, get, secret_of
from tests.orders.claims import make_delivered
from tests.orders.recalls.recall import make_recall

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> SellerOrder:
    return make_delivered(user=make_user("buyer@example.org"))


def put(order: SellerOrder, number: str, headers: dict[str, str], **body: Any) -> Any:
    path = f"/api/v1/purchases/{order.purchase.number}/recalls/{number}"
    return Client().put(path, body, content_type="application/json", headers=headers)


def test_everybody_reads_what_is_recalled(client: Client, order: SellerOrder) -> None:
    assert client.get("/api/v1/recalls").json() == {"items": [], "next": None}
    recall, second = make_recall(order), make_recall(make_delivered(waybill="W2"))

    first = client.get("/api/v1/recalls?page_size=1").json()
    rest = client.get(f"/api/v1/recalls?cursor={first['next']}").json()

    assert [item["number"] for item in first["items"] + rest["items"]] == [second.number, recall.number]
    (item,) = rest["items"]
    assert (item["lot"], item["severity"], item["closed_at"]) == (recall.lot.number, "1", None)
    assert "buyer@example.org" not in str(first) + str(rest)


def test_buyer_sees_it_with_the_purchase_and_answers(order: SellerOrder) -> None:
    recall, key = make_recall(order), buyers_key(order.purchase.buyer)

    (seen,) = get(f"/purchases/{order.purchase.number}", key).json()["seller_orders"][0]["recalls"]
    answered = put(order, recall.number, key, left="12.5", done="destroyed", words="burnt")
    again = put(order, recall.number, secret_of(order), left="0", done="nothing")

    assert (seen["number"], seen["weight"], seen["left"], seen["answered_at"]) == (recall.number, "200", "", None)
    assert (answered.status_code, answered.json()["left"], answered.json()["done"]) == (200, "12.5", "destroyed")
    assert (again.status_code, again.json()["done"]) == (200, "nothing")


@pytest.mark.parametrize("body", [{"left": "201"}, {"left": "-1"}, {"left": "0"}, {"left": "1", "done": "eaten"}])
def test_an_answer_that_cannot_be_is_422(order: SellerOrder, body: dict[str, str]) -> None:
    recall = make_recall(order)

    assert put(order, recall.number, secret_of(order), **({"done": "kept"} | body)).status_code == 422
    assert RecallNotice.objects.get().answered_at is None


def test_strangers_and_closed_ones_are_refused(order: SellerOrder) -> None:
    recall, body = make_recall(order), {"left": "1", "done": "kept"}
    for number, headers in (
        (recall.number, {}),
        (recall.number, buyers_key(make_user())),
        ("R1", secret_of(order)),
    ):
        assert put(order, number, headers, **body).status_code == 404

    close_recall(recall, outcome="done", by=make_officer(order.enterprise.unit), now=read_clock())

    late = put(order, recall.number, secret_of(order), **body)
    assert late.status_code == 409
    assert "recall_closed" in late.content.decode()
