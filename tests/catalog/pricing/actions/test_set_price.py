from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.pricing.actions.set_price import price_version, set_price
from catalog.pricing.ladder import ladder
from catalog.pricing.models import Price, PriceTier
from market.channels.models import Channel
from market.common.errors import Conflict, InvalidInput
from tests.builders import NOW, domestic, make_variant

Tiers = list[tuple[str, str]]


def steps(*pairs: tuple[str, str]) -> list[tuple[Decimal, Decimal]]:
    return [(Decimal(quantity), Decimal(amount)) for quantity, amount in pairs]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ([("1", "30"), ("1", "29")], "第 2 档：数量须大于上一档的 1"),
        ([("1", "30"), ("5", "29"), ("4", "28")], "第 3 档：数量须大于上一档的 5"),
        ([("1", "30"), ("5", "31")], "第 2 档：价格不得高于上一档的 30"),
        ([("1", "0")], "第 1 档：价格须大于零，最多四位小数"),
        ([("1", "1.00001")], "第 1 档：价格须大于零，最多四位小数"),
        ([("0", "30")], "第 1 档：数量须大于零"),
        ([("1", "0.0001")], "第 1 档：按此价格每件将为零元"),
        ([("2", "30")], "第一档"),
        ([], "至少"),
        ([(str(n), "30") for n in range(1, 7)], "最多 5 档"),
    ],
)
def test_bad_ladder_is_named_by_its_step_and_changes_nothing(pairs: Tiers, words: str) -> None:
    variant = make_variant(price="30")

    with pytest.raises(InvalidInput) as refused:
        set_price(variant, domestic(), basis="per_kg", tiers=steps(*pairs), now=NOW)

    assert words in refused.value.details["fields"]["tiers"]
    assert list(PriceTier.objects.values_list("amount", flat=True)) == [Decimal(30)]


@pytest.mark.django_db
def test_equal_prices_and_five_steps_are_fine() -> None:
    variant = make_variant()

    set_price(variant, domestic(), basis="per_kg", tiers=steps(*((str(n), "30") for n in range(1, 6))), now=NOW)

    assert PriceTier.objects.count() == 5


@pytest.mark.django_db
def test_price_per_unit_takes_whole_cents_only() -> None:
    variant = make_variant()

    with pytest.raises(InvalidInput):
        set_price(variant, domestic(), basis="per_unit", tiers=steps(("1", "150.005")), now=NOW)

    assert Price.objects.get().basis == "per_kg"


@pytest.mark.django_db
def test_second_of_two_editors_is_told_and_the_first_ones_price_stays() -> None:
    variant = make_variant(price="30")
    seen = price_version(Price.objects.filter(variant=variant))
    set_price(variant, domestic(), basis="per_kg", tiers=steps(("1", "31")), version=seen, now=NOW)

    with pytest.raises(Conflict):
        set_price(variant, domestic(), basis="per_kg", tiers=steps(("1", "29")), version=seen, now=NOW)

    assert PriceTier.objects.get().amount == 31


@pytest.mark.django_db
def test_two_people_set_the_first_price_of_a_channel_the_second_is_told() -> None:
    variant, export = make_variant(), Channel.objects.get(code="export")
    set_price(variant, export, basis="per_kg", tiers=steps(("1", "5")), version="none", now=NOW)

    with pytest.raises(Conflict):
        set_price(variant, export, basis="per_kg", tiers=steps(("1", "4")), version="none", now=NOW)

    assert PriceTier.objects.get(price__channel=export).amount == 5


AMOUNTS = st.decimals("0.0001", "99999", places=4)
WEIGHTS = st.decimals("0.001", "1000", places=3)


@given(amount=AMOUNTS, net_kg=WEIGHTS)
def test_price_per_kg_of_a_box_is_rounded_once_half_up(amount: Decimal, net_kg: Decimal) -> None:
    price = Price(basis="per_kg")

    (step,) = ladder(price, [PriceTier(min_quantity=Decimal(1), amount=amount)], net_kg, "CNY")

    assert step.kg_price == amount
    assert abs(step.unit_price - amount * net_kg) <= Decimal("0.005")
    assert step.unit_price == step.unit_price.quantize(Decimal("0.01"))


@given(amount=st.decimals("0.01", "99999", places=2), net_kg=WEIGHTS)
def test_price_per_box_is_never_touched(amount: Decimal, net_kg: Decimal) -> None:
    price = Price(basis="per_unit")

    (step,) = ladder(price, [PriceTier(min_quantity=Decimal(1), amount=amount)], net_kg, "CNY")

    assert step.unit_price == amount
    assert abs(step.kg_price - amount / net_kg) <= Decimal("0.00005")


def test_half_a_cent_goes_up() -> None:
    (step,) = ladder(
        Price(basis="per_kg"), [PriceTier(min_quantity=Decimal(1), amount=Decimal("1.001"))], Decimal(5), "CNY"
    )

    assert step.unit_price == Decimal("5.01")
