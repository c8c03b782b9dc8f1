"""Pickup jobs by API: the seller's key on one side, the partner's endpoint on the other."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from market.common.clock import read_clock
from orders.inbox.actions import create_endpoint, rotate_secret
from orders.inbox.change_endpoint import fence_endpoint
from orders.inbox.queries import endpoint_health
from orders.orders.models import SellerOrder
from orders.pickups.actions.open_partner import open_partner
from orders.pickups.models import PickupJob, PickupPartner
from tests.builders import NOW, make_enterprise
from tests.market.api.keys import call, key_for
from tests.orders.pickups.scenes import make_accepted, make_job, make_partner, make_to_ship

pytestmark = pytest.mark.django_db
TOMORROW = read_clock() + timedelta(days=1)
WINDOW = {"window_from": TOMORROW.isoformat(), "window_to": (TOMORROW + timedelta(hours=4)).isoformat()}
LATER = {
    "window_from": (TOMORROW + timedelta(days=1)).isoformat(),
    "window_to": (TOMORROW + timedelta(days=1, hours=2)).isoformat(),
}
CREW = {"vehicle": "新N 12345", "driver": "赵师傅"}


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def signed_in(partner: PickupPartner, secret: str) -> dict[str, str]:
    return basic(partner.endpoint_id, secret)


def wish_for(order: SellerOrder, partner: PickupPartner, **changes: Any) -> dict[str, Any]:
    goods = {"place": "库房", "contact": "王", "phone": "139", "boxes": 4, "gross_kg": "21.6"}
    return {"key": "k1", "partner": partner.pk, "orders": [order.number], **WINDOW, **goods, **changes}


def test_asked_countered_taken_and_named_by_two_programs() -> None:
    (partner, secret), order = make_partner(), make_to_ship()
    seller, truck = key_for(order.enterprise, "orders:read", "orders:write"), signed_in(partner, secret)

    assert call("get", "/seller/pickup-partners", key=seller).json()["items"][0]["id"] == partner.pk
    made = call("post", "/seller/pickups", wish_for(order, partner), key=seller)
    again = call("post", "/seller/pickups", wish_for(order, partner), key=seller)
    number = made.json()["number"]
    assert (made.status_code, again.json()["number"]) == (201, number)
    waiting = call("get", "/partner/pickups", {"state": "asked"}, key=truck).json()["items"]
    assert [(job["number"], job["orders"], job["gross_kg"]) for job in waiting] == [(number, [order.number], "21.6")]
    offered = call("post", f"/partner/pickups/{number}/counter", LATER | {"reason": "road"}, key=truck).json()
    proposal = {name: offered[name] for name in ("counter_from", "counter_to")}
    stale = call("post", f"/seller/pickups/{number}/take", proposal | {"counter_to": WINDOW["window_to"]}, key=seller)
    taken = call("post", f"/seller/pickups/{number}/take", proposal, key=seller)
    named = call("post", f"/partner/pickups/{number}/accept", CREW, key=truck)

    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "conflict")
    assert (taken.json()["state"], taken.json()["window_from"]) == ("accepted", offered["counter_from"])
    assert (named.json()["vehicle"], named.json()["version"]) == ("新N 12345", 4)
    sheet = call("get", "/partner/load-sheet", {"job": number}, key=truck).json()
    assert [(stop["job"], stop["orders"], stop["boxes"]) for stop in sheet["stops"]] == [(number, [order.number], 4)]
    assert "李买家" not in str(sheet)


def test_other_enterprise_s_and_other_partner_s_job_do_not_exist() -> None:
    job, (other, secret) = make_job(), make_partner()
    seller, truck = key_for(make_enterprise(), "orders:read", "orders:write"), signed_in(other, secret)

    for side, key, acts in (
        ("seller", seller, {"take": {"counter_from": NOW.isoformat(), "counter_to": NOW.isoformat()}, "withdraw": {}}),
        ("partner", truck, {"accept": CREW, "decline": {"reason": "x"}, "counter": LATER}),
    ):
        assert call("get", f"/{side}/pickups", key=key).json() == {"items": [], "next": None}
        assert call("get", f"/{side}/pickups/{job.number}", key=key).status_code == 404
        for act, body in acts.items():
            assert call("post", f"/{side}/pickups/{job.number}/{act}", body, key=key).status_code == 404
    assert call("get", "/partner/load-sheet", {"job": make_accepted().number}, key=truck).json()["stops"] == []
    assert PickupJob.objects.get(pk=job.pk).version == 1


def test_only_a_live_whsec_secret_of_a_partner_that_fetches_opens_anything() -> None:
    partner, secret = make_partner()
    endpoint, plain_secret = create_endpoint("standard", "No trucks", now=NOW)
    own, own_secret = create_endpoint("easypost", "Own format", now=NOW)
    open_partner(own, is_open=True, contact="", by=None, now=NOW)
    public, _made = create_endpoint("standard", "Public key", secret="whpk_AAAA", now=NOW)
    open_partner(public, is_open=True, contact="", by=None, now=NOW)
    wrong: list[dict[str, str]] = [
        {},
        {"Authorization": f"Bearer {secret}"},
        {"Authorization": "Basic ???"},
        basic(partner.endpoint_id, secret[:-1]),
        basic(partner.endpoint_id, ""),
        basic("e-nobody", secret),
        basic("a\0b", secret),
        basic(endpoint.pk, plain_secret),
        basic(own.pk, own_secret),
        basic(public.pk, "whpk_AAAA"),
        key_for(make_enterprise()),
    ]

    assert [call("get", "/partner/pickups", key=key).status_code for key in wrong] == [401] * len(wrong)
    assert call("get", "/partner/pickups", key=signed_in(partner, secret)).status_code == 200


def test_rotated_secret_overlaps_and_a_closed_endpoint_opens_nothing() -> None:
    partner, old = make_partner()
    new = rotate_secret(partner.endpoint, now=read_clock())

    assert [call("get", "/partner/pickups", key=signed_in(partner, one)).status_code for one in (old, new)] == [200] * 2
    rotate_secret(partner.endpoint, now=read_clock(), overlap=timedelta(0))
    assert call("get", "/partner/pickups", key=signed_in(partner, old)).status_code == 401
    partner.endpoint.is_active = False
    partner.endpoint.save()
    assert call("get", "/partner/pickups", key=signed_in(partner, new)).status_code == 401


def test_partner_closed_for_new_jobs_still_answers_the_old_ones() -> None:
    partner, secret = make_partner()
    job = make_job(partner=partner)
    open_partner(partner.endpoint, is_open=False, contact="", by=None, now=NOW)

    answer = call("post", f"/partner/pickups/{job.number}/accept", CREW, key=signed_in(partner, secret))

    assert (answer.status_code, answer.json()["state"]) == (200, "accepted")


@pytest.mark.parametrize(
    ("act", "body", "status"),
    [
        ("accept", {"vehicle": "", "driver": "x"}, 422),
        ("accept", {"vehicle": "x" * 41, "driver": "x"}, 422),
        ("decline", {"reason": ""}, 422),
        ("decline", {}, 422),
        ("counter", {"window_from": "2026-11-26T08:00:00", "window_to": "2026-11-26T09:00:00"}, 422),  # no zone
        ("counter", {"window_from": WINDOW["window_to"], "window_to": WINDOW["window_from"]}, 422),
        ("fly", {}, 404),
    ],
)
def test_answers_that_make_no_sense_change_nothing(act: str, body: dict[str, str], status: int) -> None:
    partner, secret = make_partner()
    job = make_job(partner=partner)

    answer = call("post", f"/partner/pickups/{job.number}/{act}", body, key=signed_in(partner, secret))

    assert (answer.status_code, PickupJob.objects.get().version) == (status, 1)


def test_answer_to_an_older_version_is_a_conflict_and_a_repeat_is_none() -> None:
    partner, secret = make_partner()
    job = make_job(partner=partner)
    key, path = signed_in(partner, secret), f"/partner/pickups/{job.number}"
    asked = call("get", path, key=key).json()["version"]

    first = call("post", f"{path}/accept", CREW | {"version": asked}, key=key)
    repeat = call("post", f"{path}/accept", CREW | {"version": asked}, key=key)
    colleague = call("post", f"{path}/decline", {"reason": "no truck", "version": asked}, key=key)

    assert [answer.status_code for answer in (first, repeat, colleague)] == [200, 200, 409]
    assert colleague.json()["error"]["code"] == "conflict"
    assert PickupJob.objects.get().state == "accepted"


def test_answer_in_the_wrong_state_says_which() -> None:
    partner, secret = make_partner()
    job = make_job(partner=partner)
    PickupJob.objects.update(state="withdrawn")

    answer = call("post", f"/partner/pickups/{job.number}/accept", CREW, key=signed_in(partner, secret))

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "illegal_move")


def test_viewers_and_reading_keys_do_not_ask() -> None:
    (partner, _secret), order = make_partner(), make_to_ship()

    for key in (key_for(order.enterprise, "orders:read"), key_for(order.enterprise, "orders:write", role="sales")):
        assert call("post", "/seller/pickups", wish_for(order, partner), key=key).status_code == 403
    assert PickupJob.objects.count() == 0


def test_lists_take_the_same_statements_for_three_and_for_thirty(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    partner, secret = make_partner()
    for _ in range(3):
        make_job(partner=partner)
    key = signed_in(partner, secret)
    Client().get("/api/v1/partner/pickups", headers=key)

    with django_assert_num_queries(4):
        assert len(call("get", "/partner/pickups", key=key).json()["items"]) == 3
    for _ in range(9):
        make_job(partner=partner)
    with django_assert_num_queries(4):
        assert len(call("get", "/partner/pickups", key=key).json()["items"]) == 12


def test_pages_follow_each_other() -> None:
    partner, secret = make_partner()
    jobs = [make_job(partner=partner).number for _ in range(3)]
    key = signed_in(partner, secret)

    first = call("get", "/partner/pickups", {"page_size": 2}, key=key).json()
    second = call("get", "/partner/pickups", {"page_size": 2, "cursor": first["next"]}, key=key).json()

    assert [job["number"] for job in first["items"] + second["items"]] == jobs[::-1]
    assert second["next"] is None


def test_right_secret_opens_from_the_partner_s_networks_only_and_elsewhere_is_counted() -> None:
    partner, secret = make_partner()
    job = make_job(partner=partner)
    fence_endpoint(partner.endpoint, ["203.0.113.0/24", "2001:db8::/32"], by=None, now=NOW)
    key = signed_in(partner, secret)
    known = {"203.0.113.7": 200, "::ffff:203.0.113.7": 200, "2001:db8::1": 200, "198.51.100.1": 401, "": 401}

    for address, status in known.items():
        assert Client(REMOTE_ADDR=address).get("/api/v1/partner/pickups", headers=key).status_code == status
    inside, outside = Client(REMOTE_ADDR="203.0.113.7"), Client(REMOTE_ADDR="198.51.100.1")
    path = f"/api/v1/partner/pickups/{job.number}/decline"
    body = {"reason": "no truck"}
    refused = outside.post(path, body, content_type="application/json", headers=key)
    forged = inside.get("/api/v1/partner/pickups", headers=basic(partner.endpoint_id, "whsec_AAAA"))

    assert (refused.status_code, PickupJob.objects.get().state) == (401, "asked")
    assert refused.json() == forged.json()  # a thief does not learn that the secret is right
    assert endpoint_health(read_clock())[0].refused == {"elsewhere": 3}


def test_every_refusal_names_all_reasons_and_tells_strangers_nothing() -> None:
    endpoint, secret = create_endpoint("standard", "No trucks", now=NOW)

    told = [
        call("get", "/partner/pickups", key=key).json()["error"]
        for key in (basic(endpoint.pk, secret), basic(endpoint.pk, "whsec_AAAA"), basic("e-nobody", secret))
    ]

    assert told[0] == told[1] == told[2]
    for reason in ("whsec_ secret", "network", "not opened the endpoint for pickup jobs", "closed"):
        assert reason in told[0]["message"]
