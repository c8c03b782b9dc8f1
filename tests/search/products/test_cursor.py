"""A list is walked by cursor while goods come, go and change: no page repeats a product or leaves one out."""

from collections.abc import Callable, Iterator

import pytest
from django.core.signing import Signer
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.products.actions.publish_product import withdraw_product
from catalog.products.models import Product, Variant
from market.common.errors import InvalidInput
from market.common.kept import forget_kept
from market.enterprises.models import Enterprise
from search.products.answer import SearchAnswer
from search.products.engine import search_desk
from search.products.models import HiddenHit, PinnedHit
from search.products.request import SORTS
from tests.builders import NOW, make_category, make_enterprise, make_variant
from tests.search.products.test_search import ask, drain, ids

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine")]
READ_BEFORE_ANY_ENGINE = pytest.mark.parametrize("engine", ["tantivy"], indirect=True)
PRICES = ("30", "20", "30", "30", "50", "30", "20")
STARS = (0, 5, 0, 3, 5, 0, 0)


@pytest.fixture
def seller() -> Enterprise:
    make_category()
    return make_enterprise()


def offer(seller: Enterprise, price: str = "30", stars: int = 0, *, name_en: str = "Ruoqiang grey jujubes") -> Variant:
    variant = make_variant(enterprise=seller, price=price, category=make_category(), name_en=name_en)
    Product.objects.filter(pk=variant.product_id).update(rating_count=stars and 9, rating_sum=9 * stars)
    return variant


def shelf(seller: Enterprise) -> list[int]:
    made = [offer(seller, price, stars).product_id for price, stars in zip(PRICES, STARS, strict=True)]
    drain()
    forget_kept()
    return made


def withdraw(product_id: int) -> None:
    withdraw_product(Product.objects.get(pk=product_id), now=NOW)
    drain()


def pages(
    between: Callable[[SearchAnswer], object] = lambda answer: None, text: str = "灰枣", size: int = 2, **wishes: object
) -> Iterator[list[int]]:
    """`between` is called after each page but the last."""
    cursor = ""
    for _ in range(30):
        answer = ask(text, cursor=cursor, size=size, **wishes)
        yield ids(answer)
        cursor = answer.cursor
        if not cursor:
            return
        between(answer)
    raise AssertionError("the pages have no end")


def walked(between: Callable[[SearchAnswer], object] = lambda answer: None, **wishes: object) -> list[int]:
    return [product for page in pages(between, **wishes) for product in page]  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["灰枣", ""])
@pytest.mark.parametrize("sort", SORTS)
def test_new_goods_between_the_pages_repeat_and_drop_none(seller: Enterprise, sort: str, text: str) -> None:
    """Before, behind and at the boundary: of each price and mark, where there are equals."""
    products = shelf(seller)
    fresh = iter([("20", 5), ("30", 3), ("30", 0), ("50", 0), ("10", 4)])

    def put(answer: SearchAnswer) -> None:
        for price, stars in [next(fresh, None)] if answer.total < 12 else []:  # type: ignore[misc]
            offer(seller, price, stars)
            drain()

    found = walked(put, text=text, sort=sort)

    assert len(found) == len(set(found))
    assert set(products) <= set(found)


@pytest.mark.parametrize("sort", SORTS)
def test_hit_a_page_ended_with_is_gone_or_hidden_and_none_is_dropped(seller: Enterprise, sort: str) -> None:
    products = shelf(seller)
    taken: list[int] = []

    def take(answer: SearchAnswer) -> None:
        taken.append(ids(answer)[-1])
        if len(taken) % 2:
            withdraw(taken[-1])
        else:
            HiddenHit.objects.create(text="", product_id=taken[-1], reason="recall")

    found = walked(take, sort=sort)

    assert len(taken) == 3
    assert (len(found), sorted(found)) == (7, products)


@pytest.mark.parametrize("sort", SORTS)
def test_pages_of_changing_size_are_the_same_list(seller: Enterprise, sort: str) -> None:
    shelf(seller)
    found: list[int] = []
    cursor = ""
    for size in (1, 3, 1, 5):
        answer = ask("灰枣", sort=sort, size=size, cursor=cursor)
        found += ids(answer)
        cursor = answer.cursor

    assert (found, cursor) == (ids(ask("灰枣", sort=sort)), "")


