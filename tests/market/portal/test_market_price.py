import pytest
import time_machine

from catalog.products.models import Product
from market.portal.queries.market_price import market_price
from tests.builders import NOW, make_category, make_enterprise, make_member, make_variant
from tests.market.office.people import signed_in, statements_of
from tests.market.prices.scenes import bands, make_commodity, make_place, report
from tests.market.storefront.shop import words

pytestmark = pytest.mark.django_db


def three_say() -> None:
    make_category()
    place = make_place()
    for mid, reporter in (("10", "甲"), ("10.4", "乙"), ("11", "丙")):
        report(place, mid, reporter=reporter)
    bands()


def jujubes(grade: str = "first") -> Product:
    product = make_variant(enterprise=make_enterprise(), name_zh="若羌灰枣").product
    product.grade = grade
    product.save()
    return product


@time_machine.travel(NOW, tick=False)
def test_price_form_shows_what_the_market_pays() -> None:
    three_say()
    product = jujubes()
    client = signed_in(make_member(product.enterprise))
    path = f"/en/sell/packings/{product.variants.get().pk}/price/"

    domestic = words(client.get(f"{path}domestic/"))

    assert "CN¥10.40 per kg, the middle half CN¥10.20 – CN¥10.70" in domestic
    assert "3 sources" in domestic
    assert "per kg, the middle half" not in words(client.get(f"{path}export/"))


def test_grade_is_the_products_own() -> None:
    three_say()

    hint = market_price(jujubes(), NOW)

    assert hint is not None
    assert (hint.band.median, hint.is_other_grade) == (hint.band.median, False)
    assert market_price(jujubes("premium"), NOW) is None


def test_no_hint_without_such_goods() -> None:
    make_commodity("winter-jujube", "冬枣")

    assert market_price(jujubes(), NOW) is None


def test_hint_takes_few_statements() -> None:
    three_say()
    product = jujubes("premium")

    assert statements_of(lambda: market_price(product, NOW)) == 3
