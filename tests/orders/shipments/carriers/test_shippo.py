import pytest

from orders.shipments.carriers import shippo as adapter
from tests.orders.shipments.carriers.bodies import AT, encode, meaning_of, read, read_event, shippo

TABLE = [
    ("PRE_TRANSIT", "information_received", "pre_transit", "info_received", set()),
    ("TRANSIT", "address_issue", "", "", {"address_issue"}),
    ("TRANSIT", "contact_carrier", "", "", {"contact_carrier"}),
    ("TRANSIT", "delayed", "", "", {"delayed"}),
    ("TRANSIT", "delivery_attempted", "delivery_attempted", "", set()),
    ("TRANSIT", "delivery_rescheduled", "in_transit", "", set()),
    ("TRANSIT", "delivery_scheduled", "in_transit", "", set()),
    ("TRANSIT", "location_inaccessible", "delivery_attempted", "inaccessible", set()),
    ("TRANSIT", "notice_left", "delivery_attempted", "not_home", set()),
    ("TRANSIT", "out_for_delivery", "out_for_delivery", "", set()),
    ("TRANSIT", "package_accepted", "picked_up", "", set()),
    ("TRANSIT", "package_arrived", "in_transit", "arrived_at_facility", set()),
    ("TRANSIT", "package_damaged", "", "", {"damaged"}),
    ("TRANSIT", "package_departed", "in_transit", "departed_facility", set()),
    ("TRANSIT", "package_forwarded", "in_transit", "forwarded", set()),
    ("TRANSIT", "package_held", "", "", {"held"}),
    ("TRANSIT", "package_processed", "in_transit", "", set()),
    ("TRANSIT", "package_processing", "in_transit", "", set()),
    ("TRANSIT", "pickup_available", "available_for_pickup", "", set()),
    ("TRANSIT", "reschedule_delivery", "", "", {"contact_carrier"}),
    ("TRANSIT", "something_new", "in_transit", "", set()),
    ("TRANSIT", "", "in_transit", "", set()),
    ("DELIVERED", "delivered", "delivered", "", set()),
    ("DELIVERED", "", "delivered", "", set()),
    ("RETURNED", "", "returning", "", set()),
    ("FAILURE", "", "failed", "", set()),
    ("PRE_TRANSIT", "", "pre_transit", "", set()),
    ("RETURNED", "return_to_sender", "returning", "", set()),
    ("RETURNED", "package_unclaimed", "returning", "unclaimed", set()),
    ("FAILURE", "package_undeliverable", "failed", "", set()),
    ("FAILURE", "package_disposed", "failed", "disposed", set()),
    ("FAILURE", "package_lost", "failed", "lost", set()),
    ("UNKNOWN", "other", "unknown", "", set()),
]


@pytest.mark.parametrize(("code", "detail", "status", "substatus", "flags"), TABLE)
def test_status_and_substatus_mean(code: str, detail: str, status: str, substatus: str, flags: set[str]) -> None:
    assert meaning_of(read_event("shippo", shippo(code, detail))) == (status, substatus, flags)


@pytest.mark.parametrize(
    ("code", "detail", "words", "status", "substatus"),
    [
        ("RETURNED", "return_to_sender", "The package arrived back at the sender.", "returned", ""),
        ("RETURNED", "return_to_sender", "Your package is on its way back to the sender.", "returning", ""),
        ("TRANSIT", "package_processing", "Processing in customs.", "customs", "customs_processing"),
        ("TRANSIT", "package_processed", "Released by customs.", "customs", "customs_released"),
        ("TRANSIT", "package_held", "Held in customs.", "customs", "customs_hold"),
    ],
)
def test_words_say_what_the_code_does_not(code: str, detail: str, words: str, status: str, substatus: str) -> None:
    event = read_event("shippo", shippo(code, detail, words))

    assert (event.status, event.substatus) == (status, substatus)


def test_action_required_asks_for_a_person() -> None:
    assert read_event("shippo", shippo("TRANSIT", "notice_left", action=True)).flags == ("contact_carrier",)


def test_current_status_and_its_copy_in_the_history_are_one_event() -> None:
    body = shippo("DELIVERED", "delivered")
    body["data"]["tracking_history"] = [{**body["data"]["tracking_status"], "object_id": "another"}]

    assert len(read("shippo", body).events) == 1


def test_number_nobody_has_scanned_has_no_event_yet() -> None:
    report = read("shippo", shippo("UNKNOWN", tracking_status={"status": "UNKNOWN", "status_date": None}))

    assert report.events == []


def test_midnight_estimate_is_a_date() -> None:
    assert read("shippo", shippo("TRANSIT", eta="2026-11-03T00:00:00Z")).eta == "2026-11-03"
    assert read("shippo", shippo("TRANSIT", eta="2026-11-03T17:00:00+01:00")).eta == "2026-11-03T16:00:00Z"


def test_key_does_not_depend_on_the_object_id() -> None:
    first, second = (shippo("TRANSIT", "delayed") for _ in range(2))
    second["data"]["tracking_status"] |= {"object_id": "x", "object_created": AT}

    assert read_event("shippo", first).key == read_event("shippo", second).key


def test_another_kind_of_event_is_ignored() -> None:
    assert adapter.parse(encode("shippo", {"event": "transaction_created"})).is_ignored
