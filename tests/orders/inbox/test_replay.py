"""Secrets in turn, replay by one and by many, what is thrown away, and messages that are no news of shipments."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from market.common.clock import read_clock
from market.common.errors import InvalidInput
from market.common.sealing import seal
from orders.inbox.actions import create_endpoint, make_secret, purge_bodies, replay_event, replay_events, rotate_secret
from orders.inbox.adapters import known_adapters
from orders.inbox.models import Endpoint, InboxEvent, new_endpoint_id
from orders.inbox.queries import endpoint_health, secrets_of, unmapped_codes
from orders.inbox.tasks import process_inbox
from orders.shipments.models import Shipment, TrackingEvent
from tests.builders import NOW
from tests.orders.inbox.test_receive import make_shipment, payload, post, signed
from tests.orders.shipments.carriers.bodies import dhl, encode, iata, kuaidi100

pytestmark = pytest.mark.django_db
S = InboxEvent.State


def stored(endpoint: Endpoint, raw: bytes = b"{}", state: str = S.PARKED, **fields: Any) -> InboxEvent:
    number = InboxEvent.objects.count()
    values = {"key": f"k{number}", "received_at": NOW, "due_at": NOW, **fields}
    return InboxEvent.objects.create(endpoint=endpoint, sealed=seal(raw), state=state, **values)


def worked(adapter: str, body: Any) -> InboxEvent:
    endpoint, _ = create_endpoint(adapter, "partner", now=NOW)
    event = stored(endpoint, encode(adapter, body), S.OPEN)
    process_inbox(NOW)
    event.refresh_from_db()
    return event


@pytest.mark.parametrize(
    ("adapter", "body", "outcome"),
    [
        ("dhl_unified_push", {"scope": "subscription.validate", "secret": "s"}, "control"),
        ("iata_one_record", {"@type": "api:Notification", "api:referencesLogisticsObject": {"@id": "x"}}, "thin"),
        ("easypost", {"id": "e", "result": {"object": "Batch"}}, "ignored"),
        ("iata_one_record", {"@type": "cargo:Piece"}, "ignored"),
    ],
)
def test_message_that_is_no_news_is_done_and_says_what_it_was(adapter: str, body: Any, outcome: str) -> None:
    event = worked(adapter, body)

    assert (event.state, event.outcome, event.error) == ("done", outcome, "")


def test_one_unknown_shipment_does_not_hold_up_the_others_of_its_message() -> None:
    make_shipment("T1")
    body = dhl("delivered")
    body["shipments"].insert(0, dhl("transit", id="NOBODY")["shipments"][0])

    event = worked("dhl_unified_push", body)

    assert (event.state, Shipment.objects.get().status) == ("open", "delivered")
    assert "UnknownNumberError" in event.error


def test_code_no_table_knows_is_listed_for_a_person() -> None:
    make_shipment("T1")
    worked("kuaidi100", kuaidi100("99999"))

    (code,) = unmapped_codes()
    assert (code.source, code.raw_code, code.events) == ("kuaidi100", "99999", 1)
    assert Shipment.objects.get().status == "unknown"


def test_air_cargo_is_matched_by_the_address_of_its_object() -> None:
    make_shipment("https://1r.example.com/o/1")

    assert worked("iata_one_record", iata("DEP")).outcome == "tracking"
    assert Shipment.objects.get().status == "in_transit"


def test_replay_by_partner_endpoint_and_time_opens_only_those() -> None:
    one, two = create_endpoint("standard", "a", now=NOW)[0], create_endpoint("easypost", "b", now=NOW)[0]
    for endpoint in (one, two):
        stored(endpoint, state=S.PARKED)
        stored(endpoint, state=S.DEAD, received_at=NOW + timedelta(hours=5))
        stored(endpoint, state=S.DONE)
        stored(endpoint, state=S.PARKED, is_purged=True)

    def opened(**choice: Any) -> int:
        number = replay_events(now=NOW, **choice)
        assert InboxEvent.objects.filter(state=S.OPEN).count() == number
        InboxEvent.objects.filter(state=S.OPEN).update(state=S.PARKED)
        return number

    assert opened(adapter="standard") == 2
    assert opened(endpoint_id=two.pk, since=NOW + timedelta(hours=1)) == 1
    assert opened(until=NOW + timedelta(hours=1)) == 2
    assert opened(adapter="easypost", with_done=True) == 3


def test_replay_twice_of_what_was_done_changes_nothing() -> None:
    make_shipment("T1")
    worked("dhl_unified_push", dhl("delivered"))

    replay_events(now=NOW, adapter="dhl_unified_push", with_done=True)
    process_inbox(NOW)

    assert (TrackingEvent.objects.count(), InboxEvent.objects.get().state) == (1, "done")


def test_bodies_are_thrown_away_after_ninety_days_and_the_key_stays(client: Client) -> None:
    endpoint, secret = create_endpoint("standard", "truck", now=NOW)
    old = stored(endpoint, state=S.DONE, received_at=NOW - timedelta(days=91), key="msg_1", headers={"a": "b"})
    kept = [
        stored(endpoint, state=S.OPEN, received_at=NOW - timedelta(days=91)),
        stored(endpoint, state=S.DONE, received_at=NOW - timedelta(days=89)),
    ]

    assert [purge_bodies(NOW), purge_bodies(NOW)] == [1, 0]

    old.refresh_from_db()
    assert (bytes(old.sealed), old.headers, old.is_purged) == (b"", {}, True)
    assert not InboxEvent.objects.filter(pk__in=[event.pk for event in kept], is_purged=True).exists()
    with pytest.raises(InvalidInput):
        replay_event(old, now=NOW)
    body = payload("W1")
    assert post(client, endpoint, body, signed(secret, body)) == 202
    assert InboxEvent.objects.filter(key="msg_1").count() == 1


def test_raw_bytes_and_secrets_are_sealed_in_the_database(client: Client) -> None:
    endpoint, secret = create_endpoint("standard", "truck", now=NOW)
    body = payload("SECRET-WAYBILL")
    post(client, endpoint, body, signed(secret, body))

    assert b"SECRET-WAYBILL" not in bytes(InboxEvent.objects.get().sealed)
    assert secret.encode() not in bytes(endpoint.secrets.get().sealed)
    assert "webhook-signature" not in InboxEvent.objects.get().headers


@pytest.mark.parametrize("adapter", known_adapters())
def test_secret_is_made_as_the_adapter_needs_it(adapter: str) -> None:
    first, second = make_secret(adapter), make_secret(adapter)

    assert first != second
    assert len(first) >= 44
    assert first.startswith("whsec_") is (adapter == "standard")


def test_rotation_overlaps_and_never_lengthens_an_older_end() -> None:
    endpoint, _ = create_endpoint("standard", "truck", now=NOW)
    rotate_secret(endpoint, now=NOW)
    rotate_secret(endpoint, now=NOW + timedelta(hours=1))

    ends = list(endpoint.secrets.order_by("pk").values_list("retires_at", flat=True))
    assert ends == [NOW + timedelta(hours=24), NOW + timedelta(hours=25), None]

    rotate_secret(endpoint, now=NOW + timedelta(hours=2), overlap=timedelta(0))
    assert list(endpoint.secrets.order_by("pk").values_list("retires_at", flat=True)) == [
        *[NOW + timedelta(hours=2)] * 3,
        None,
    ]


def test_last_use_of_each_secret_is_known_and_the_secret_is_not(client: Client) -> None:
    endpoint, old = create_endpoint("standard", "truck", now=read_clock())
    rotate_secret(endpoint, now=read_clock())
    body = payload("W1")
    post(client, endpoint, body, signed(old, body))

    used = secrets_of(endpoint)

    assert [last is not None for _, last in used] == [False, True]
    assert all("sealed" in key.get_deferred_fields() for key, _ in used)


def test_health_needs_as_many_statements_for_three_endpoints_as_for_thirty(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in (3, 30):
        for _ in range(number):
            stored(create_endpoint("standard", "p", now=NOW)[0])
        with django_assert_num_queries(1):
            endpoint_health(NOW)


def test_repeat_is_one_statement_and_one_row(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    endpoint, secret = create_endpoint("standard", "truck", now=NOW)
    body = payload("W1")
    post(client, endpoint, body, signed(secret, body))

    with django_assert_num_queries(1):
        assert post(client, endpoint, body, signed(secret, body)) == 202

    event = InboxEvent.objects.get()
    assert event.last_seen_at is not None
    assert event.last_seen_at > event.received_at


def test_command_rotates_and_shows_the_new_secret_once() -> None:
    endpoint, old = create_endpoint("kuaidi100", "p", now=NOW)
    out = StringIO()

    call_command("rotate_secret", endpoint.pk, "--overlap", "0", stdout=out)

    shown = out.getvalue().removeprefix("secret: ").strip()
    assert shown not in ("", old)
    assert endpoint.secrets.count() == 2
    with pytest.raises(CommandError):
        call_command("rotate_secret", "nobody")


def test_command_replays_what_was_named_and_refuses_everything() -> None:
    endpoint, _ = create_endpoint("standard", "p", now=NOW)
    event = stored(endpoint)
    out = StringIO()

    call_command("replay_inbox", "--event", str(event.pk), stdout=out)
    for arguments in ([], ["--event", str(event.pk)], ["--event", "0"]):
        with pytest.raises(CommandError):
            call_command("replay_inbox", *arguments)
    call_command("replay_inbox", "--partner", "standard", "--since", "2026-01-01T00:00", stdout=out)

    assert out.getvalue().split("\n")[:2] == ["1 opened", "0 opened"]


def test_command_health_prints_figures_and_no_secret() -> None:
    endpoint, secret = create_endpoint("standard", "truck", now=NOW)
    stored(endpoint, json.dumps({"x": 1}).encode())
    out = StringIO()

    call_command("inbox_health", stdout=out)

    assert "standard truck: received=" in out.getvalue()
    assert "parked=1" in out.getvalue()
    assert secret not in out.getvalue()


def test_id_of_an_endpoint_is_no_option_on_a_command_line() -> None:
    assert all(new_endpoint_id()[0] == "e" for _ in range(300))
