"""Sellers claim certificates; officers of their tree decide; buyers see what holds."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from catalog.products.models import Product
from market.common.clock import read_clock
from market.common.outbox.drain import drain_outbox
from market.enterprises.models import Certificate, Enterprise
from search.products.engine import search_desk
from tests.builders import make_enterprise, make_officer, make_regiment, make_variant
from tests.market.office.people import signed_in, statements_of
from tests.market.portal.people import read, send, staff_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Enterprise:
    return make_enterprise()


@pytest.fixture
def product(firm: Enterprise) -> Product:
    return make_variant(enterprise=firm, name_en="Sample jujubes").product


def fields(product: Product, **changes: Any) -> dict[str, Any]:
    today = timezone.localdate(read_clock())
    filled = {
        "kind": "organic",
        "number": "SAMPLE-ORG-1",
        "body": "Sample Body",
        "valid_from": (today - timedelta(days=30)).isoformat(),
        "valid_to": f"{today + timedelta(days=60):%Y年%m月%d日}",
        "products": [product.pk],
    }
    return filled | changes


def decide(firm: Enterprise, **fields: str) -> None:
    claimed = Certificate.objects.get(state="waiting")
    officer = signed_in(make_officer(firm.unit))
    assert "SAMPLE-ORG-1" in read(officer, "/en/ops/certificates/")
    assert "SAMPLE-ORG-1" in read(officer, "/en/ops/")
    send(officer, f"/en/ops/certificates/{claimed.pk}/", fields)


def shop_page(product: Product) -> str:
    return Client().get(f"/en/p/{product.pk}-{product.slug}/").content.decode()


def test_from_claim_to_filter_and_back(firm: Enterprise, product: Product) -> None:
    other = make_variant(name_en="Other jujubes").product
    owner = staff_of(firm)
    send(owner, "certificates/new/", fields(product))
    assert "waits to be checked" in read(owner, "certificates/")
    assert "SAMPLE-ORG-1" not in shop_page(product)

    decide(firm, to="checked")

    page = shop_page(product)
    assert "SAMPLE-ORG-1" in page
    assert "Organic" in page
    assert "SAMPLE-ORG-1" not in shop_page(other)
    seen = Client().get(f"/api/v1/products/{product.pk}?lang=ru").json()["certificates"]
    assert [(one["kind"], one["label"], one["number"]) for one in seen] == [
        ("organic", "органический продукт", "SAMPLE-ORG-1")
    ]
    drain_outbox(read_clock())
    search_desk().main.refresh()
    found = Client().get("/api/v1/search?certificate=organic&facets=true&lang=zh-hans").json()
    assert [item["id"] for item in found["items"]] == [product.pk]
    assert [(v["value"], v["label"], v["count"]) for v in found["facets"]["certificate"]] == [
        ("organic", "有机产品", 1)
    ]
    listed = Client().get("/en/search/?cert=organic&cert=nonsense").content.decode()
    assert "Sample jujubes" in listed
    assert "Other jujubes" not in listed
    assert 'name="cert" value="organic" id="f-cert-organic" checked' in listed

    send(owner, f"certificates/{Certificate.objects.get().pk}/withdraw/", {})

    assert "SAMPLE-ORG-1" not in shop_page(product)
    drain_outbox(read_clock())
    search_desk().main.refresh()
    assert Client().get("/api/v1/search?certificate=organic").json()["total"] == 0


def test_refusal_is_read_by_the_firm(firm: Enterprise, product: Product) -> None:
    owner = staff_of(firm)
    send(owner, "certificates/new/", fields(product))

    decide(firm, to="refused", reason="No such number with this body.")

    assert "No such number with this body." in read(owner, "certificates/")


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(firm: Enterprise, product: Product) -> None:
    page = send(staff_of(firm), "certificates/new/", fields(product, valid_to="2020-01-01", body=""), status=422)

    assert "Please fill this in." in page
    assert "SAMPLE-ORG-1" in page
    late = send(staff_of(firm), "certificates/new/", fields(product, valid_to="2020-01-01"), status=422)
    assert "it has run out" in late
    assert not Certificate.objects.exists()


def test_claim_that_waits_already_is_told_so(firm: Enterprise, product: Product) -> None:
    owner = staff_of(firm)
    send(owner, "certificates/new/", fields(product))

    assert "waits to be checked already" in send(owner, "certificates/new/", fields(product), status=422)


def test_products_of_others_are_no_choice(firm: Enterprise, product: Product) -> None:
    foreign = make_variant(name_en="Foreign goods").product
    owner = staff_of(firm)

    assert "Foreign goods" not in read(owner, "certificates/new/")
    send(owner, "certificates/new/", fields(product, products=[foreign.pk]), status=422)


def test_viewer_and_finance_may_look_but_not_claim(firm: Enterprise, product: Product) -> None:
    for role in ("viewer", "finance"):
        client = staff_of(firm, role)
        read(client, "certificates/")
        read(client, "certificates/new/", status=403)
        send(client, "certificates/new/", fields(product), status=403)


def test_officer_of_another_tree_finds_nothing_and_a_viewer_cannot_decide(firm: Enterprise, product: Product) -> None:
    send(staff_of(firm), "certificates/new/", fields(product))
    pk = Certificate.objects.get().pk
    stranger, viewer = signed_in(make_officer(make_regiment())), signed_in(make_officer(firm.unit, "viewer"))

    read(stranger, f"/en/ops/certificates/{pk}/", status=404)
    assert "SAMPLE-ORG-1" not in read(stranger, "/en/ops/certificates/")
    assert "Record the decision" not in read(viewer, f"/en/ops/certificates/{pk}/")
    send(viewer, f"/en/ops/certificates/{pk}/", {"to": "checked"}, status=404)
    assert Certificate.objects.get().state == "waiting"


def test_same_number_of_another_firm_is_shown_to_the_officer(firm: Enterprise, product: Product) -> None:
    twin = make_variant(enterprise=make_enterprise())
    send(staff_of(firm), "certificates/new/", fields(product))
    send(staff_of(twin.product.enterprise), "certificates/new/", fields(twin.product))
    claimed = Certificate.objects.get(enterprise=firm)

    page = read(signed_in(make_officer(firm.unit)), f"/en/ops/certificates/{claimed.pk}/")

    assert twin.product.enterprise.name_en in page


@pytest.mark.parametrize("many", [3, 12])
def test_lists_take_the_same_statements_for_any_number_of_rows(firm: Enterprise, product: Product, many: int) -> None:
    owner = staff_of(firm)
    for number in range(many):
        send(owner, "certificates/new/", fields(product, number=f"SAMPLE-{number}"))
    officer = signed_in(make_officer(firm.unit))
    for client, path in ((owner, "/en/sell/certificates/"), (officer, "/en/ops/certificates/")):
        read(client, path)

    assert statements_of(lambda: read(owner, "certificates/")) <= 7
    assert statements_of(lambda: read(officer, "/en/ops/certificates/")) <= 5
