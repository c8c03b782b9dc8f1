"""Goods are found by what is said of them beside their names: grade, certificates, place, packing, customs code."""

from decimal import Decimal

import pytest

from catalog.products.models import Product
from search.products.actions.rebuild_index import rebuild_index
from search.products.said import packed, said_of
from search.query.passes import STRICT
from tests.builders import NOW, make_category, make_variant
from tests.search.products.test_search import ask, ids

pytestmark = pytest.mark.django_db
ORGANIC = {"kind": "organic", "number": "C1", "body": "COFCC", "valid_to": "2099-12-31"}


@pytest.fixture
def said() -> int:
    """One product that has it all, beside one like it that has none of it."""
    walnuts = make_category("walnut")
    names = {"name_zh": "薄皮核桃", "name_en": "Walnuts", "name_ru": "Грецкий орех", "category": walnuts}
    variant = make_variant(**names, net_kg="5", hs_code="080231")  # type: ignore[arg-type]
    other = make_variant(**names, net_kg="12.5", hs_code="081340")  # type: ignore[arg-type]
    Product.objects.filter(pk=variant.product_id).update(grade="premium", badges=[ORGANIC])
    expired = ORGANIC | {"valid_to": "2020-01-01"}
    Product.objects.filter(pk=other.product_id).update(badges=[expired], origin_subdivision="KZ-ALM")
    rebuild_index(now=NOW)
    return variant.product_id


@pytest.mark.parametrize(
    "text",
    [
        "有机核桃",
        "organic walnuts",
        "органический грецкий орех",
        "特级核桃",
        "premium walnut",
        "грецкий орех высший сорт",
        "新疆核桃",
        "xinjiang walnuts",
        "Синьцзян грецкий орех",
        "国产核桃",
        "核桃 5公斤",
        "10斤核桃",
        "walnut 5kg",
        "грецкий орех 5 кг",
        "新疆有机核桃 5kg",
        "080231",
        "0802.31",
        "0802",
    ],
)
def test_what_is_said_of_goods_finds_them_and_no_others(said: int, text: str) -> None:
    answer = ask(text, sort="newest")

    assert (ids(answer), answer.pass_name) == ([said], STRICT)


@pytest.mark.parametrize(
    ("weights", "code", "words"),
    [
        (["20.000", "5", "12.5"], "080231", "5kg 12.5kg 20.000kg 0802 080231 0802.31"),
        (["5", "5"], "", "5kg"),
        ([], "0802", "0802"),
        ([], "0802310090", "0802 0802310090 0802.31"),
    ],
)
def test_packings_and_customs_code(weights: list[str], code: str, words: str) -> None:
    assert packed(tuple(map(Decimal, weights)), code) == words


@pytest.mark.parametrize(("grade", "kinds", "place"), [("", (), ""), ("odd", ("none",), "CN-ZZ"), ("odd", (), "XX")])
def test_what_nobody_knows_is_left_out(grade: str, kinds: tuple[str, ...], place: str) -> None:
    assert not {"premium", "Xinjiang"} & set(said_of(grade, kinds, place).split())


def test_grades_of_a_letter_or_digit_are_no_words_of_every_text() -> None:
    said = said_of("first", (), "CN-XJ")

    assert "一级" in said
    assert all(len(word) > 1 for word in said.split())
