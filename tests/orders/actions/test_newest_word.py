"""Of several words on one thing the same one stays, whichever came first: notices, estimates, signers, copies."""

import itertools
from collections.abc import Sequence
from dataclasses import replace

import pytest

from orders.actions.register_tracking import register_report
from orders.shipments.carriers.base import Report
from orders.shipments.models import Notice, Parcel, Shipment, TrackingEvent
from tests.orders.actions.test_tracking_history import at, event, say, tell
from tests.orders.inbox.test_receive import make_shipment

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("order", list(itertools.permutations(range(2))))
def test_notices_are_of_the_path_that_is_left_whichever_came_first(order: Sequence[int]) -> None:
    make_shipment("W")
    told = [event(1, "delivered"), event(2, "out_for_delivery")]  # a mis-scan, flagged and not applied
    for number in order:
        say(told[number], hours=3)

    assert list(Notice.objects.values_list("status", "occurred_at", "is_due")) == [("delivered", at(1), True)]


def test_notice_of_a_status_entered_earlier_than_was_known_says_so() -> None:
    make_shipment("W")
    say(event(5, "in_transit"), hours=6)
    say(event(3, "in_transit"), hours=7)

    assert Notice.objects.get().occurred_at == at(3)


def test_notice_that_was_mailed_stays_though_the_path_is_another() -> None:
    make_shipment("W")
    say(event(2, "out_for_delivery"), hours=3)
    Notice.objects.update(sent_at=at(3))
    say(event(1, "delivered"), hours=4)

    assert set(Notice.objects.values_list("status", "sent_at")) == {("out_for_delivery", at(3)), ("delivered", None)}


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_estimate_an_event_gave_and_took_back_leaves_the_one_told_of_the_whole(order: Sequence[int]) -> None:
    make_shipment("W")
    expected = event(60, "in_transit", "e", classifier="EST", kind="arrived", version=at(2))
    told = [
        Report("W", events=[expected]),
        Report("W", events=[replace(expected, is_retracted=True, version=at(5))]),
        Report("W", events=[event(1, "picked_up")], eta="2026-12-24", as_of=at(1)),
    ]
    for number in order:
        tell(told[number])

    assert Shipment.objects.get().eta == "2026-12-24"


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_words_of_one_time_and_older_ones_give_the_same_whichever_came_first(order: Sequence[int]) -> None:
    make_shipment("W")
    told = [
        Report("W", eta="2026-12-05", monitoring="active", signed_by="B", corrected_carrier="a", as_of=at(2)),
        Report("W", eta="2026-11-30", monitoring="stopped", signed_by="A", corrected_carrier="b", as_of=at(2)),
        Report("W", eta="2027-01-01", monitoring="expired", signed_by="Z", corrected_carrier="z", as_of=at(1)),
    ]
    for number in order:
        tell(told[number])

    one = Shipment.objects.get()
    words = (one.eta, one.monitoring, one.signed_by, one.corrected_carrier)
    assert words == ("2026-12-05", "stopped", "B", "b")


def test_newer_word_of_an_active_watch_replaces_the_end() -> None:
    make_shipment("W")
    tell(Report("W", monitoring="expired", as_of=at(2)))

    assert tell(Report("W", monitoring="active", as_of=at(3))).monitoring == "active"


def test_event_and_its_retraction_in_one_report_is_no_event() -> None:
    make_shipment("W")
    known = event(2, "delivered", "d", version=at(2))
    shipment = say(known, replace(known, is_retracted=True, version=at(3)))

    assert (shipment.status, TrackingEvent.objects.exclude(withdrawn_at=None).count()) == ("unknown", 1)


@pytest.mark.parametrize("order", list(itertools.permutations(range(2))))
def test_copies_of_one_version_that_differ_leave_the_same_one_whichever_came_first(order: Sequence[int]) -> None:
    make_shipment("W")
    told = [event(2, "in_transit", "k"), event(3, "out_for_delivery", "k")]
    for number in order:
        shipment = say(told[number])

    assert (shipment.status, shipment.status_at) == ("out_for_delivery", at(3))


def test_full_history_of_one_parcel_withdraws_nothing_of_another() -> None:
    shipment = make_shipment("W")
    Parcel.objects.bulk_create([Parcel(shipment=shipment, number=number) for number in ("W", "V")])
    tell(Report("W", events=[event(2, "delivered")], is_snapshot=True, as_of=at(2)))
    register_report(
        Report("V", events=[event(9, "in_transit")], is_snapshot=True, as_of=at(9)),
        received_at=at(100),
        now=at(100),
        source="test",
    )

    assert dict(shipment.parcels.values_list("number", "status")) == {"W": "delivered", "V": "in_transit"}
