"""Pinned products are hits like others: of the page's size, its total and its facets."""

from collections.abc import Iterator

import pytest

from catalog.products.models import Product, Variant
from search.products.models import PinnedHit
from search.products.write import write_products
from tests.builders import make_category, make_variant
from tests.search.products.test_search import ask, counts, drain, ids

pytestmark = pytest.mark.django_db


@pytest.fixture
def six() -> list[int]:
    """Of six products that have the word, the last three stand first."""
    products = [make_variant().product_id for _ in range(6)]
    drain()
    pin(*products[3:])
    return products


def pin(*products: int, text: str = "灰枣") -> None:
    PinnedHit.objects.bulk_create(
        PinnedHit(text=text, product_id=product, position=place) for place, product in enumerate(products)
    )


def by_cursor(size: int, **wishes: object) -> Iterator[list[int]]:
    cursor = ""
    for _ in range(20):
        answer = ask("灰枣", size=size, cursor=cursor, **wishes)
        yield ids(answer)
        cursor = answer.cursor
        if not cursor:
            return


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6, 7])
def test_pinned_take_places_of_the_pages_and_every_page_has_one_total(six: list[int], size: int) -> None:
    pages = [ask("灰枣", size=size, page=page) for page in range(1, 8)]

    listed = [product for page in pages for product in ids(page)]
    assert listed[:3] == six[3:]
    assert sorted(listed) == six
    assert {page.total for page in pages} == {6}
    assert all(len(page.hits) <= size for page in pages)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6, 7])
def test_cursor_walks_through_pinned_hits_and_on(six: list[int], size: int) -> None:
    pages = list(by_cursor(size))

    assert [len(page) for page in pages[:-1]] == [size] * (len(pages) - 1)
    assert [product for page in pages for product in page] == [
        product for page in range(1, 8) for product in ids(ask("灰枣", size=size, page=page))
    ]


def test_facets_count_pinned_hits_under_every_other_filter(six: list[int]) -> None:
    Product.objects.filter(pk=six[3]).update(grade="premium")
    far = make_variant(name_zh="核桃", name_en="Walnut", name_ru="Орех", category=make_category("walnut"))
    write_products(six)
    drain()
    pin(far.product_id)

    answer = ask("灰枣", size=2, page=2, with_facets=True)
    premium = ask("灰枣", size=2, with_facets=True, grades=("premium",))

    assert answer.total == 7
    assert counts(answer, "grade") == {"ungraded": 6, "premium": 1}
    assert counts(answer, "category") == {"jujube": 6, "walnut": 1}
    assert (ids(premium), premium.total) == ([six[3]], 1)
    assert counts(premium, "grade") == {"ungraded": 6, "premium": 1}
    assert counts(premium, "category") == {"jujube": 1}


def test_no_page_is_larger_than_a_hundred() -> None:
    products = [make_variant().product_id for _ in range(4)]
    drain()
    pin(*products[:3])

    assert len(ask("灰枣", size=3).hits) == 3
    assert ask("灰枣", size=10_000).total == 4


def test_pinned_hits_that_fill_the_page_hide_no_loosely_found_ones() -> None:
    pinned = make_variant(name_zh="核桃", name_en="Walnut", name_ru="Орех", category=make_category("walnut"))
    loose = make_variant()
    drain()
    pin(pinned.product_id, text="huizao")

    first = ask("huizao", size=1)
    second = ask("huizao", size=1, cursor=first.cursor)

    assert (ids(first), first.total) == ([pinned.product_id], 2)
    assert (ids(second), second.total) == ([loose.product_id], 2)


def test_code_of_a_packing_has_one_page_and_facets(six: list[int]) -> None:
    Variant.objects.filter(product_id=six[0]).update(sku="HT-5KG")

    answer = ask("HT-5KG", with_facets=True)

    assert (ids(answer), answer.total, answer.cursor) == ([six[0]], 1, "")
    assert counts(answer, "category") == {"jujube": 1}
    assert (ids(ask("HT-5KG", page=2)), ask("HT-5KG", page=2).total) == ([], 1)
