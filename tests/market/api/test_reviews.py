"""Reviews over the API: everybody reads, the buyer's key writes, the seller's key answers."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.products.models import Product
from market.accounts.actions.keep_api_key import create_api_key
from market.accounts.models import User
from market.common.clock import read_clock
from market.common.outbox.drain import drain_outbox
from orders.orders.models import SellerOrder
from orders.reviews.models import Review
from tests.builders import NOW, make_enterprise, make_user, make_variant
from tests.market.api.keys import call, key_for
from tests.orders.reviews.scenes import make_accepted, make_arrived, make_review, product_of, rating_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("market.api.reviews.read_clock", lambda: NOW)


def buyers_key(user: User | None, *scopes: str) -> dict[str, str]:
    assert user is not None
    _key, secret = create_api_key(
        user, name="program", scopes=scopes or ["orders:read", "orders:write"], now=NOW, enterprise_number=""
    )
    return {"Authorization": f"Bearer {secret}"}


def own_path(order: SellerOrder) -> str:
    return f"/purchases/{order.purchase.number}/products/{product_of(order).pk}/review"


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_buyer_writes_changes_reads_and_withdraws() -> None:
    order = make_arrived()
    key, path = buyers_key(order.purchase.buyer), own_path(order)
    assert code(call("get", path, key=key)) == (404, "not_found")

    made = call("put", path, {"stars": 5, "text": "Sweet"}, key=key)
    changed = call("put", path, {"stars": 3, "text": "Сладкие", "language": "en"}, key=key)
    read = call("get", path, key=key)

    assert (made.status_code, made.json()["language"], made.json()["can_change"]) == (200, "en", True)
    assert (changed.json()["stars"], changed.json()["language"], changed.json()["state"]) == (3, "ru", "shown")
    assert read.json() == changed.json()
    assert rating_of(Review.objects.get()) == (1, 3)
    assert call("delete", path, key=key).json()["state"] == "withdrawn"
    assert code(call("delete", path, key=key)) == (409, "illegal_move")
    assert code(call("put", path, {"stars": 3}, key=key)) == (409, "review_withdrawn")
    assert rating_of(Review.objects.get()) == (0, 0)


def test_refusals_have_codes_and_leave_nothing_behind() -> None:
    on_its_way, order = make_arrived("in_transit"), make_accepted()
    key = buyers_key(order.purchase.buyer)

    assert code(call("put", own_path(on_its_way), {"stars": 5}, key=buyers_key(on_its_way.purchase.buyer))) == (
        409,
        "not_delivered",
    )
    assert code(call("put", own_path(order), {"stars": 5}, key=buyers_key(make_user()))) == (404, "not_found")
    assert code(call("put", own_path(order), {"stars": 5}, key={})) == (401, "unauthorized")
    assert code(call("put", own_path(order), {"stars": 5}, key=buyers_key(order.purchase.buyer, "orders:read"))) == (
        403,
        "not_allowed",
    )
    for wrong in ({"stars": 0}, {"stars": 6}, {"stars": "x"}, {"stars": 5, "text": "x" * 10_000}, {}):
        assert call("put", own_path(order), wrong, key=key).status_code == 422
    assert not Review.objects.exists()


def test_text_a_little_too_long_is_refused_by_name() -> None:
    order = make_accepted()

    answer = call("put", own_path(order), {"stars": 5, "text": "x" * 2_001}, key=buyers_key(order.purchase.buyer))

    assert answer.status_code == 422
    assert "text" in answer.json()["error"]["details"]["fields"]


def test_session_reads_the_own_review_and_does_not_write() -> None:
    order = make_accepted()
    make_review(order)
    client = Client()
    assert order.purchase.buyer is not None
    client.force_login(order.purchase.buyer)

    assert client.get(f"/api/v1{own_path(order)}").status_code == 200
    assert client.put(f"/api/v1{own_path(order)}", {"stars": 1}, "application/json").status_code == 401


def test_everybody_reads_the_reviews_of_a_product_page_by_page(client: Client) -> None:
    variant = make_variant(on_hand=50)
    made = [make_review(make_accepted(variant), stars=1 + n % 5) for n in range(5)]
    Review.objects.filter(pk=made[0].pk).update(state="hidden")
    path = f"/api/v1/products/{variant.product_id}/reviews"

    with CaptureQueriesContext(connection) as queries:
        first = client.get(path, {"page_size": 3}).json()
        statements = len(queries)
    second = client.get(path, {"page_size": 3, "cursor": first["next"]}).json()

    assert [row["id"] for row in first["items"] + second["items"]] == [row.pk for row in reversed(made[1:])]
    assert second["next"] is None
    assert statements == 2
    assert set(first["items"][0]) == {
        "id", "product", "stars", "text", "language", "signature", "created_at", "changed_at", "answer",
    }  # fmt: skip
    assert client.get(path, {"cursor": "forged"}).status_code == 422
    Product.objects.update(state="withdrawn")
    assert client.get(path).status_code == 404


def test_seller_answers_their_own_only(client: Client) -> None:
    review = make_review()
    key, foreign = key_for(review.enterprise, role="sales"), key_for(make_enterprise())
    path = f"/seller/reviews/{review.pk}/answer"

    answered = call("put", path, {"text": "Thank you"}, key=key)

    assert (answered.status_code, answered.json()["answer"]["text"]) == (200, "Thank you")
    assert [row["id"] for row in call("get", "/seller/reviews", key=key).json()["items"]] == [review.pk]
    assert call("get", "/seller/reviews", key=foreign).json()["items"] == []
    assert code(call("put", path, {"text": "x"}, key=foreign)) == (404, "not_found")
    assert code(call("put", path, {"text": " \u200b"}, key=key)) == (422, "invalid_input")
    assert call("put", path, {"text": "x" * 10_000}, key=key).status_code == 422
    shown = client.get(f"/api/v1/products/{review.product_id}/reviews").json()["items"][0]
    assert shown["answer"]["text"] == "Thank you"


def test_products_tell_their_rating_for_no_further_statement(client: Client) -> None:
    plain, review = make_variant(), make_review(stars=4)
    drain_outbox(read_clock())

    with CaptureQueriesContext(connection) as queries:
        seen = client.get(f"/api/v1/products/{review.product_id}").json()
    listed = {item["id"]: item["rating"] for item in client.get("/api/v1/products").json()["items"]}

    assert seen["rating"] == {"average": "4.0", "count": 1}
    assert len(queries) <= 4
    assert listed == {plain.product_id: None, review.product_id: {"average": "4.0", "count": 1}}


def test_search_sorts_and_filters_by_rating(client: Client) -> None:
    low, high = make_review(stars=2), make_review(stars=5)
    plain = make_variant()
    drain_outbox(read_clock())

    def found(**wishes: Any) -> list[int]:
        return [item["id"] for item in client.get("/api/v1/search", wishes).json()["items"]]

    assert found(sort="rating") == [high.product_id, low.product_id, plain.product_id]
    assert found(rating_min=4) == [high.product_id]
    assert client.get("/api/v1/search", {"rating_min": 9}).status_code == 422
    facets = client.get("/api/v1/search", {"facets": "true"}).json()["facets"]
    assert [(value["value"], value["count"]) for value in facets["rating"]] == [("4", 1), ("3", 1)]
