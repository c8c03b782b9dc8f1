"""What a partner takes back by the event's id counts no more: of no parcel or shipment, whichever came first."""

import itertools
import json
from collections.abc import Sequence
from dataclasses import replace

import pytest

from market.common.sealing import seal
from orders.actions.register_tracking import Heard, UnknownNumberError, register_reports
from orders.inbox.actions import create_endpoint
from orders.inbox.models import InboxEvent
from orders.inbox.store import store_events
from orders.inbox.tasks import process_inbox
from orders.shipments.carriers.base import Report
from orders.shipments.models import Parcel, Retraction, Shipment, TrackingEvent, TrackingRevision
from tests.orders.actions.test_tracking_history import at, event, say, tell
from tests.orders.inbox.test_receive import make_shipment

pytestmark = pytest.mark.django_db
TOLD = event(5, "delivered", "k", version=at(5))
BACK = replace(event(9, "", "k", version=at(9)), is_retracted=True)
TAKEN = Report("", events=[BACK])


def hear(report: Report, **who: object) -> None:
    (refusal,) = register_reports([Heard(report, at(100), "test", **who)], now=at(100))  # type: ignore[arg-type]
    assert refusal is None


def counted() -> list[tuple[str, str]]:
    """Waybill and parcel of each copy that counts."""
    rows = TrackingEvent.objects.filter(withdrawn_at=None).values_list("shipment__waybill", "parcel")
    return sorted(rows)


def statuses() -> dict[str, str]:
    return dict(Shipment.objects.values_list("waybill", "status"))


def test_row_keeps_what_it_told() -> None:
    make_shipment("W")
    say(event(1, "in_transit"), TOLD)
    shipment = tell(TAKEN)

    row = shipment.events.get(key="k")
    assert (shipment.status, row.status, row.occurred_at) == ("in_transit", "delivered", at(5))
    assert TrackingRevision.objects.count() == 1


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_copies_of_two_parcels_are_taken_back_whenever_they_come(order: Sequence[int]) -> None:
    shipment = make_shipment("W")
    Parcel.objects.bulk_create([Parcel(shipment=shipment, number=number) for number in ("C1", "C2")])
    told = [Report("C1", events=[TOLD], parcel="C1"), TAKEN, Report("C2", events=[TOLD], parcel="C2")]
    for number in order:
        hear(told[number])

    assert (counted(), statuses(), TrackingEvent.objects.count()) == ([], {"W": "unknown"}, 2)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_copies_of_two_shipments_are_taken_back_whenever_they_come(order: Sequence[int]) -> None:
    make_shipment("W")
    make_shipment("V")
    told = [Report("W", events=[TOLD]), TAKEN, Report("V", events=[TOLD])]
    for number in order:
        hear(told[number])

    assert (counted(), statuses()) == ([], {"W": "unknown", "V": "unknown"})


def test_retraction_naming_one_of_two_shipments_reaches_the_other_and_tells_it_nothing_else() -> None:
    make_shipment("W")
    make_shipment("V")
    hear(Report("W", events=[TOLD]))
    hear(Report("V", events=[event(2, "in_transit", "v"), BACK], eta="2026-12-24"))

    assert (counted(), statuses()) == ([("V", "")], {"W": "unknown", "V": "in_transit"})
    assert set(Shipment.objects.values_list("waybill", "eta")) == {("W", ""), ("V", "2026-12-24")}


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_newer_version_counts_again_and_an_older_one_does_not(order: Sequence[int]) -> None:
    make_shipment("W")
    older, newer = replace(TOLD, version=at(8)), event(6, "in_transit", "n", version=at(1))
    again = replace(event(7, "out_for_delivery", "n"), version=at(12))
    taken = Report("", events=[BACK, replace(BACK, key="n")])
    told = [Report("W", events=[older, newer]), taken, Report("W", events=[again])]
    for number in order:
        hear(told[number])

    assert list(TrackingEvent.objects.filter(withdrawn_at=None).values_list("key", "status")) == [
        ("n", "out_for_delivery")
    ]
    assert statuses() == {"W": "out_for_delivery"}


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_newest_of_two_retractions_decides(order: Sequence[int]) -> None:
    make_shipment("W")
    told = [
        Report("W", events=[replace(TOLD, version=at(7))]),
        TAKEN,
        Report("", events=[replace(BACK, version=at(6))]),
    ]
    for number in order:
        hear(told[number])

    assert (counted(), Retraction.objects.get().version) == ([], at(9))


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_without_a_version_every_one_is_taken_back(order: Sequence[int]) -> None:
    make_shipment("W")
    told = [
        Report("", events=[replace(BACK, version=None), replace(BACK, key="n", version=None)]),
        Report("", events=[BACK]),
        Report("W", events=[TOLD, event(6, "in_transit", "n")]),
        Report("W", events=[replace(TOLD, version=at(20))]),
    ]
    for number in order:
        hear(told[number])

    assert (counted(), statuses(), Retraction.objects.get(key="k").version) == ([], {"W": "unknown"}, None)


