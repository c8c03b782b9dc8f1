from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from market.compliance.actions import decide_trade as module
from market.compliance.actions.decide_trade import decide_trade
from market.compliance.actions.set_destination import set_destination
from market.compliance.facts import TradeFacts
from market.compliance.models import ComplianceDecision, HsCode, RuleSet
from tests.builders import NOW, make_officer, make_regiment

pytestmark = pytest.mark.django_db

HOME = TradeFacts(
    destination="CN",
    hs_code="",
    upstream_origins=(),
    expected_entry_date=date(2026, 12, 1),
    decision_date=date(2026, 11, 24),
    seller_flags=frozenset(),
)
ABROAD = replace(HOME, destination="KZ", hs_code="081340", upstream_origins=("CN-XJ",))


def decide(facts: TradeFacts) -> ComplianceDecision:
    return decide_trade(facts, subject_kind="cart", subject_id="1", stage="checkout", now=NOW)[0]


def test_evaluator_that_fails_blocks_and_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(module, "evaluate", fail)

    decision = decide(HOME)

    assert decision.outcome == "block"
    assert ComplianceDecision.objects.get() == decision


def test_no_live_rules_blocks_even_at_home() -> None:
    RuleSet.objects.update(published_at=None)

    decision = decide(HOME)

    assert (decision.outcome, decision.missing_evidence) == ("block", ["unknown:rule_set"])


def test_destination_nobody_opened_is_blocked_and_the_rule_named() -> None:
    decision = decide(ABROAD)

    assert decision.outcome == "block"
    assert decision.rules_hit
    assert decision.inputs["destination"] == "KZ"
    assert decision.rule_set_version == "seed-1"


def test_opened_destination_with_an_unknown_origin_is_not_allowed() -> None:
    set_destination("KZ", "open", reason="first market", by=make_officer(make_regiment(), "compliance"), now=NOW)

    decision = decide(replace(ABROAD, upstream_origins=("CN-XJ", None)))

    assert decision.outcome != "allow"
    assert "unknown:upstream_origins" in decision.missing_evidence


def test_a_stored_decision_cannot_be_changed() -> None:
    decision = decide(ABROAD)

    with pytest.raises(IntegrityError), transaction.atomic():
        ComplianceDecision.objects.filter(pk=decision.pk).update(outcome="allow")

    assert ComplianceDecision.objects.get().outcome == "block"


def test_a_new_installation_has_live_rules_and_hs_codes() -> None:
    assert RuleSet.objects.get().rules.count() > 0
    assert HsCode.objects.filter(code="081340").exists()


def test_a_stage_no_rule_knows_is_a_mistake_and_not_an_allowance() -> None:
    with pytest.raises(ValueError, match="quote"):
        decide_trade(ABROAD, subject_kind="cart", subject_id="1", stage="quote", now=NOW)

    assert not ComplianceDecision.objects.exists()
