from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest

from catalog.trace.reader import read_document, read_event
from market.common.errors import InvalidInput
from tests.catalog.trace.documents import DATA, document_of, grading, quantity, read_json, sample

VALID = sorted(path.name for path in (DATA / "valid").iterdir())
# What the standard's schema refuses beyond the shape that is read here: words of the vocabulary, and names of own keys.
READABLE = {
    "oe_ObjectEvent_with_non_standard_bizStep.json",
    "oe_ObjectEvent_with_ilmd_field_without_namespace.json",
}
INVALID = sorted(path.name for path in (DATA / "invalid").iterdir() if path.name not in READABLE)


def test_reader_sample_gives_all_fourteen_events() -> None:
    events = read_document(sample())

    assert len(events) == 14
    treated = events[2]
    assert [(lot.role, lot.quantity, lot.unit) for lot in treated.lots] == [("input", Decimal("1.5"), "LTR")]
    assert events[3].biz_step == "commissioning"
    assert events[9].units == (("parent", "https://id.example.org/00/395212300000000117"),)


@pytest.mark.parametrize("name", VALID)
def test_reader_takes_documents_of_others(name: str) -> None:
    assert read_document(read_json(f"valid/{name}"))


@pytest.mark.parametrize("name", INVALID)
def test_reader_refuses_what_has_no_shape(name: str) -> None:
    with pytest.raises(InvalidInput):
        read_document(read_json(f"invalid/{name}"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("type", "PartyEvent"),
        ("action", "ADD"),
        ("eventTime", "2026-10-12T11:00:00"),
        ("eventTime", "yesterday"),
        ("eventTimeZoneOffset", "8"),
        ("bizLocation", "here"),
        ("inputQuantityList", {}),
        ("inputQuantityList", [quantity("A", 1, "kilogram")]),
        ("inputQuantityList", [{"epcClass": "x", "quantity": True}]),
        ("outputQuantityList", ["x"]),
        ("eventID", "x" * 201),
        ("errorDeclaration", {"reason": "changed_my_mind"}),
    ],
)
def test_reader_names_the_field_that_is_wrong(field: str, value: Any) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_document(document_of(grading(), grading(**{field: value})))

    (where,) = refused.value.details["fields"]
    assert where.startswith(f"epcisBody.eventList.1.{field}")


@pytest.mark.parametrize("body", [None, {}, {"eventList": []}, {"eventList": [{}] * 201}])
def test_reader_wants_between_one_and_two_hundred_events(body: Any) -> None:
    with pytest.raises(InvalidInput):
        read_document({**sample(), "epcisBody": body})


def test_reader_names_an_event_without_a_name_by_its_words() -> None:
    nameless = grading()
    del nameless["eventID"]

    first, again = read_event(nameless), read_event(deepcopy(nameless))
    other = read_event({**nameless, "eventTime": "2026-10-12T12:00:00+08:00"})

    assert first.event_id == again.event_id != other.event_id
    assert first.body["eventID"] == first.event_id


@pytest.mark.parametrize(
    "said", ["shipping", "https://ref.gs1.org/cbv/BizStep-shipping", "urn:epcglobal:cbv:bizstep:shipping"]
)
def test_reader_knows_a_word_of_the_standard_in_each_spelling(said: str) -> None:
    assert read_event(grading(bizStep=said)).biz_step == "shipping"
