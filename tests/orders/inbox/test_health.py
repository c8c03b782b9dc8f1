"""How late news comes, and what another process can know."""

import io
from datetime import timedelta

import pytest
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.management import call_command
from pytest_django import DjangoAssertNumQueries

from orders.inbox import queries
from orders.inbox.queries import Lag, partner_lag
from orders.shipments.models import Shipment, TrackingEvent
from tests.builders import NOW
from tests.orders.inbox.test_receive import make_shipment

pytestmark = pytest.mark.django_db


def tell(shipment: Shipment, source: str, *minutes: float, age: float = 1, classifier: str = "ACT") -> None:
    """Received `age` hours ago, so many minutes after it happened."""
    received = NOW - timedelta(hours=age)
    TrackingEvent.objects.bulk_create(
        TrackingEvent(
            shipment=shipment,
            key=f"{source}{age}{classifier}{place}",
            source=source,
            classifier=classifier,
            occurred_at=received - timedelta(minutes=late),
            received_at=received,
        )
        for place, late in enumerate(minutes)
    )


def test_lag_is_of_what_happened_and_came_within_a_day(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    shipment = make_shipment("W1")
    tell(shipment, "standard", *range(1, 101))
    tell(shipment, "phone", 5, -30)
    tell(shipment, "standard", 600, age=25)
    tell(shipment, "standard", 600, classifier="EST")

    with django_assert_num_queries(1):
        lags = partner_lag(NOW)

    minutes = [timedelta(minutes=n) for n in (0, 5, 50, 95)]
    assert lags == [Lag("phone", 2, minutes[0], minutes[1]), Lag("standard", 100, minutes[2], minutes[3])]


def test_nothing_came() -> None:
    assert partner_lag(NOW) == []


def test_command_tells_lag_and_that_it_sees_no_refusals_of_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    tell(make_shipment("W1"), "standard", 2, age=0)
    monkeypatch.setattr("orders.inbox.management.commands.inbox_health.read_clock", lambda: NOW)

    def told(counters: BaseCache) -> str:
        monkeypatch.setattr(queries, "caches", {"limits": counters})
        out = io.StringIO()
        call_command("inbox_health", stdout=out)
        return out.getvalue()

    assert "lag of standard within a day: median=120 s p95=120 s of 1 events" in told(own := LocMemCache("own", {}))
    assert "refused messages are counted by the web process: see /ops/partners/" in told(own)
    assert "refused" not in told(DummyCache("shared", {}))
