from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import models
from django.db.models import F, Sum
from stdnum.cn import uscc

from catalog.lots.models import HarvestLot, LotStock
from catalog.pricing.models import PriceTier
from catalog.products.attributes import read_said
from catalog.products.models import Attribute, Product, Variant
from catalog.products.queries import attributes_named
from catalog.stock.models import StockItem, StockMovement
from market.accounts.models import Post, User
from market.common.audit.models import AuditEntry
from market.compliance.models import ComplianceDecision, DestinationPolicy, HsCode, OwnershipFinding
from market.config.season.build import build_season
from market.config.season.signins import SIGN_INS
from market.enterprises.models import Enterprise, PayoutAccount
from market.regions.models import OrgUnit
from orders.actions.pay_sellers import sellers_to_pay
from orders.claims.models import Claim
from orders.inbox.models import InboxEvent
from orders.ledger.models import Payout
from orders.orders.models import OrderEvent, Purchase, SellerOrder
from orders.payments.models import BankStatementRow, Payment, Refund
from orders.pickups.models import PickupJob
from orders.quotes.models import Enquiry
from orders.recalls.models import Recall
from orders.reviews.models import Review
from orders.shipments.models import Shipment
from tests.drawn import lay_pictures

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("season")]


def counts() -> dict[str, int]:
    rows: list[type[models.Model]] = [
        OrgUnit, User, Post, Enterprise, Product, Variant, PriceTier, StockItem, StockMovement, HarvestLot, Purchase,
        SellerOrder, OrderEvent, Payment, Refund, BankStatementRow, Shipment, InboxEvent, AuditEntry, Review,
    ]  # fmt: skip
    return {row.__name__: row._default_manager.count() for row in rows}


def test_season_has_three_regiments_of_two_divisions_twenty_enterprises_and_300_products() -> None:
    regiments = OrgUnit.objects.filter(level="regiment")

    assert regiments.count() == 3
    assert regiments.values("parent").distinct().count() == 2
    assert Product.objects.published().count() == 300
    assert Counter(Enterprise.objects.values_list("state", flat=True)) == {
        "approved": 16,
        "submitted": 2,
        "draft": 1,
        "returned": 1,
    }


def test_second_run_a_day_later_adds_nothing(season: datetime) -> None:
    lay_pictures()
    before = counts()

    added = build_season(scale=1, now=season + timedelta(days=1))

    assert (added, counts()) == (0, before)


def test_order_stands_in_every_state_there_is() -> None:
    assert set(SellerOrder.objects.values_list("state", flat=True)) == set(SellerOrder.State.values)


def test_shipment_is_picked_up_on_its_way_out_for_delivery_and_delivered() -> None:
    wanted = {"picked_up", "in_transit", "out_for_delivery", "delivered"}

    assert wanted <= set(Shipment.objects.values_list("status", flat=True))


def test_order_of_three_lines_is_shipped_in_part() -> None:
    order = SellerOrder.objects.get(purchase__idempotency_key="season-part")

    assert order.lines.count() == 3
    assert set(order.shipments.get().lines.values_list("order_line__position", flat=True)) == {1, 2}


def test_money_too_late_too_little_and_without_reference_waits_for_a_person() -> None:
    assert set(BankStatementRow.objects.values_list("state", flat=True)) == {
        "matched",
        "late",
        "underpaid",
        "unmatched",
    }
    assert Refund.objects.filter(state="pending", payment__gateway="bank_transfer").count() == 2
    assert Refund.objects.filter(state="succeeded", payment__gateway="sandbox").count() == 2


def test_messages_are_worked_on_but_one_nobody_knows_is_parked() -> None:
    assert Counter(InboxEvent.objects.values_list("state", flat=True)) == {"done": 12, "parked": 1}


