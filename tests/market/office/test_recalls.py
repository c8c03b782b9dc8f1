"""Officers look a lot up, take it back, and see who has answered; nobody sees another division's."""

from decimal import Decimal

import pytest
from django.test import Client

from catalog.lots.models import HarvestLot
from catalog.trace.actions.capture_document import capture_document
from catalog.trace.own import lot_uri
from market.common.clock import read_clock
from market.common.outbox.drain import drain_outbox
from orders.orders.models import SellerOrder
from orders.recalls.actions.follow_recall import answer_notice
from orders.recalls.models import Recall
from tests.builders import make_officer, make_variant
from tests.catalog.trace.blends import blend
from tests.catalog.trace.documents import document_of, grading
from tests.market.office.people import signed_in, statements_of
from tests.market.storefront.shop import words
from tests.orders.claims import ARRIVED, make_delivered
from tests.orders.recalls.recall import lot_of, make_recall

pytestmark = pytest.mark.django_db
LOTS, RECALLS = "/en/ops/lots/", "/en/ops/recalls/"
FORM = {"severity": "1", "reason": "residues above the limit", "advice": "Keep it cool."}


@pytest.fixture
def order() -> SellerOrder:
    return make_delivered()


@pytest.fixture
def lot(order: SellerOrder) -> HarvestLot:
    return lot_of(order)


@pytest.fixture
def reviewer(lot: HarvestLot) -> Client:
    return signed_in(make_officer(lot.enterprise.unit))


@pytest.fixture
def stranger() -> Client:
    """Of another division, with a lot and a recall of its own."""
    other = make_delivered(waybill="W8")
    make_recall(other)
    return signed_in(make_officer(lot_of(other).enterprise.unit))


def test_a_lot_is_found_by_its_number_an_order_or_words(reviewer: Client, lot: HarvestLot, order: SellerOrder) -> None:
    for typed in (lot.number.lower(), order.number, lot.product.name_zh, lot.enterprise.name_zh, lot.enterprise.number):
        assert f"{LOTS}{lot.pk}/" in reviewer.get(LOTS, {"q": typed}).content.decode(), typed

    assert f"{LOTS}{lot.pk}/" not in reviewer.get(LOTS, {"q": "nothing of it"}).content.decode()
    assert reviewer.get(LOTS, {"q": "\x00%_'\"" * 30}).status_code == 200


def test_reviewer_recalls_a_lot_and_follows_it(reviewer: Client, lot: HarvestLot, order: SellerOrder) -> None:
    page = words(reviewer.get(f"{LOTS}{lot.pk}/"))
    for seen in (order.number, "200 kg", "W1", "delivered"):
        assert seen in page

    assert reviewer.post(f"{LOTS}{lot.pk}/", FORM).status_code == 302
    recall = Recall.objects.get()
    drain_outbox(ARRIVED)
    answer_notice(recall.notices.get(), left=Decimal(50), done="kept", words="in the shed", by=None, now=ARRIVED)
    page = words(reviewer.get(f"{RECALLS}{recall.number}/"))

    for seen in ("residues above the limit", "1 / 1", "100 %", "50 kg left", "in the shed", "Keep it cool."):
        assert seen in page
    assert reviewer.post(f"{LOTS}{lot.pk}/", FORM).status_code == 422
    assert reviewer.post(f"{RECALLS}{recall.number}/", {"close": "1", "outcome": ""}).status_code == 422
    assert reviewer.post(f"{RECALLS}{recall.number}/", {"close": "1", "outcome": "all destroyed"}).status_code == 302
    assert "all destroyed" in words(reviewer.get(f"{RECALLS}{recall.number}/"))
    assert "recalls are open" in words(reviewer.get("/en/ops/"))


def test_the_page_tells_what_a_lot_came_from_and_went_into(reviewer: Client, lot: HarvestLot) -> None:
    variant = lot.product.variants.get()
    blend((lot, 10), into=(variant, "MIX", 10))
    made = HarvestLot.objects.get(number="MIX")

    assert f"{LOTS}{made.pk}/" in reviewer.get(f"{LOTS}{lot.pk}/").content.decode()
    assert f"{LOTS}{lot.pk}/" in reviewer.get(f"{LOTS}{made.pk}/").content.decode()
    reviewer.post(f"{LOTS}{lot.pk}/", FORM)

    first, second = Recall.objects.get(lot=lot), Recall.objects.get(lot=made)
    assert second.number in words(reviewer.get(f"{RECALLS}{first.number}/"))
    assert first.number in words(reviewer.get(f"{RECALLS}{second.number}/"))


def test_the_page_tells_where_a_sellers_system_sent_it(reviewer: Client, lot: HarvestLot) -> None:
    pallet = "https://id.example.org/00/395212300000000117"
    packing = grading("urn:uuid:1", type="AggregationEvent", action="ADD", parentID=pallet)
    packing |= {"childQuantityList": [{"epcClass": lot_uri(lot), "quantity": 5, "uom": "KGM"}]}
    shipping = grading("urn:uuid:2", type="ObjectEvent", action="OBSERVE", bizStep="shipping", epcList=[pallet]) | {
        "bizTransactionList": [{"type": "po", "bizTransaction": "https://shop.example.org/order/ORD-7"}],
        "destinationList": [{"type": "owning_party", "destination": "https://id.example.org/417/9521230000420"}],
    }
    for event in (packing, shipping):
        del event["inputQuantityList"], event["outputQuantityList"]
    capture_document(lot.enterprise, document_of(packing, shipping), now=read_clock())

    page = words(reviewer.get(f"{LOTS}{lot.pk}/"))

    for seen in (pallet, "ORD-7", "417/9521230000420"):
        assert seen in page


