"""Every shared decision case, and the traps of trade.md 3.7."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from market.compliance.evaluator import evaluate
from market.compliance.facts import TradeFacts
from market.compliance.rules import Rule

ROOT = Path(__file__).resolve().parents[3]
RULES = [
    Rule.from_seed(row)
    for row in json.loads((ROOT / "market/compliance/data/rules_seed.json").read_text(encoding="utf-8"))["rules"]
]
CASES = json.loads((ROOT / "tests/data/trade/decision_cases.json").read_text(encoding="utf-8"))
OPENED = frozenset(CASES["opened_destinations"])


def facts_of(case: dict[str, Any]) -> TradeFacts:
    nexus = {"currency_USD"} if case.get("currency") == "USD" else set()
    if case.get("provider_us_nexus"):
        nexus.add("payment_provider")
    return TradeFacts(
        destination=case["destination"],
        hs_code=case["hs"].replace(".", ""),
        upstream_origins=tuple(case["upstream_origins"]),
        expected_entry_date=date.fromisoformat(case["entry"]),
        decision_date=date.fromisoformat(case.get("ordered", "2026-11-24")),
        seller_flags=frozenset(case["seller_flags"]),
        product_class=case.get("product_class", ""),
        us_nexus=frozenset(nexus),
        evidence=frozenset(case["evidence"]),
    )


BASE = facts_of(CASES["cases"][6]["input"])


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["id"])
def test_decision_case(case: dict[str, Any]) -> None:
    verdict = evaluate(facts_of(case["input"]), RULES, opened=OPENED, stage="release")

    assert verdict.outcome == case["expect"]
    assert set(case["rules"]) <= {rule.code for rule in verdict.rules}


def outcome(facts: TradeFacts, opened: frozenset[str] = OPENED) -> str:
    return evaluate(facts, RULES, opened=opened, stage="release").outcome


def test_a_destination_nobody_opened_is_blocked() -> None:
    assert outcome(BASE) == "allow"
    assert outcome(BASE, frozenset({"CN"})) == "block"


def test_onward_destination_counts_as_destination() -> None:
    assert outcome(replace(BASE, onward_destination="US")) == "block"


def test_one_upstream_lot_is_enough() -> None:
    assert outcome(replace(BASE, destination="US", upstream_origins=("CN-SD", "CN-XJ"))) == "block"


def test_unknown_facts_are_never_allowed() -> None:
    assert outcome(replace(BASE, upstream_origins=())) == "needs_evidence"
    assert outcome(replace(BASE, hs_code="")) == "needs_evidence"


def test_unknown_ownership_with_dollars_is_blocked() -> None:
    unknown = replace(BASE, seller_flags=frozenset({"OWNERSHIP_UNKNOWN"}), us_nexus=frozenset({"currency_USD"}))

    assert outcome(unknown) == "block"


def test_eu_rule_goes_by_arrival_not_by_order() -> None:
    lab = frozenset(
        {"GACC_PRODUCER_RECORD", "LAB_OTA", "LAB_AFLATOXIN", "CHED_D", "LAB_REPORT", "OFFICIAL_CERT_IF_ANNEX_II"}
    )
    before = replace(BASE, destination="DE", hs_code="080620", evidence=lab, expected_entry_date=date(2027, 12, 13))

    assert outcome(before) == "allow"
    assert outcome(replace(before, expected_entry_date=date(2027, 12, 14))) == "needs_evidence"
