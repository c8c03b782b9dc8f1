"""What papers say, and when none is made."""

from datetime import date
from decimal import Decimal

import pytest

from catalog.lots.models import HarvestLot
from catalog.products.models import Product
from market.common.errors import IllegalMove, InvalidInput
from market.compliance.errors import TradeRefused
from market.compliance.models import ComplianceDecision, DestinationPolicy, OwnershipFinding
from orders.actions.answer_claim import answer_claim
from orders.actions.ship_order import PackedLine, ship_order
from orders.documents.contents.delivery_note import delivery_note
from orders.documents.contents.proforma import Quote, proforma
from orders.documents.contents.statement import statement
from orders.documents.errors import NotCleared, NothingToIssue
from orders.orders.models import OrderLine
from orders.quotes.models import EnquiryPart
from orders.shipments.models import Shipment
from tests.builders import NOW, make_member, make_placed, make_rules, make_variant
from tests.orders.claims import ARRIVED, make_claim, make_delivered, make_paid
from tests.orders.documents.scenes import QUOTE, make_answered, make_shipment, quoted

pytestmark = pytest.mark.django_db


def test_a_delivery_note_counts_lot_by_lot_to_the_gram_and_tells_the_origin() -> None:
    shipment = make_shipment()

    content = delivery_note(shipment).content

    (row,) = content["rows"]
    assert (row["quantity"], row["unit"], row["packages"]) == ("40", "XBX", 40)
    assert (row["net_kg"], row["gross_kg"]) == ("200", "216")
    lot = HarvestLot.objects.get()
    assert (row["lot"], row["origin"]["country"], row["origin"]["subdivision"]) == (lot.number, "CN", "CN-XJ")
    assert content["sum"] == {"packages": 40, "net_kg": "200", "gross_kg": "216"}


def test_a_delivery_note_holds_what_left_with_this_shipment_only() -> None:
    order = make_paid()
    line = order.lines.get()
    parts = [
        ship_order(order, [PackedLine(line.pk, Decimal(n))], carrier="test", waybill=f"W{n}", by=None, now=NOW)
        for n in (30, 10)
    ]

    notes = [delivery_note(Shipment.objects.get(pk=part.pk)) for part in parts]

    assert [note.content["sum"]["packages"] for note in notes] == [30, 10]
    assert [note.subject for note in notes] == [part.number for part in parts]


@pytest.mark.parametrize("outcome", ["needs_evidence", "block", None])
def test_no_paper_lets_goods_go_that_the_rules_have_not_passed(outcome: str | None) -> None:
    shipment = make_shipment()
    decision = OrderLine.objects.get().decision if outcome else None
    if decision is not None:
        decision.pk, decision.outcome = None, str(outcome)
        decision.save()
    OrderLine.objects.update(decision=decision)

    with pytest.raises(NotCleared):
        delivery_note(shipment)
    with pytest.raises(NotCleared):
        statement(shipment.seller_order)


def test_a_statement_is_of_the_orders_own_copies_with_what_was_given_back() -> None:
    order = make_delivered()
    claim = make_claim(order)
    Product.objects.update(name_zh="别的名字")
    wanted = {line.pk: line.wanted for line in claim.lines.all()}
    answer_claim(claim, wanted, "", by=make_member(order.enterprise), now=ARRIVED)

    content = statement(order).content

    (row,) = content["rows"]
    assert row["goods"][0] == "若羌灰枣"
    assert (content["total"], content["given_back"], content["remains"]) == ("1000", "100", "900")


def test_an_order_that_nobody_has_paid_has_no_statement() -> None:
    order = make_placed((make_variant(), 1)).seller_orders[0]

    with pytest.raises(NothingToIssue):
        statement(order)


def test_a_proforma_tells_term_origin_codes_and_open_lots_and_asks_no_money() -> None:
    part = make_answered()

    draft = proforma(part, quoted(part, "27.50"), NOW)

    content = draft.content
    (row,) = content["rows"]
    assert draft.language == "en"
    assert row["goods"] == ["若羌灰枣", "Ruoqiang grey jujubes"]
    assert (row["hs"], row["hs_edition"], row["origin"]["subdivision"]) == ("081340", "HS2022", "CN-XJ")
    assert row["lots"] == [HarvestLot.objects.get().number]
    assert content["incoterm"] == {"rule": "DAP", "place": "Khorgos", "edition": "2020"}
    assert (content["currency"], content["total"], row["unit_price"]) == ("USD", "27.5", "27.5")


def test_an_unanswered_enquiry_has_no_proforma() -> None:
    part = make_answered()
    EnquiryPart.objects.update(state="open")
    part.refresh_from_db()

    with pytest.raises(IllegalMove):
        proforma(part, QUOTE, NOW)


@pytest.mark.parametrize(
    "quote",
    [
        Quote(NOW.date(), "cash"),
        Quote(date(2026, 12, 31), " "),
        Quote(date(2026, 12, 31), "cash", freight=Decimal(-1)),
    ],
)
def test_an_offer_has_a_last_day_terms_and_prices(quote: Quote) -> None:
    with pytest.raises(InvalidInput):
        proforma(make_answered(), quote, NOW)


def test_a_destination_closed_since_the_enquiry_stops_the_proforma_and_the_decision_is_kept() -> None:
    part = make_answered()
    DestinationPolicy.objects.update(status="closed")

    with pytest.raises(TradeRefused):
        proforma(part, QUOTE, NOW)

    newest = ComplianceDecision.objects.order_by("-pk")[0]
    assert (newest.subject_id, newest.outcome) == (part.number, "block")


def test_a_rule_published_since_the_enquiry_stops_the_proforma() -> None:
    part = make_answered()
    make_rules({"code": "X", "match": {"destinations": ["KZ"]}})

    with pytest.raises(TradeRefused):
        proforma(part, QUOTE, NOW)


def test_owners_found_since_stop_a_proforma_in_dollars() -> None:
    part = make_answered()
    finding = OwnershipFinding.objects.get()
    OwnershipFinding.objects.create(
        enterprise=part.enterprise,
        result="XPCC_OWNED_50",
        evidence="register extract",
        valid_until=date.max,
        found_by=finding.found_by,
        found_at=ARRIVED,
    )

    with pytest.raises(TradeRefused):
        proforma(part, QUOTE, NOW)


def test_missing_evidence_is_written_on_the_proforma() -> None:
    part = make_answered()
    make_rules(
        {
            "code": "E",
            "match": {"destinations": ["KZ"]},
            "effect": "needs_evidence",
            "evidence_required": ["phytosanitary"],
        }
    )

    assert "phytosanitary" in proforma(part, QUOTE, NOW).content["missing_evidence"]
