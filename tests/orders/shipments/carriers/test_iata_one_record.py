import pytest

from orders.shipments.carriers import iata_one_record as adapter
from orders.shipments.carriers.base import UnreadableError
from tests.orders.shipments.carriers.bodies import AT, encode, iata, meaning_of, read, read_event

TABLE = [
    ("BKD", "pre_transit", "booking_confirmed", set(), "booking_confirmed"),
    ("RCS", "picked_up", "", set(), "received_from_shipper"),
    ("MAN", "in_transit", "", set(), "manifested"),
    ("DEP", "in_transit", "departed", set(), "departed"),
    ("ARR", "in_transit", "arrived", set(), "arrived"),
    ("RCF", "in_transit", "arrived_at_facility", set(), "received_from_flight"),
    ("TFD", "in_transit", "forwarded", set(), "transferred"),
    ("NFD", "available_for_pickup", "", set(), "consignee_notified"),
    ("AWD", "", "", set(), "documents_delivered"),
    ("DLV", "delivered", "", set(), "delivered"),
    ("DIS", "", "", {"contact_carrier"}, "discrepancy"),
]


@pytest.mark.parametrize(("code", "status", "substatus", "flags", "kind"), TABLE)
def test_code_means(code: str, status: str, substatus: str, flags: set[str], kind: str) -> None:
    event = read_event("iata_one_record", iata(code))

    assert (*meaning_of(event), event.kind) == (status, substatus, flags, kind)


@pytest.mark.parametrize(
    ("when", "classifier"), [("Actual", "ACT"), ("Estimated", "EST"), ("Planned", "PLN"), ("cargo:Planned", "PLN")]
)
def test_only_actual_events_are_actual(when: str, classifier: str) -> None:
    assert read_event("iata_one_record", iata("ARR", when)).classifier == classifier


def test_time_type_nobody_knows_is_not_read_as_actual() -> None:
    with pytest.raises(UnreadableError):
        read("iata_one_record", iata("ARR", "Perhaps"))


def test_terms_are_read_with_any_prefix_and_as_nodes() -> None:
    ns = "https://onerecord.iata.org/ns/cargo#"
    body = {
        "@type": [f"{ns}LogisticsEvent"],
        f"{ns}eventCode": {"@type": f"{ns}CodeListElement", f"{ns}code": "DLV"},
        f"{ns}eventTimeType": {"@id": f"{ns}ACTUAL"},
        f"{ns}eventDate": {"@value": AT},
        f"{ns}linkedObject": {"@id": "urn:shipment:1"},
    }

    report = read("iata_one_record", body)

    assert (report.tracking_number, report.events[0].status) == ("urn:shipment:1", "delivered")


def test_notification_only_names_what_to_fetch() -> None:
    body = {"@type": "api:Notification", "api:referencesLogisticsObject": {"@id": "https://1r.example.com/o/1"}}

    push = adapter.parse(encode("iata_one_record", body))

    assert (push.thin, push.reports) == (("https://1r.example.com/o/1",), ())
    assert adapter.reply(encode("iata_one_record", body)).status == 204
    assert adapter.reply(encode("iata_one_record", iata("DEP"))).status == 201


def test_long_address_of_an_event_is_no_shortened_id() -> None:
    first, second = (iata("DEP", **{"@id": "https://1r.example.com/" + "x" * 100 + end}) for end in "ab")

    assert adapter.event_id(encode("iata_one_record", first), {}) == ""
    assert read_event("iata_one_record", first).key != read_event("iata_one_record", second).key