@pytest.mark.parametrize("what", ["withdrawn", "unpinned", "hidden", "moved", "another pinned"])
def test_officers_and_sellers_change_the_pinned_hits_between_their_pages(seller: Enterprise, what: str) -> None:
    products = shelf(seller)
    pinned = products[4:]
    for place, product in enumerate(pinned):
        PinnedHit.objects.create(text="灰枣", product_id=product, position=place + 1)
    first = ask("灰枣", size=2)
    boundary = ids(first)[-1]
    if what == "withdrawn":
        withdraw(boundary)
    elif what == "unpinned":
        PinnedHit.objects.filter(product_id=boundary).delete()
    elif what == "hidden":
        HiddenHit.objects.create(text="灰枣", product_id=boundary, reason="complaint")
    elif what == "moved":
        PinnedHit.objects.filter(product_id=pinned[0]).update(position=9)
    else:
        PinnedHit.objects.create(text="灰枣", product_id=products[0], position=0)

    second = ask("灰枣", size=9, cursor=first.cursor)

    assert ids(first) == pinned[:2]
    assert ids(second)[0] == pinned[2]
    again = {"unpinned": [boundary], "moved": [pinned[0]]}.get(what, [])  # their place is behind the boundary now
    dropped = {products[0]} if what == "another pinned" else set()
    assert sorted(ids(second)[1:]) == sorted({*products[:4], *again} - dropped)


def test_goods_that_come_while_pages_cross_from_strict_to_loose(seller: Enterprise) -> None:
    strict = [offer(seller, name_en="Huizao dates").product_id for _ in range(3)]
    loose = [offer(seller).product_id for _ in range(4)]
    drain()

    def put(answer: SearchAnswer) -> None:
        if answer.total < 11:
            offer(seller, name_en="Huizao dates")
            offer(seller)
            drain()

    for size in (2, 3):
        found = walked(put, text="huizao", size=size)

        assert len(found) == len(set(found))
        assert {*strict, *loose} <= set(found)


def test_boundary_of_the_passes_that_is_gone(seller: Enterprise) -> None:
    strict = [offer(seller, name_en="Huizao dates").product_id for _ in range(2)]
    loose = [offer(seller).product_id for _ in range(3)]
    drain()
    first = ask("huizao", size=2)
    withdraw(ids(first)[-1])

    second = ask("huizao", size=2, cursor=first.cursor)
    withdraw(ids(second)[-1])
    third = ask("huizao", size=2, cursor=second.cursor)

    assert sorted(ids(first)) == strict
    assert sorted(ids(second) + ids(third)) == loose


def test_cursor_of_another_list_begins_at_the_first_page(seller: Enterprise) -> None:
    products = shelf(seller)
    cursor = ask("灰枣", size=3).cursor
    PinnedHit.objects.create(text="若羌", product_id=products[0])

    for text, wishes in (
        ("灰枣", {"sort": "price"}),
        ("灰枣", {"sort": "rating"}),
        ("灰枣", {"boosts": False}),
        ("灰枣", {"in_stock": True}),
        ("若羌", {}),
        ("", {}),
    ):
        assert ids(ask(text, size=3, cursor=cursor, **wishes)) == ids(ask(text, size=3, **wishes))
    same = ask("灰枣", size=3, cursor=cursor, language="ru", with_facets=True, session="other")
    assert ids(same) == ids(ask("灰枣", size=3, page=2))


@READ_BEFORE_ANY_ENGINE
@pytest.mark.parametrize("inside", ["0.2.{index}", "-1.1.{index}", "2.24.database", "0.2", "", "x", "[1]", "WzFd"])
def test_cursor_of_an_earlier_release_begins_at_the_first_page(seller: Enterprise, inside: str, client: Client) -> None:
    shelf(seller)
    desk = search_desk()
    old = Signer(salt="search.cursor").sign(inside.format(index=desk.require_index(desk.main)))

    assert ids(ask("灰枣", size=2, cursor=old)) == ids(ask("灰枣", size=2))
    assert client.get("/api/v1/search", {"q": "灰枣", "cursor": old}).status_code == 200


@READ_BEFORE_ANY_ENGINE
def test_forged_or_truncated_cursor_is_refused_by_name(seller: Enterprise, client: Client) -> None:
    shelf(seller)
    cursor = ask("灰枣", size=2).cursor

    mangled = (
        cursor[:-1],
        cursor[1:],
        cursor + "x",
        "x" + cursor,
        cursor.partition(":")[0],
        ":",
        "\ud800",
        "x" * 9_000,
    )
    for wrong in mangled:
        with pytest.raises(InvalidInput):
            ask("灰枣", cursor=wrong)
    answer = client.get("/api/v1/search", {"q": "灰枣", "cursor": cursor[:-1]})
    assert (answer.status_code, list(answer.json()["error"]["details"]["fields"])) == (422, ["cursor"])


@pytest.mark.parametrize("sort", SORTS)
def test_every_page_tells_the_same_total_and_facets_and_asks_the_database_as_often(
    seller: Enterprise, sort: str, engine: str
) -> None:
    shelf(seller)
    first = ask("灰枣", size=3, sort=sort, with_facets=True)
    assert 60 < len(first.cursor) < 500

    with CaptureQueriesContext(connection) as queries:
        second = ask("灰枣", size=3, sort=sort, cursor=first.cursor, with_facets=True)

    assert (second.total, second.facets) == (first.total, first.facets)
    if engine != "database":
        assert len(queries) == 2
