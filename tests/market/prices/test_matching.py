import pytest

from market.prices.matching import commodity_of
from tests.builders import make_category, make_variant
from tests.market.prices.scenes import make_commodity

pytestmark = pytest.mark.django_db


def test_longest_name_in_the_products_name_wins() -> None:
    product = make_variant(name_zh="若羌 灰枣 一级").product
    jujube, grey = make_commodity("jujube", "枣"), make_commodity("grey-jujube", "灰枣")

    assert commodity_of(product, [jujube, grey]) == grey
    assert commodity_of(product, [grey, jujube]) == grey


def test_other_goods_of_the_category_are_none() -> None:
    product = make_variant(name_zh="和田玉枣", name_en="Hetian", name_ru="").product

    assert commodity_of(product, [make_commodity("winter-jujube", "冬枣")]) is None


def test_goods_of_another_category_are_none() -> None:
    product = make_variant(name_zh="灰枣", category=make_category("walnut")).product

    assert commodity_of(product, [make_commodity("grey-jujube", "灰枣")]) is None


def test_alias_counts() -> None:
    product = make_variant(name_zh="若羌小枣", name_en="x", name_ru="").product

    assert commodity_of(product, [make_commodity("grey-jujube", "灰枣", ["小枣"])]) is not None
