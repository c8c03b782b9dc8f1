"""What partners are asked, to the byte where their papers say it, and how their answers are read."""

import json
from datetime import datetime
from typing import Any, cast
from urllib.parse import parse_qs

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from orders.shipments.carriers import (
    aftership,
    dcsa_tnt,
    easypost,
    iata_one_record,
    kuaidi100,
    seventeentrack,
    shippo,
)
from orders.shipments.carriers.base import UnreadableError
from orders.shipments.carriers.calls import Account, Asked, RefusedError, Subject, abilities, api_of, has_own_address
from orders.shipments.carriers.registry import get_carrier
from tests.orders.shipments.carriers import bodies

HOOK = "https://market.example/hooks/e1/"
CALLED = [code for code in settings.MARKET_CARRIERS if abilities(code)]


def account(code: str, key: str = "k-1", secret: str = "s-1", service: str = "") -> Account:
    return Account(api_of(code).API or "https://line.example/api", key, HOOK, secret, service)


def raw(body: Any) -> bytes:
    return json.dumps(body).encode()


def test_what_can_be_done_with_whom() -> None:
    assert {code: abilities(code) for code in [*settings.MARKET_CARRIERS, "stripe"]} == {
        "standard": (),
        "easypost": ("poll",),
        "kuaidi100": ("subscribe",),
        "aftership": ("poll",),
        "shippo": ("poll",),
        "seventeentrack": ("poll",),
        "cainiao": (),
        "dcsa_tnt": ("poll", "subscribe"),
        "dhl_unified_push": ("poll", "subscribe"),
        "ups_track_alert": ("poll", "subscribe"),
        "iata_one_record": ("fetch",),
        "stripe": (),
    }
    assert [code for code in CALLED if has_own_address(code)] == ["dcsa_tnt", "iata_one_record"]


@pytest.mark.parametrize("code", CALLED)
def test_every_partner_that_can_be_called_says_where_and_how_patient_it_is(code: str) -> None:
    adapter = api_of(code)

    assert adapter.API == "" or adapter.API.startswith("https://")
    assert isinstance(adapter.GIVES_UP, bool)


ANSWERED = ("data", "trackings", "trackers", "accepted", "rejected", "errors", "error", "code", "shipments", "status")
OF_UPS = ("trackResponse", "shipment", "package", "activity", "location", "address", "deliveryDate", "date", "gmtTime")


@pytest.mark.parametrize("code", [code for code in CALLED if "poll" in abilities(code)])
@given(
    body=st.binary(max_size=60)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from((*ANSWERED, *OF_UPS)),
                inner,
            )
        ),
        max_leaves=8,
    ).map(raw)
)
def test_whatever_is_answered_only_our_own_errors_come_out(code: str, body: bytes) -> None:
    adapter = cast("Asked", get_carrier(code))
    try:
        answered = adapter.answered(body)
        for found in answered.bodies:
            get_carrier(code).parse(found)
    except (UnreadableError, RefusedError):
        pass


def test_number_cannot_leave_its_place_in_an_address() -> None:
    trap = Subject("../../x?y=1&z#\r\nA: b", "DHL Express/../")

    assert shippo.poll(account("shippo"), trap).url == (
        "https://api.goshippo.com/tracks/dhl_express/..%2F..%2Fx%3Fy%3D1%26z%23%0D%0AA%3A%20b"
    )
    for code in ("easypost", "aftership", "dcsa_tnt"):
        url = cast("Asked", get_carrier(code)).poll(account(code), trap).url
        assert url.count("?") == 1
        assert not set(url) & set("\r\n #")


def test_easypost_list_becomes_the_event_it_would_have_posted() -> None:
    row = {"status": "delivered", "status_detail": "arrived_at_destination", "datetime": "2026-11-01T10:00:00Z"}
    tracker = {"tracking_code": "T1", "status": "delivered", "tracking_details": [row]}
    pushed = easypost.parse(raw({"id": "evt_1", "result": {"object": "Tracker", **tracker}}))

    (body,) = easypost.answered(raw({"trackers": [tracker, {"tracking_code": "T1"}]})).bodies

    assert easypost.parse(body) == pushed
    assert easypost.answered(raw({"trackers": []})).bodies == ()
    unseen = {"tracking_code": "T1", "status": "unknown", "updated_at": "2026-11-01T10:00:00Z", "tracking_details": []}
    assert easypost.answered(raw({"trackers": [unseen]})).bodies == ()


