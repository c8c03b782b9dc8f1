"""Keys are kept by the process that verifies; what has changed since is found by the statement that stores."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from market.common.clock import read_clock
from orders.inbox import doors
from orders.inbox.actions import create_endpoint, rotate_secret
from orders.inbox.models import Endpoint, EndpointSecret, InboxEvent
from tests.orders.inbox.test_receive import payload, post, signed

pytestmark = pytest.mark.django_db
BODY = payload("W1")


def known_endpoint(client: Client) -> tuple[Endpoint, str]:
    """One that this process has verified a message of."""
    endpoint, secret = create_endpoint("standard", "truck", now=read_clock())
    assert post(client, endpoint, BODY, signed(secret, BODY, "before")) == 202
    return endpoint, secret


def kept() -> list[str]:
    return list(InboxEvent.objects.order_by("pk").values_list("key", flat=True))


def test_known_endpoint_costs_one_statement_also_for_a_copy(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    endpoint, secret = known_endpoint(client)

    with django_assert_num_queries(2):
        for _ in range(2):
            assert post(client, endpoint, BODY, signed(secret, BODY, "m")) == 202

    assert kept() == ["before", "m"]
    assert InboxEvent.objects.get(key="m").secret == endpoint.secrets.get()


def test_withdrawn_key_opens_nothing_from_the_next_message_on(client: Client) -> None:
    endpoint, leaked = known_endpoint(client)
    rotate_secret(endpoint, now=read_clock(), overlap=timedelta(0))

    assert [post(client, endpoint, BODY, signed(leaked, BODY, f"m{n}")) for n in range(2)] == [401, 401]
    assert kept() == ["before"]


def test_removed_key_opens_nothing(client: Client) -> None:
    endpoint, leaked = known_endpoint(client)
    rotate_secret(endpoint, now=read_clock())
    EndpointSecret.objects.order_by("pk")[0].delete()

    assert post(client, endpoint, BODY, signed(leaked, BODY, "m")) == 401
    assert kept() == ["before"]


def test_new_key_is_good_at_once(client: Client) -> None:
    endpoint, _ = known_endpoint(client)
    new = rotate_secret(endpoint, now=read_clock())

    assert post(client, endpoint, BODY, signed(new, BODY, "m")) == 202
    assert kept() == ["before", "m"]


def test_endpoint_switched_off_or_of_another_format_takes_nothing(client: Client) -> None:
    endpoint, secret = known_endpoint(client)

    Endpoint.objects.update(adapter="easypost")
    assert post(client, endpoint, BODY, signed(secret, BODY, "m1")) == 401
    Endpoint.objects.update(adapter="standard", is_active=False)
    assert post(client, endpoint, BODY, signed(secret, BODY, "m2")) == 404
    Endpoint.objects.update(is_active=True)
    assert post(client, endpoint, BODY, signed(secret, BODY, "m3")) == 202

    assert kept() == ["before", "m3"]


def test_forged_message_costs_one_read_and_no_write(client: Client) -> None:
    endpoint, _ = known_endpoint(client)

    with CaptureQueriesContext(connection) as queries:
        assert post(client, endpoint, BODY, {}) == 401

    assert [query["sql"][:6] for query in queries] == ["SELECT"]


def test_no_more_endpoints_are_kept_than_said(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "MOST", 2)
    for _ in range(5):
        known_endpoint(client)

    assert len(doors._doors) <= 2
    assert InboxEvent.objects.count() == 5
    assert "sealed" not in repr(doors._doors)


def test_retired_key_that_cannot_be_unsealed_any_more_is_in_nobody_s_way(client: Client) -> None:
    endpoint, secret = create_endpoint("standard", "truck", now=read_clock())
    before = read_clock() - timedelta(days=1)
    EndpointSecret.objects.create(
        endpoint=endpoint, sealed=b"of another SECRET_KEY", created_at=before, retires_at=before
    )

    assert post(client, endpoint, BODY, signed(secret, BODY, "m")) == 202
