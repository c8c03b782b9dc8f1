import json
from typing import Any

import pytest

from orders.shipments.carriers import aftership as adapter
from tests.orders.shipments.carriers.bodies import aftership, encode, meaning_of, read, read_event

TABLE = [
    ("Pending", "Pending_001", "unknown", "", set()),
    ("InfoReceived", "InfoReceived_001", "pre_transit", "info_received", set()),
    ("InTransit", "InTransit_001", "in_transit", "", set()),
    ("InTransit", "InTransit_002", "picked_up", "", set()),
    ("InTransit", "InTransit_003", "in_transit", "arrived_at_facility", set()),
    ("InTransit", "InTransit_004", "in_transit", "arrived", set()),
    ("InTransit", "InTransit_005", "customs", "customs_released", set()),
    ("InTransit", "InTransit_006", "customs", "customs_processing", set()),
    ("InTransit", "InTransit_007", "in_transit", "departed_facility", set()),
    ("InTransit", "InTransit_008", "in_transit", "", set()),
    ("InTransit", "InTransit_009", "in_transit", "forwarded", set()),
    ("InTransit", "InTransit_999", "in_transit", "", set()),
    ("OutForDelivery", "OutForDelivery_001", "out_for_delivery", "", set()),
    ("AttemptFail", "AttemptFail_001", "delivery_attempted", "", set()),
    ("AttemptFail", "AttemptFail_002", "delivery_attempted", "not_home", set()),
    ("AttemptFail", "AttemptFail_003", "delivery_attempted", "inaccessible", set()),
    ("AvailableForPickup", "AvailableForPickup_001", "available_for_pickup", "", set()),
    ("Delivered", "Delivered_001", "delivered", "", set()),
    ("Delivered", "Delivered_002", "delivered", "to_recipient", set()),
    ("Delivered", "Delivered_003", "delivered", "signed", set()),
    ("Delivered", "Delivered_004", "delivered", "cod", set()),
    ("Delivered", "Delivered_005", "delivered", "neighbour", set()),
    ("Exception", "Exception_001", "", "", {"contact_carrier"}),
    ("Exception", "Exception_002", "", "", {"address_issue"}),
    ("Exception", "Exception_003", "delivery_attempted", "refused_pending", set()),
    ("Exception", "Exception_004", "customs", "customs_hold", {"held"}),
    ("Exception", "Exception_005", "", "", {"delayed"}),
    ("Exception", "Exception_006", "", "", {"payment_required"}),
    ("Exception", "Exception_007", "", "", {"address_issue"}),
    ("Exception", "Exception_008", "", "", {"contact_carrier"}),
    ("Exception", "Exception_009", "", "", {"contact_carrier"}),
    ("Exception", "Exception_010", "returning", "", set()),
    ("Exception", "Exception_011", "returned", "", set()),
    ("Exception", "Exception_012", "failed", "damaged_total", {"damaged"}),
    ("Exception", "Exception_013", "failed", "lost", set()),
    ("Exception", "Exception_016", "", "", {"delayed"}),
    ("Exception", "Exception_017", "", "", {"delayed"}),
    ("Exception", "Exception_018", "customs", "customs_hold", {"customs_info_required", "held"}),
    ("Exception", "Exception_019", "", "", {"delayed"}),
    ("Exception", "Exception_020", "cancelled", "order_cancelled", set()),
    ("Exception", "Exception_021", "failed", "disposed", set()),
    ("Exception", "Exception_777", "", "", {"contact_carrier"}),
    ("Expired", "Expired_001", "", "", set()),
]


@pytest.mark.parametrize(("tag", "subtag", "status", "substatus", "flags"), TABLE)
def test_tag_and_subtag_mean(tag: str, subtag: str, status: str, substatus: str, flags: set[str]) -> None:
    assert meaning_of(read_event("aftership", aftership(tag, subtag))) == (status, substatus, flags)


