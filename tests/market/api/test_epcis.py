"""EPCIS 2.0 by a seller's system: documents in, events out, nobody else's."""

import json
from typing import Any
from urllib.parse import quote

import pytest

from catalog.trace.models import Capture, TraceEvent
from market.enterprises.models import Enterprise
from tests.builders import make_enterprise
from tests.catalog.trace.documents import HARVEST, PACKED, document_of, grading, quantity, sample
from tests.market.api.keys import call, key_for

pytestmark = pytest.mark.django_db
EPCIS = "/seller/epcis"
Key = dict[str, str]
PALLET = "https://id.example.org/00/395212300000000117"


@pytest.fixture
def enterprise() -> Enterprise:
    return make_enterprise()


@pytest.fixture
def key(enterprise: Enterprise) -> Key:
    made = key_for(enterprise)
    assert call("post", f"{EPCIS}/capture", sample(), key=made).status_code == 202
    return made


def asked(key: Key, query: str = "", path: str = "events") -> list[dict[str, Any]]:
    answer = call("get", f"{EPCIS}/{path}{query}", key=key)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    return found


def test_capture_answers_with_a_job_that_can_be_asked_for(key: Key) -> None:
    again = call("post", f"{EPCIS}/capture", sample(), key=key)

    assert again.status_code == 202
    job = call("get", again["Location"].removeprefix("/api/v1"), key=key).json()
    assert job == again.json()
    assert (job["success"], job["running"], job["events"], job["errors"]) == (True, False, 14, [])
    assert TraceEvent.objects.count() == 14


def test_capture_refused_by_a_rule_is_a_job_without_success(key: Key) -> None:
    answer = call("post", f"{EPCIS}/capture", document_of(grading(outputQuantityList=[quantity("B", 1)])), key=key)

    assert answer.status_code == 202
    (error,) = answer.json()["errors"]
    assert error["details"]["rule"] == "mass_balance"
    assert TraceEvent.objects.count() == 14


@pytest.mark.parametrize("body", [{}, {"type": "EPCISDocument"}, document_of({"type": "x"}), []])
def test_capture_of_what_is_no_document_is_refused_at_once(key: Key, body: object) -> None:
    before = Capture.objects.count()

    answer = call("post", f"{EPCIS}/capture", body, key=key)

    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid_input")
    assert Capture.objects.count() == before


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 14),
        ("?eventType=AggregationEvent", 2),
        ("?eventType=AggregationEvent,ObjectEvent", 8),
        ("?EQ_bizStep=shipping", 3),
        ("?EQ_bizStep=shipping&EQ_bizStep=inspecting", 4),
        ("?EQ_disposition=conformant", 1),
        ("?EQ_bizTransaction_po=https://shop.example.org/order/ORD-1001", 1),
        ("?EQ_bizTransaction_inv=https://shop.example.org/order/ORD-1001", 0),
        ("?EQ_transformationID=urn:uuid:2a4c9ba1-8bb3-5a9c-aede-d3a85e5f8dcd", 4),
        ("?GE_eventTime=2026-10-16T10:01:00%2B08:00", 5),
        ("?GE_eventTime=2026-10-16T10:01:00+08:00&LT_eventTime=2026-10-17T00:00:00Z", 2),
        (f"?MATCH_anyEPCClass={HARVEST}", 4),
        (f"?MATCH_anyEPC={PALLET}", 3),
        (f"?MATCH_parentID={PALLET}", 1),
        ("?EXISTS_errorDeclaration=true", 0),
        ("?EXISTS_errorDeclaration=false", 14),
        ("?GE_recordTime=2126-01-01T00:00:00Z", 0),
        ("?EQ_bizLocation=https://id.example.org/414/9521230000420", 1),
    ],
)
def test_events_are_found_by_the_filters_of_the_standard(key: Key, query: str, count: int) -> None:
    assert len(asked(key, f"{query}{'&' if query else '?'}perPage=100")) == count


@pytest.mark.parametrize(
    "query",
    ["?EQ_colour=red", "?GE_eventTime=yesterday", "?GE_eventTime=2026-01-01", "?nextPageToken=x", "?perPage=0"],
)
def test_filter_that_is_not_known_is_refused(key: Key, query: str) -> None:
    assert call("get", f"{EPCIS}/events{query}", key=key).status_code == 422


@pytest.mark.parametrize("order", ["orderBy=eventTime", "orderBy=recordTime&orderDirection=ASC"])
def test_pages_hold_every_event_once(key: Key, order: str) -> None:
    seen: list[str] = []
    address = f"{EPCIS}/events?perPage=4&{order}"
    while address:
        answer = call("get", address, key=key)
        seen += [row["eventID"] for row in answer.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]]
        link = answer.get("Link", "")
        address = link.partition(">")[0].removeprefix("</api/v1")

    assert len(seen) == len(set(seen)) == 14


def test_token_of_another_order_is_refused(key: Key) -> None:
    link = call("get", f"{EPCIS}/events?perPage=4", key=key)["Link"]
    address = link.partition(">")[0].removeprefix("</api/v1")

    assert call("get", f"{address}&orderBy=recordTime", key=key).status_code == 422


def test_one_event_and_the_events_of_a_lot_and_a_pallet(key: Key) -> None:
    (event,) = asked(key, path="events/urn:uuid:44d3e5e3-3910-5c0f-ada0-285b50e47a3a")
    told = {name: value for name, value in event.items() if name != "recordTime"}
    assert told in sample()["epcisBody"]["eventList"]
    assert len(asked(key, path=f"epcs/{quote(PACKED, safe='')}/events")) == 4
    assert len(asked(key, path=f"epcs/{quote(PALLET, safe='')}/events")) == 3
    assert call("get", f"{EPCIS}/events/urn:uuid:0", key=key).status_code == 404


def test_another_enterprise_sees_and_asks_for_nothing_of_it(key: Key) -> None:
    stranger = key_for(make_enterprise())
    number = Capture.objects.get().number

    assert asked(stranger) == []
    assert asked(stranger, f"?MATCH_anyEPCClass={HARVEST}") == []
    assert asked(stranger, path=f"epcs/{quote(PALLET, safe='')}/events") == []
    assert call("get", f"{EPCIS}/capture/{number}", key=stranger).status_code == 404
    event = sample()["epcisBody"]["eventList"][0]["eventID"]
    assert call("get", f"{EPCIS}/events/{event}", key=stranger).status_code == 404


def test_without_a_key_or_its_scope_nothing_is_answered(enterprise: Enterprise) -> None:
    reader = key_for(enterprise, "orders:read")

    for given, status in ((Key(), 401), (reader, 403)):
        assert call("post", f"{EPCIS}/capture", sample(), key=given).status_code == status
        assert call("get", f"{EPCIS}/events", key=given).status_code == status
    assert not TraceEvent.objects.exists()


def test_numbers_come_back_as_they_were_told(key: Key) -> None:
    event = grading(inputQuantityList=[quantity("A", 0.1 + 0.2)], outputQuantityList=[quantity("B", 0.3)])
    assert not call("post", f"{EPCIS}/capture", document_of(event), key=key).json()["success"]  # 0.30000000000000004
    exact = grading(inputQuantityList=[quantity("A", 0.3)], outputQuantityList=[quantity("B", 0.3)])
    call("post", f"{EPCIS}/capture", document_of(exact), key=key)

    (seen,) = asked(key, path="events/urn:uuid:1")

    assert json.dumps(seen["inputQuantityList"][0]["quantity"]) == "0.3"
