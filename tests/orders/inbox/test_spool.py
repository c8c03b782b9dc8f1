"""The database is away while a partner posts that posts once."""

import json
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from pytest_django import Settings

from market.common.clock import read_clock
from orders.inbox import spool
from orders.inbox.actions import create_endpoint, rotate_secret
from orders.inbox.models import Endpoint, InboxEvent
from orders.inbox.spool import store_kept
from orders.inbox.tasks import process_inbox
from orders.shipments.models import Shipment
from tests.builders import NOW
from tests.orders.inbox.test_receive import make_shipment, signed
from tests.orders.shipments.carriers.bodies import encode, ups

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def disk(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(spool, "_may_hold", True)
    return tmp_path / "spool"


@contextmanager
def database_away() -> Iterator[None]:
    def refuse(*_: object) -> Any:
        raise OperationalError("away")

    with connection.execute_wrapper(refuse):
        yield


def body_of(number: int) -> bytes:
    day = {"gmtActivityDate": f"202611{number:02}"}
    return encode("ups_track_alert", ups("D", "FS", "Delivered to Wang Wu", **day))


def post(client: Client, endpoint: Endpoint, secret: str, body: bytes) -> int:
    headers = {"credential": secret}
    return client.post(f"/hooks/{endpoint.pk}/", body, content_type="application/json", headers=headers).status_code


@pytest.fixture
def known(client: Client) -> tuple[Endpoint, str]:
    """An endpoint this process has served before."""
    endpoint, secret = create_endpoint("ups_track_alert", "UPS", now=NOW)
    assert post(client, endpoint, secret, body_of(1)) == 200
    return endpoint, secret


def test_message_is_acknowledged_kept_sealed_and_stored_by_the_next(
    client: Client, known: tuple[Endpoint, str], disk: Path
) -> None:
    with database_away():
        assert [post(client, *known, body_of(number)) for number in (2, 3, 2)] == [200] * 3
        assert post(client, known[0], "forged", body_of(4)) in (401, 503)
    kept = sorted(disk.iterdir())
    assert len(kept) == 3
    assert not [path for path in kept if "Wang" in path.read_text() or known[1] in path.read_text()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}

    assert post(client, *known, body_of(5)) == 200

    assert InboxEvent.objects.count() == 4
    assert list(disk.iterdir()) == []


def test_worker_stores_what_is_kept_once_and_works_on_it(
    client: Client, known: tuple[Endpoint, str], disk: Path
) -> None:
    make_shipment("T1")
    with database_away():
        post(client, *known, body_of(2))
        with pytest.raises(OperationalError):
            store_kept(read_clock())
    assert len(list(disk.iterdir())) == 1

    assert (store_kept(read_clock()), store_kept(read_clock())) == (1, 0)
    process_inbox(read_clock())

    assert Shipment.objects.get().status == "delivered"
    assert set(InboxEvent.objects.values_list("state", flat=True)) == {"done"}


def test_key_that_was_replaced_since_was_good_when_it_came(client: Client, known: tuple[Endpoint, str]) -> None:
    with database_away():
        post(client, *known, body_of(2))
    rotate_secret(known[0], now=read_clock())

    assert store_kept(read_clock()) == 1


def test_of_a_closed_endpoint_nothing_is_stored_and_the_file_is_put_aside(
    client: Client, known: tuple[Endpoint, str], disk: Path
) -> None:
    with database_away():
        post(client, *known, body_of(2))
    Endpoint.objects.update(is_active=False)

    assert store_kept(read_clock()) == 0
    assert [path.suffix for path in disk.iterdir()] == [".refused"]


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", json.dumps({"sealed": 1, "adapter": "x"}), "null"])
def test_file_nothing_can_be_made_of_is_put_aside_and_holds_up_nobody(
    client: Client, known: tuple[Endpoint, str], disk: Path, content: str
) -> None:
    with database_away():
        post(client, *known, body_of(2))
    (disk / "00000000-first.json").write_text(content)

    assert store_kept(read_clock()) == 1
    assert [path.suffix for path in disk.iterdir()] == [".bad"]


def test_no_disk_either_asks_to_come_again(client: Client, known: tuple[Endpoint, str], disk: Path) -> None:
    disk.write_text("a file where the folder would be")

    with database_away():
        assert post(client, *known, body_of(2)) == 503


def test_no_more_are_kept_than_the_disk_should_hold(
    client: Client, known: tuple[Endpoint, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "MOST", 2)

    with database_away():
        assert [post(client, *known, body_of(number)) for number in (2, 3, 4)] == [200, 200, 503]


def test_partner_that_comes_again_is_asked_to(client: Client, disk: Path) -> None:
    endpoint, secret = create_endpoint("standard", "truck", now=NOW)
    body = b"{}"
    headers = signed(secret, body)
    path = f"/hooks/{endpoint.pk}/"
    assert client.post(path, body, content_type="application/json", headers=headers).status_code == 202

    with database_away():
        assert client.post(path, body, content_type="application/json", headers=headers).status_code == 503
    assert not disk.exists()
