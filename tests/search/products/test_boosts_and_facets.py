"""Boosts that can be switched off; minimum order and destination as facets."""

from decimal import Decimal

import pytest
from django.test import Client

from catalog.products.badges import _kind_labels, kind_label
from tests.builders import make_variant, offer_for_export, open_country
from tests.search.products.test_search import ask, counts, drain, ids

pytestmark = pytest.mark.django_db


def test_order_follows_stock_only_while_boosts_are_on() -> None:
    sold_out, in_stock = make_variant(on_hand=0), make_variant()
    drain()

    assert ids(ask("灰枣")) == [in_stock.product_id, sold_out.product_id]
    assert ids(ask("灰枣", boosts=False)) == [sold_out.product_id, in_stock.product_id]


def test_api_switches_boosts_off(client: Client) -> None:
    sold_out, in_stock = make_variant(on_hand=0), make_variant()
    drain()

    def order(wish: str) -> list[int]:
        return [item["id"] for item in client.get(f"/api/v1/search?q=灰枣{wish}").json()["items"]]

    assert order("") == [in_stock.product_id, sold_out.product_id]
    assert order("&boosts=false") == [sold_out.product_id, in_stock.product_id]


def test_minimum_order_is_a_facet_of_steps_that_count_those_below_them() -> None:
    one, eight, many = make_variant(moq=1), make_variant(moq=8, price="40"), make_variant(moq=500)
    drain()

    answer = ask("灰枣", with_facets=True)
    chosen = ask("灰枣", with_facets=True, moq_max=Decimal(10), grades=("ungraded",))

    assert counts(answer, "moq") == {"1": 1, "10": 2}
    assert sorted(ids(chosen)) == sorted([one.product_id, eight.product_id])
    assert [(value.value, value.count, value.is_chosen) for value in chosen.facets["moq"]] == [
        ("1", 1, False),
        ("10", 2, True),
    ]
    assert counts(chosen, "price") == {"20-50": 2}
    assert many.product_id in ids(ask("灰枣", moq_max=Decimal(500)))
    assert counts(ask("灰枣", with_facets=True, moq_max=Decimal(50), price_per_kg_min=Decimal(35)), "moq") == {
        "10": 1,
        "50": 1,
    }


def test_destination_is_a_facet_of_export_channels_alone() -> None:
    here, there = offer_for_export(make_variant(hs_code="081340")), offer_for_export(make_variant(hs_code="080231"))
    make_variant()
    open_country("KZ")
    open_country("RU", "0802")
    drain()

    everything = ask("灰枣", channel="export", with_facets=True, language="en")
    chosen = ask("灰枣", channel="export", with_facets=True, language="en", destination="RU")

    assert [(v.value, v.label, v.count) for v in everything.facets["destination"]] == [
        ("KZ", "Kazakhstan", 2),
        ("RU", "Russia", 1),
    ]
    assert ids(chosen) == [there.product_id]
    assert [(v.value, v.count, v.is_chosen) for v in chosen.facets["destination"]] == [
        ("KZ", 2, False),
        ("RU", 1, True),
    ]
    assert counts(chosen, "category") == {"jujube": 1}
    assert "destination" not in ask("灰枣", with_facets=True).facets
    assert here.product_id in ids(everything)


def test_only_the_facets_that_somebody_shows_are_counted() -> None:
    make_variant()
    drain()

    answer = ask("灰枣", with_facets=True, facet_names=("grade", "moq"))

    assert {name: [value.count for value in values] for name, values in answer.facets.items()} == {
        "grade": [1],
        "moq": [1],
    }


def test_api_counts_minimum_orders_and_destinations(client: Client) -> None:
    offer_for_export(make_variant(), moq=10)
    open_country("KZ")
    drain()

    facets = client.get("/api/v1/search?channel=export&facets=true&lang=ru").json()["facets"]
    at_home = client.get("/api/v1/search?facets=true&moq_max=5").json()["facets"]

    assert [(value["value"], value["count"]) for value in facets["moq"]] == [("10", 1)]
    assert facets["destination"] == [{"value": "KZ", "label": "Казахстан", "count": 1, "is_chosen": False, "level": ""}]
    assert [(value["value"], value["is_chosen"]) for value in at_home["moq"]] == [("1", False), ("5", True)]


def test_price_that_is_a_bound_counts_on_either_side_as_the_filter_takes_it() -> None:
    for price in ("9.99", "10", "10.01", "20", "200", "201"):
        make_variant(price=price)
    drain()

    found = counts(ask(with_facets=True), "price")

    assert found == {"-10": 2, "10-20": 3, "20-50": 1, "100-200": 1, "200-": 2}
    for value, count in found.items():
        low, high = (Decimal(bound) if bound else None for bound in value.split("-"))
        assert ask(price_per_kg_min=low, price_per_kg_max=high).total == count, value


@pytest.mark.parametrize(
    ("language", "label"), [("zh-hans", "统货"), ("en", "ungraded"), ("ru", "без сортировки"), ("zh", "统货")]
)
def test_labels_of_facets_are_in_the_language_asked_for(client: Client, language: str, label: str) -> None:
    make_variant()
    drain()

    page = client.get("/api/v1/search", {"facets": "true", "lang": language}).json()

    assert [value["label"] for value in page["facets"]["grade"]] == [label]


def test_labels_are_kept_for_no_language_but_ours(client: Client) -> None:
    make_variant()
    drain()

    labels = {kind_label("organic", f"x{number}") for number in range(50)}

    assert labels == {kind_label("organic", "zh-hans")}
    assert _kind_labels.cache_info().currsize <= 3
