from typing import Any

import pytest

from catalog.trace.actions.capture_document import capture_document, hand_in
from catalog.trace.errors import RuleBroken, UnknownLot
from catalog.trace.models import Capture, LotEdge, TracedLot, TraceEvent
from catalog.trace.own import lot_uri
from catalog.trace.queries import first_broken_event, reach_in_events, sources_of
from market.common.errors import InvalidInput
from tests.builders import make_enterprise, make_user, make_variant
from tests.catalog.trace.documents import DATA, LATER, document_of, grading, quantity, read_json, sample

pytestmark = pytest.mark.django_db
VIOLATIONS = sorted(path.name for path in (DATA / "rule_violations").iterdir())


def test_capture_sample_reaches_exactly_what_a_recall_must_find() -> None:
    enterprise, expected = make_enterprise(), read_json("jujube_lot_trace.expected.json")

    capture_document(enterprise, sample(), now=LATER)

    reach = reach_in_events(TracedLot.objects.get(uri=expected["start"]))
    assert {lot.uri for lot in reach.lots} == set(expected["affected_lots"])
    assert list(reach.units) == sorted(expected["affected_logistic_units"])
    assert list(reach.orders) == sorted(expected["affected_orders"])
    assert list(reach.buyers) == sorted(expected["affected_buyers"])
    assert {lot.uri for lot in reach.on_hand} == set(expected["still_on_hand"])
    upstream = sources_of(TracedLot.objects.get(uri=expected["upstream_of"]))
    assert {lot.uri for lot in upstream} == set(expected["upstream_lots"])


@pytest.mark.parametrize("name", VIOLATIONS)
def test_capture_refuses_by_the_name_of_the_rule_and_stores_nothing(name: str) -> None:
    violation = read_json(f"rule_violations/{name}")

    with pytest.raises(RuleBroken) as refused:
        capture_document(make_enterprise(), violation["document"], now=LATER)

    assert refused.value.details["rule"] == violation["rule"]
    assert not TraceEvent.objects.exists()
    assert not TracedLot.objects.exists()


def test_capture_twice_is_stored_once() -> None:
    enterprise = make_enterprise()

    first = capture_document(enterprise, sample(), now=LATER)
    again = capture_document(enterprise, sample(), now=LATER)

    assert again == first
    assert TraceEvent.objects.count() == 14
    assert first_broken_event(enterprise) is None


def test_capture_of_two_firms_stands_apart() -> None:
    """The same addresses said by another firm are lots of that firm."""
    one, other = make_enterprise(), make_enterprise()
    capture_document(one, sample(), now=LATER)

    capture_document(other, sample(), now=LATER)

    for enterprise in (one, other):
        events = TraceEvent.objects.for_enterprise(enterprise.pk)
        assert events.count() == 14
        assert set(events.values_list("lots__lot__enterprise", flat=True)) <= {enterprise.pk, None}
    assert not LotEdge.objects.exclude(parent__enterprise=one, child__enterprise=one).exclude(
        parent__enterprise=other, child__enterprise=other
    )


def test_capture_names_a_lot_of_the_market_only_by_its_owner() -> None:
    lot = make_variant().product.lots.get()
    event = grading(inputQuantityList=[{**quantity("A", 100), "epcClass": lot_uri(lot)}])

    with pytest.raises(UnknownLot):
        capture_document(make_enterprise(), document_of(event), now=LATER)
    capture_document(lot.enterprise, document_of(event), now=LATER)

    assert TracedLot.objects.get(lot=lot).went_into.count() == 2


def test_hand_in_keeps_the_refusal() -> None:
    enterprise, by = make_enterprise(), make_user()
    wrong: dict[str, Any] = grading(outputQuantityList=[quantity("B", 60)])

    kept = hand_in(enterprise, document_of(wrong), by=by, now=LATER)

    assert kept == Capture.objects.get()
    assert (kept.events, kept.error["code"]) == (0, "trace_rule_broken")
    assert kept.error["details"]["rule"] == "mass_balance"
    assert hand_in(enterprise, document_of(grading()), by=by, now=LATER).events == 1
    with pytest.raises(InvalidInput):
        hand_in(enterprise, {"type": "EPCISDocument"}, by=by, now=LATER)