def test_a_form_without_reason_says_so_and_recalls_nothing(reviewer: Client, lot: HarvestLot) -> None:
    answer = reviewer.post(f"{LOTS}{lot.pk}/", {"advice": "kept"})

    assert answer.status_code == 422
    assert "kept" in answer.content.decode()
    assert not Recall.objects.exists()


def test_reminding_too_soon_is_said_and_changes_nothing(reviewer: Client, order: SellerOrder) -> None:
    late, soon = (
        make_recall(order),
        make_recall(make_delivered((make_variant(enterprise=order.enterprise), 2), waybill="W2"), now=read_clock()),
    )

    assert "Told again: 1." in words(reviewer.post(f"{RECALLS}{late.number}/", {"remind": "1"}, follow=True))
    told = words(reviewer.post(f"{RECALLS}{soon.number}/", {"remind": "1"}, follow=True))

    assert "Please wait before you remind them." in told
    assert soon.notices.get().reminded_at is None


def test_another_division_sees_and_does_nothing(stranger: Client, lot: HarvestLot, order: SellerOrder) -> None:
    recall = make_recall(order)

    for path in (f"{LOTS}{lot.pk}/", f"{LOTS}{lot.pk}/reach.csv", f"{RECALLS}{recall.number}/"):
        assert stranger.get(path).status_code == 404, path
    assert stranger.post(f"{RECALLS}{recall.number}/", {"close": "1", "outcome": "x"}).status_code == 404
    for path in (LOTS, RECALLS):
        page = stranger.get(path).content.decode()
        assert recall.number not in page
        assert f"{LOTS}{lot.pk}/" not in page
    assert stranger.get(LOTS, {"q": order.number}).content.decode().count("<tr>") <= 1


def test_who_only_looks_recalls_nothing(lot: HarvestLot) -> None:
    viewer = signed_in(make_officer(lot.enterprise.unit, "viewer"))
    page = viewer.get(f"{LOTS}{lot.pk}/")

    assert "Recall the lot" not in page.content.decode()
    assert viewer.post(f"{LOTS}{lot.pk}/", FORM).status_code == 404


def test_who_only_looks_reminds_and_closes_nothing(lot: HarvestLot, order: SellerOrder) -> None:
    recall = make_recall(order)
    client, path = signed_in(make_officer(lot.enterprise.unit, "viewer")), f"{RECALLS}{recall.number}/"

    assert client.get(path).status_code == 200
    assert client.post(path, {"remind": "1"}).status_code == 404
    assert client.post(path, {"close": "1", "outcome": "all back"}).status_code == 404
    recall.refresh_from_db()
    assert recall.is_open


def test_an_officer_of_the_seller_closes_nothing(lot: HarvestLot, order: SellerOrder) -> None:
    recall = make_recall(order)
    officer = make_officer(lot.enterprise.unit)
    lot.enterprise.members.create(user=officer, role="viewer")

    assert "Close this recall" not in signed_in(officer).get(f"{RECALLS}{recall.number}/").content.decode()
    answer = signed_in(officer).post(f"{RECALLS}{recall.number}/", {"close": "1", "outcome": "x"})

    assert "Your account may not do this." in words(answer)
    assert Recall.objects.get().is_open


def test_the_table_has_who_to_telephone(reviewer: Client, lot: HarvestLot, order: SellerOrder) -> None:
    table = reviewer.get(f"{LOTS}{lot.pk}/reach.csv").content.decode("utf-8-sig")

    heading, row = table.strip().split("\r\n")
    assert heading.startswith("Order,")
    for seen in (order.number, "200", order.purchase.phone, "buyer@example.org", "W1"):
        assert seen in row


def test_statements_do_not_grow_with_orders(reviewer: Client, lot: HarvestLot) -> None:
    variant = lot.stock.get().stock_item.variant
    recall_page = f"{LOTS}{lot.pk}/"
    reviewer.get(recall_page)
    few = statements_of(lambda: reviewer.get(recall_page))
    for number in range(5):
        make_delivered((variant, 1), waybill=f"X{number}")

    assert statements_of(lambda: reviewer.get(recall_page)) == few
    recall = make_recall(make_delivered((variant, 1), waybill="X9"))
    page = f"{RECALLS}{recall.number}/"
    reviewer.get(page)
    assert statements_of(lambda: reviewer.get(page)) <= few + 3


def test_a_division_recalls_what_its_regiments_sold(lot: HarvestLot) -> None:
    division = lot.enterprise.unit.parent
    assert division is not None

    assert signed_in(make_officer(division)).post(f"{LOTS}{lot.pk}/", FORM).status_code == 302
