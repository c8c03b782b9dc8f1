from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.lots.models import HarvestLot
from catalog.pricing.models import PriceTier
from catalog.products.models import Product, Variant
from market.common.outbox.drain import drain_outbox
from market.common.outbox.models import OutboxEvent
from market.regions.models import OrgUnit
from tests.builders import NOW, make_category, make_enterprise, make_regiment, make_variant, make_warehouse, stock_of
from tests.catalog.products.attributes import make_brix, make_by_hand, make_size
from tests.market.api.keys import call, key_for

pytestmark = pytest.mark.django_db
LOT = {"number": "26A", "harvested_from": "2026-10-01", "harvested_to": "2026-10-09"}


def packing(sku: str, **wishes: Any) -> dict[str, Any]:
    return {"sku": sku, "net_kg": "5", "gross_kg": "5.4"} | wishes


def price(*tiers: tuple[str, str], **wishes: Any) -> dict[str, Any]:
    return {"tiers": [{"from_quantity": quantity, "amount": amount} for quantity, amount in tiers]} | wishes


def product(**wishes: Any) -> dict[str, Any]:
    make_category()
    return {"category": "jujube", "name_zh": "红枣", "hs_code": "081340"} | wishes


def test_product_with_packings_ladders_channels_texts_and_lots_in_one_call() -> None:
    enterprise = make_enterprise()
    make_warehouse(enterprise)
    key = key_for(enterprise)
    body = product(
        name_en="Jujubes",
        name_ru="Финики",
        season_months=[10, 9],
        variants=[
            packing(
                "A", on_hand=7, lot=LOT, prices=[price(("1", "30"), ("50", "28")), price(("1", "5"), channel="export")]
            ),
            packing("B", net_kg="10", gross_kg="11", prices=[price(("1", "290"), basis="per_unit")]),
        ],
        publish_in=["domestic", "export"],
    )

    made = call("post", "/products", body, key=key)
    seen = call("get", f"/seller/products/{made.json()['id']}", key=key).json()

    assert made.status_code == 201
    assert [variant["sku"] for variant in made.json()["variants"]] == ["A", "B"]
    assert (seen["state"], seen["channels"], seen["season_months"]) == ("published", ["domestic", "export"], [9, 10])
    first, second = seen["variants"]
    assert first["stock"] == [{"warehouse": "W1", "on_hand": "7", "reserved": "0"}]
    assert [offer["channel"] for offer in first["prices"]] == ["domestic", "export"]
    assert first["prices"][0]["tiers"][1] == {"from_quantity": "50", "amount": "28"}
    assert second["prices"][0]["basis"] == "per_unit"
    assert HarvestLot.objects.get().number == "26A"


@pytest.mark.parametrize(
    "wishes",
    [
        {"variants": [packing("A"), packing("A")]},
        {"variants": [packing("A", prices=[price(("1", "30"), ("2", "31"))])]},
        {"variants": [packing("A", prices=[price(("1", "30"), channel="mars")])]},
        {"variants": [packing("A", net_kg="NaN")]},
        {"variants": [packing("A", net_kg="0.0001")]},
        {"variants": [packing("A", on_hand=-1)]},
        {"variants": [packing("A", unit="FURLONG")]},
        {"variants": [packing("A")], "publish_in": ["domestic"]},
        {"hs_code": "999999"},
        {"origin": "NOWHERE"},
        {"season_months": [13]},
        {"category": "moon"},
    ],
)
def test_anything_wrong_writes_nothing(wishes: dict[str, Any]) -> None:
    enterprise = make_enterprise()
    make_warehouse(enterprise)

    answer = call("post", "/products", product(**wishes), key=key_for(enterprise))

    assert answer.status_code in (404, 409, 422)
    assert set(answer.json()["error"]) == {"code", "message", "details"}
    assert not Product.objects.exists()
    assert not OutboxEvent.objects.exists()


def test_origin_is_ones_own_unit_or_below_and_stays() -> None:
    enterprise = make_enterprise()
    company = OrgUnit.objects.create(
        code="C7", level="company", path=f"{enterprise.unit.path}C7/", parent=enterprise.unit, name_zh="七连"
    )
    key = key_for(enterprise)
    other = make_regiment()

    refused = call("post", "/products", product(origin=other.code), key=key)
    made = call("post", "/products", product(origin="C7"), key=key).json()
    moved = call("patch", f"/products/{made['id']}", {"origin": enterprise.unit.code}, key=key)

    assert refused.status_code == 422
    assert (moved.status_code, moved.json()["error"]["code"]) == (409, "origin_is_fixed")
    assert Product.objects.get().origin_unit_id == company.pk


