from urllib.parse import urlencode

import pytest

from orders.shipments.carriers import cainiao as adapter
from orders.shipments.carriers.base import UnreadableError
from tests.orders.shipments.carriers.bodies import cainiao, encode, meaning_of, read, read_event

TABLE = [
    ("ACCEPT", "picked_up", "", set()),
    ("GOT", "picked_up", "", set()),
    ("TRANSPORT", "in_transit", "", set()),
    ("ARRIVAL", "in_transit", "arrived_at_facility", set()),
    ("DEPARTURE", "in_transit", "departed_facility", set()),
    ("OVERSEA_IN", "in_transit", "arrived", set()),
    ("OVERSEA_OUT", "in_transit", "departed", set()),
    ("CLEARANCE_START", "customs", "customs_processing", set()),
    ("CLEARANCE_FINISH", "customs", "customs_released", set()),
    ("CLEARANCE_FAIL", "customs", "customs_hold", {"held"}),
    ("DELIVERING", "out_for_delivery", "", set()),
    ("SENT", "out_for_delivery", "", set()),
    ("INBOUND", "available_for_pickup", "station", set()),
    ("SIGNFAIL", "delivery_attempted", "", set()),
    ("SIGNED", "delivered", "signed", set()),
    ("OUTBOUND", "delivered", "locker", set()),
    ("REJECTION", "returning", "refused", set()),
    ("RETURN", "returning", "", set()),
    ("ISSUE", "", "", {"contact_carrier"}),
]


@pytest.mark.parametrize(("action", "status", "substatus", "flags"), TABLE)
def test_action_means(action: str, status: str, substatus: str, flags: set[str]) -> None:
    assert meaning_of(read_event("cainiao", cainiao(action))) == (status, substatus, flags)


def test_unknown_action_is_kept_and_counted_as_unmapped() -> None:
    event = read_event("cainiao", cainiao("DANCE"))

    assert (event.status, event.is_unmapped) == ("", True)


@pytest.mark.parametrize(
    ("zone", "utc"),
    [({}, "10:00"), ({"timeZone": "+08:00"}, "10:00"), ({"timeZone": "+03:00"}, "15:00"), ({"timeZone": "?"}, "10:00")],
)
def test_time_is_of_its_zone_or_of_beijing(zone: dict[str, str], utc: str) -> None:
    assert read_event("cainiao", cainiao("GOT", **zone)).occurred_at.strftime("%H:%M") == utc


def test_single_trace_at_the_top_is_read() -> None:
    body = {"mailNo": "T1", "action": "SIGNED", "time": "2026-11-01 18:00:00"}

    assert read_event("cainiao", body).status == "delivered"


def xml(content: str) -> bytes:
    return urlencode({"logistics_interface": content}).encode()


def test_xml_holds_the_same() -> None:
    trace = "<trace><action>GOT</action><time>2026-11-01 18:00:00</time><city>杭州市</city></trace>"
    body = f"<request><mailNo>T1</mailNo><cpCode>YTO</cpCode><traceList>{trace}</traceList></request>"

    report = adapter.parse(xml(body)).reports[0]

    assert (report.tracking_number, report.events[0].status, report.events[0].place) == ("T1", "picked_up", "杭州市")


@pytest.mark.parametrize("content", ['<!DOCTYPE r [<!ENTITY a "b">]><r>&a;</r>', "<r>", "<r>\x00</r>", "<"])
def test_xml_with_entities_or_broken_is_not_read(content: str) -> None:
    with pytest.raises(UnreadableError):
        adapter.parse(xml(content))


def test_message_without_traces_is_ignored() -> None:
    assert adapter.parse(encode("cainiao", {"mailNo": "T1"})).is_ignored


def test_message_is_known_by_its_id_and_its_content() -> None:
    ids = {
        adapter.event_id(urlencode({"msg_id": number, "logistics_interface": content}).encode(), {})
        for number in ("m1", "m2")
        for content in ('{"mailNo":"1"}', '{"mailNo":"2"}')
    }

    assert len(ids) == 4
    assert adapter.partner_id(encode("cainiao", cainiao("GOT"))) == "m1"


def test_signer_is_read() -> None:
    assert read("cainiao", cainiao("SIGNED", signedBy="门卫")).signed_by == "门卫"
