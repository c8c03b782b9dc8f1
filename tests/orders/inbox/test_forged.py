"""What is forged, cannot be read or goes to nobody leaves nothing behind."""

import base64
import time
from datetime import UTC, datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from orders.inbox.actions import create_endpoint
from orders.inbox.models import Endpoint, InboxEvent
from tests.builders import NOW
from tests.orders.inbox.test_receive import payload, post, signed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "flaw", ["wrong", "missing", "empty", "truncated", "upper", "old", "future", "other_body", "plus"]
)
def test_forged_is_refused_without_a_row(client: Client, flaw: str) -> None:
    endpoint, secret = create_endpoint("standard", "truck", now=NOW)
    body = payload("WB3", ("2026-11-01T10:00:00Z", "delivered"))
    now = int(time.time())
    headers = signed(secret, body, at={"old": now - 301, "future": now + 330}.get(flaw, now))
    signature = headers["webhook-signature"]
    match flaw:
        case "wrong":
            headers = signed("whsec_" + base64.b64encode(b"x" * 32).decode(), body)
        case "missing":
            del headers["webhook-signature"]
        case "empty":
            headers["webhook-signature"] = ""
        case "truncated":
            headers["webhook-signature"] = signature[:-4]
        case "upper":
            headers["webhook-signature"] = signature.upper()
        case "plus":
            headers["webhook-timestamp"] = "+" + headers["webhook-timestamp"]
        case "other_body":
            body = body.replace(b"WB3", b"WB4")

    assert post(client, endpoint, body, headers) == 401
    assert not InboxEvent.objects.exists()


def test_shared_test_vector(client: Client) -> None:
    from orders.shipments.carriers.standard import authenticate

    body = b'{"type":"shipment.updated","timestamp":"2026-01-01T00:00:00Z","data":{"id":"shp_1"}}'
    headers = {
        "webhook-id": "msg_0001",
        "webhook-timestamp": "1767225600",
        "webhook-signature": "v1,KitaU91U8TEuOnyrI+6GmDLUdknFpGq61IvcLHbuOQQ=",
    }

    authenticate(
        body, headers, ["whsec_dHVhbmppLXN0YW5kYXJkLXdlYmhvb2tzLXRlc3QtMDE="], datetime(2026, 1, 1, tzinfo=UTC)
    )


def test_forged_costs_one_read(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    endpoint, _ = create_endpoint("standard", "truck", now=NOW)

    with django_assert_num_queries(1):
        assert post(client, endpoint, b"{}", {}) == 401


@pytest.mark.parametrize("name", ["nobody", "%00", "a" * 200, "%F0%9F%98%80"])
def test_unknown_endpoint_is_not_found(client: Client, name: str) -> None:
    assert client.post(f"/hooks/{name}/", b"{}", content_type="application/json").status_code == 404


def test_switched_off_endpoint_is_not_found(client: Client) -> None:
    endpoint, secret = create_endpoint("standard", "truck", now=NOW)
    Endpoint.objects.update(is_active=False)

    assert post(client, endpoint, b"{}", signed(secret, b"{}")) == 404
    assert not InboxEvent.objects.exists()


def test_unknown_endpoint_oversize_and_wrong_method(client: Client) -> None:
    endpoint, secret = create_endpoint("standard", "truck", now=NOW)
    big = b"x" * (256 * 1024 + 1)

    assert client.post("/hooks/nobody/", b"{}", content_type="application/json").status_code == 404
    assert post(client, endpoint, big, signed(secret, big)) == 413
    assert client.get(f"/hooks/{endpoint.pk}/").status_code == 405
    assert not InboxEvent.objects.exists()
