"""What a buyer of recalled goods reads and answers, and what everybody can read."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from market.common.clock import read_clock
from orders.orders.models import SellerOrder
from orders.recalls.actions.follow_recall import close_recall
from orders.recalls.models import Recall, RecallNotice
from tests.builders import make_officer, make_user
from tests.market.storefront.claiming import guest_of, order_url, signed_in
from tests.market.storefront.shop import words
from tests.orders.claims import ARRIVED, make_delivered
from tests.orders.recalls.recall import make_recall

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> SellerOrder:
    return make_delivered(user=make_user("buyer@example.org"))


@pytest.fixture
def buyer(order: SellerOrder) -> Client:
    assert order.purchase.buyer
    return signed_in(order.purchase.buyer)


def path(order: SellerOrder, recall: Recall) -> str:
    return f"{order_url(order)}recalls/{recall.number}/"


@pytest.mark.parametrize(
    ("language", "seen"), [("en", "keep them apart"), ("ru", "храните его отдельно"), ("zh-hans", "并单独存放")]
)
def test_the_order_page_warns_and_leads_to_the_answer(
    buyer: Client, order: SellerOrder, language: str, seen: str
) -> None:
    url = order_url(order).replace("/en/", f"/{language}/")
    assert seen not in words(buyer.get(url))

    recall = make_recall(order)

    page = buyer.get(url)
    assert seen in words(page)
    assert f"/recalls/{recall.number}/" in page.content.decode()


def test_buyer_says_what_is_left_and_can_say_it_again(buyer: Client, order: SellerOrder) -> None:
    recall = make_recall(order)

    for left, done in (("12,5", "kept"), ("0", "nothing")):
        assert buyer.post(path(order, recall), {"left": left.replace(",", "."), "done": done}).status_code == 302

    notice = RecallNotice.objects.get()
    assert (notice.left, notice.done, notice.answered_by) == (Decimal(0), "nothing", order.purchase.buyer)
    assert "0 kg left" in words(buyer.get(path(order, recall)))


@pytest.mark.parametrize("typed", [{}, {"left": "x", "done": "kept"}, {"left": "201", "done": "kept"}, {"left": "5"}])
def test_an_answer_that_cannot_be_says_what_to_do(buyer: Client, order: SellerOrder, typed: dict[str, str]) -> None:
    recall = make_recall(order)

    answer = buyer.post(path(order, recall), typed)

    assert answer.status_code == 422
    assert RecallNotice.objects.get().answered_at is None


def test_a_guest_answers_and_a_stranger_sees_nothing(order: SellerOrder) -> None:
    guests = make_delivered(waybill="W7")
    recall, own = make_recall(order), make_recall(guests)
    guest = guest_of(guests)

    assert guest.post(path(guests, own), {"left": "1", "done": "kept"}).status_code == 302
    assert guest.get(path(order, recall)).status_code == 404
    assert guest.get(path(guests, recall)).status_code == 404
    assert Client().get(path(guests, own)).status_code == 404


def test_a_closed_recall_takes_no_answer_and_says_how_it_ended(buyer: Client, order: SellerOrder) -> None:
    recall = make_recall(order)
    close_recall(recall, outcome="all came back", by=make_officer(order.enterprise.unit), now=ARRIVED)

    answer = buyer.post(path(order, recall), {"left": "1", "done": "kept"})

    assert answer.status_code == 422
    assert "all came back" in words(answer)
    assert "keep them apart" not in words(buyer.get(order_url(order)))


def test_everybody_reads_open_recalls_and_those_of_half_a_year(client: Client, order: SellerOrder) -> None:
    assert "No lot is recalled." in words(client.get("/en/recalls/"))
    now = read_clock()
    recent, old = make_recall(order, now=now), make_recall(make_delivered(waybill="W6"), now=now)
    for recall, days in ((recent, 170), (old, 190)):
        officer = make_officer(recall.enterprise.unit)
        close_recall(recall, outcome=f"closed {days}", by=officer, now=now - timedelta(days=days))
    open_one = make_recall(make_delivered(waybill="W5"), now=now)

    page = words(client.get("/en/recalls/"))

    assert (open_one.lot.number in page, "closed 170" in page, "closed 190" in page) == (True, True, False)
    assert "buyer@example.org" not in page
    assert order.number not in page
