from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from catalog.pricing.actions.set_price import set_price
from catalog.products.actions.publish_product import withdraw_product
from catalog.products.models import Variant
from market.common.outbox.drain import drain_outbox
from market.enterprises.models import Enterprise
from orders.checkout.place_order import place_order
from search.products.answer import SearchQuery
from search.products.codes import products_coded
from search.products.documents import load_documents
from search.products.engine import search_desk
from search.products.models import HiddenHit, SearchDocument
from search.products.queries import search_products
from search.products.write import write_products
from tests.builders import ADDRESS, BUYER, NOW, domestic, make_cart, make_category, make_enterprise, make_variant

pytestmark = pytest.mark.django_db


def found(text: str = "", **filters: object) -> list[int]:
    return [hit.product_id for hit in search_products(SearchQuery(text=text, **filters)).hits]  # type: ignore[arg-type]


@pytest.fixture
def jujube() -> Variant:
    variant = make_variant()
    make_variant(
        name_zh="纸皮核桃", name_en="Thin-shelled walnuts", name_ru="Грецкий орех", category=make_category("walnut")
    )
    drain_outbox(NOW)
    return variant


@pytest.mark.parametrize(
    "text", ["灰枣", "若羌", "灰棗", "huizao", "hz", "jujube", "JUJUBES", "финик", "финики", "jujub", "羌灰"]
)
def test_one_product_is_found_in_every_script(jujube: Variant, text: str) -> None:
    assert found(text) == [jujube.product_id]


def test_change_is_findable_after_the_drain_and_nothing_else_is_needed(jujube: Variant) -> None:
    set_price(jujube, domestic(), basis="per_kg", tiers=[(Decimal(1), Decimal("29.5"))], now=NOW)
    drain_outbox(NOW)
    (hit,) = search_products(SearchQuery(text="灰枣")).hits
    assert (hit.price_per_kg, hit.price, hit.in_stock) == (Decimal("29.5"), Decimal("147.5"), True)

    withdraw_product(jujube.product, now=NOW)
    drain_outbox(NOW)
    assert found("灰枣") == []


def test_sold_out_product_says_so(jujube: Variant) -> None:
    place_order(make_cart((jujube, 10)), buyer=BUYER, address=ADDRESS, idempotency_key="k", now=NOW)
    drain_outbox(NOW)

    assert found("灰枣", in_stock=True) == []
    assert found("灰枣") == [jujube.product_id]


def test_products_of_a_suspended_enterprise_are_not_found() -> None:
    enterprise = make_enterprise()
    variant = make_variant(enterprise=enterprise)
    drain_outbox(NOW)
    assert found("灰枣") == [variant.product_id]

    # At once, though the index has not heard of it yet.
    Enterprise.objects.filter(pk=enterprise.pk).update(state="suspended")
    assert found("灰枣") == []

    write_products([variant.product_id])
    assert SearchDocument.objects.filter(is_gone=False).count() == 0
    assert search_desk().main.count() == 0


def test_facets_count_under_every_other_filter(jujube: Variant) -> None:
    answer = search_products(SearchQuery(with_facets=True, category="jujube"))

    counts = {facet.value: (facet.count, facet.is_chosen) for facet in answer.facets["category"]}
    assert counts == {"jujube": (1, True), "walnut": (1, False)}
    levels = {(value.level, value.count) for value in answer.facets["origin"]}
    assert levels == {("division", 1), ("regiment", 1)}


@pytest.mark.parametrize("size", [3, 30])
def test_documents_take_the_same_statements_for_any_number(
    size: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    enterprise = make_enterprise()
    ids = [make_variant(enterprise=enterprise).product_id for _ in range(size)]

    load_documents(ids[:1], 1)  # a process reads the published trade rules once
    with django_assert_num_queries(8):
        assert len(load_documents(ids, 1).documents) == size


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=300))
def test_any_text_gets_an_answer(text: str) -> None:
    search_products(SearchQuery(text=text))


@pytest.mark.parametrize("text", ["x" * 10_000, "\x00", "😀😀", ".*(a+)+$", 'title:"x" OR 1=1 --', "%", "_"])
def test_odd_queries_get_an_ordinary_answer(jujube: Variant, text: str) -> None:
    assert search_products(SearchQuery(text=text)).total in (0, 1)


@pytest.mark.parametrize("text", ["HT-5KG", "ht-5kg", " ＨＴ-5KG "])
def test_code_of_a_packing_finds_its_product_alone(jujube: Variant, text: str) -> None:
    Variant.objects.filter(pk=jujube.pk).update(sku="HT-5KG")

    assert found(text) == [jujube.product_id]
    assert found(text, enterprise="E-other") == []
    assert search_products(SearchQuery(text=text)).total == 1


def test_code_of_a_packing_that_is_off_or_hidden_finds_nothing(jujube: Variant) -> None:
    Variant.objects.filter(pk=jujube.pk).update(sku="HT-5KG", is_active=False)
    assert products_coded("HT-5KG") == ()

    Variant.objects.filter(pk=jujube.pk).update(is_active=True)
    HiddenHit.objects.create(product_id=jujube.product_id, text="", reason="wrong")
    assert jujube.product_id not in found("HT-5KG")


def test_russian_word_for_dates_leads_to_jujubes_and_not_back() -> None:
    jujube = make_variant(name_ru="Унаби серый сушёный")
    dates = make_variant(name_zh="椰枣", name_en="Palm dates", name_ru="Финики королевские")
    drain_outbox(NOW)

    assert found("финик") == [dates.product_id, jujube.product_id]
    assert found("унаби") == [jujube.product_id]
