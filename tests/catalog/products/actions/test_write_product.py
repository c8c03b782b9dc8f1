from datetime import timedelta
from decimal import Decimal

import pytest

from catalog.products.actions.write_product import (
    Packing,
    ProductTexts,
    create_product,
    packing_version,
    update_product,
    update_variant,
)
from catalog.products.errors import OriginIsFixed
from catalog.products.models import Product
from catalog.stock.actions.change_packing import change_packing
from market.common.errors import Conflict, InvalidInput
from market.common.outbox.models import OutboxEvent
from tests.builders import NOW, make_category, make_enterprise, make_product, make_regiment, make_variant

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=5)


@pytest.mark.parametrize("code", ["999999", "08134", "0813.40", "８１３４００", "08134000000"])
def test_hs_code_that_does_not_exist_is_refused(code: str) -> None:
    enterprise = make_enterprise()

    with pytest.raises(InvalidInput) as refused:
        create_product(enterprise, make_category(), enterprise.unit, ProductTexts(name_zh="枣", hs_code=code), now=NOW)

    assert list(refused.value.details["fields"]) == ["hs_code"]
    assert not Product.objects.exists()


def test_national_digits_behind_a_known_subheading_are_fine() -> None:
    enterprise = make_enterprise()

    made = create_product(
        enterprise, make_category(), enterprise.unit, ProductTexts(name_zh="枣", hs_code="0813402000"), now=NOW
    )

    assert made.hs_code == "0813402000"


def test_second_of_two_editors_is_told_and_the_first_ones_text_stays() -> None:
    product = make_product()
    mine, theirs = Product.objects.get(pk=product.pk), Product.objects.get(pk=product.pk)
    category = make_category()
    update_product(theirs, ProductTexts(name_zh="先"), category=category, version=theirs.updated_at, now=LATER)
    OutboxEvent.objects.all().delete()

    with pytest.raises(Conflict):
        update_product(mine, ProductTexts(name_zh="后"), category=category, version=NOW, now=LATER)

    assert Product.objects.get(pk=product.pk).name_zh == "先"
    assert not OutboxEvent.objects.exists()


def test_origin_cannot_be_edited_away() -> None:
    product = make_product()

    with pytest.raises(OriginIsFixed):
        update_product(product, ProductTexts(name_zh="枣"), category=make_category(), origin=make_regiment(), now=LATER)

    assert Product.objects.get().origin_unit_id == product.enterprise.unit_id
    assert Product.objects.get().name_zh == "若羌灰枣"


def test_closed_unit_is_no_origin() -> None:
    enterprise = make_enterprise()
    enterprise.unit.closed_at = NOW

    with pytest.raises(InvalidInput):
        create_product(enterprise, make_category(), enterprise.unit, ProductTexts(name_zh="枣"), now=NOW)

    assert not Product.objects.exists()


def test_packing_changed_by_two_people_the_second_is_told() -> None:
    variant = make_variant()
    seen = packing_version(variant)
    packing = Packing("NEW", variant.unit, variant.net_kg, variant.gross_kg)
    update_variant(variant, packing, is_active=True, version=seen, now=NOW)

    with pytest.raises(Conflict):
        update_variant(variant, packing, is_active=False, version=seen, now=NOW)

    variant.refresh_from_db()
    assert (variant.sku, variant.is_active) == ("NEW", True)


def test_weight_of_a_packing_is_fixed_once_goods_have_come_in() -> None:
    empty, stocked = make_variant(on_hand=0), make_variant(on_hand=1)

    change_packing(empty, Packing("A", "XBX", Decimal(10), Decimal(11)), is_active=True, now=NOW)
    with pytest.raises(InvalidInput) as refused:
        change_packing(stocked, Packing("A", "XCT", Decimal(10), Decimal(11)), is_active=True, now=NOW)
    change_packing(stocked, Packing("B", "XBX", Decimal(5), Decimal(6)), is_active=False, now=NOW)

    assert set(refused.value.details["fields"]) == {"unit", "net_kg"}
    empty.refresh_from_db()
    stocked.refresh_from_db()
    assert (empty.net_kg, stocked.net_kg, stocked.gross_kg, stocked.is_active) == (10, 5, 6, False)


def test_weight_at_which_the_price_per_kg_rounds_to_nothing_is_refused() -> None:
    variant = make_variant(price="0.5", net_kg="5", on_hand=0)

    with pytest.raises(InvalidInput) as refused:
        change_packing(variant, Packing("A", "XBX", Decimal("0.001"), Decimal("0.002")), is_active=True, now=NOW)

    assert set(refused.value.details["fields"]) == {"net_kg"}
    variant.refresh_from_db()
    assert variant.net_kg == 5


def test_sku_used_twice_on_a_product_is_refused() -> None:
    variant = make_variant()
    other = variant.product.variants.create(sku="OTHER", net_kg=1, gross_kg=1)

    with pytest.raises(InvalidInput):
        update_variant(other, Packing(variant.sku, "XBX", Decimal(1), Decimal(1)), is_active=True, now=NOW)

    other.refresh_from_db()
    assert other.sku == "OTHER"