def test_same_retraction_a_hundred_times_is_kept_once() -> None:
    make_shipment("W")
    assert register_reports([Heard(TAKEN, at(100), "test")] * 50, now=at(100)) == [None] * 50
    hear(TAKEN)

    assert Retraction.objects.count() == 1


def test_retraction_of_another_partner_does_not_reach_ours() -> None:
    make_shipment("W")
    say(TOLD)
    tell(TAKEN, source="foreign")

    assert counted() == [("W", "")]


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize(
    ("who", "is_reached"),
    [
        ({"carriers": ("another",)}, False),
        ({"carriers": ("another", " Ｔｅｓｔ ")}, True),
        ({"only": -1}, False),
    ],
)
def test_retraction_reaches_no_further_than_its_partner_may_speak(
    who: dict[str, object], is_reached: bool, is_first: bool
) -> None:
    make_shipment("W")
    for report in (TAKEN, Report("W", events=[TOLD])) if is_first else (Report("W", events=[TOLD]), TAKEN):
        hear(report, **(who if report is TAKEN else {}))

    assert counted() == ([] if is_reached else [("W", "")])


def test_retraction_by_a_drivers_address_reaches_its_own_shipment() -> None:
    one, _ = make_shipment("W"), make_shipment("V")
    hear(TAKEN, only=one.pk)
    hear(Report("W", events=[TOLD]))
    hear(Report("V", events=[TOLD]))

    assert counted() == [("V", "")]


def test_number_nobody_knows_yet_is_tried_again_but_its_retraction_is_kept_at_once() -> None:
    make_shipment("W")
    say(TOLD)
    (refusal,) = register_reports([Heard(Report("later", events=[BACK]), at(100), "test")], now=at(100))

    assert isinstance(refusal, UnknownNumberError)
    assert counted() == []


def test_silence_ends_where_something_was_taken_back() -> None:
    shipment = make_shipment("W")
    say(TOLD)
    Shipment.objects.update(heard_at=at(6), silent_since=at(50))
    hear(TAKEN)

    shipment.refresh_from_db()
    assert (shipment.heard_at, shipment.silent_since) == (at(100), None)


def test_body_of_a_shipping_line_reaches_the_container_that_is_told_of_later() -> None:
    shipment = make_shipment("B1")
    Parcel.objects.bulk_create([Parcel(shipment=shipment, number=number) for number in ("APZU4812090", "MSCU1234566")])
    endpoint, _ = create_endpoint("dcsa_tnt", "line", now=at(0))
    moment, later = at(1).isoformat(), at(2).isoformat()
    loaded = {
        "eventID": "evt-1",
        "eventDateTime": moment,
        "eventUpdatedDateTime": moment,
        "eventClassification": {
            "eventTypeCode": "EQUIPMENT",
            "eventClassifierCode": "ACT",
            "equipmentEventTypeCode": "LOAD",
        },
        "shipmentDetails": {"documentReference": {"type": "BOOKING", "reference": "B1"}},
    }
    told = [
        loaded | {"equipmentDetails": {"equipmentReference": "APZU4812090"}},
        {"eventID": "evt-1", "isRetracted": True, "eventUpdatedDateTime": later},
        loaded | {"equipmentDetails": {"equipmentReference": "MSCU1234566"}},
    ]
    for number, event_told in enumerate(told):
        sealed = seal(json.dumps({"events": [event_told]}).encode())
        store_events(
            [
                InboxEvent(
                    endpoint=endpoint,
                    key=f"m{number}",
                    sealed=sealed,
                    received_at=at(3),
                    last_seen_at=at(3),
                    due_at=at(3),
                )
            ]
        )
        process_inbox(at(3))

    assert set(InboxEvent.objects.values_list("state", "outcome")) == {("done", "tracking")}
    assert (counted(), statuses(), TrackingEvent.objects.count()) == ([], {"B1": "unknown"}, 2)