def test_unknown_tag_is_kept_and_counted_as_unmapped() -> None:
    event = read_event("aftership", aftership("Teleported", "Teleported_001"))

    assert (event.status, event.is_unmapped, event.raw_code) == ("", True, "Teleported/Teleported_001")


@pytest.mark.parametrize(
    ("country", "utc"), [("USA", "2026-11-01T18:00:00+00:00"), ("CHN", "2026-11-01T10:00:00+00:00")]
)
def test_time_without_zone_is_local_where_the_country_has_one_clock(country: str, utc: str) -> None:
    row = {"checkpoint_time": "2026-11-01T18:00:00", "country_iso3": country}

    event = read_event("aftership", aftership("InTransit", checkpoint=row))

    assert (event.occurred_at.isoformat(), event.local_time) == (utc, "2026-11-01T18:00:00")


@pytest.mark.parametrize(
    ("tag", "status"), [("InTransit", "returning"), ("Delivered", "returned"), ("InfoReceived", "pre_transit")]
)
def test_return_to_sender_turns_the_newest_checkpoint(tag: str, status: str) -> None:
    assert read_event("aftership", aftership(tag, return_to_sender=True)).status == status


def test_what_was_delivered_back_came_back_before() -> None:
    body = aftership("Delivered", return_to_sender=True)
    earlier = [{"tag": "InTransit", "checkpoint_time": f"2026-10-0{day}T10:00:00Z"} for day in (1, 2)]
    body["msg"]["checkpoints"] = [*earlier, *body["msg"]["checkpoints"]]

    assert [event.status for event in read("aftership", body).events] == ["in_transit", "returning", "returned"]


def test_flag_of_the_whole_goes_to_its_newest_checkpoint() -> None:
    body = aftership("InTransit", "InTransit_001")
    body["msg"] |= {"tag": "Exception", "subtag": "Exception_006"}

    assert meaning_of(read_event("aftership", body)) == ("in_transit", "", {"payment_required"})


def test_expired_ends_monitoring_only() -> None:
    report = read("aftership", aftership("Expired", "Expired_001"))

    assert (report.monitoring, report.events[0].status) == ("expired", "")


def test_pending_for_long_is_watched_on_and_moves_nothing() -> None:
    report = read("aftership", aftership("Pending", "Pending_001") | {"event": "tracking_pending_time"})

    assert (report.monitoring, report.events[0].status) == ("active", "unknown")


@pytest.mark.parametrize(
    ("msg", "eta", "window"),
    [
        ({"expected_delivery": "2026-11-03"}, "2026-11-03", ("", "")),
        ({"courier_estimated_delivery_date": {"estimated_delivery_date": "2026-11-04"}}, "2026-11-04", ("", "")),
        (
            {"latest_estimated_delivery": {"datetime_min": "2026-11-03", "datetime_max": "2026-11-05"}},
            "2026-11-05",
            ("2026-11-03", "2026-11-05"),
        ),
        ({"latest_estimated_delivery": None, "expected_delivery": "soon"}, "", ("", "")),
    ],
)
def test_estimate_is_read_wherever_it_stands(msg: dict[str, Any], eta: str, window: tuple[str, str]) -> None:
    report = read("aftership", aftership("InTransit", **msg))

    assert (report.eta, (report.eta_from, report.eta_to)) == (eta, window)


def test_tracking_without_checkpoints_speaks_by_its_tag() -> None:
    body = aftership("InfoReceived", checkpoints=[], last_updated_at="2026-11-01T09:00:00+00:00")

    assert read_event("aftership", body).status == "pre_transit"


def test_another_kind_of_event_is_ignored() -> None:
    assert adapter.parse(encode("aftership", {"event": "order_created"})).is_ignored


def test_event_id_is_the_bodys_and_never_a_shortened_one() -> None:
    assert adapter.event_id(json.dumps({"event_id": "e" * 36}).encode(), {}) == "e" * 36
    assert adapter.event_id(json.dumps({"event_id": "e" * 101}).encode(), {}) == ""
