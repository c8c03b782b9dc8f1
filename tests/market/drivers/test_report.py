"""The driver's page: what it shows, what a press becomes."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from market.common.clock import read_clock
from orders.inbox.links import PHONE_PAGES
from orders.inbox.models import InboxEvent
from orders.orders.models import SellerOrder
from orders.shipments.models import Notice, Shipment
from tests.market.drivers.drivers import give_link, give_partner_link, on_road, press, status_of, work
from tests.orders.inbox.test_receive import make_shipment

pytestmark = pytest.mark.django_db
PRESSED = {"key": "press-of-the-page", "step": "picked_up"}


@pytest.mark.parametrize("language", ["zh-hans", "en", "ru"])
def test_page_tells_what_a_driver_needs_and_no_more(client: Client, language: str) -> None:
    shipment, path = on_road()
    purchase = shipment.seller_order.purchase

    page = client.get(path.replace("/en/", f"/{language}/")).content.decode()

    for shown in (
        shipment.waybill,
        str(shipment.seller_order.enterprise.number)[-3:].lstrip("0"),
        purchase.city,
        "10,8" if language == "ru" else "10.8",
        {"zh-hans": "2 箱", "en": "2 boxes", "ru": "2 ящика"}[language],
    ):
        assert shown in page
    for hidden in (purchase.phone, purchase.street, purchase.recipient, purchase.number, purchase.buyer_email, "若羌"):
        assert hidden not in page
    assert page.count('name="step"') == 11


def test_street_and_phone_are_shown_only_when_asked_for_and_not_after_delivery(client: Client) -> None:
    shipment = make_shipment("W1")
    path = give_link(shipment, shows_address=True)[1]
    purchase = shipment.seller_order.purchase
    assert purchase.phone in client.get(path).content.decode()

    press(client, path, "delivered", signed_by="王五")
    work()

    page = client.get(path).content.decode()
    assert purchase.phone not in page
    assert purchase.street not in page


def test_page_needs_a_bounded_number_of_statements(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    _shipment, path = on_road()

    with django_assert_max_num_queries(6):
        client.get(path)


def test_address_on_paper_takes_the_phones_language(client: Client) -> None:
    _shipment, path = on_road()

    answer = client.get(path.removeprefix("/en").rstrip("/"), headers={"accept-language": "ru-RU,ru;q=0.9"})

    assert (answer.status_code, answer["Location"]) == (302, path.replace("/en/", "/ru/"))


def test_what_is_taken_and_not_worked_on_yet_is_no_lack_of_news(client: Client) -> None:
    _shipment, path = on_road()
    assert "being entered" not in client.get(path).content.decode()

    page = client.post(path, PRESSED, follow=True).content.decode()
    assert "What you reported has been taken and is being entered." in page
    assert "no news" not in page
    with time_machine.travel(read_clock() + timedelta(minutes=16)):
        assert "being entered" not in client.get(path).content.decode()
    work()

    page = client.get(path).content.decode()
    assert "being entered" not in page
    assert "picked up" in page


def test_waybill_typed_in_wide_signs_is_found(client: Client) -> None:
    make_shipment("W7", "truck")
    path = give_partner_link("truck")[1]

    assert "10.8" in client.get(path, {"waybill": "Ｗ７\u200b"}).content.decode()


def test_delivery_by_plain_form_reaches_the_buyer(client: Client) -> None:
    shipment, path = on_road()

    answer = client.post(path, PRESSED | {"step": "delivered", "signed_by": "王五", "weight": "9,5"}, follow=True)
    work()

    assert "Taken: Delivered." in answer.content.decode()
    shipment.refresh_from_db()
    assert (shipment.status, shipment.signed_by) == ("delivered", "王五")
    event = shipment.events.get()
    assert (event.source, event.weight_kg) == ("phone", Decimal("9.5"))
    assert Notice.objects.get(status="delivered").is_due
    assert InboxEvent.objects.get().endpoint_id == PHONE_PAGES


def test_double_click_and_page_gone_back_to_count_once_each(client: Client) -> None:
    shipment, path = on_road()

    for step in ("picked_up", "picked_up", "out_for_delivery", "picked_up"):
        client.post(path, PRESSED | {"step": step})
    work()

    assert InboxEvent.objects.count() == 2
    assert [event.status for event in shipment.events.all()] == ["picked_up", "out_for_delivery"]


def test_script_sending_twice_counts_once_and_is_told_so_both_times(client: Client) -> None:
    shipment, path = on_road()

    for _ in range(2):
        told = press(client, path, "picked_up", key="same-press-1", ago=timedelta(hours=2))
        assert told["message"] == "Taken: Picked up."
        work()

    assert shipment.events.count() == 1


def test_late_reports_in_any_order_give_the_status_of_the_last_press(client: Client) -> None:
    shipment, path = on_road()

    press(client, path, "delivered", signed_by="王五", ago=timedelta(hours=1))
    work()
    press(client, path, "picked_up", ago=timedelta(hours=9))
    press(client, path, "out_for_delivery", ago=timedelta(hours=2))
    press(client, path, "arrived", place="成都", ago=timedelta(hours=3))
    work()

    shipment.refresh_from_db()
    assert (shipment.status, shipment.flags) == ("delivered", [])
    assert [event.status for event in shipment.events.all()] == [
        "picked_up",
        "in_transit",
        "out_for_delivery",
        "delivered",
    ]
    assert Notice.objects.filter(is_due=True).count() == 1


def test_wrong_clock_of_the_phone_does_not_matter(client: Client) -> None:
    shipment, path = on_road()
    now, shown = read_clock(), read_clock() - timedelta(days=4000)

    press(client, path, "picked_up", at=(shown - timedelta(hours=3)).isoformat(), sent=shown.isoformat())
    work()

    assert abs(shipment.events.get().occurred_at - (now - timedelta(hours=3))) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (timedelta(minutes=6), "lies in the future"),
        (timedelta(days=-15), "more than 14 days ago"),
        (None, "This time cannot be read."),
    ],
)
def test_time_that_cannot_be_is_refused_and_nothing_is_stored(client: Client, at: timedelta | None, words: str) -> None:
    _shipment, path = on_road()
    typed = "yesterday" if at is None else (read_clock() + at).isoformat()

    told = press(client, path, "picked_up", at=typed, status=422)

    assert words in told["message"]
    assert not InboxEvent.objects.exists()


@pytest.mark.parametrize(
    "typed", ["2026-11-24T09:00:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "\x00", "9" * 50]
)
@pytest.mark.parametrize("name", ["at", "sent"])
def test_hostile_times_are_refused(client: Client, name: str, typed: str) -> None:
    _shipment, path = on_road()

    answer = client.post(path, PRESSED | {"at": "2026-11-24T09:00:00Z", name: typed})

    assert answer.status_code == 422

    assert not InboxEvent.objects.exists()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"step": "delivered"}, "Please write who took it."),
        ({"step": "arrived"}, "Please write where it arrived."),
        ({"step": "other", "note": " ", "place": "mud on the road"}, "Please write what happened."),
        ({"step": ""}, "Please press the button"),
        ({"step": "returned"}, "Please press the button"),
        ({"step": "delivered", "signed_by": "x", "weight": "-1"}, "above zero"),
        ({"key": ""}, "Please load the page again."),
        ({"place": "x" * 201}, "200"),
    ],
)
def test_form_that_lacks_something_says_what_and_keeps_the_rest(
    client: Client, fields: dict[str, str], words: str
) -> None:
    _shipment, path = on_road()

    answer = client.post(path, PRESSED | {"note": "mud on the road"} | fields)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert "mud on the road" in page
    assert not InboxEvent.objects.exists()


def test_problem_flags_the_shipment_and_moves_nothing(client: Client) -> None:
    shipment, path = on_road()

    press(client, path, "delayed", note="snow at the pass")
    work()

    shipment.refresh_from_db()
    assert (shipment.status, shipment.flags) == ("unknown", ["delayed"])
    assert shipment.events.get().words == "delayed"


def test_refused_at_the_door_is_an_attempt(client: Client) -> None:
    shipment, path = on_road()

    press(client, path, "refused")
    work()

    shipment.refresh_from_db()
    assert (shipment.status, shipment.substatus) == ("delivery_attempted", "refused_pending")


def test_waybill_nobody_knows_yet_waits_for_the_seller(client: Client) -> None:
    path = give_partner_link("truck")[1]
    press(client, path, "picked_up", waybill="W1", ago=timedelta(minutes=5))
    work()
    assert InboxEvent.objects.get().state == "open"

    shipment = make_shipment("W1", "truck")
    InboxEvent.objects.update(due_at=read_clock())
    work()

    assert (status_of(shipment), InboxEvent.objects.get().state) == ("picked_up", "done")


def test_delivery_starts_the_clock_of_acceptance(client: Client) -> None:
    from market.common.deadlines.models import Deadline

    shipment, path = on_road()

    press(client, path, "delivered", signed_by="王五", ago=timedelta(days=3))
    work()

    assert Deadline.objects.filter(kind="order.acceptance", subject=shipment.seller_order.number).count() == 1
    assert SellerOrder.objects.get(pk=shipment.seller_order_id).state == "in_progress"
    assert not Notice.objects.get(status="delivered").is_due  # old news


def test_worker_of_the_page_is_a_script_beside_it(client: Client) -> None:
    answer = client.get("/en/d/worker.js")

    assert (answer.status_code, answer["Content-Type"]) == (200, "text/javascript")
    assert b"fetch" in answer.content
    assert Shipment.objects.count() == 0