def test_each_sign_in_has_something_to_do(season: datetime) -> None:
    seller, buyer, officer, finance = (User.objects.get(email=sign_in.email) for sign_in in SIGN_INS)
    reach = officer.posts.get(role="reviewer").unit.path

    assert SellerOrder.objects.filter(enterprise__members__user=seller, state="awaiting_seller").count() >= 3
    assert SellerOrder.objects.filter(
        purchase__buyer=buyer, state="in_progress", shipments__status="delivered"
    ).exists()
    assert Enterprise.objects.for_subtree(reach).filter(state="submitted").exists()
    assert Payment.objects.filter(gateway="bank_transfer", state="action_required").count() == 3
    assert all(user.has_usable_password() for user in (seller, buyer, officer, finance))


def test_buyers_have_written_and_one_review_is_hidden() -> None:
    shown = Review.objects.filter(state="shown")

    assert Counter(Review.objects.values_list("state", flat=True)) == {"shown": 5, "hidden": 1}
    assert shown.exclude(answer="").count() == 2
    assert Product.objects.filter(rating_count=1).count() == 5
    assert Product.objects.aggregate(sum=Sum("rating_sum"))["sum"] == sum(shown.values_list("stars", flat=True))


def test_claims_wait_for_seller_and_officer_and_one_is_settled() -> None:
    states = dict(Claim.objects.values_list("seller_order__purchase__idempotency_key", "state"))
    assert states == {"season-accepted": "open", "season-clock": "settled", "season-mouldy": "escalated"}
    assert Claim.objects.get(state="settled").agreed > 0
    assert Shipment.objects.filter(status="returned", seller_order__state="in_progress").count() == 1


def test_payouts_one_came_back_one_left_and_one_seller_owes() -> None:
    rows = Payout.objects.order_by("pk").values_list("settlement__enterprise__number", "settlement__state")
    (farm_1, first), (again, second), (farm_9, third) = rows
    sellers = {row.enterprise.number: row for row in sellers_to_pay("CNY")}

    assert (farm_1, first, second, third) == (again, "returned", "sent", "sent")
    assert (list(sellers), sellers[farm_9].reason) == ([farm_9], "debt")
    accounts = Counter(PayoutAccount.objects.values_list("state", flat=True))
    assert accounts == {"closed": 1, "active": 2, "pending": 1}


def test_ledger_balances_and_the_audit_chain_is_whole() -> None:
    out = StringIO()

    call_command("check_ledger", stdout=out)
    call_command("verify_audit", stdout=out)

    assert "all sum to zero" in out.getvalue()
    assert "chain whole" in out.getvalue()


def test_audit_and_events_stand_in_the_order_of_time(season: datetime) -> None:
    for rows in (AuditEntry.objects.order_by("pk"), OrderEvent.objects.order_by("pk")):
        times = list(rows.values_list("at", flat=True))

        assert times == sorted(times)
        assert times[-1] <= season


def test_lots_and_movements_add_up_to_the_stock() -> None:
    held = dict(LotStock.objects.values_list("stock_item").annotate(sum=Sum("on_hand")))
    moved = dict(StockMovement.objects.values_list("stock_item").annotate(sum=Sum("quantity")))

    for item in StockItem.objects.all():
        assert held.get(item.pk, Decimal(0)) == item.on_hand == moved.get(item.pk, Decimal(0))


def test_nothing_on_the_shelf_has_gone_over(season: datetime) -> None:
    assert not LotStock.objects.filter(on_hand__gt=0, lot__best_before__lt=season.date()).exists()
    assert not HarvestLot.objects.filter(harvested_to__gte=F("created_at__date")).exists()


def test_every_hs_code_is_of_the_table_and_every_credit_code_valid() -> None:
    used = set(Product.objects.values_list("hs_code", flat=True))

    assert used <= set(HsCode.objects.values_list("code", flat=True))
    assert all(uscc.is_valid(code) for code in Enterprise.objects.values_list("credit_code", flat=True))


def test_destinations_stay_closed_and_whoever_asked_from_abroad_was_refused() -> None:
    assert not DestinationPolicy.objects.exists()
    assert not Enquiry.objects.exists()
    assert ComplianceDecision.objects.filter(outcome="block", inputs__destination="KZ").exists()
    assert not ComplianceDecision.objects.filter(outcome="allow").exclude(inputs__destination="CN").exists()


