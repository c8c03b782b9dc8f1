from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from catalog.lots.actions.quarantine_lot import recall_lot
from catalog.lots.errors import LotClosed
from catalog.trace.actions.record_event import record_event
from catalog.trace.errors import RuleBroken
from catalog.trace.models import LotEdge, TracedLot, TraceEvent, TraceEventLot
from catalog.trace.own import lot_uri
from catalog.trace.queries import first_broken_event
from catalog.trace.reader import read_event
from market.common.errors import InvalidInput
from market.enterprises.models import Enterprise
from tests.builders import make_enterprise, make_variant
from tests.catalog.trace.documents import LATER, grading, quantity

pytestmark = pytest.mark.django_db
SEASON = {"transformationID": "urn:uuid:season"}


def record(enterprise: Enterprise, event: dict[str, Any]) -> TraceEvent:
    return record_event(enterprise, read_event(event), now=LATER)


def refused(enterprise: Enterprise, event: dict[str, Any]) -> str:
    """The rule, and nothing has changed."""
    before = TraceEvent.objects.count(), TracedLot.objects.count(), LotEdge.objects.count()
    with pytest.raises(RuleBroken) as error:
        record(enterprise, event)
    assert (TraceEvent.objects.count(), TracedLot.objects.count(), LotEdge.objects.count()) == before
    return str(error.value.details["rule"])


def treatment(day: str, days: object) -> dict[str, Any]:
    return grading(f"urn:uuid:t{day}", eventTime=f"{day}T08:00:00+08:00", bizStep="applying", **SEASON) | {
        "outputQuantityList": [],
        "agri:preHarvestIntervalDays": days,
    }


def harvest(**ilmd: str) -> dict[str, Any]:
    return grading("urn:uuid:h", bizStep="commissioning", **SEASON) | {
        "inputQuantityList": [],
        "ilmd": {"cbvmda:countryOfOrigin": "CN", "agri:originSubdivision": "CN-XJ"} | ilmd,
    }


def test_record_links_each_event_to_the_one_before() -> None:
    enterprise = make_enterprise()

    first = record(enterprise, grading("urn:uuid:1"))
    second = record(enterprise, grading("urn:uuid:2", inputQuantityList=[quantity("D", 100)]))

    assert (first.sequence, second.sequence) == (1, 2)
    assert second.previous_hash == first.hash
    assert first_broken_event(enterprise) is None


@pytest.mark.parametrize("verb", ["UPDATE {} SET event_id = event_id", "DELETE FROM {}"])
def test_recorded_event_cannot_be_changed_or_removed(verb: str) -> None:
    record(make_enterprise(), grading())

    with pytest.raises(IntegrityError, match="trace events are final"), transaction.atomic():
        connection.cursor().execute(verb.format("trace_traceevent"))
    with pytest.raises(IntegrityError, match="trace events are final"), transaction.atomic():
        TraceEventLot.objects.update(role="child")


def test_chain_that_was_changed_shows() -> None:
    enterprise = make_enterprise()
    record(enterprise, grading("urn:uuid:1"))
    second = record(enterprise, grading("urn:uuid:2", inputQuantityList=[quantity("D", 100)]))
    trigger = "trace_traceevent_final_UPDATE" if connection.vendor == "sqlite" else "trace_traceevent_final"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {trigger}" + (" ON trace_traceevent" if connection.vendor != "sqlite" else ""))

    TraceEvent.objects.filter(pk=second.pk).update(payload=second.payload.replace("100", "90"))

    assert first_broken_event(enterprise) == second


def test_record_other_words_under_the_same_name_are_refused() -> None:
    enterprise = make_enterprise()
    record(enterprise, grading())

    assert refused(enterprise, grading(disposition="active")) == "event_id_unique"


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("quantity_positive", {"inputQuantityList": [quantity("A", 0)]}),
        ("quantity_positive", {"inputQuantityList": [quantity("A", 1.0001)]}),
        ("event_time", {"eventTime": (LATER + timedelta(seconds=1)).isoformat()}),
        ("gs1_check_digit", {"bizLocation": {"id": "https://id.example.org/414/9521230000117"}}),
        ("gs1_check_digit", {"bizLocation": {"id": "https://id.example.org/414/952"}}),
        ("mass_balance", {"inputQuantityList": [quantity("A", 101)]}),
        ("mass_balance", {"inputQuantityList": [quantity("A", 100, "LTR")]}),
        ("mass_balance", {"outputQuantityList": []}),
        ("mass_balance", {"agri:lossQuantity": "much"}),
        ("mass_balance", {"agri:lossQuantity": -1, "inputQuantityList": [quantity("A", 99)]}),
        ("origin_present", {"bizStep": "commissioning"}),
        ("origin_present", {"bizStep": "commissioning", "ilmd": {"cbvmda:countryOfOrigin": "CN"}}),
        ("lot_graph_acyclic", {"outputQuantityList": [quantity("A", 100)]}),
    ],
)
def test_record_refuses_by_rule(rule: str, fields: dict[str, Any]) -> None:
    assert refused(make_enterprise(), grading(**fields)) == rule


