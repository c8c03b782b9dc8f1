import pytest

from orders.shipments.carriers import easypost as adapter
from tests.orders.shipments.carriers.bodies import easypost, encode, meaning_of, read, read_event

TABLE = [
    ("unknown", "unknown", "unknown", "", set()),
    ("error", "unknown", "unknown", "", set()),
    ("pre_transit", "label_created", "pre_transit", "label_created", set()),
    ("in_transit", "unknown", "in_transit", "", set()),
    ("in_transit", "arrived_at_facility", "in_transit", "arrived_at_facility", set()),
    ("in_transit", "departed_facility", "in_transit", "departed_facility", set()),
    ("in_transit", "received_at_origin_facility", "picked_up", "", set()),
    ("in_transit", "received_at_destination_facility", "in_transit", "arrived_at_facility", set()),
    ("in_transit", "arrived_at_destination", "in_transit", "destination_city", set()),
    ("in_transit", "transferred_to_destination_carrier", "in_transit", "forwarded", set()),
    ("in_transit", "delayed", "in_transit", "", {"delayed"}),
    ("in_transit", "weather_delay", "in_transit", "", {"delayed"}),
    ("in_transit", "held", "in_transit", "", {"held"}),
    ("in_transit", "missorted", "in_transit", "", {"missorted"}),
    ("in_transit", "address_correction", "in_transit", "address_issue", {"address_issue"}),
    ("out_for_delivery", "out_for_delivery", "out_for_delivery", "", set()),
    ("available_for_pickup", "arrived_at_pickup_location", "available_for_pickup", "station", set()),
    ("delivered", "unknown", "delivered", "", set()),
    ("return_to_sender", "return", "returning", "", set()),
    ("return_to_sender", "refused", "returning", "refused", set()),
    ("failure", "unknown", "delivery_attempted", "", {"contact_carrier"}),
    ("failure", "refused", "delivery_attempted", "refused_pending", {"contact_carrier"}),
    ("failure", "lost", "failed", "lost", set()),
    ("failure", "damaged", "failed", "damaged_total", {"damaged"}),
    ("cancelled", "cancelled", "cancelled", "", set()),
    ("unknown", "delayed", "", "", {"delayed"}),
    ("brand_new", "unknown", "", "", set()),
]


@pytest.mark.parametrize(("code", "detail", "status", "substatus", "flags"), TABLE)
def test_status_and_detail_mean(code: str, detail: str, status: str, substatus: str, flags: set[str]) -> None:
    event = read_event("easypost", easypost(code, detail))

    assert meaning_of(event) == (status, substatus, flags)
    assert event.is_unmapped == (code == "brand_new")


def test_return_that_is_delivered_is_returned() -> None:
    assert read_event("easypost", easypost("delivered", is_return=True)).status == "returned"


def test_finalized_ends_the_watching() -> None:
    assert read("easypost", easypost("delivered", finalized=True)).monitoring == "stopped"


def test_growing_history_keeps_its_keys() -> None:
    first, second = easypost("in_transit"), easypost("in_transit")
    second["result"]["tracking_details"].insert(0, {"status": "pre_transit", "datetime": "2026-10-30T10:00:00Z"})

    assert read_event("easypost", first).key in {event.key for event in read("easypost", second).events}


@pytest.mark.parametrize("kind", ["Batch", "Refund", "Insurance", "Report"])
def test_other_objects_are_ignored(kind: str) -> None:
    assert adapter.parse(encode("easypost", {"id": "e", "result": {"object": kind}})).is_ignored
