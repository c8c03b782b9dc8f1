"""The description is true: what the addresses answer is what it says."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from ninja import Schema

from market.api.answers import ProductList, ProductSeen, SearchAnswer
from market.common.outbox.drain import drain_outbox
from orders.orders.models import SellerOrder
from tests.builders import NOW, make_placed, make_variant
from tests.market.api.keys import call, key_for

pytestmark = pytest.mark.django_db


def described(client: Client) -> Any:
    return client.get("/api/v1/openapi.json").json()


def test_every_answer_has_a_type_and_every_type_is_there(client: Client) -> None:
    whole = described(client)

    untyped = [
        (path, method)
        for path, methods in whole["paths"].items()
        for method, facts in methods.items()
        if "$ref" not in json.dumps(facts["responses"])
    ]
    named = set(re.findall(r"#/components/schemas/([^\"]+)", json.dumps(whole)))

    assert untyped == []
    assert named <= set(whole["components"]["schemas"])


def test_no_two_types_share_a_name(client: Client) -> None:
    """The description would hold one of them only."""
    described(client)  # which reads all modules
    names = Counter(kind.__name__ for kind in _kinds(Schema) if kind.__module__.startswith("market."))
    assert [name for name, times in names.items() if times > 1] == []
    assert len(names) > 50


def _kinds(kind: type[Schema]) -> Iterator[type[Schema]]:
    for below in kind.__subclasses__():
        yield below
        yield from _kinds(below)


def test_description_says_truly_who_may_call_what(client: Client) -> None:
    """Whoever comes with nothing is turned away exactly where the description says that something is needed."""
    whole = described(client)
    untrue = []
    for path, methods in whole["paths"].items():
        for method, facts in methods.items():
            address = path.replace("{cart_id}", "018f0000-0000-7000-8000-000000000000")
            answer = client.generic(method.upper(), re.sub(r"\{\w+\}", "1", address), b"{}", "application/json")
            ways = [name for way in facts["security"] for name in way]
            needs_key = ways in (["key"], ["partner"])
            is_refused = answer.status_code == 401 or (answer.status_code == 422 and method != "get")
            if not is_refused if needs_key else answer.status_code == 401:
                untrue.append((method, path, ways, answer.status_code))
            assert set(ways) <= set(whole["components"]["securitySchemes"])
            assert facts["responses"]["4XX"]
            assert len(set(facts["tags"])) == len(facts["tags"])

    assert untrue == []
    assert all(scheme in whole["info"]["description"] for scheme in ("Bearer", "Idempotency-Key", "Accept-Language"))


def test_the_catalogues_answers_are_what_the_description_says(client: Client) -> None:
    variant = make_variant(on_hand=3)
    drain_outbox(NOW)

    for path, model in (
        ("/products", ProductList),
        ("/search?q=huizao", SearchAnswer),
        (f"/products/{variant.product_id}", ProductSeen),
    ):
        answer = client.get(f"/api/v1{path}").json()
        assert model(**answer).model_dump(by_alias=True, mode="json") == answer


def test_shipment_names_the_lots_that_left() -> None:
    variant = make_variant(on_hand=10)
    order = make_placed((variant, 4)).seller_orders[0]
    SellerOrder.objects.update(state="awaiting_seller")
    key = key_for(variant.product.enterprise)
    line = order.lines.get()
    lot = variant.product.lots.get().number
    path = f"/seller/orders/{order.number}/shipments"
    body = {"carrier": "truck", "waybill": "W 1", "lines": [{"line": line.pk, "quantity": "3", "lot": lot}]}

    made = call("post", path, body, key=key)
    again = call("post", path, body, key=key)
    foreign = call("post", path, body | {"waybill": "W2"}, key=key_for(make_variant().product.enterprise))

    assert made.status_code == 201
    assert made.json() == {
        "number": f"{order.number}-S1",
        "carrier": "truck",
        "waybill": "W1",
        "parcels": [],
        "lines": [{"line": line.pk, "lot": lot, "quantity": "3"}],
    }
    assert (again.status_code, again.json()["error"]["code"]) == (409, "waybill_used")
    assert foreign.status_code == 404


def test_shipment_in_several_parcels_names_each_with_its_state() -> None:
    variant = make_variant(on_hand=10)
    order = make_placed((variant, 4)).seller_orders[0]
    SellerOrder.objects.update(state="awaiting_seller")
    key = key_for(variant.product.enterprise)
    path = f"/seller/orders/{order.number}/shipments"
    body = {"carrier": "truck", "waybill": "W1", "further_waybills": ["W 2", "W3"]}

    made = call("post", path, body, key=key)
    again = call("post", path, {"carrier": "truck", "waybill": "W9", "further_waybills": ["W3"]}, key=key)
    found = call("get", f"/seller/shipments/{order.number}-S1", key=key)
    long = call("post", path, body | {"further_waybills": ["x" * 61]}, key=key)
    many = call("post", path, body | {"further_waybills": [f"N{n}" for n in range(200)]}, key=key)

    parcels = [{"waybill": number, "status": "unknown"} for number in ("W1", "W2", "W3")]
    assert (made.status_code, made.json()["parcels"]) == (201, parcels)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "waybill_used")
    assert found.json()["parcels"] == parcels
    assert (long.status_code, many.status_code) == (422, 422)
