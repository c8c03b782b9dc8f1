import json
from datetime import date, timedelta
from decimal import Decimal

import pytest

from catalog.lots.actions.quarantine_lot import quarantine_lot, recall_lot, release_lot
from catalog.lots.actions.receive_lot import receive_lot
from catalog.lots.models import HarvestLot
from catalog.trace.actions.capture_document import capture_document
from catalog.trace.actions.trace_lot import trace_lot
from catalog.trace.models import TraceEvent
from catalog.trace.own import lot_uri
from catalog.trace.queries import first_broken_event
from market.common.outbox.drain import drain_outbox
from market.common.outbox.models import OutboxEvent
from tests.builders import NOW, make_variant, make_warehouse
from tests.catalog.trace.documents import document_of, grading, quantity

pytestmark = pytest.mark.django_db


def told() -> list[tuple[str, str]]:
    return list(TraceEvent.objects.order_by("sequence").values_list("biz_step", "disposition"))


def test_lot_that_is_received_is_born_with_origin_and_weight() -> None:
    variant = make_variant(on_hand=0, net_kg="2.5")
    receive_lot(
        variant,
        make_warehouse(variant.product.enterprise),
        lot_number="26A",
        quantity=Decimal(8),
        harvested_from=date(2026, 10, 1),
        harvested_to=date(2026, 10, 12),
        best_before=date(2027, 10, 1),
        by=None,
        now=NOW,
    )

    drain_outbox(NOW)

    body = json.loads(TraceEvent.objects.get().payload)
    lot = HarvestLot.objects.get()
    assert (body["action"], body["bizStep"], body["eventTimeZoneOffset"]) == ("ADD", "commissioning", "+08:00")
    assert body["quantityList"] == [{"epcClass": lot_uri(lot), "quantity": 20.0, "uom": "KGM"}]
    assert body["ilmd"] == {
        "cbvmda:lotNumber": "26A",
        "cbvmda:countryOfOrigin": "CN",
        "agri:originSubdivision": "CN-XJ",
        "agri:harvestStartDate": "2026-10-01",
        "agri:harvestEndDate": "2026-10-12",
        "cbvmda:bestBeforeDate": "2027-10-01",
    }


def test_lot_moves_are_told_once_however_often_the_worker_comes() -> None:
    lot = make_variant().product.lots.get()
    quarantine_lot(lot, reason="damp", by=None, now=NOW)
    release_lot(lot, reason="dry", by=None, now=NOW + timedelta(minutes=1))
    recall_lot(lot, reason="mould", by=None, now=NOW + timedelta(minutes=2))

    for _ in range(2):
        drain_outbox(NOW + timedelta(minutes=3))
        OutboxEvent.objects.update(done_at=None)

    assert told() == [
        ("commissioning", "active"),
        ("holding", "non_sellable_other"),
        ("storing", "sellable_accessible"),
        ("holding", "recalled"),
    ]
    assert first_broken_event(lot.enterprise) is None


def test_lot_whose_making_a_partner_told_is_received() -> None:
    lot = make_variant().product.lots.get()
    made = grading(outputQuantityList=[{**quantity("A", 100), "epcClass": lot_uri(lot)}])
    capture_document(lot.enterprise, document_of(made), now=NOW)

    trace_lot(lot, now=NOW)

    assert [step for step, _disposition in told()][1:] == ["receiving"]


def test_lot_written_by_code_from_before_gets_its_code() -> None:
    lot = make_variant().product.lots.get()
    HarvestLot.objects.update(code=None)

    traced = trace_lot(HarvestLot.objects.get(), now=NOW)

    lot.refresh_from_db()
    assert lot.code is not None
    assert traced.uri == lot_uri(lot)


def test_event_that_a_rule_refuses_holds_nothing_up(caplog: pytest.LogCaptureFixture) -> None:
    lot = make_variant().product.lots.get()
    HarvestLot.objects.filter(pk=lot.pk).update(created_at=NOW + timedelta(days=1))

    drain_outbox(NOW)

    assert told() == []
    assert "no trace event of lot.opened" in caplog.text
    assert not OutboxEvent.objects.filter(topic="lot.opened", done_at=None)
