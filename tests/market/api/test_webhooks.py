"""Webhooks set up by a seller's own program."""

import json
from collections.abc import Callable

import pytest

from market.common.clock import read_clock
from orders.actions.ship_order import ship_order
from orders.outbound.catalogue import EVENT_TYPES
from orders.outbound.models import Delivery, Endpoint
from orders.shipments.carriers import standard
from tests.builders import NOW, make_enterprise
from tests.market.api.keys import call, key_for
from tests.orders.inbox.test_receive import make_paid_order
from tests.orders.outbound.conftest import receiver  # noqa: F401 - a fixture
from tests.orders.outbound.receiver import Receiver
from tests.orders.outbound.scenes import make_endpoint, make_order, send_all, tell

pytestmark = pytest.mark.django_db
URL = "https://erp.example/hook"
SCOPE = "webhooks:write"


def test_program_adds_an_address_tests_it_and_reads_the_log(
    receiver: Callable[[], Receiver],  # noqa: F811
) -> None:
    erp, order = receiver(), make_order()
    key = key_for(order.enterprise, SCOPE)

    made = call("post", "/seller/webhooks", {"url": erp.url, "types": ["order.placed"]}, key=key)
    address = f"/seller/webhooks/{made.json()['id']}"
    tested = call("post", f"{address}/test", key=key)
    tell(order)
    send_all(read_clock())
    log = call("get", f"{address}/deliveries", key=key).json()

    assert (made.status_code, tested.status_code) == (201, 202)
    for headers, raw in erp.got:
        standard.authenticate(raw, headers, [made.json()["secret"]], read_clock())
    assert {json.loads(raw)["type"] for _headers, raw in erp.got} == {"webhook.test", "order.placed"}
    assert [row["log"][0]["status"] for row in log["items"]] == [204, 204]
    assert call("get", address, key=key).json()["secret"] == ""


def test_address_in_a_message_leads_to_the_order_and_the_shipment() -> None:
    order = make_paid_order()
    shipment = ship_order(order, [], carrier="truck", waybill="W1", by=None, now=NOW)
    mine, other = key_for(order.enterprise, "orders:read"), key_for(make_enterprise(), "orders:read")

    assert call("get", f"/seller/orders/{order.number}", key=mine).json()["number"] == order.number
    found = call("get", f"/seller/shipments/{shipment.number}", key=mine).json()
    assert (found["order"], found["waybill"], found["status"]) == (order.number, "W1", "unknown")
    for path in (f"/seller/orders/{order.number}", f"/seller/shipments/{shipment.number}"):
        assert call("get", path, key=other).status_code == 404


def test_change_off_on_secret_and_remove() -> None:
    enterprise = make_enterprise()
    endpoint, secret = make_endpoint(enterprise, URL)
    key, address = key_for(enterprise, SCOPE), f"/seller/webhooks/{endpoint.pk}"

    changed = call("patch", address, {"name": "ERP", "is_active": False}, key=key).json()
    back = call("patch", address, {"is_active": True}, key=key).json()
    fresh = call("post", f"{address}/secret", key=key).json()["secret"]

    assert (changed["name"], changed["url"], changed["is_active"], changed["off_reason"]) == (
        "ERP",
        URL,
        False,
        "person",
    )
    assert back["is_active"]
    assert fresh.startswith("whsec_")
    assert fresh != secret
    assert call("delete", address, key=key).json()["id"] == endpoint.pk
    assert Endpoint.objects.count() == 0


def test_another_s_endpoint_is_not_there_and_stays_as_it_is() -> None:
    endpoint, _ = make_endpoint(make_enterprise(), URL)
    key = key_for(make_enterprise(), SCOPE)
    address = f"/seller/webhooks/{endpoint.pk}"

    answers = [
        call("get", address, key=key),
        call("patch", address, {"url": "https://evil.example/"}, key=key),
        call("delete", address, key=key),
        call("post", f"{address}/secret", key=key),
        call("post", f"{address}/test", key=key),
        call("post", f"{address}/replay", {}, key=key),
        call("get", f"{address}/deliveries", key=key),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert call("get", "/seller/webhooks", key=key).json() == {"items": []}
    assert Endpoint.objects.get().url == URL
    assert (endpoint.keys.count(), Delivery.objects.count()) == (1, 0)


@pytest.mark.parametrize(("scopes", "role"), [(["orders:write"], "owner"), ([SCOPE], "warehouse")])
def test_key_without_the_scope_or_a_holder_without_the_right_changes_nothing(scopes: list[str], role: str) -> None:
    enterprise = make_enterprise()
    key = key_for(enterprise, *scopes, role="owner")
    enterprise.members.update(role=role)

    assert call("post", "/seller/webhooks", {"url": URL}, key=key).status_code == 403
    assert Endpoint.objects.count() == 0


def test_bad_address_is_told_by_field() -> None:
    enterprise = make_enterprise()

    answer = call("post", "/seller/webhooks", {"url": "http://169.254.169.254/"}, key=key_for(enterprise, SCOPE))

    assert answer.status_code == 422
    assert "url" in str(answer.json())


def test_catalogue_is_open_and_complete() -> None:
    items = call("get", "/seller/webhooks/types", key={}).json()["items"]

    assert [item["name"] for item in items] == [kind.name for kind in EVENT_TYPES]
    assert all(item["definition"]["properties"]["type"] == {"const": item["name"]} for item in items)