def test_aftership_list_becomes_the_update_it_would_have_posted() -> None:
    request = aftership.poll(account("aftership"), Subject("T 1&slug=x"))
    tracking = {
        "tracking_number": "T1",
        "tag": "Delivered",
        "updated_at": "2026-11-01T11:00:00+00:00",
        "checkpoints": [{"checkpoint_time": "2026-11-01T10:00:00Z", "tag": "Delivered", "subtag": "Delivered_003"}],
    }

    (body,) = aftership.answered(raw({"meta": {"code": 200}, "data": {"trackings": [tracking]}})).bodies

    assert request.url == "https://api.aftership.com/tracking/2026-07/trackings?tracking_numbers=T+1%26slug%3Dx"
    assert request.headers == {"as-api-key": "k-1"}
    (report,) = aftership.parse(body).reports
    assert report.as_of == datetime.fromisoformat("2026-11-01T11:00:00+00:00")
    assert [(event.status, event.substatus) for event in report.events] == [("delivered", "signed")]
    unseen = {**tracking, "tag": "Pending", "checkpoints": []}
    assert aftership.answered(raw({"data": {"trackings": [unseen]}})).bodies == ()


def test_shippo_track_is_what_a_push_holds() -> None:
    request = shippo.poll(account("shippo"), Subject("T1", "UPS"))
    status = {"status": "TRANSIT", "status_date": "2026-11-01T10:00:00Z", "object_id": "x"}
    track = {"carrier": "ups", "tracking_number": "T1", "tracking_status": status, "tracking_history": [status]}

    (body,) = shippo.answered(raw(track)).bodies
    nobody: dict[str, Any] = {
        "carrier": "ups",
        "tracking_number": "T1",
        "tracking_status": None,
        "tracking_history": [],
    }

    assert (request.url, request.headers) == (
        "https://api.goshippo.com/tracks/ups/T1",
        {"Authorization": "ShippoToken k-1"},
    )
    assert shippo.parse(body) == shippo.parse(raw({"event": "track_updated", "data": track}))
    assert shippo.answered(raw(nobody)).bodies == ()


def test_seventeentrack_accepted_number_is_an_update_and_a_rejected_one_says_why() -> None:
    request = seventeentrack.poll(account("seventeentrack"), Subject("T1"))
    pushed = bodies.seventeentrack("Delivered_Other")

    (body,) = seventeentrack.answered(raw({"code": 0, "data": {"accepted": [pushed["data"]], "rejected": []}})).bodies

    assert (request.method, request.url) == ("POST", "https://api.17track.net/track/v2.2/gettrackinfo")
    assert (request.headers["17token"], json.loads(request.body)) == ("k-1", [{"number": "T1"}])
    assert seventeentrack.parse(body) == seventeentrack.parse(raw(pushed))

    def rejected(code: int) -> bytes:
        return raw({"code": 0, "data": {"accepted": [], "rejected": [{"number": "T1", "error": {"code": code}}]}})

    assert seventeentrack.answered(rejected(-18019902)).bodies == ()
    with pytest.raises(RefusedError) as quota:
        seventeentrack.answered(rejected(-18019908))
    with pytest.raises(RefusedError) as key:
        seventeentrack.answered(raw({"code": -18010002, "data": {"errors": [{"code": -18010002, "message": "k-1"}]}}))
    assert (quota.value.code, quota.value.is_key) == ("-18019908", False)
    assert (str(key.value), key.value.is_key) == ("-18010002", True)


def test_kuaidi100_subscription_names_hook_and_salt() -> None:
    request = kuaidi100.subscribe(account("kuaidi100"), [Subject("SF1", "顺丰速运")])
    form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}

    assert (request.method, request.url, form["schema"]) == ("POST", "https://poll.kuaidi100.com/poll", "json")
    assert json.loads(form["param"]) == {
        "company": "shunfeng",
        "number": "SF1",
        "key": "k-1",
        "parameters": {"callbackurl": HOOK, "salt": "s-1", "resultv2": "6", "interCom": "1"},
    }
    unknown = parse_qs(kuaidi100.subscribe(account("kuaidi100"), [Subject("X1", "某某物流")]).body.decode())
    assert json.loads(unknown["param"][0])["company"] == ""
    assert json.loads(unknown["param"][0])["parameters"]["autoCom"] == "1"


