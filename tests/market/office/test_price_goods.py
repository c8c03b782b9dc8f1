import pytest

from market.prices.models import Commodity, PricePlace
from tests.builders import make_category, make_officer, make_regiment
from tests.market.office.people import signed_in, top_unit
from tests.market.prices.scenes import make_commodity, make_place
from tests.market.storefront.shop import words

pytestmark = pytest.mark.django_db
PATH = "/en/ops/prices/goods/"


def test_top_writes_goods() -> None:
    client, category = signed_in(make_officer(top_unit())), make_category()
    answers = {"what": "goods", "goods-code": "hami-melon", "goods-name_zh": "哈密瓜", "goods-category": category.pk}

    assert client.post(PATH, answers | {"goods-code": "Hami"}).status_code == 422
    assert client.post(PATH, answers | {"goods-aliases": "甜瓜\n\n 甜瓜 \n伽师瓜"}).status_code == 302

    assert Commodity.objects.get().aliases == ["甜瓜", "伽师瓜"]
    assert "伽师瓜" in words(client.get(PATH))


def test_regiment_writes_places_and_no_goods() -> None:
    unit, category = make_regiment(), make_category()
    client = signed_in(make_officer(unit))
    goods = {"what": "goods", "goods-code": "hami-melon", "goods-name_zh": "哈密瓜", "goods-category": category.pk}

    assert client.post(PATH, goods).status_code == 422
    assert not Commodity.objects.exists()
    answers = {"what": "place", "place-code": "aral", "place-name_zh": "阿拉尔市场", "place-unit": unit.pk}
    assert client.post(PATH, answers).status_code == 302
    assert PricePlace.objects.get().unit == unit


def test_places_of_another_division_are_neither_shown_nor_made() -> None:
    place, unit = make_place(), make_regiment()
    make_commodity()
    client = signed_in(make_officer(unit))

    assert "Market aral" not in words(client.get(PATH))
    answers = {"what": "place", "place-code": "x", "place-name_zh": "别处", "place-unit": place.unit_id}
    assert client.post(PATH, answers).status_code == 422
    assert signed_in(make_officer(unit, "viewer")).get(PATH).status_code == 404
    assert PricePlace.objects.count() == 1