def test_everything_is_written_in_three_languages() -> None:
    for model, fields in {
        Product: ["name", "description"],
        Enterprise: ["name"],
        OrgUnit: ["name"],
    }.items():
        for row in model._default_manager.all():
            texts = [getattr(row, f"{field}_{code}") for field in fields for code in ("zh", "en", "ru")]
            assert all(texts), row


def test_each_script_stays_in_its_own_language() -> None:
    for product in Product.objects.all():
        latin = product.name_en + product.description_en
        russian = product.name_ru + product.description_ru
        assert not any(is_chinese(c) or is_cyrillic(c) for c in latin), latin
        assert not any(is_chinese(c) for c in russian), russian
        assert not any(is_cyrillic(c) for c in product.name_zh + product.description_zh)


def is_chinese(sign: str) -> bool:
    return "一" <= sign <= "鿿"


def is_cyrillic(sign: str) -> bool:
    return "Ѐ" <= sign <= "ӿ"


def test_no_two_products_of_an_enterprise_share_a_name_and_descriptions_differ() -> None:
    names = Counter(Product.objects.values_list("enterprise", "name_zh"))
    descriptions = Counter(Product.objects.values_list("description_en", flat=True))

    assert max(names.values()) == 1
    assert max(descriptions.values()) == 1


def test_every_firm_and_unit_says_that_it_is_a_sample() -> None:
    for row in [*Enterprise.objects.all(), *OrgUnit.objects.all()]:
        assert "样例" in row.name_zh
        assert "sample" in row.name_en.lower()
        assert "образ" in row.name_ru.lower()


def test_dry_goods_are_offered_abroad_in_dollars_a_little_above_the_price_at_home() -> None:
    listed = Product.objects.filter(listings__channel__code="export")
    prices = {
        (tier.price.variant_id, tier.min_quantity, tier.price.channel.code): tier.amount
        for tier in PriceTier.objects.select_related("price__channel")
    }
    abroad = [(variant, least, amount) for (variant, least, code), amount in prices.items() if code == "export"]

    assert 100 < listed.count() < 300
    assert listed.filter(variants__prices__channel__code="export").distinct().count() == listed.count()
    for variant, least, dollars in abroad:
        yuan = dollars * 7
        assert Decimal("1.05") < yuan / prices[variant, least, "domestic"] < Decimal("1.11")


def test_owners_of_some_sellers_are_found_and_of_the_others_unknown(season: datetime) -> None:
    found = dict(OwnershipFinding.objects.values_list("enterprise__name_en", "result"))

    assert Counter(found.values()) == {"INDEPENDENT": 2, "XPCC_AFFILIATED": 1, "XPCC_OWNED_50": 1}
    assert len(found) < Enterprise.objects.filter(state="approved").count()
    assert not OwnershipFinding.objects.filter(valid_until__lt=season.date()).exists()
    assert set(OwnershipFinding.objects.values_list("found_by__email", flat=True)) == {"officer@season.example"}


def test_pickup_jobs_are_agreed_countered_and_waiting() -> None:
    jobs = dict(PickupJob.objects.values_list("state", "enterprise__members__user__email"))

    assert set(jobs) == {"accepted", "countered", "asked"}
    assert jobs["countered"] == "seller@season.example"


def test_what_products_say_of_attributes_counts_and_agrees_with_their_texts() -> None:
    definitions = attributes_named(Attribute.objects.values_list("code", flat=True))
    products = Product.objects.exclude(attributes={}).select_related("category")

    assert {one.code for row in products for one in read_said(row.attributes, definitions, row.category.path)} == {
        one.code for one in definitions
    }
    for row in products:
        said = read_said(row.attributes, definitions, row.category.path)
        assert [one.problem for one in said if one.problem] == []
        for one in said:
            if one.definition is not None and one.definition.kind == "number":
                assert one.value in row.description_zh
                assert one.value in row.description_ru


def test_a_recall_is_open_and_one_of_two_buyers_has_answered() -> None:
    recall = Recall.objects.get()

    assert recall.is_open
    assert Counter(notice.answered_at is not None for notice in recall.notices.all()) == {True: 1, False: 1}
