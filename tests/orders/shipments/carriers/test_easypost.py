from decimal import Decimal

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
    ("in_transit", "delayed", "", "", {"delayed"}),
    ("in_transit", "weather_delay", "", "", {"delayed"}),
    ("in_transit", "held", "", "", {"held"}),
    ("in_transit", "missorted", "", "", {"missorted"}),
    ("in_transit", "address_correction", "", "", {"address_issue"}),
    ("in_transit", "damaged", "in_transit", "", {"damaged"}),
    ("in_transit", "delivery_exception", "in_transit", "", {"contact_carrier"}),
    ("in_transit", "out_for_delivery", "out_for_delivery", "", set()),
    ("in_transit", "arrived_at_pickup_location", "available_for_pickup", "station", set()),
    ("in_transit", "return", "returning", "", set()),
    ("out_for_delivery", "out_for_delivery", "out_for_delivery", "", set()),
    ("available_for_pickup", "arrived_at_pickup_location", "available_for_pickup", "station", set()),
    ("delivered", "unknown", "delivered", "", set()),
    ("return_to_sender", "return", "returning", "", set()),
    ("return_to_sender", "refused", "returning", "refused", set()),
    ("failure", "unknown", "delivery_attempted", "", {"contact_carrier"}),
    ("failure", "refused", "delivery_attempted", "refused_pending", set()),
    ("failure", "delivery_attempted", "delivery_attempted", "", {"contact_carrier"}),
    ("failure", "address_correction", "delivery_attempted", "address_issue", {"address_issue"}),
    ("failure", "return", "returning", "", set()),
    ("failure", "cancelled", "cancelled", "order_cancelled", set()),
    ("return_to_sender", "unknown", "returning", "", set()),
    ("out_for_delivery", "delayed", "out_for_delivery", "", {"delayed"}),
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


@pytest.mark.parametrize(
    ("code", "detail", "message", "status", "substatus", "flags"),
    [
        ("in_transit", "status_update", "Held in customs", "customs", "customs_hold", {"held"}),
        ("in_transit", "held", "Held in customs", "customs", "customs_hold", {"held"}),
        ("in_transit", "arrived_at_facility", "Customs clearance in progress", "customs", "customs_processing", set()),
        ("in_transit", "departed_facility", "Cleared customs", "customs", "customs_released", set()),
        ("unknown", "unknown", "Inbound into customs", "unknown", "", set()),
        ("in_transit", "out_for_delivery", "Out for delivery, customs paid", "out_for_delivery", "", set()),
        ("delivered", "unknown", "Delivered after customs", "delivered", "", set()),
    ],
)
@pytest.mark.parametrize("field", ["message", "description"])
def test_text_tells_of_customs(
    code: str, detail: str, message: str, status: str, substatus: str, flags: set[str], field: str
) -> None:
    body = easypost(code, detail)
    body["result"]["tracking_details"][0][field] = message

    assert meaning_of(read_event("easypost", body)) == (status, substatus, flags)


def test_time_that_may_be_local_is_kept_as_written() -> None:
    event = read_event("easypost", easypost("in_transit"))

    assert (event.occurred_at.isoformat(), event.local_time) == ("2026-11-01T10:00:00+00:00", "2026-11-01T10:00:00")


@pytest.mark.parametrize(
    ("ounces", "weight"),
    [
        (17.6, "0.499"),
        (35.274, "1.000"),
        ("16", "0.454"),
        *((nothing, None) for nothing in (None, 0, -1, "heavy", 1e300, float("nan"), float("inf"))),
    ],
)
def test_ounces_of_the_whole_are_kilograms_of_its_newest_scan(ounces: object, weight: str | None) -> None:
    body = easypost("in_transit", weight=ounces)
    body["result"]["tracking_details"].insert(0, {"status": "pre_transit", "datetime": "2026-10-30T10:00:00Z"})

    weights = [event.weight_kg for event in read("easypost", body).events]

    assert weights == [None, weight and Decimal(weight)]


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("delivered", "returned"),
        ("in_transit", "returning"),
        ("out_for_delivery", "returning"),
        ("pre_transit", "pre_transit"),
        ("cancelled", "cancelled"),
    ],
)
def test_return_is_on_its_way_back_and_returned_when_it_is_delivered(code: str, status: str) -> None:
    assert read_event("easypost", easypost(code, is_return=True)).status == status


def test_finalized_ends_the_watching() -> None:
    assert read("easypost", easypost("delivered", finalized=True)).monitoring == "stopped"


def test_growing_history_keeps_its_keys() -> None:
    first, second = easypost("in_transit"), easypost("in_transit")
    second["result"]["tracking_details"].insert(0, {"status": "pre_transit", "datetime": "2026-10-30T10:00:00Z"})

    assert read_event("easypost", first).key in {event.key for event in read("easypost", second).events}


@pytest.mark.parametrize("kind", ["Batch", "Refund", "Insurance", "Report"])
def test_other_objects_are_ignored(kind: str) -> None:
    assert adapter.parse(encode("easypost", {"id": "e", "result": {"object": kind}})).is_ignored
