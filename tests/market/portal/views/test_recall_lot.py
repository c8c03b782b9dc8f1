"""A seller's owner takes a lot back; the rest of the staff reads how far it is."""

import re

import pytest

from orders.orders.models import SellerOrder
from orders.recalls.models import Recall
from tests.builders import make_enterprise
from tests.catalog.trace.blends import blend
from tests.market.portal.people import read, send, staff_of
from tests.orders.claims import make_delivered
from tests.orders.recalls.recall import lot_of, make_recall

pytestmark = pytest.mark.django_db
FORM = {"severity": "2", "reason": "glass in a box", "advice": ""}


def words(page: str) -> str:
    """What a reader sees of it."""
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


@pytest.fixture
def order() -> SellerOrder:
    return make_delivered()


def test_owner_recalls_with_the_typed_number(order: SellerOrder) -> None:
    lot, owner = lot_of(order), staff_of(order.enterprise)
    assert f"lots/{lot.pk}/recall/" in read(owner, f"lots/{lot.pk}/")
    assert "200 kg" in words(read(owner, f"lots/{lot.pk}/recall/"))

    send(owner, f"lots/{lot.pk}/recall/", FORM | {"typed": "OTHER"}, status=422)
    send(owner, f"lots/{lot.pk}/recall/", FORM | {"typed": lot.number, "reason": ""}, status=422)
    assert not Recall.objects.exists()
    send(owner, f"lots/{lot.pk}/recall/", FORM | {"typed": lot.number.lower()})

    page = words(read(owner, f"lots/{lot.pk}/"))
    assert "glass in a box" in page
    assert "0 of 1 buyers have answered" in page
    assert "Recall this lot" not in page


def test_owner_sees_what_is_recalled_with_it(order: SellerOrder) -> None:
    lot, owner = lot_of(order), staff_of(order.enterprise)
    blend((lot, 10), into=(lot.product.variants.get(), "MIX", 10))

    assert "MIX" in words(read(owner, f"lots/{lot.pk}/recall/"))
    send(owner, f"lots/{lot.pk}/recall/", FORM | {"typed": lot.number})

    assert Recall.objects.get(lot__number="MIX").source == Recall.objects.get(lot=lot)


def test_staff_reads_and_does_not_recall(order: SellerOrder) -> None:
    lot, packer = lot_of(order), staff_of(order.enterprise, "warehouse")

    assert "Recall this lot" not in read(packer, f"lots/{lot.pk}/")
    send(packer, f"lots/{lot.pk}/recall/", FORM | {"typed": lot.number}, status=422)
    assert not Recall.objects.exists()
    make_recall(order)
    assert "residues above the limit" in read(packer, f"lots/{lot.pk}/")


def test_another_sellers_lot_is_not_there(order: SellerOrder) -> None:
    stranger = staff_of(make_enterprise())

    read(stranger, f"lots/{lot_of(order).pk}/recall/", status=404)
    send(stranger, f"lots/{lot_of(order).pk}/recall/", FORM | {"typed": lot_of(order).number}, status=404)
    assert not Recall.objects.exists()
