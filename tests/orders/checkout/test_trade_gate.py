"""The trade rules at a domestic checkout: what is allowed carries its decision, what is not leaves only that."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from catalog.stock.models import Reservation
from market.common.outbox.models import OutboxEvent
from market.compliance.actions import decide_trade as module
from market.compliance.errors import TradeRefused
from market.compliance.models import ComplianceDecision, RuleSet, TradeRule
from orders.cart.models import Cart
from orders.checkout.place_order import Placed, place_order
from orders.orders.models import OrderLine, Purchase
from tests.builders import ADDRESS, BUYER, NOW, make_cart, make_rules, make_variant, stock_of

pytestmark = pytest.mark.django_db


def order(cart: Cart, key: str = "key-1") -> Placed:
    return place_order(cart, buyer=BUYER, address=ADDRESS, idempotency_key=key, now=NOW)


def block_fresh_fruit(**changes: object) -> RuleSet:
    return make_rules(
        {
            "code": "CN-TEST-FRESH",
            "match": {"destinations": ["CN"], "product_classes": ["fresh_fruit"]},
            "citation": "Example Act 7",
            "reason_zh": "示例法规不允许。",
            "reason_en": "The example act does not allow it.",
            "reason_ru": "Закон-пример этого не допускает.",
            **changes,
        }
    )


def test_each_line_holds_the_decision_it_was_ordered_under() -> None:
    placed = order(make_cart((make_variant(), 1), (make_variant(), 2)))

    decisions = {line.decision for line in OrderLine.objects.select_related("decision")}
    (decision,) = decisions
    assert decision is not None
    assert (decision.outcome, decision.stage, decision.rule_set_version) == ("allow", "checkout", "seed-1")
    assert (decision.subject_kind, decision.subject_id) == ("purchase", placed.purchase.number)
    assert decision.inputs["destination"] == "CN"
    assert decision.inputs["hs_code"] == "081340"
    assert decision.inputs["upstream_origins"] == ["CN-XJ"]
    assert decision.inputs["seller_flags"] == ["OWNERSHIP_UNKNOWN"]
    assert decision.inputs["product_class"] == "dried_fruit"


def test_different_facts_are_decided_apart() -> None:
    dried, fresh = make_variant(), make_variant(hs_code="080719")

    order(make_cart((dried, 1), (fresh, 1)))

    classes = {line.variant_id: line.decision.inputs["product_class"] for line in OrderLine.objects.all()}  # type: ignore[union-attr]
    assert classes == {dried.pk: "dried_fruit", fresh.pk: "fresh_fruit"}


def test_a_repeated_order_decides_once() -> None:
    cart = make_cart((make_variant(), 1))

    order(cart)
    order(cart)

    assert ComplianceDecision.objects.count() == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-hans", ["伽师瓜", "示例法规不允许。", "Example Act 7", "2026年1月1日"]),
        ("en", ["Jiashi melon", "The example act does not allow it.", "Example Act 7", "1 Jan 2026"]),
        ("ru", ["Дыня цзяши", "Закон-пример этого не допускает.", "Example Act 7", "1 января 2026"]),
    ],
)
def test_a_rule_that_blocks_refuses_by_name_and_leaves_only_its_decisions(language: str, words: list[str]) -> None:
    block_fresh_fruit()
    melon = make_variant(hs_code="080719", name_zh="伽师瓜", name_en="Jiashi melon", name_ru="Дыня цзяши")
    jujube = make_variant()
    cart = make_cart((jujube, 1), (melon, 2))
    OutboxEvent.objects.all().delete()

    with translation.override(language), pytest.raises(TradeRefused) as refusal:
        order(cart)

    assert all(word in refusal.value.message for word in words), refusal.value.message
    (line,) = refusal.value.details["lines"]
    assert (line["variant"], line["outcome"], line["reasons"][0]["rule"]) == (melon.pk, "block", "CN-TEST-FRESH")
    cart.refresh_from_db()
    assert cart.state == Cart.State.OPEN
    assert not Purchase.objects.exists()
    assert not Reservation.objects.exists()
    assert not OutboxEvent.objects.exists()
    assert stock_of(melon) == (Decimal(10), Decimal(0))
    kept = {decision.outcome: decision for decision in ComplianceDecision.objects.all()}
    assert set(kept) == {"allow", "block"}
    assert kept["block"].rules_hit == ["CN-TEST-FRESH"]
    assert (kept["block"].subject_kind, kept["block"].subject_id) == ("cart", str(cart.pk))
    assert kept["block"].inputs["about"] == [str(melon.pk)]


def test_refused_twice_is_kept_twice_and_the_cart_can_still_be_ordered_without_the_goods() -> None:
    block_fresh_fruit()
    melon, jujube = make_variant(hs_code="080719"), make_variant()
    cart = make_cart((melon, 1), (jujube, 1))
    for _ in range(2):
        with pytest.raises(TradeRefused):
            order(cart)

    cart.lines.filter(variant=melon).delete()
    placed = order(cart)

    assert placed.purchase.total == Decimal("150.00")
    assert ComplianceDecision.objects.filter(outcome="block").count() == 2


def test_missing_evidence_is_refused_at_home_too() -> None:
    block_fresh_fruit(effect="needs_evidence", evidence_required=["PAPER"])
    cart = make_cart((make_variant(hs_code="080719"), 1))

    with pytest.raises(TradeRefused) as refusal:
        order(cart)

    (line,) = refusal.value.details["lines"]
    assert (line["outcome"], line["missing_evidence"]) == ("needs_evidence", ["PAPER"])


def test_no_live_rules_stop_every_sale() -> None:
    RuleSet.objects.update(published_at=None)
    cart = make_cart((make_variant(), 1))

    with pytest.raises(TradeRefused) as refusal:
        order(cart)

    assert "目前没有生效的贸易规则" in refusal.value.message
    assert ComplianceDecision.objects.get().missing_evidence == ["unknown:rule_set"]


def test_a_live_rule_set_without_rules_allows_nothing() -> None:
    RuleSet.objects.create(version="empty", hash="e" * 64, published_at=NOW + timedelta(days=1))

    with pytest.raises(TradeRefused):
        order(make_cart((make_variant(), 1)))


def test_an_evaluator_that_fails_stops_the_sale_and_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(module, "evaluate", fail)

    with pytest.raises(TradeRefused):
        order(make_cart((make_variant(), 1)))

    assert not Purchase.objects.exists()
    assert ComplianceDecision.objects.get().missing_evidence == ["unknown:evaluation"]


def test_a_new_rule_set_speaks_from_the_next_order_on() -> None:
    melon = make_variant(hs_code="080719")
    order(make_cart((melon, 1)))

    block_fresh_fruit()

    with pytest.raises(TradeRefused):
        order(make_cart((melon, 1)), key="key-2")


def test_a_rule_that_is_not_in_force_yet_stays_silent() -> None:
    block_fresh_fruit(effective_from=NOW.date() + timedelta(days=1))

    order(make_cart((make_variant(hs_code="080719"), 1)))

    assert OrderLine.objects.get().decision.outcome == "allow"  # type: ignore[union-attr]


def test_foreign_measures_do_not_limit_a_sale_at_home() -> None:
    order(make_cart((make_variant(hs_code="200290"), 1), (make_variant(hs_code="520100"), 1)))

    assert {d.outcome for d in ComplianceDecision.objects.all()} == {"allow"}


def test_rules_of_the_seed_are_told_in_three_languages() -> None:
    spoken = TradeRule.objects.exclude(effect="watch")

    assert not spoken.filter(reason_zh="").exists()
    assert not spoken.filter(reason_en="").exists()
    assert not spoken.filter(reason_ru="").exists()


def test_buyer_without_an_account_is_decided_alike() -> None:
    cart = make_cart((make_variant(), 1))

    place_order(cart, buyer=replace(BUYER, user=None), address=ADDRESS, idempotency_key="k", now=NOW)

    assert OrderLine.objects.get().decision is not None
