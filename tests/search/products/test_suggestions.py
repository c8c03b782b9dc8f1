"""What is suggested while somebody types."""

import pytest

from market.enterprises.models import Enterprise
from search.products.actions.count_words import count_words
from search.products.queries import suggest
from search.query.suggest import Suggestion
from tests.builders import NOW, make_enterprise, make_variant
from tests.search.products.test_search import drain

pytestmark = pytest.mark.django_db


def test_suggestions_come_from_names_categories_and_places() -> None:
    make_variant()
    drain()

    assert [s.text for s in suggest("ruo")] == ["若羌灰枣", "Ruoqiang grey jujubes"]
    assert ("红枣", "category") in [(s.text, s.kind) for s in suggest("hz")]
    assert suggest("") == ()


def test_sellers_are_suggested_by_name_in_three_languages_and_by_sound() -> None:
    enterprise = make_enterprise()
    Enterprise.objects.filter(pk=enterprise.pk).update(
        name_zh="绿洲果业合作社", name_en="Oasis Orchard Union", name_ru="Союз садов Оазис"
    )
    for _ in range(3):
        make_variant(enterprise=Enterprise.objects.get(pk=enterprise.pk))
    drain()
    count_words(NOW)

    for typed, name in {
        "绿洲": "绿洲果业合作社",
        "lvzhou": "绿洲果业合作社",
        "luzh": "绿洲果业合作社",
        "lzgy": "绿洲果业合作社",
        "oasis or": "Oasis Orchard Union",
        "сою": "Союз садов Оазис",
    }.items():
        assert Suggestion(name, "seller", 3, enterprise.number) in suggest(typed), typed


def test_sellers_never_crowd_out_goods() -> None:
    for number in range(5):
        enterprise = make_enterprise()
        Enterprise.objects.filter(pk=enterprise.pk).update(name_zh=f"灰枣{number}号公司")
        for _ in range(2):
            make_variant(enterprise=Enterprise.objects.get(pk=enterprise.pk), name_zh=f"灰枣{number}")
    drain()
    count_words(NOW)

    kinds = [one.kind for one in suggest("灰枣")]

    assert (kinds.count("seller"), kinds.count("product")) == (3, 5)
