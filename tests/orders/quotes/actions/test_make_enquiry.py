from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from catalog.lots.models import HarvestLot
from catalog.products.models import Variant
from market.common.outbox.models import OutboxEvent
from market.compliance.actions.set_destination import set_destination
from market.compliance.errors import TradeRefused
from market.compliance.models import ComplianceDecision
from orders.cart.models import Cart
from orders.orders.models import Purchase
from orders.payments.models import Payment
from orders.quotes.actions.make_enquiry import Made, Wish, make_enquiry
from orders.quotes.models import Enquiry, EnquiryEvent, EnquiryLine, EnquiryPart
from tests.builders import (
    NOW,
    know_owners,
    make_enterprise,
    make_export_cart,
    make_officer,
    make_regiment,
    make_rules,
    make_variant,
    offer_for_export,
    open_country,
    stock_of,
)

pytestmark = pytest.mark.django_db
WISH = Wish(
    company="Almaty Fruit LLP",
    contact="A. Buyer",
    email="a.buyer@example.org",
    country="KZ",
    onward_country="KZ",
    incoterm="DAP",
    named_place="Khorgos",
    message="20 t a month",
)


def enquire(cart: Cart, **changes: object) -> Made:
    return make_enquiry(cart, replace(WISH, **changes), buyer=None, language="en", now=NOW)  # type: ignore[arg-type]


def exportable(**wishes: object) -> Variant:
    variant = offer_for_export(make_variant(**wishes))  # type: ignore[arg-type]
    know_owners(variant.product.enterprise)
    return variant


def assert_nothing_happened(cart: Cart) -> None:
    cart.refresh_from_db()
    assert cart.state == Cart.State.OPEN
    assert cart.lines.exists()
    for model in (Enquiry, EnquiryPart, EnquiryLine, EnquiryEvent):
        assert not model.objects.exists()
    assert not OutboxEvent.objects.filter(topic__startswith="enquiry").exists()


def test_an_enquiry_is_split_by_seller_and_takes_neither_money_nor_stock() -> None:
    open_country("KZ")
    first, second = exportable(), exportable()

    made = enquire(make_export_cart((first, 2), (second, 3)))

    assert made.enquiry.number.startswith("Q261124-")
    assert [part.number for part in made.parts] == [f"{made.enquiry.number}-1", f"{made.enquiry.number}-2"]
    assert (made.enquiry.currency, made.enquiry.incoterm, made.enquiry.incoterm_edition) == ("USD", "DAP", "2020")
    line = EnquiryLine.objects.get(variant=first)
    assert (line.quantity, line.unit_price, line.hs_code) == (Decimal(2), Decimal(25), "081340")
    assert (line.origin_country, line.origin_subdivision) == ("CN", "CN-XJ")
    assert stock_of(first) == (Decimal(10), Decimal(0))
    assert not Payment.objects.exists()
    assert not Purchase.objects.exists()
    events = OutboxEvent.objects.filter(topic="enquiry.open").values_list("subject", flat=True)
    assert sorted(events) == [part.number for part in made.parts]


def test_each_line_rests_on_a_stored_decision_with_its_missing_evidence() -> None:
    open_country("KZ")

    made = enquire(make_export_cart((exportable(), 1)))

    decision = EnquiryLine.objects.get().decision
    assert (decision.outcome, decision.missing_evidence) == ("needs_evidence", ["GACC_PRODUCER_RECORD"])
    assert (decision.subject_kind, decision.subject_id) == ("enquiry", made.enquiry.number)
    assert decision.inputs["us_nexus"] == ["currency_USD"]
    assert decision.inputs["seller_flags"] == []
    assert decision.inputs["onward_destination"] == "KZ"


def test_the_same_cart_again_is_the_same_enquiry_whatever_it_says() -> None:
    open_country("KZ")
    cart = make_export_cart((exportable(), 1))

    first, again = enquire(cart), enquire(cart, company="Somebody else")

    assert again.enquiry == first.enquiry
    assert (first.was_repeated, again.was_repeated) == (False, True)
    assert Enquiry.objects.get().company == "Almaty Fruit LLP"
    assert OutboxEvent.objects.filter(topic="enquiry.open").count() == 1


def test_a_destination_nobody_opened_is_refused_and_only_the_decision_is_kept() -> None:
    cart = make_export_cart((exportable(), 1))

    with pytest.raises(TradeRefused) as refusal:
        enquire(cart)

    assert_nothing_happened(cart)
    (line,) = refusal.value.details["lines"]
    assert line["outcome"] == "block"
    assert {reason["rule"] for reason in line["reasons"]} == {"DEST-NOT-OPENED"}
    assert ComplianceDecision.objects.get().subject_id == str(cart.pk)


def test_a_destination_opened_for_other_goods_is_closed_for_these() -> None:
    open_country("KZ", "0802")
    cart = make_export_cart((exportable(), 1))

    with pytest.raises(TradeRefused):
        enquire(cart)

    assert_nothing_happened(cart)