@pytest.mark.parametrize(
    ("carrier", "told"),
    [("顺丰", "5678"), ("shunfeng", "5678"), ("中通快递", "5678"), ("圆通", None), ("EMS", None), ("某某物流", None)],
)
def test_kuaidi100_hands_the_end_of_a_telephone_number_to_those_who_want_it_only(
    carrier: str, told: str | None
) -> None:
    subject = Subject("T1", carrier, "5678")

    request = kuaidi100.subscribe(account("kuaidi100"), [subject])

    (param,) = parse_qs(request.body.decode())["param"]
    assert json.loads(param)["parameters"].get("phone") == told
    assert kuaidi100.wants_phone(carrier) == (told is not None)
    assert "5678" not in repr(subject) + repr(request)


@pytest.mark.parametrize(
    ("code", "is_key"), [("600", True), ("601", True), ("700", False), ("702", False), ("", False)]
)
def test_kuaidi100_says_no_by_a_code(code: str, is_key: bool) -> None:
    with pytest.raises(RefusedError) as refused:
        kuaidi100.subscribed(raw({"result": False, "returnCode": code, "message": "key k-1"}))

    assert (str(refused.value), refused.value.is_key) == (code, is_key)


@pytest.mark.parametrize("code", ["200", "501"])
def test_kuaidi100_takes_a_number_once_or_has_it_already(code: str) -> None:
    assert kuaidi100.subscribed(raw({"result": True, "returnCode": code})) == frozenset()


def test_dcsa_asks_by_container_or_booking_with_the_carriers_own_header() -> None:
    own = account("dcsa_tnt", key="Consumer-Key: abc")

    by_container = dcsa_tnt.poll(own, Subject("apzu4812090"))
    by_booking = dcsa_tnt.subscribe(account("dcsa_tnt"), [Subject("BK/1")])

    assert by_container.url == "https://line.example/api/v2/events?equipmentReference=APZU4812090&limit=100"
    assert by_container.headers == {"Consumer-Key": "abc", "API-Version": "2"}
    assert by_booking.url == "https://line.example/api/v2/event-subscriptions"
    assert by_booking.headers["Authorization"] == "Bearer k-1"
    assert json.loads(by_booking.body) == {"callbackUrl": HOOK, "secret": "s-1", "carrierBookingReference": "BK/1"}
    events = raw([bodies.dcsa("EQUIPMENT", "LOAD")])
    assert dcsa_tnt.answered(events).bodies == [events]
    assert dcsa_tnt.answered(b"[]").bodies == []
    with pytest.raises(UnreadableError):
        dcsa_tnt.answered(b'{"error": 1}')


def test_one_record_event_object_and_collection() -> None:
    event, thing = bodies.iata("DEP"), "https://1r.example.com/o/1"
    inside = {name: value for name, value in event.items() if name != "cargo:linkedObject"}

    def read(body: Any, address: str = thing) -> tuple[list[Any], tuple[str, ...]]:
        answered = iata_one_record.fetched(raw(body), address)
        return [iata_one_record.parse(found).reports[0].tracking_number for found in answered.bodies], answered.thin

    assert read(event) == ([thing], ())
    assert read({"@type": "cargo:Piece", "@id": thing}) == ([], (f"{thing}/logistics-events",))
    assert read({"@type": "cargo:Piece", "cargo:events": [inside, {"@id": f"{thing}/e/2"}]}) == (
        [thing],
        (f"{thing}/e/2",),
    )
    collection = {"@type": "api:Collection", "api:hasItem": [inside]}
    assert read(collection, f"{thing}/logistics-events") == ([thing], ())
    assert read({"@type": "api:Collection"}, f"{thing}/logistics-events") == ([], ())
    assert iata_one_record.fetch(account("iata_one_record"), thing).headers["Authorization"] == "Bearer k-1"
