"""Sellers have orders fetched: own orders, own jobs; warehouse staff decides, others look."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from market.common.clock import read_clock
from market.enterprises.models import Enterprise
from orders.pickups.actions.answer_pickup import counter_pickup
from orders.pickups.load import Window
from orders.pickups.models import PickupJob, PickupPartner
from tests.builders import NOW, make_enterprise, make_variant
from tests.market.office.people import statements_of
from tests.market.portal.people import SELL, read, send, staff_of
from tests.orders.pickups.scenes import LATER, make_job, make_partner, make_to_ship

pytestmark = pytest.mark.django_db


def wish(partner: PickupPartner, *numbers: str, **changes: Any) -> dict[str, Any]:
    day = timezone.localtime(read_clock()) + timedelta(days=1)
    return {
        "order": list(numbers),
        "partner": partner.pk,
        "day": f"{day:%Y-%m-%d}",
        "window_from": "8",
        "window_to": "17:30",
        "place": "库房",
        "contact": "王",
        "phone": "139",
        "boxes": "4",
        "gross_kg": "21.6",
        "key": "k",
        **changes,
    }


def test_chosen_orders_come_with_boxes_and_weight_proposed() -> None:
    variant = make_variant(on_hand=100)
    one, two = make_to_ship(variant, 3), make_to_ship(variant, 4)
    make_partner()
    client = staff_of(one.enterprise, "warehouse")

    page = read(client, f"pickups/new/?order={one.number}&order={two.number}")

    assert re.search(r'name="boxes" value="7"', page)
    assert re.search(r'name="gross_kg" value="37.8"', page)
    assert all(f'name="order" value="{order.number}"' in page for order in (one, two))
    assert "李买家" not in page


def test_asked_in_beijing_time_and_a_second_click_makes_no_second_job() -> None:
    (partner, _secret), order = make_partner(), make_to_ship()
    client = staff_of(order.enterprise, "warehouse")
    fields = wish(partner, order.number, temperature_from="-18", point="40.5, 81.25", note="rear gate")

    send(client, "pickups/new/", fields)
    send(client, "pickups/new/", fields)

    job = PickupJob.objects.get()
    begins = timezone.localtime(job.window_from)
    assert (f"{begins:%Y-%m-%d %H:%M}", timezone.localtime(job.window_to).hour) == (f"{fields['day']} 08:00", 17)
    assert (job.boxes, job.temperature_from, job.temperature_to, str(job.latitude)) == (4, -18, None, "40.500000")
    page = read(client, f"pickups/{job.number}/")
    assert "rear gate" in page
    assert order.number in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"window_from": "25"}, "Please enter a time such as 08:30."),
        ({"window_to": "7"}, "The end must be after the beginning."),
        ({"boxes": "1.5"}, "A whole number, please, such as 10."),
        ({"boxes": "0"}, "Between 1 and 100000, please."),
        ({"point": "here"}, "Latitude and longitude, such as"),
        ({"point": "NaN, NaN"}, "Latitude and longitude, such as"),
        ({"temperature_from": "4", "temperature_to": "-4"}, "The upper limit must not be below the lower one."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_everything_typed_stays(changes: dict[str, str], words: str) -> None:
    (partner, _secret), order = make_partner(), make_to_ship()
    client = staff_of(order.enterprise)

    page = send(client, "pickups/new/", wish(partner, order.number, note="kept note", **changes), status=422)

    assert words in page
    assert "kept note" in page
    assert order.number in page
    assert PickupJob.objects.count() == 0


def test_foreign_and_unknown_orders_and_jobs_are_not_there() -> None:
    order, (partner, _secret), job = make_to_ship(), make_partner(), make_job()
    client = staff_of(make_enterprise())

    for number in (order.number, "P-nobody", "a\0b"):
        assert client.get(f"{SELL}pickups/new/", {"order": number}).status_code == 404
        assert client.post(f"{SELL}pickups/new/", wish(partner, number)).status_code == 404
    assert client.get(f"{SELL}pickups/{job.number}/").status_code == 404
    for act in ("take", "refuse", "withdraw"):
        assert client.post(f"{SELL}pickups/{job.number}/do/", {"do": act}).status_code == 404
    assert job.number not in read(client, "pickups/")
    assert PickupJob.objects.get().version == 1


@pytest.mark.parametrize("role", ["sales", "finance", "viewer"])
def test_who_does_not_ship_looks_only(role: str) -> None:
    job, (partner, _secret) = make_job(), make_partner()
    order = make_to_ship(make_variant(enterprise=job.enterprise, on_hand=10))
    client = staff_of(job.enterprise, role)

    assert "Withdraw" not in read(client, f"pickups/{job.number}/")
    send(client, f"pickups/{job.number}/do/", {"do": "withdraw"}, status=403)
    send(client, "pickups/new/", wish(partner, order.number), status=403)
    assert [row.version for row in PickupJob.objects.all()] == [1]


def proposal(client: Client, job: PickupJob) -> dict[str, str]:
    page = read(client, f"pickups/{job.number}/")
    return dict(re.findall(r'name="(counter_from|counter_to)" value="([^"]+)"', page))


def test_proposal_is_taken_from_its_page_and_an_old_page_takes_no_newer_one() -> None:
    job = counter_pickup(make_job(), LATER, now=NOW)
    client = staff_of(job.enterprise, "warehouse")
    old = proposal(client, job)
    counter_pickup(job, Window(LATER.begins + timedelta(hours=1), LATER.ends), now=NOW)

    send(client, f"pickups/{job.number}/do/", {"do": "take", **old})
    assert "Somebody else changed this" in read(client, f"pickups/{job.number}/")
    for garbage in ({}, {"counter_from": "2026-99-99T00:00", "counter_to": "x"}):
        send(client, f"pickups/{job.number}/do/", {"do": "take", **garbage})
    assert PickupJob.objects.get().state == "countered"
    send(client, f"pickups/{job.number}/do/", {"do": "take", **proposal(client, job)})

    job.refresh_from_db()
    assert (job.state, job.window_from) == ("accepted", LATER.begins + timedelta(hours=1))


@pytest.mark.parametrize(("act", "state"), [("refuse", "refused"), ("withdraw", "withdrawn"), ("fly", "countered")])
def test_other_buttons(act: str, state: str) -> None:
    job = counter_pickup(make_job(), LATER, now=NOW)

    send(staff_of(job.enterprise), f"pickups/{job.number}/do/", {"do": act})

    assert PickupJob.objects.get().state == state


def test_list_takes_the_same_statements_for_two_and_for_ten() -> None:
    def jobs(enterprise: Enterprise, number: int) -> Client:
        variant = make_variant(enterprise=enterprise, on_hand=1000)
        for _ in range(number):
            make_job(make_to_ship(variant, 1), partner=partner)
        client = staff_of(enterprise)
        read(client, "pickups/")
        return client

    partner, _secret = make_partner()
    few, many = jobs(make_enterprise(), 2), jobs(make_enterprise(), 10)

    assert statements_of(lambda: read(few, "pickups/")) == statements_of(lambda: read(many, "pickups/"))


def test_without_orders_or_partners_the_page_says_what_to_do() -> None:
    order = make_to_ship()
    client = staff_of(order.enterprise)

    assert "Choose in the list of orders" in read(client, "pickups/new/")
    assert "No partner fetches goods now" in read(client, f"pickups/new/?order={order.number}")