def test_record_counts_tonnes_and_declared_loss() -> None:
    event = grading(inputQuantityList=[quantity("A", 0.105, "TNE")]) | {"agri:lossQuantity": 5}

    assert record(make_enterprise(), event).edges.count() == 2


def test_record_weighs_pieces_as_their_packing_said() -> None:
    enterprise = make_enterprise()
    packing = grading("urn:uuid:1", outputQuantityList=[quantity("P", 200, "H87")])
    record(enterprise, packing | {"ilmd": {"agri:packageNetWeightKg": 0.5}})

    repack = grading("urn:uuid:2", inputQuantityList=[quantity("P", 120, "H87")], eventTime="2026-10-13T11:00:00+08:00")

    assert refused(enterprise, repack | {"outputQuantityList": [quantity("Q", 61)]}) == "mass_balance"
    assert record(enterprise, repack | {"outputQuantityList": [quantity("Q", 60)]}).edges.count() == 1


def test_record_a_way_back_to_where_a_lot_came_from_is_refused() -> None:
    enterprise = make_enterprise()
    record(enterprise, grading("urn:uuid:1"))
    record(
        enterprise, grading("urn:uuid:2", inputQuantityList=[quantity("B", 60)], outputQuantityList=[quantity("D", 60)])
    )

    back = grading("urn:uuid:3", inputQuantityList=[quantity("D", 60)], outputQuantityList=[quantity("A", 60)])

    assert refused(enterprise, back) == "lot_graph_acyclic"


def test_record_nothing_is_used_before_it_was_made() -> None:
    enterprise = make_enterprise()
    record(enterprise, grading("urn:uuid:1"))

    early = grading("urn:uuid:2", eventTime="2026-10-11T11:00:00+08:00", inputQuantityList=[quantity("B", 60)])

    assert refused(enterprise, early | {"outputQuantityList": [quantity("D", 60)]}) == "event_time"


def test_record_treatment_told_after_the_harvest_is_asked_too() -> None:
    enterprise = make_enterprise()
    record(enterprise, harvest(**{"agri:harvestStartDate": "2026-10-06"}))

    assert refused(enterprise, treatment("2026-09-20", 21)) == "pre_harvest_interval"
    assert refused(enterprise, treatment("2026-09-20", "21")) == "pre_harvest_interval"
    record(enterprise, treatment("2026-09-15", 21))

    assert LotEdge.objects.count() == 2  # the input of the season into both of its lots


def test_record_serial_items_are_said_not_to_be_traced() -> None:
    with pytest.raises(InvalidInput):
        record(make_enterprise(), grading(inputEPCList=["urn:epc:id:sgtin:4012345.011111.987"]))


def test_record_nothing_goes_on_from_a_recalled_lot() -> None:
    lot = make_variant().product.lots.get()
    recall_lot(lot, reason="so", by=None, now=LATER)

    with pytest.raises(LotClosed):
        record(lot.enterprise, grading(inputQuantityList=[{**quantity("A", 100), "epcClass": lot_uri(lot)}]))

    assert not TraceEvent.objects.exists()


def test_record_nothing_goes_on_from_what_was_made_of_a_recalled_lot() -> None:
    """Not even by a lot that only a partner's system knows."""
    lot = make_variant().product.lots.get()
    between = grading("urn:uuid:1", inputQuantityList=[{**quantity("A", 100), "epcClass": lot_uri(lot)}])
    record(lot.enterprise, between)
    recall_lot(lot, reason="so", by=None, now=LATER)

    with pytest.raises(LotClosed):
        record(
            lot.enterprise,
            grading("urn:uuid:2", inputQuantityList=[quantity("B", 60)], outputQuantityList=[quantity("D", 60)]),
        )

    assert TraceEvent.objects.count() == 1