def test_patch_changes_what_is_sent_and_leaves_the_rest() -> None:
    variant = make_variant(price="30")
    key = key_for(variant.product.enterprise)
    path = f"/products/{variant.product_id}"
    changes = {"name_en": "New", "variants": [{"id": variant.pk, "is_active": False, "prices": [price(("1", "29"))]}]}

    seen = call("patch", path, changes, key=key)

    assert seen.status_code == 200
    assert (seen.json()["name_en"], seen.json()["name_zh"]) == ("New", "若羌灰枣")
    (packed,) = seen.json()["variants"]
    assert (packed["is_active"], packed["net_kg"], packed["prices"][0]["tiers"][0]["amount"]) == (False, "5", "29")


def test_patch_with_an_old_version_is_a_conflict_and_changes_nothing() -> None:
    variant = make_variant(price="30")
    key = key_for(variant.product.enterprise)
    path = f"/products/{variant.product_id}"
    read = call("get", f"/seller{path}", key=key).json()["updated_at"]
    call("patch", path, {"name_en": "First", "version": read}, key=key)
    late = {"name_en": "Second", "version": read, "variants": [{"id": variant.pk, "prices": [price(("1", "1"))]}]}

    answer = call("patch", path, late, key=key)

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")
    assert Product.objects.get().name_en == "First"
    assert PriceTier.objects.get().amount == 30


def test_patch_adds_a_packing_withdraws_and_publishes() -> None:
    product_id = make_variant().product_id
    enterprise = Product.objects.get().enterprise
    key = key_for(enterprise)

    added = call("patch", f"/products/{product_id}", {"variants": [packing("NEW")]}, key=key)
    withdrawn = call("patch", f"/products/{product_id}", {"withdraw": True}, key=key).json()["state"]
    published = call("patch", f"/products/{product_id}", {"publish_in": ["domestic"]}, key=key).json()["state"]

    assert [variant["sku"] for variant in added.json()["variants"]][1] == "NEW"
    assert (withdrawn, published) == ("withdrawn", "published")


def test_products_of_another_enterprise_are_not_there() -> None:
    theirs, mine = make_variant(), make_variant()
    key = key_for(mine.product.enterprise)
    path = f"/products/{theirs.product_id}"

    assert call("get", f"/seller{path}", key=key).status_code == 404
    assert call("patch", path, {"name_zh": "偷"}, key=key).status_code == 404
    wish = {"variants": [{"id": theirs.pk, "is_active": False}]}
    assert call("patch", f"/products/{mine.product_id}", wish, key=key).status_code == 422
    listed = call("get", "/seller/products", key=key).json()["items"]

    assert [item["id"] for item in listed] == [mine.product_id]
    theirs.refresh_from_db()
    assert (theirs.is_active, theirs.product.name_zh) == (True, "若羌灰枣")


@pytest.mark.parametrize(("role", "status"), [("owner", 201), ("sales", 201), ("warehouse", 403), ("viewer", 403)])
def test_key_is_never_stronger_than_its_holder(role: str, status: int) -> None:
    key = key_for(make_enterprise(), role=role)

    assert call("post", "/products", product(), key=key).status_code == status
    assert Product.objects.count() == (status == 201)


def test_goods_on_hand_without_their_lot_are_refused_by_name_and_leave_nothing() -> None:
    enterprise = make_enterprise()
    make_warehouse(enterprise)

    answer = call("post", "/products", product(variants=[packing("A", on_hand=1)]), key=key_for(enterprise))

    assert (answer.status_code, list(answer.json()["error"]["details"]["fields"])) == (422, ["lot"])
    assert not Product.objects.exists()


def test_first_stock_needs_the_right_and_the_scope_for_stock() -> None:
    enterprise = make_enterprise()
    make_warehouse(enterprise)
    body = product(variants=[packing("A", on_hand=1)])

    for key in (key_for(enterprise, "catalogue:write"), key_for(enterprise, role="sales")):
        assert call("post", "/products", body, key=key).status_code == 403

    assert not Product.objects.exists()


