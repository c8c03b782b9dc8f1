from typing import Any

import pytest

from orders.shipments.carriers import seventeentrack as adapter
from tests.orders.shipments.carriers.bodies import AT, encode, meaning_of, read, read_event, seventeentrack

TABLE = [
    ("NotFound_Other", "unknown", "", set()),
    ("NotFound_InvalidCode", "unknown", "", set()),
    ("InfoReceived", "pre_transit", "info_received", set()),
    ("InTransit_PickedUp", "picked_up", "", set()),
    ("InTransit_Other", "in_transit", "", set()),
    ("InTransit_Departure", "in_transit", "departed", set()),
    ("InTransit_Arrival", "in_transit", "arrived", set()),
    ("InTransit_CustomsProcessing", "customs", "customs_processing", set()),
    ("InTransit_CustomsReleased", "customs", "customs_released", set()),
    ("InTransit_CustomsRequiringInformation", "customs", "customs_pending", {"customs_info_required"}),
    ("InTransit_CustomsOfNextYear", "customs", "customs_processing", set()),
    ("InTransit_Security", "customs", "customs_hold", {"held"}),
    ("InTransit_BrandNew", "in_transit", "", set()),
    ("Expired_Other", "", "", set()),
    ("AvailableForPickup_Other", "available_for_pickup", "", set()),
    ("OutForDelivery_Other", "out_for_delivery", "", set()),
    ("DeliveryFailure_Other", "delivery_attempted", "", set()),
    ("DeliveryFailure_NoBody", "delivery_attempted", "not_home", {"contact_carrier"}),
    ("DeliveryFailure_Security", "customs", "customs_hold", {"held"}),
    ("DeliveryFailure_Rejected", "delivery_attempted", "refused_pending", set()),
    ("DeliveryFailure_InvalidAddress", "delivery_attempted", "address_issue", {"address_issue"}),
    ("Delivered_Other", "delivered", "", set()),
    ("Exception_Other", "", "", {"contact_carrier"}),
    ("Exception_Returning", "returning", "", set()),
    ("Exception_Returned", "returned", "", set()),
    ("Exception_NoBody", "", "", {"contact_carrier"}),
    ("Exception_Security", "customs", "customs_hold", {"held"}),
    ("Exception_Damage", "", "", {"damaged"}),
    ("Exception_Rejected", "returning", "refused", set()),
    ("Exception_Delayed", "", "", {"delayed"}),
    ("Exception_Lost", "failed", "lost", set()),
    ("Exception_Destroyed", "failed", "destroyed", set()),
    ("Exception_Cancel", "cancelled", "order_cancelled", set()),
]


@pytest.mark.parametrize(("sub_status", "status", "substatus", "flags"), TABLE)
def test_sub_status_means(sub_status: str, status: str, substatus: str, flags: set[str]) -> None:
    assert meaning_of(read_event("seventeentrack", seventeentrack(sub_status))) == (status, substatus, flags)


@pytest.mark.parametrize(
    ("stage", "status"),
    [
        ("InfoReceived", "pre_transit"),
        ("PickedUp", "picked_up"),
        ("Departure", "in_transit"),
        ("Arrival", "in_transit"),
        ("AvailableForPickup", "available_for_pickup"),
        ("OutForDelivery", "out_for_delivery"),
        ("Delivered", "delivered"),
        ("Returning", "returning"),
        ("Returned", "returned"),
    ],
)
def test_stage_counts_where_the_sub_status_says_nothing(stage: str, status: str) -> None:
    assert read_event("seventeentrack", seventeentrack("", stage)).status == status


def test_whole_in_trouble_and_event_waiting_gives_status_of_the_event_and_flag_of_the_whole() -> None:
    body = seventeentrack("AvailableForPickup_Other", "AvailableForPickup", whole="Exception_NoBody")

    assert meaning_of(read_event("seventeentrack", body)) == ("available_for_pickup", "", {"contact_carrier"})


@pytest.mark.parametrize(
    ("whole", "monitoring"),
    [("Expired_Other", "expired"), ("NotFound_InvalidCode", "unsupported"), ("InTransit_Other", "active")],
)
def test_monitoring_is_read_from_the_whole(whole: str, monitoring: str) -> None:
    assert read("seventeentrack", seventeentrack("InTransit_Other", whole=whole)).monitoring == monitoring


def test_stopped_has_no_history_and_moves_nothing() -> None:
    report = read("seventeentrack", {"event": "TRACKING_STOPPED", "data": {"number": "T1", "carrier": 3}})

    assert (report.monitoring, report.events, report.is_snapshot) == ("stopped", (), False)


def test_sequence_counts_from_the_oldest_over_all_providers() -> None:
    def row(hour: int) -> dict[str, Any]:
        return {"time_utc": f"2026-11-01T{hour:02}:00:00Z", "sub_status": "InTransit_Other", "location": str(hour)}

    providers = [{"events": [row(20), row(15)]}, {"events": [row(10), row(5)]}]

    events = read("seventeentrack", seventeentrack("X", tracking={"providers": providers})).events

    assert [(event.place, event.sequence) for event in events] == [("5", 1), ("10", 2), ("15", 3), ("20", 4)]


def test_estimate_is_a_window() -> None:
    window = {"source": "Official", "from": "2026-11-03T00:00:00+08:00", "to": "2026-11-05T00:00:00+08:00"}

    report = read("seventeentrack", seventeentrack("X", time_metrics={"estimated_delivery_date": window}))

    assert (report.eta, report.eta_from, report.eta_to) == ("2026-11-04T16:00:00Z", window["from"], window["to"])


def test_newest_event_alone_is_enough() -> None:
    body = seventeentrack("X", tracking={}, latest_event={"time_iso": AT, "sub_status": "Delivered_Other"})

    assert read_event("seventeentrack", body).status == "delivered"


def test_another_kind_of_event_is_ignored() -> None:
    assert adapter.parse(encode("seventeentrack", {"event": "QUOTA"})).is_ignored
