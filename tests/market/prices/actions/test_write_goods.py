import pytest

from market.common.audit.models import AuditEntry
from market.common.errors import InvalidInput, NotAllowed, NotFound
from market.prices.actions.write_goods import Names, write_commodity, write_place
from market.prices.models import Commodity, PricePlace
from tests.builders import NOW, make_category, make_officer, make_regiment
from tests.market.office.people import signed_in, top_unit
from tests.market.prices.scenes import make_commodity, make_place
from tests.market.storefront.shop import words

pytestmark = pytest.mark.django_db


def test_goods_are_made_and_named_anew() -> None:
    officer, category = make_officer(top_unit()), make_category()

    write_commodity("hami-melon", Names("哈密瓜"), category, ["甜瓜"], by=officer, now=NOW)
    write_commodity("hami-melon", Names("哈密瓜", "Hami melon"), category, [], by=officer, now=NOW)

    assert Commodity.objects.get().names == ["哈密瓜", "Hami melon"]
    assert AuditEntry.objects.filter(action="price.goods", subject_id="hami-melon").count() == 2


def test_only_the_top_writes_goods() -> None:
    for officer in (make_officer(make_regiment()), make_officer(top_unit(), "viewer")):
        with pytest.raises(NotAllowed):
            write_commodity("hami-melon", Names("哈密瓜"), make_category(), [], by=officer, now=NOW)

    assert not Commodity.objects.exists()


def test_name_means_one_good_only() -> None:
    make_commodity("grey-jujube", "灰枣")
    officer = make_officer(top_unit())

    with pytest.raises(InvalidInput):
        write_commodity("jujube", Names("红枣"), make_category(), [" 灰 枣"], by=officer, now=NOW)


@pytest.mark.parametrize("code", ["", "Hami", "a b", "-a", "a" * 41])
def test_code_that_is_no_address_is_refused(code: str) -> None:
    with pytest.raises(InvalidInput):
        write_commodity(code, Names("哈密瓜"), make_category(), [], by=make_officer(top_unit()), now=NOW)


def test_name_that_grows_too_long_is_refused() -> None:
    unit, grows = make_regiment(), "\ufdfa" * 40  # each of them is eighteen signs once it is made narrow
    client = signed_in(make_officer(top_unit()))
    names = {"code": "hami-melon", "name_zh": "哈密瓜", "name_en": grows}

    for what, rest in (("goods", {"category": make_category().pk}), ("place", {"unit": unit.pk})):
        answers = {f"{what}-{name}": value for name, value in (names | rest).items()}
        answer = client.post("/en/ops/prices/goods/", answers | {"what": what})
        assert (answer.status_code, "at most 200 characters" in words(answer)) == (422, True)

    assert not Commodity.objects.exists()
    assert not PricePlace.objects.exists()


def test_place_is_made_in_the_own_subtree_only() -> None:
    unit, elsewhere = make_regiment(), make_regiment()
    officer = make_officer(unit)

    place = write_place("aral", Names("阿拉尔"), unit, by=officer, now=NOW)
    with pytest.raises(NotFound):
        write_place("other", Names("别处"), elsewhere, by=officer, now=NOW)

    assert list(PricePlace.objects.all()) == [place]


def test_place_of_another_division_is_not_named_anew_and_keeps_its_unit() -> None:
    place, unit = make_place(), make_regiment()

    with pytest.raises(NotFound):
        write_place(place.code, Names("我的"), unit, by=make_officer(unit), now=NOW)
    with pytest.raises(InvalidInput):
        write_place(place.code, Names("我的"), unit, by=make_officer(top_unit()), now=NOW)

    place.refresh_from_db()
    assert place.name_zh == "aral市场"
