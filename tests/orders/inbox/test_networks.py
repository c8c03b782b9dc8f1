"""From where a partner may post: a fence besides its key."""

import base64
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from market.common.clock import read_clock
from orders.inbox.actions import create_endpoint
from orders.inbox.change_endpoint import fence_endpoint, read_networks
from orders.inbox.errors import EveryNetwork, HostBits, NoNetwork
from orders.inbox.models import Endpoint, InboxEvent
from orders.inbox.queries import endpoint_health
from tests.orders.inbox.test_receive import payload, signed

pytestmark = pytest.mark.django_db
BODY = payload("W1")
HOME, ABROAD = "203.0.113.7", "198.51.100.1"


def made(*networks: str) -> tuple[Endpoint, str]:
    endpoint, secret = create_endpoint("standard", "truck", now=read_clock())
    return fence_endpoint(endpoint, networks, by=None, now=read_clock()), secret


def post(endpoint: Endpoint, secret: str, address: str, key: str = "m", **headers: Any) -> int:
    client = Client(REMOTE_ADDR=address)
    named = signed(secret, BODY, key) | headers
    answer = client.post(f"/hooks/{endpoint.pk}/", BODY, content_type="application/json", headers=named)
    return answer.status_code


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (HOME, 202),
        ("::ffff:203.0.113.9", 202),  # the same network through a socket of version 6
        ("2001:db8:1::5", 202),
        (ABROAD, 401),
        ("2001:db8:2::5", 401),
        ("", 401),
        ("unix:", 401),
        ("203.0.113.7, 198.51.100.1", 401),
    ],
)
def test_signed_message_is_taken_from_its_networks_only(address: str, status: int) -> None:
    endpoint, secret = made("203.0.113.0/24", "2001:db8:1::/48")

    assert post(endpoint, secret, address) == status
    assert InboxEvent.objects.count() == (status == 202)


def test_fence_replaces_no_key() -> None:
    endpoint, _ = made("203.0.113.0/24")

    assert post(endpoint, "whsec_" + "A" * 43 + "=", HOME) == 401


def test_what_comes_from_elsewhere_is_counted_by_itself_and_writes_nothing() -> None:
    endpoint, secret = made("203.0.113.0/24")
    post(endpoint, secret, HOME, "before")

    with CaptureQueriesContext(connection) as queries:
        assert post(endpoint, secret, ABROAD) == 401

    assert [query["sql"][:6] for query in queries] == ["SELECT"]
    assert endpoint_health(read_clock())[0].refused == {"elsewhere": 1}


def test_fence_costs_nothing_where_it_lets_in(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    endpoint, secret = made("203.0.113.0/24")
    post(endpoint, secret, HOME, "before")

    with django_assert_num_queries(1):
        assert post(endpoint, secret, HOME) == 202


def test_change_holds_from_the_next_message_in_processes_that_kept_the_old_one() -> None:
    """`fence_endpoint` tells no process: each finds it where it stores."""
    endpoint, secret = made()
    answers = [post(endpoint, secret, ABROAD, "a")]
    fence_endpoint(endpoint, ["203.0.113.0/24"], by=None, now=read_clock())
    answers += [post(endpoint, secret, ABROAD, "b"), post(endpoint, secret, HOME, "c")]
    fence_endpoint(endpoint, [], by=None, now=read_clock())
    answers += [post(endpoint, secret, ABROAD, "d")]

    assert answers == [202, 401, 202, 202]
    assert list(InboxEvent.objects.order_by("pk").values_list("key", flat=True)) == ["a", "c", "d"]


def test_token_for_ups_is_given_inside_only() -> None:
    endpoint, secret = create_endpoint("ups_track_alert", "UPS", now=read_clock())
    fence_endpoint(endpoint, ["203.0.113.0/24"], by=None, now=read_clock())

    def asked(address: str) -> int:
        credentials = f"{endpoint.pk}:{secret}".encode()
        headers = {"authorization": "Basic " + base64.b64encode(credentials).decode()}
        return Client(REMOTE_ADDR=address).post(f"/hooks/{endpoint.pk}/token", headers=headers).status_code

    assert (asked(HOME), asked(ABROAD)) == (200, 401)


@pytest.mark.parametrize(
    ("lines", "read"),
    [
        ([], []),
        (["", "  203.0.113.7 ", "203.0.113.7/32"], ["203.0.113.7/32"]),
        (["203.0.113.0/24", "2001:DB8::/32"], ["203.0.113.0/24", "2001:db8::/32"]),
        (["::ffff:127.0.0.1", "127.0.0.1", "::ffff:10.0.0.0/104"], ["127.0.0.1/32", "10.0.0.0/8"]),
        (["10.0.0.0/255.0.0.0", "::"], ["10.0.0.0/8", "::/128"]),
    ],
)
def test_networks_are_kept_in_one_way_of_writing(lines: list[str], read: list[str]) -> None:
    assert read_networks(lines) == read


@pytest.mark.parametrize(
    "line", ["203.0.113", "example.org", "10.0.0.0/33", "10.0.0.0/8/9", "10.0.0.0/", "/8", "0x7f.1", "²03.0.113.7"]
)
def test_what_is_no_network_is_named(line: str) -> None:
    with pytest.raises(NoNetwork) as caught:
        read_networks(["203.0.113.7", line])

    assert (caught.value.code, caught.value.details) == ("no_network", {"line": line})


@pytest.mark.parametrize(
    ("line", "network"),
    [
        ("10.0.0.1/8", "10.0.0.0/8"),
        ("10.0.0.1/255.0.0.0", "10.0.0.0/8"),
        ("2001:db8::1/32", "2001:db8::/32"),
        ("::ffff:10.0.0.1/104", "10.0.0.0/8"),
    ],
)
def test_address_with_the_length_of_its_network_is_told_the_network(line: str, network: str) -> None:
    with pytest.raises(HostBits) as caught:
        read_networks([line])

    assert caught.value.details == {"line": line, "network": network}


@pytest.mark.parametrize("line", ["0.0.0.0/0", "::/0", "10.0.0.1/0", "2001:db8::1/0", "::ffff:0.0.0.0/96"])
def test_everything_is_no_network(line: str) -> None:
    with pytest.raises(EveryNetwork):
        read_networks([line])


def test_line_without_end_is_shown_by_its_beginning() -> None:
    with pytest.raises(NoNetwork) as caught:
        read_networks(["x" * 5000])

    assert caught.value.details == {"line": "x" * 60}


def test_command_fences_and_opens(capsys: pytest.CaptureFixture[str]) -> None:
    endpoint, _ = made()
    call_command("bind_endpoint", endpoint.pk, "--network", "203.0.113.7", "--network", "10.0.0.0/8")
    fenced = Endpoint.objects.get().networks
    call_command("bind_endpoint", endpoint.pk, "--any-network")

    assert (fenced, Endpoint.objects.get().networks) == ("203.0.113.7/32\n10.0.0.0/8", "")
    assert capsys.readouterr().out == "203.0.113.7/32, 10.0.0.0/8\nfrom anywhere\n"
    with pytest.raises(CommandError, match=r"example\.org"):
        call_command("bind_endpoint", endpoint.pk, "--network", "example.org")
    with pytest.raises(CommandError, match="--any-network"):
        call_command("bind_endpoint", endpoint.pk, "--network", "0.0.0.0/0")
    with pytest.raises(CommandError, match=r"10\.0\.0\.1/8 is inside the network 10\.0\.0\.0/8"):
        call_command("bind_endpoint", endpoint.pk, "--network", "10.0.0.1/8")
