from decimal import Decimal

import pytest

from catalog.lots.actions.quarantine_lot import quarantine_lot
from catalog.lots.models import HarvestLot
from catalog.products.models import Product
from market.common.errors import IllegalMove, InvalidInput
from orders.documents.actions.issue_document import issue_document
from orders.documents.contents.commitment import Commitment, commitment, is_obliged
from orders.documents.models import Document
from orders.documents.paper import paper_of
from orders.documents.queries import commitments_of, commitments_with
from tests.builders import NOW, make_product, make_user
from tests.orders.documents.scenes import make_shipment

pytestmark = pytest.mark.django_db
SAID = Commitment(Decimal("1200.5"), ["own_test", "process"], "王农", "13800138000")


def make_lot(hs_code: str = "080610") -> HarvestLot:
    return make_product(hs_code=hs_code).lots.get()


def issue(lot: HarvestLot, said: Commitment = SAID, reason: str = "") -> Document:
    return issue_document(commitment(lot, said), by=make_user(), reason=reason, now=NOW)


@pytest.mark.parametrize(
    ("hs_code", "is_asked"),
    [
        ("080610", True),  # grapes
        ("080620", False),  # raisins are dried in a factory
        ("081340", False),
        ("070200", True),
        ("040721", True),
        ("030191", True),
        ("010229", True),
        ("", False),
    ],
)
def test_the_law_asks_for_one_where_goods_are_fresh_or_alive(hs_code: str, is_asked: bool) -> None:
    assert is_obliged(Product(hs_code=hs_code)) == is_asked


def test_a_certificate_says_what_the_law_names_and_its_code_leads_to_it() -> None:
    lot = make_lot()

    document = issue(lot)

    html = paper_of(document).html
    wanted = ["承诺达标合格证", "若羌灰枣", lot.number, "1,200.5", "CN-XJ", "王农 13800138000", "不使用禁用农药兽药"]
    wanted += ["常规农药兽药残留不超标", "质量安全控制符合要求", "自行检测合格", lot.enterprise.name_zh, "2026-11-24"]
    assert [words for words in wanted if words not in html] == []
    assert "委托检测合格" not in html
    assert document.number.startswith(f"CC-{lot.enterprise.number}-2026-")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (Commitment(Decimal(0), ["process"], "a", "b"), "weight"),
        (Commitment(Decimal("NaN"), ["process"], "a", "b"), "weight"),
        (Commitment(Decimal(1), [], "a", "b"), "basis"),
        (Commitment(Decimal(1), ["hearsay"], "a", "b"), "basis"),
        (Commitment(Decimal(1), ["process"], " ", "b"), "contact"),
    ],
)
def test_what_is_missing_is_refused_at_its_field(said: Commitment, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        commitment(make_lot(), said)

    assert list(refused.value.details["fields"]) == [field]


def test_a_lot_off_sale_gets_none_and_the_one_it_has_says_so_on_the_screen() -> None:
    lot = make_lot()
    document = issue(lot)
    quarantine_lot(lot, reason="mould", by=make_user(), now=NOW)

    with pytest.raises(IllegalMove):
        commitment(HarvestLot.objects.get(pk=lot.pk), SAID)

    assert "此批次已隔离" in paper_of(Document.objects.get(pk=document.pk)).html


def test_after_repacking_a_new_one_takes_its_place() -> None:
    lot = make_lot()
    first = issue(lot)

    second = issue(lot, Commitment(Decimal(600), SAID.basis, SAID.contact, SAID.phone), "repacked")

    assert (second.supersedes, commitments_of([lot])) == (first, {lot.pk: second})


def test_equal_lot_numbers_of_two_firms_are_two_matters() -> None:
    lots = [make_lot(), make_lot()]
    HarvestLot.objects.update(number="A1")

    documents = [issue(HarvestLot.objects.get(pk=lot.pk)) for lot in lots]

    assert [document.version for document in documents] == [1, 1]


def test_an_order_shows_those_of_the_lots_it_was_packed_from() -> None:
    order = make_shipment().seller_order
    document = issue(HarvestLot.objects.get())
    issue(make_lot())

    assert commitments_with(order.purchase) == {order.pk: [document]}
