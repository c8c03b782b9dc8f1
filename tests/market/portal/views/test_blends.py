"""Lots are graded, mixed and packed anew on a page of the seller's."""

from decimal import Decimal

import pytest

from catalog.lots.models import HarvestLot
from catalog.products.models import Variant
from catalog.trace.models import TraceEvent
from tests.builders import make_enterprise, make_variant, make_warehouse, stock_of
from tests.catalog.trace.blends import lot_of
from tests.market.portal.people import read, send, staff_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def variant() -> Variant:
    return make_variant(net_kg="5", on_hand=10)


def form_of(variant: Variant, **fields: str) -> dict[str, str]:
    return {
        "work": "grading",
        "key": "one",
        "in0_kg": "50",
        "out0_number": "MIX",
        "out0_kg": "40",
        "out0_packing": str(variant.pk),
        "out0_warehouse": str(make_warehouse(variant.product.enterprise).pk),
        "loss": "10",
    } | fields


def test_packer_grades_a_lot(variant: Variant) -> None:
    lot, packer = lot_of(variant), staff_of(variant.product.enterprise, "warehouse")
    assert f"lots/{lot.pk}/blend/" in read(packer, f"lots/{lot.pk}/")
    assert variant.sku in read(packer, f"lots/{lot.pk}/blend/")

    send(packer, f"lots/{lot.pk}/blend/", form_of(variant))

    assert stock_of(variant)[0] == Decimal(8)
    made = HarvestLot.objects.get(number="MIX")
    assert f"lots/{made.pk}/" in read(packer, f"lots/{lot.pk}/")
    assert f"lots/{lot.pk}/" in read(packer, f"lots/{made.pk}/")


def test_second_lot_goes_in_by_its_number(variant: Variant) -> None:
    other = make_variant(enterprise=variant.product.enterprise, net_kg="5", on_hand=10)
    packer, address = staff_of(variant.product.enterprise), f"lots/{lot_of(variant).pk}/blend/"
    number = lot_of(other).number.lower()

    send(packer, address, form_of(variant, in2_lot=number, in2_kg="20", out0_kg="60"))

    assert [stock_of(one)[0] for one in (variant, other)] == [12, 6]


@pytest.mark.parametrize(
    ("fields", "seen"),
    [
        ({"loss": "9"}, "1 kg are missing"),
        ({"in0_kg": "55", "out0_kg": "45"}, "holds 50 kg, not 55 kg"),
        ({"in0_kg": "12.001", "out0_kg": "2.001"}, "no number of its packings"),
        ({"in1_lot": "NOWHERE", "in1_kg": "5"}, "no lot with this number"),
        ({"in1_lot": "NOWHERE"}, "Please fill this in"),
        ({"out1_number": "B"}, "Please fill this in"),
        ({"out0_warehouse": ""}, "Please fill this in"),
        ({"work": ""}, "Please fill this in"),
        ({"in0_kg": "much"}, "Please enter a number"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_changes(variant: Variant, fields: dict[str, str], seen: str) -> None:
    packer, address = staff_of(variant.product.enterprise), f"lots/{lot_of(variant).pk}/blend/"

    page = send(packer, address, form_of(variant, **fields), status=422)

    assert seen in page
    assert stock_of(variant)[0] == Decimal(10)
    assert not TraceEvent.objects.exists()


def test_form_sent_twice_counts_once(variant: Variant) -> None:
    packer, address = staff_of(variant.product.enterprise), f"lots/{lot_of(variant).pk}/blend/"
    send(packer, address, form_of(variant, in0_kg="20", out0_kg="10"))

    send(packer, address, form_of(variant, in0_kg="20", out0_kg="10"), status=422)

    assert stock_of(variant)[0] == Decimal(8)


def test_who_may_not_touch_stock_and_who_works_elsewhere(variant: Variant) -> None:
    address = f"lots/{lot_of(variant).pk}/blend/"

    read(staff_of(variant.product.enterprise, "sales"), address, status=403)
    assert "blend/" not in read(staff_of(variant.product.enterprise, "sales"), f"lots/{lot_of(variant).pk}/")
    stranger = staff_of(make_enterprise())
    read(stranger, address, status=404)
    send(stranger, address, form_of(variant), status=404)
    assert not TraceEvent.objects.exists()


def test_packing_and_lot_of_another_are_no_choice(variant: Variant) -> None:
    foreign = make_variant()
    packer, address = staff_of(variant.product.enterprise), f"lots/{lot_of(variant).pk}/blend/"

    send(packer, address, form_of(variant, out0_packing=str(foreign.pk)), status=422)
    send(packer, address, form_of(variant, in1_lot=lot_of(foreign).number, in1_kg="5", out0_kg="45"), status=422)

    assert not TraceEvent.objects.exists()
