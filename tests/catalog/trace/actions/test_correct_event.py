import pytest

from catalog.trace.actions.capture_document import capture_document
from catalog.trace.actions.correct_event import correct_event
from catalog.trace.actions.record_event import record_event
from catalog.trace.errors import DeclaredAlready, RuleBroken, UnknownEvent
from catalog.trace.models import LotEdge, TraceEvent
from catalog.trace.queries import first_broken_event
from catalog.trace.reader import read_event
from market.common.errors import InvalidInput
from tests.builders import make_enterprise
from tests.catalog.trace.documents import LATER, grading, quantity, sample

pytestmark = pytest.mark.django_db


def edges() -> set[tuple[str, str]]:
    return {(edge.parent.number, edge.child.number) for edge in LotEdge.objects.all()}


def test_correct_takes_the_wrong_event_out_of_the_graph_and_adds_the_right_one() -> None:
    enterprise = make_enterprise()
    wrong = record_event(enterprise, read_event(grading()), now=LATER)
    right = grading("urn:uuid:2", inputQuantityList=[quantity("X", 100)])

    declared, added = correct_event(wrong, reason="incorrect_data", instead=right, now=LATER)

    assert (declared.corrects, declared.error_reason) == (wrong, "incorrect_data")
    assert list(TraceEvent.objects.standing()) == [added]
    assert edges() == {("X", "B"), ("X", "C")}
    assert first_broken_event(enterprise) is None


def test_correct_one_input_of_a_season_leaves_the_others() -> None:
    enterprise = make_enterprise()
    capture_document(enterprise, sample(), now=LATER)
    fertiliser = TraceEvent.objects.get(lots__lot__uri__endswith="/F-889")

    correct_event(fertiliser, reason="did_not_occur", now=LATER)

    into_harvest = {parent for parent, child in edges() if child == "JUJ-2026-07-H1"}
    assert into_harvest == {"SEED-2026-1", "P-1203"}


def test_correct_by_a_captured_declaration() -> None:
    enterprise = make_enterprise()
    declaration = grading(errorDeclaration={"declarationTime": "2026-10-20T00:00:00Z", "reason": "did_not_occur"})
    with pytest.raises(UnknownEvent):
        record_event(enterprise, read_event(declaration), now=LATER)
    record_event(enterprise, read_event(grading()), now=LATER)

    first = record_event(enterprise, read_event(declaration), now=LATER)
    again = record_event(enterprise, read_event(declaration), now=LATER)

    assert first == again
    assert edges() == set()


def test_correct_refusals_change_nothing() -> None:
    event = record_event(make_enterprise(), read_event(grading()), now=LATER)
    unbalanced = grading("urn:uuid:2", outputQuantityList=[quantity("B", 1)])

    with pytest.raises(InvalidInput):
        correct_event(event, reason="because", now=LATER)
    with pytest.raises(InvalidInput):
        correct_event(event, reason="incorrect_data", instead=grading(), now=LATER)
    with pytest.raises(RuleBroken):
        correct_event(event, reason="incorrect_data", instead=unbalanced, now=LATER)

    assert TraceEvent.objects.count() == 1
    correct_event(event, reason="did_not_occur", now=LATER)
    with pytest.raises(DeclaredAlready):
        correct_event(event, reason="incorrect_data", now=LATER)