def test_own_products_walk_each_once_and_cost_the_same_for_few_and_many() -> None:
    enterprise = make_enterprise()
    key = key_for(enterprise)
    counts = []
    for number in (3, 27):
        for _ in range(number):
            make_variant(enterprise=enterprise, on_hand=0)
        with CaptureQueriesContext(connection) as queries:
            first = call("get", "/seller/products", {"page_size": 20}, key=key).json()
        counts.append(len(queries))
    second = call("get", "/seller/products", {"page_size": 20, "cursor": first["next"]}, key=key).json()

    assert counts[0] == counts[1]
    ids = [item["id"] for item in first["items"] + second["items"]]
    assert sorted(ids) == sorted(Product.objects.values_list("pk", flat=True))
    assert second["next"] is None


def test_own_product_costs_the_same_for_one_and_ten_packings() -> None:
    variant = make_variant()
    key = key_for(variant.product.enterprise)
    counts = []
    for number in (0, 9):
        for n in range(number):
            Variant.objects.create(product=variant.product, sku=f"N{n}", net_kg=1, gross_kg=1)
        with CaptureQueriesContext(connection) as queries:
            call("get", f"/seller/products/{variant.product_id}", key=key)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_stock_of_a_lot_by_program() -> None:
    variant = make_variant(on_hand=10)
    key = key_for(variant.product.enterprise)
    path = f"/variants/{variant.pk}/stock"

    more = call("patch", path, {"on_hand": 12, "lot": HarvestLot.objects.get().number}, key=key)
    unknown = call("patch", path, {"on_hand": 13, "lot": "NONE"}, key=key)

    assert more.json() == {"variant": variant.pk, "on_hand": "12", "reserved": "0"}
    assert unknown.status_code == 422
    assert stock_of(variant) == (Decimal(12), Decimal(0))


def test_attributes_are_written_read_and_taken_back() -> None:
    make_size(), make_brix(), make_by_hand()
    enterprise = make_enterprise()
    key = key_for(enterprise)
    body = product(attributes={"size": "large", "brix": 13.50, "by-hand": False})

    made = call("post", "/products", body, key=key).json()
    path = f"/products/{made['id']}"

    assert call("get", f"/seller{path}", key=key).json()["attributes"] == {
        "size": "large",
        "brix": "13.5",
        "by-hand": False,
    }
    for wrong in ({"size": "huge"}, {"size": 1}, {"brix": True}, {"by-hand": "yes"}, {"nothing": "x"}, {"brix": 1e300}):
        refused = call("patch", path, {"attributes": wrong}, key=key)
        assert refused.status_code == 422, wrong
        assert list(refused.json()["error"]["details"]["fields"]) == [f"attributes.{next(iter(wrong))}"]
    changed = call("patch", path, {"attributes": {"brix": 12, "size": None}}, key=key).json()
    assert changed["attributes"] == {"brix": "12", "by-hand": False}
    other = key_for(make_enterprise())
    assert call("patch", path, {"attributes": {"brix": 1}}, key=other).status_code == 404

    Product.objects.update(attributes={"size": "huge", "brix": "12"})
    assert call("get", f"/seller{path}", key=key).json()["attribute_problems"] == {"size": "unreadable"}


def test_public_product_and_search_name_attributes_in_the_readers_language(client: Client) -> None:
    make_size(), make_brix()
    variant = make_variant()
    Product.objects.update(attributes={"size": "large", "brix": "12.5"})
    drain_outbox(NOW)

    shown = client.get(f"/api/v1/products/{variant.product_id}?lang=ru").json()["attributes"]
    found = client.get("/api/v1/search?category=jujube&facets=true&lang=ru&attribute=brix=12..14").json()

    assert shown == [
        {"code": "brix", "name": "可溶性固形物", "value": "12.5", "text": "12,5 %", "unit": "%"},
        {"code": "size", "name": "Размер", "value": "large", "text": "Крупный", "unit": ""},
    ]
    assert found["total"] == 1
    assert found["facet_titles"] == {"attr:brix": "可溶性固形物", "attr:size": "Размер"}
    assert found["facets"]["attr:brix"] == [
        {"value": "12..14", "label": "12–14 %", "count": 1, "is_chosen": True, "level": ""}
    ]
