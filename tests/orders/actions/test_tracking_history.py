"""Reports in every order, corrected, withdrawn, retracted, of several parcels: one story in the tables at the end."""

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from market.common.audit.models import AuditEntry
from market.common.outbox.models import OutboxEvent
from orders.actions.register_tracking import register_report
from orders.actions.ship_order import PackedLine, ship_order
from orders.shipments.carriers.base import CarrierEvent, Report
from orders.shipments.models import Notice, Parcel, Shipment, TrackingEvent, TrackingRevision
from orders.shipments.queries import journey, milestones, transshipment_ports
from tests.builders import NOW
from tests.orders.inbox.test_receive import make_paid_order, make_shipment

pytestmark = pytest.mark.django_db


def at(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


def event(hours: float, status: str, key: str = "", **extra: object) -> CarrierEvent:
    return CarrierEvent(key or f"{status}{hours}", at(hours), status, **extra)  # type: ignore[arg-type]


def tell(report: Report, hours: float = 100, source: str = "test") -> Shipment:
    register_report(report, received_at=at(hours), now=at(hours), source=source)
    return Shipment.objects.order_by("pk").get(waybill=report.tracking_number or "W")


def say(*events: CarrierEvent, hours: float = 100, **about: object) -> Shipment:
    return tell(Report("W", events=events, **about), hours)  # type: ignore[arg-type]


def story() -> tuple[object, ...]:
    """All that must not depend on the order of arrival."""
    shipment = Shipment.objects.get()
    rows = shipment.events.order_by("key").values_list("key", "occurred_at", "status", "aside", "withdrawn_at")
    return (
        shipment.status,
        shipment.substatus,
        shipment.status_at,
        shipment.flags,
        shipment.eta,
        shipment.monitoring,
        [(*row[:-1], row[-1] is not None) for row in rows],
        sorted(shipment.notices.values_list("status", "occurred_at")),
    )


REPORTS = [
    Report("W", events=[event(1, "picked_up")], eta="2026-11-30", as_of=at(1), monitoring="active"),
    Report("W", events=[event(20, "out_for_delivery")], eta="2026-11-26", as_of=at(20)),
    Report("W", events=[event(22, "delivered", "d", version=at(22))], as_of=at(23), monitoring="stopped"),
    Report("W", events=[event(21, "delivered", "d", version=at(24))], as_of=at(24)),
    Report("W", events=[event(60, "in_transit", "e", classifier="EST", kind="arrived", version=at(2))], as_of=at(2)),
]


@pytest.mark.parametrize("order", list(itertools.permutations(range(5)))[::7])
def test_reports_in_any_order_and_twice_tell_one_story(order: Sequence[int]) -> None:
    make_shipment("W")
    for number in [*order, *order[:3]]:
        tell(REPORTS[number])

    status, _, status_at, flags, eta, monitoring, rows, notices = story()
    assert (status, status_at, flags, monitoring) == ("delivered", at(21), [], "stopped")
    assert eta == (at(60)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert isinstance(rows, list)
    assert [(row[0], row[2]) for row in rows] == [
        ("d", "delivered"),
        ("e", "in_transit"),
        ("out_for_delivery20", "out_for_delivery"),
        ("picked_up1", "picked_up"),
    ]
    assert isinstance(notices, list)
    assert {name for name, _ in notices} == {"picked_up", "out_for_delivery", "delivered"}


def test_correction_replaces_the_time_and_keeps_the_old_version() -> None:
    make_shipment("W")
    say(event(5, "in_transit", "k", version=at(6)))
    say(event(3, "in_transit", "k", version=at(9)))
    say(event(5, "in_transit", "k", version=at(6)))

    row, past = TrackingEvent.objects.get(), TrackingRevision.objects.get()
    assert (row.occurred_at, past.occurred_at, past.version) == (at(3), at(5), at(6))


def test_older_version_that_comes_late_changes_nothing() -> None:
    make_shipment("W")
    say(event(3, "delivered", "k", version=at(9)))
    shipment = say(event(5, "in_transit", "k", version=at(6)))

    assert (shipment.status, TrackingRevision.objects.count()) == ("delivered", 0)


def snapshot(as_of: float, *events: CarrierEvent, hours: float = 100) -> Shipment:
    return tell(Report("W", events=events, is_snapshot=True, as_of=at(as_of)), hours)


A, B, C = event(1, "picked_up"), event(2, "delivered"), event(3, "in_transit")


def test_scan_missing_in_a_newer_history_is_marked_withdrawn_and_kept() -> None:
    make_shipment("W")
    snapshot(2, A, B)
    shipment = snapshot(3, A, C)

    assert shipment.status == "in_transit"
    assert shipment.events.get(key=B.key).withdrawn_at == at(100)


def test_older_history_that_comes_late_withdraws_nothing() -> None:
    make_shipment("W")
    snapshot(3, A, B, C)
    shipment = snapshot(2, A)

    assert shipment.events.filter(withdrawn_at=None).count() == 3


def test_scan_that_is_back_in_a_still_newer_history_counts_again() -> None:
    make_shipment("W")
    snapshot(2, A, B)
    snapshot(3, A, C)
    shipment = snapshot(4, A, B, C)

    assert (shipment.status, shipment.events.exclude(withdrawn_at=None).count()) == ("delivered", 0)


def test_empty_history_withdraws_nothing_and_another_partner_neither() -> None:
    make_shipment("W")
    snapshot(2, A, B)
    tell(Report("W", is_snapshot=True, as_of=None))
    tell(Report("W", events=[C], is_snapshot=True, as_of=at(9)), source="another")

    assert not TrackingEvent.objects.exclude(withdrawn_at=None).exists()


def test_future_and_ancient_events_are_kept_marked_and_not_counted() -> None:
    make_shipment("W")
    shipment = say(event(130, "delivered", "f"), event(-24 * 200, "failed", "a"), event(1, "in_transit", "n"))

    assert shipment.status == "in_transit"
    assert dict(shipment.events.values_list("key", "aside")) == {"f": "future", "a": "ancient", "n": ""}


def test_mis_scan_after_delivery_is_kept_and_raises_the_flag() -> None:
    make_shipment("W")
    shipment = say(event(1, "delivered"), event(5, "out_for_delivery", "m"))

    assert (shipment.status, shipment.flags, shipment.needs_attention) == ("delivered", ["status_conflict"], True)
    assert shipment.events.get(key="m").aside == "conflict"


def test_leaving_a_terminal_status_is_written_to_the_audit_log() -> None:
    make_shipment("W")
    say(event(1, "delivered"))
    assert not AuditEntry.objects.filter(action="shipment.left_terminal").exists()
    say(event(30, "returning"))

    entry = AuditEntry.objects.get(action="shipment.left_terminal")
    assert (entry.details["before"], entry.details["after"]) == ("delivered", "returning")


def test_containers_of_one_booking_are_parcels_and_the_last_decides() -> None:
    make_shipment("BOOKING")
    for container, status in (("C1", "delivered"), ("C2", "in_transit")):
        numbers = {"container": container, "booking": "BOOKING"}
        register_report(
            Report(container, events=[event(9, status, container)], parcel=container, references=numbers),
            received_at=at(10),
            now=at(10),
        )

    assert Shipment.objects.get().status == "in_transit"
    assert dict(Parcel.objects.values_list("number", "status")) == {"C1": "delivered", "C2": "in_transit"}


def test_declared_parcels_all_have_to_arrive() -> None:
    shipment = make_shipment("W")
    Parcel.objects.bulk_create([Parcel(shipment=shipment, number=number) for number in ("P1", "P2")])

    for number, status in (("P1", "unknown"), ("P2", "delivered")):
        register_report(Report(number, events=[event(2, "delivered")]), received_at=at(9), now=at(9))
        shipment.refresh_from_db()
        assert shipment.status == status


def test_same_event_id_of_two_parcels_is_two_events() -> None:
    shipment = make_shipment("W")
    Parcel.objects.bulk_create([Parcel(shipment=shipment, number=number) for number in ("P1", "P2")])
    for number in ("P1", "P2"):
        register_report(Report(number, events=[event(2, "delivered", "x")]), received_at=at(9), now=at(9))

    shipment.refresh_from_db()
    assert shipment.status == "delivered"


def test_buyer_is_told_of_a_status_once_and_only_while_it_is_news() -> None:
    make_shipment("W")
    say(event(1, "in_transit"), hours=2)
    say(event(3, "out_for_delivery"), hours=4)
    say(event(5, "in_transit", "back"), hours=6)
    say(event(7, "out_for_delivery", "again"), hours=8)
    say(event(20, "delivered"), hours=69)

    due = dict(Notice.objects.values_list("status", "is_due"))
    assert due == {"in_transit": True, "out_for_delivery": True, "delivered": False}


def test_status_that_was_overtaken_before_it_came_is_not_told() -> None:
    make_shipment("W")
    say(event(5, "delivered"), hours=6)
    say(event(1, "picked_up"), hours=7)

    assert dict(Notice.objects.values_list("status", "is_due")) == {"delivered": True, "picked_up": False}


def test_moved_is_said_once_per_move() -> None:
    make_shipment("W")
    for _ in range(3):
        say(event(1, "in_transit"))

    assert OutboxEvent.objects.filter(topic="shipment.moved").count() == 1


def test_what_changed_ships_on_the_way_is_a_transshipment() -> None:
    make_shipment("W")

    def sea(hours: float, kind: str, port: str, call: int) -> CarrierEvent:
        return event(hours, "in_transit", f"{kind}{hours}", kind=kind, location=port, sequence=call)

    shipment = say(
        sea(1, "loaded", "CNSHA", 1),
        sea(2, "vessel_departed", "CNSHA", 1),
        sea(9, "vessel_arrived", "SGSIN", 2),
        sea(10, "discharged", "SGSIN", 2),
        sea(14, "loaded", "SGSIN", 2),
        sea(20, "vessel_arrived", "DEHAM", 3),
        sea(21, "discharged", "DEHAM", 3),
    )

    events = list(shipment.events.all())
    assert transshipment_ports(events) == ["SGSIN"]
    assert [kind for kind in milestones(events) if "ed" not in kind] == ["transshipment_in", "transshipment_out"]
    assert milestones(events)[-1] == "discharged"


def test_register_report_same_statements_for_three_and_for_thirty_events(
    django_assert_max_num_queries: object,
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for number in (3, 30):
        make_shipment(f"Q{number}")
        with CaptureQueriesContext(connection) as queries:
            tell(Report(f"Q{number}", events=[event(n, "in_transit", f"k{n}") for n in range(number)]))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_two_waybills_of_one_order_are_told_apart() -> None:
    order = make_paid_order()
    line = order.lines.get()
    for waybill in ("W", "V"):
        ship_order(order, [PackedLine(line.pk, Decimal(1))], carrier="test", waybill=waybill, by=None, now=NOW)

    say(event(1, "delivered"))

    assert dict(Shipment.objects.values_list("waybill", "status")) == {"W": "delivered", "V": "unknown"}


def test_buyer_sees_what_happened_and_nothing_planned_withdrawn_or_unbelievable() -> None:
    shipment = make_shipment("W")
    snapshot(2, A, B)
    snapshot(3, A, C)
    say(event(9, "delivered", "e", classifier="EST"), event(400, "delivered", "f"))

    shown = journey([shipment.seller_order])[shipment.seller_order_id][0].events.all()

    assert [row.key for row in shown] == [C.key, A.key]