def test_a_destination_closed_again_is_closed_at_once() -> None:
    open_country("KZ")
    officer = make_officer(make_regiment(), "compliance")
    set_destination("KZ", "suspended", reason="counsel asked", by=officer, now=NOW)

    with pytest.raises(TradeRefused):
        enquire(make_export_cart((exportable(), 1)))


@pytest.mark.parametrize("place", ["US", "PR", "GU"])
@pytest.mark.parametrize("name", ["country", "onward_country"])
def test_a_law_blocks_also_where_an_officer_opened_it_and_onward(name: str, place: str) -> None:
    open_country("KZ")
    open_country(place)
    cart = make_export_cart((exportable(), 1))

    with translation.override("en"), pytest.raises(TradeRefused) as refusal:
        enquire(cart, **{name: place})

    assert_nothing_happened(cart)
    assert "Public Law 117-78" in refusal.value.message
    assert "21 Jun 2022" in refusal.value.message
    rules = {reason["rule"] for line in refusal.value.details["lines"] for reason in line["reasons"]}
    assert "US-UFLPA-ORIGIN" in rules


def test_an_end_destination_nobody_opened_closes_the_way() -> None:
    open_country("KZ")
    cart = make_export_cart((exportable(), 1))

    with pytest.raises(TradeRefused):
        enquire(cart, onward_country="KG")

    assert_nothing_happened(cart)


@pytest.mark.parametrize("result", ["", "XPCC_OWNED_50"])
def test_dollars_and_owners_unknown_or_blocked_are_refused(result: str) -> None:
    open_country("KZ")
    variant = offer_for_export(make_variant())
    if result:
        know_owners(variant.product.enterprise, result)
    cart = make_export_cart((variant, 1))

    with pytest.raises(TradeRefused) as refusal:
        enquire(cart)

    assert_nothing_happened(cart)
    (reason,) = refusal.value.details["lines"][0]["reasons"]
    assert reason["rule"] in ("US-OFAC-OWNERSHIP-UNKNOWN", "US-OFAC-XPCC-USNEXUS")


def test_one_line_that_is_blocked_stops_the_cart_and_names_only_itself() -> None:
    open_country("KZ", "0813")
    jujube, cotton = exportable(), exportable(hs_code="520100", name_zh="皮棉", name_en="Lint", name_ru="Хлопок")
    cart = make_export_cart((jujube, 1), (cotton, 1))

    with pytest.raises(TradeRefused) as refusal:
        enquire(cart)

    assert [line["variant"] for line in refusal.value.details["lines"]] == [cotton.pk]
    assert "皮棉" in refusal.value.message
    assert "若羌灰枣" not in refusal.value.message
    assert_nothing_happened(cart)


def test_one_lot_of_another_origin_counts() -> None:
    open_country("US")
    variant = exportable()
    HarvestLot.objects.update(origin_subdivision="CN-SD")
    cart = make_export_cart((variant, 1))

    with pytest.raises(TradeRefused):
        enquire(cart, country="US", onward_country="US")

    assert ComplianceDecision.objects.get().inputs["upstream_origins"] == ["CN-SD", "CN-XJ"]


def test_goods_without_a_lot_are_not_traced_and_need_evidence() -> None:
    open_country("KZ")

    enquire(make_export_cart((exportable(on_hand=0), 1)))

    assert "unknown:upstream_origins" in EnquiryLine.objects.get().decision.missing_evidence


def test_goods_without_a_code_need_evidence() -> None:
    open_country("KZ")
    variant = exportable()
    variant.product.hs_code = ""
    variant.product.save()

    enquire(make_export_cart((variant, 1)))

    assert "unknown:hs_code" in EnquiryLine.objects.get().decision.missing_evidence


def test_arrival_decides_which_rule_speaks_not_the_day_of_asking() -> None:
    open_country("KZ")
    make_rules(
        {
            "code": "KZ-LATER",
            "match": {"destinations": ["KZ"]},
            "effective_from": date(2027, 2, 1),
            "date_basis": "expected_entry_date",
        }
    )
    enquire(make_export_cart((exportable(), 1)), expected_entry=date(2027, 1, 31))

    with pytest.raises(TradeRefused):
        enquire(make_export_cart((exportable(), 1)), expected_entry=date(2027, 2, 1))


def test_without_a_day_of_arrival_sixty_days_are_assumed_and_stored() -> None:
    open_country("KZ")

    made = enquire(make_export_cart((exportable(), 1)))

    assert made.enquiry.expected_entry == NOW.date() + timedelta(days=60)


@pytest.mark.parametrize("lines", [1, 3, 30])
def test_statements_do_not_grow_with_lines(lines: int, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    open_country("KZ")
    enterprises = [make_enterprise() for _ in range(min(lines, 3))]
    for enterprise in enterprises:
        know_owners(enterprise)
    variants = [offer_for_export(make_variant(enterprise=enterprises[i % len(enterprises)])) for i in range(lines)]
    cart = make_export_cart(*((variant, 1) for variant in variants))

    with django_assert_max_num_queries(13 + 2):
        enquire(cart)
