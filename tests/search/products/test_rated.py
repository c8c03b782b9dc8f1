"""What buyers' stars do to a list: order, filter, bonus and card, over every engine."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.products.events import products_changed
from catalog.products.models import Product, Variant
from market.common.kept import forget_kept
from search.products.answer import SearchQuery
from search.products.documents import load_documents
from search.products.models import SearchDocument
from search.products.request import WELL_RATED, request_of
from search.query.tree import Bonus, IsTrue
from tests.builders import NOW, make_enterprise, make_variant
from tests.search.products.test_search import ask, drain, ids

pytestmark = pytest.mark.django_db


def rated(count: int, stars: int, **wishes: Any) -> Variant:
    variant = make_variant(**wishes)
    Product.objects.filter(pk=variant.product_id).update(rating_count=count, rating_sum=stars)
    return variant


def shelf() -> dict[str, int]:
    """Oldest first; product numbers by name."""
    made = {
        "fifty": rated(50, 240),
        "plain": make_variant(),
        "one": rated(1, 5),
        "bad": rated(10, 15),
        "newest": make_variant(),
    }
    drain()
    forget_kept()
    return {name: variant.product_id for name, variant in made.items()}


def test_many_good_voices_come_before_one_and_none_come_last(engine: str) -> None:
    products = shelf()
    order = [products[name] for name in ("fifty", "one", "bad", "newest", "plain")]

    for text in ("", "灰枣"):
        answer = ask(text, sort="rating")
        assert (ids(answer), answer.engine) == (order, engine)


def test_order_by_rating_walks_each_product_once_by_cursor(engine: str) -> None:
    enterprise = make_enterprise()
    for n in range(4):
        for _ in range(3):  # equal ones among them, and as many that nobody has rated
            rated(n, 4 * n, enterprise=enterprise)
    drain()
    whole = ids(ask("灰枣", sort="rating", size=50))

    walked: list[int] = []
    cursor = ""
    for _ in range(6):
        answer = ask("灰枣", sort="rating", size=5, cursor=cursor)
        walked += ids(answer)
        cursor = answer.cursor
        if not cursor:
            break

    assert len(set(whole)) == 12
    assert walked == whole


def test_facet_counts_four_and_three_stars_and_more(engine: str) -> None:
    products = shelf()
    three = rated(2, 7).product_id
    drain()

    answer = ask("", with_facets=True)
    narrow = ask("", with_facets=True, rating_min=4)

    assert [(value.value, value.count) for value in answer.facets["rating"]] == [("4", 2), ("3", 3)]
    assert sorted(ids(narrow)) == sorted([products["fifty"], products["one"]])
    assert [(v.value, v.count, v.is_chosen) for v in narrow.facets["rating"]] == [("4", 2, True), ("3", 3, False)]
    assert three in ids(ask("", rating_min=3))
    assert ids(ask("灰枣", rating_min=5)) == []


def test_well_rated_one_comes_first_among_equals_and_never_decides(engine: str) -> None:
    """Equal in all else, the older product would stand first."""
    plain, few, good = make_variant(), rated(1, 5), rated(50, 240)
    drain()
    forget_kept()

    found = ids(ask("灰枣"))

    assert found[0] == good.product_id
    assert sorted(found[1:]) == sorted([plain.product_id, few.product_id])


def test_card_tells_average_and_count(engine: str) -> None:
    products = shelf()

    cards = {card.product_id: (card.rating, card.reviews) for card in ask("灰枣").hits}

    assert cards[products["fifty"]] == (Decimal("4.8"), 50)
    assert cards[products["plain"]] == (None, 0)


def test_nothing_rated_asks_for_no_bonus_and_no_count() -> None:
    query = SearchQuery(text="灰枣", with_facets=True)

    bare, full = request_of(query, month=11), request_of(query, month=11, is_rated=True)

    bonus = Bonus(IsTrue("well_rated"), WELL_RATED)
    assert (bonus in bare.bonuses, bonus in full.bonuses, WELL_RATED) == (False, True, 0.3)
    assert "rating" not in [facet.name for facet in bare.facets]
    assert request_of(SearchQuery(sort="rating"), month=11, is_rated=True).bonuses == ()


def test_whether_anything_is_rated_costs_no_statement_of_a_search() -> None:
    shelf()
    ask("灰枣", with_facets=True)

    with CaptureQueriesContext(connection) as queries:
        ask("灰枣", with_facets=True)

    assert len(queries) == 2


def test_document_of_an_unrated_product_has_no_mark() -> None:
    product_id = make_variant().product_id

    (document,) = load_documents([product_id], 1).documents

    assert (document.keywords["rating"], document.flags, document.numbers["rated"]) == ((), {}, product_id)
    assert document.numbers["rated"] < 2**40


def test_card_of_an_older_document_tells_of_no_rating() -> None:
    variant = make_variant()
    drain()
    row = SearchDocument.objects.get(product_id=variant.product_id, channel="domestic")
    row.show = {name: value for name, value in row.show.items() if name not in ("rating", "reviews")}
    row.save(update_fields=["show"])

    (card,) = ask("灰枣").hits

    assert (card.rating, card.reviews) == (None, 0)


def test_change_of_a_rating_reaches_the_index(engine: str) -> None:
    variant = make_variant()
    drain()
    Product.objects.filter(pk=variant.product_id).update(rating_count=3, rating_sum=15)
    products_changed([variant.product_id], reason="rating", now=NOW)
    drain()

    (card,) = ask("灰枣", rating_min=4).hits

    assert (card.rating, card.reviews) == (Decimal("5.0"), 3)
