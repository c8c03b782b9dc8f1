"""What is suggested while somebody types."""

from datetime import timedelta

import pytest

from catalog.products.actions.publish_product import publish_product
from market.enterprises.models import Enterprise
from search.products.actions.count_words import count_words
from search.products.models import QueryLog
from search.products.queries import suggest
from search.query.suggest import Suggestion
from tests.builders import NOW, export, make_category, make_enterprise, make_variant, offer_for_export
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

    assert (kinds.count("seller"), kinds.count("product")) == (3, 6)  # 灰枣 among them


def test_things_are_offered_by_their_usual_names_before_the_single_products_of_them() -> None:
    for number in range(12):
        make_variant(
            name_zh=f"甲{number}薄皮核桃",
            name_en=f"Walnuts of farm {number}",
            name_ru=f"Ферма {number}",
        )
    drain()
    count_words(NOW)

    for typed, text in {"wal": "walnut", "hetao": "核桃", "ht": "核桃", "核": "核桃", "грец": "грецкий орех"}.items():
        assert suggest(typed)[0] == Suggestion(text, "product", 12), typed
    assert suggest("almond") == ()  # known, but nobody sells any


def test_category_is_offered_before_a_thing_of_its_name() -> None:
    make_variant(name_zh="核桃", category=make_category("walnut"))
    make_variant(name_zh="核桃")
    drain()
    count_words(NOW)

    assert suggest("核桃")[0] == Suggestion("核桃", "category", 1)


def test_each_channel_is_offered_what_it_sells() -> None:
    make_variant(name_zh="家枣", name_en="Home jujubes")
    abroad = offer_for_export(
        make_variant(
            name_zh="外枣", name_en="Foreign jujubes", category=make_category("walnut"), enterprise=make_enterprise()
        )
    )
    publish_product(abroad.product, [export()], now=NOW)  # no longer at home
    drain()
    count_words(NOW)

    seller = abroad.product.enterprise
    for typed in ("外枣", "waiz", "foreign", seller.name_zh, "核桃", "ht"):
        assert suggest(typed) == (), typed
        assert suggest(typed, channel="export"), typed
    assert (suggest("家枣", channel="export"), suggest("家枣", channel="nowhere")) == ((), ())
    assert [one.text for one in suggest("home")] == ["Home jujubes"]
    assert Suggestion(seller.name_zh, "seller", 1, seller.number) in suggest(seller.name_zh, channel="export")


def test_what_both_channels_sell_counts_in_each_for_itself() -> None:
    for _ in range(2):
        make_variant()
    offer_for_export(make_variant())
    drain()
    count_words(NOW)

    assert [one.count for one in suggest("若羌灰枣")] == [3]
    assert [one.count for one in suggest("若羌灰枣", channel="export")] == [1]


def test_past_search_is_offered_in_the_channel_it_was_asked_in() -> None:
    offer_for_export(make_variant())
    drain()
    for back in range(3):
        QueryLog.objects.create(day=NOW.date() - timedelta(days=back), channel="export", text="若羌 枣", searches=9)
    count_words(NOW)

    assert [one.text for one in suggest("若羌 ") if one.kind == "query"] == []
    assert suggest("若羌 ", channel="export")[0] == Suggestion("若羌 枣", "query", 27)
