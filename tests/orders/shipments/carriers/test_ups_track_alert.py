from datetime import UTC, datetime, timedelta

import pytest

from orders.shipments.carriers import ups_track_alert as adapter
from orders.shipments.carriers.base import BadSignatureError
from tests.orders.shipments.carriers.bodies import meaning_of, read, read_event, ups

NOW = datetime(2026, 11, 24, tzinfo=UTC)
TABLE = [
    ("M", "MP", "Order processed", "pre_transit", "label_created", set()),
    ("MV", "", "Voided", "cancelled", "label_voided", set()),
    ("I", "OT", "Out for Delivery", "out_for_delivery", "", set()),
    ("I", "DP", "Departed from Facility", "in_transit", "departed_facility", set()),
    ("I", "AR", "Arrived at Facility", "in_transit", "arrived_at_facility", set()),
    ("I", "OR", "Origin Scan", "picked_up", "", set()),
    ("I", "PU", "Pickup Scan", "picked_up", "", set()),
    ("I", "XX", "Processing", "in_transit", "", set()),
    ("I", "", "Import scan, clearance in progress", "customs", "customs_processing", set()),
    ("U", "", "Delivery date changed", "", "", set()),
    ("X", "", "Weather", "", "", {"delayed"}),
    ("X", "", "A delivery attempt was made", "delivery_attempted", "not_home", set()),
    ("X", "", "Refused by the receiver", "delivery_attempted", "refused_pending", set()),
    ("X", "", "Returning to sender", "returning", "", set()),
    ("X", "", "The package is lost", "failed", "lost", set()),
    ("X", "", "Clearance information missing", "customs", "customs_hold", {"customs_info_required", "held"}),
    ("X", "", "Held by the customs office", "customs", "customs_hold", {"held"}),
    ("X", "", "Released by the clearing agency", "customs", "customs_released", set()),
    ("X", "", "The street number of the address is wrong", "", "", {"address_issue"}),
    ("X", "", "Damaged in transit", "", "", {"damaged"}),
    ("X", "", "Delivered to UPS Access Point", "available_for_pickup", "station", set()),
    ("D", "", "Loaded on delivery vehicle", "out_for_delivery", "", set()),
    ("D", "OT", "Out for delivery", "out_for_delivery", "", set()),
    ("D", "FS", "Delivered", "delivered", "", set()),
    ("Q", "", "", "", "", set()),
]


@pytest.mark.parametrize(("kind", "code", "words", "status", "substatus", "flags"), TABLE)
def test_type_code_and_words_mean(
    kind: str, code: str, words: str, status: str, substatus: str, flags: set[str]
) -> None:
    assert meaning_of(read_event("ups_track_alert", ups(kind, code, words))) == (status, substatus, flags)


@pytest.mark.parametrize(("date", "status"), [("20261101", "delivered"), ("", "out_for_delivery")])
def test_type_d_is_delivered_only_with_its_date(date: str, status: str) -> None:
    assert read_event("ups_track_alert", ups("D", "", "", actualDeliveryDate=date)).status == status


@pytest.mark.parametrize(
    ("moment", "utc", "local"),
    [
        ({"gmtActivityTime": "091519"}, "2026-11-01 09:15:19", ""),
        (
            {"gmtActivityDate": "", "localActivityTime": "091519", "gmtOffset": "-04.00"},
            "2026-11-01 13:15:19",
            "",
        ),
        ({"gmtActivityDate": "", "localActivityTime": "091519"}, "2026-11-01 09:15:19", "2026-11-01T09:15:19"),
    ],
)
def test_time_is_the_gmt_pair_else_local(moment: dict[str, str], utc: str, local: str) -> None:
    event = read_event("ups_track_alert", ups("I", **moment))

    assert (event.occurred_at.strftime("%Y-%m-%d %H:%M:%S"), event.local_time) == (utc, local)


@pytest.mark.parametrize(("date", "eta"), [("20261102", "2026-11-02"), ("20191014", ""), ("", ""), ("soon", "")])
def test_scheduled_date_before_the_event_is_ignored(date: str, eta: str) -> None:
    assert read("ups_track_alert", ups("I", scheduledDeliveryDate=date)).eta == eta


def test_token_we_issued_is_good_until_it_ends_and_only_from_a_live_secret() -> None:
    headers = {"authorization": f"Bearer {adapter.issue_token('secret', NOW)}"}

    adapter.authenticate(b"", headers, ["other", "secret"], NOW + timedelta(minutes=59))
    for secrets, at in ((["secret"], NOW + timedelta(minutes=61)), (["other"], NOW), ([], NOW)):
        with pytest.raises(BadSignatureError):
            adapter.authenticate(b"", headers, secrets, at)
