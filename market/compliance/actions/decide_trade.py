"""Evaluate and store, whatever the outcome. No live rules, or an evaluator that fails: block."""

import logging
from datetime import datetime

from market.compliance.evaluator import BLOCK, Verdict, evaluate
from market.compliance.facts import TradeFacts
from market.compliance.models import ComplianceDecision
from market.compliance.queries import live_rule_set, opened_destinations, rules_of

logger = logging.getLogger(__name__)

# Every rule names the stages it speaks at. At a stage no rule knows, all would be silent, which is not an allowance.
STAGES = frozenset({"listing_publish_to_channel", "product_page", "payment_provider_selection", "checkout", "release"})


def decide_trade(
    facts: TradeFacts, *, subject_kind: str, subject_id: str, stage: str, now: datetime
) -> tuple[ComplianceDecision, Verdict]:
    """One decision row with everything the evaluation saw; fails closed. Raises ValueError for a stage that is none."""
    if stage not in STAGES:
        raise ValueError(f"no such stage: {stage}")
    rule_set = live_rule_set()
    verdict = Verdict(outcome=BLOCK, rules=(), missing=(), unknown=("rule_set",))
    if rule_set is not None:
        try:
            verdict = evaluate(facts, rules_of(rule_set), opened=opened_destinations(), stage=stage)
        except Exception:
            logger.exception("trade rules could not be evaluated for %s %s", subject_kind, subject_id)
    decision = ComplianceDecision.objects.create(
        subject_kind=subject_kind,
        subject_id=subject_id,
        stage=stage,
        rule_set_version=rule_set.version if rule_set else "",
        rule_set_hash=rule_set.hash if rule_set else "",
        inputs=facts.as_json(),
        outcome=verdict.outcome,
        rules_hit=[rule.code for rule in verdict.rules],
        missing_evidence=[*verdict.missing, *(f"unknown:{name}" for name in verdict.unknown)],
        decided_at=now,
    )
    return decision, verdict
