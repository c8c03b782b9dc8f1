"""Judge, and store every judgement, whatever its outcome. No live rules, or an evaluator that fails: block."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from market.common.bulk import insert_rows
from market.compliance.evaluator import BLOCK, Verdict, evaluate
from market.compliance.facts import TradeFacts
from market.compliance.models import ComplianceDecision, RuleSet
from market.compliance.queries import HOME, LiveRules, OpenDestinations, live_rules, open_destinations
from market.compliance.rules import Rule

logger = logging.getLogger(__name__)

# Every rule names the stages it speaks at. At a stage no rule knows, all would be silent, which is not an allowance.
STAGES = frozenset({"listing_publish_to_channel", "product_page", "payment_provider_selection", "checkout", "release"})


@dataclass(frozen=True)
class Question:
    """`about`: the caller's labels of the goods asked for, so that a stored refusal tells of which."""

    facts: TradeFacts
    about: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judgement:
    """`decision` is not saved yet: it is stored with the change it allows, or by `keep_decisions` after the refusal."""

    question: Question
    decision: ComplianceDecision
    verdict: Verdict

    @property
    def is_block(self) -> bool:
        return self.verdict.outcome == BLOCK

    @property
    def is_allowed(self) -> bool:
        return self.verdict.outcome == "allow"


def judge_trades(
    questions: Iterable[Question], *, stage: str, now: datetime, live: LiveRules | None = None
) -> list[Judgement]:
    """Pure but for one statement (two when a destination is abroad), however many questions. Writes nothing.
    `live`: the rules, for a caller who asked just now; saves the statement.

    Fails closed: no live rules, an evaluator that fails, or a destination nobody opened for these goods block,
    whatever the rule rows say. Raises ValueError for a stage that is none.
    """
    if stage not in STAGES:
        raise ValueError(f"no such stage: {stage}")
    questions = list(questions)
    rule_set, rules = live or live_rules()
    abroad = any(place != HOME for question in questions for place in _places(question.facts))
    opened = open_destinations() if abroad else OpenDestinations({})
    judgements = []
    for question in questions:
        verdict = _verdict(question.facts, rule_set, rules, opened, stage)
        judgements.append(
            Judgement(
                question,
                ComplianceDecision(
                    stage=stage,
                    rule_set_version=rule_set.version if rule_set else "",
                    rule_set_hash=rule_set.hash if rule_set else "",
                    inputs=question.facts.as_json() | {"about": list(question.about)},
                    outcome=verdict.outcome,
                    rules_hit=[rule.code for rule in verdict.rules],
                    missing_evidence=[*verdict.missing, *(f"unknown:{name}" for name in verdict.unknown)],
                    decided_at=now,
                ),
                verdict,
            )
        )
    return judgements


def decisions_about(judgements: Sequence[Judgement], *, subject_kind: str, subject_id: str) -> list[ComplianceDecision]:
    """The rows to be stored, for a caller that writes them with others."""
    for judgement in judgements:
        judgement.decision.subject_kind = subject_kind
        judgement.decision.subject_id = subject_id
    return [judgement.decision for judgement in judgements]


def keep_decisions(judgements: Sequence[Judgement], *, subject_kind: str, subject_id: str) -> None:
    """One INSERT for all of them; afterwards each decision has its key."""
    insert_rows(decisions_about(judgements, subject_kind=subject_kind, subject_id=subject_id))


def decide_trade(
    facts: TradeFacts, *, subject_kind: str, subject_id: str, stage: str, now: datetime
) -> tuple[ComplianceDecision, Verdict]:
    """One decision row with everything the evaluation saw; fails closed. Raises ValueError for a stage that is none."""
    (judgement,) = judge_trades([Question(facts)], stage=stage, now=now)
    keep_decisions([judgement], subject_kind=subject_kind, subject_id=subject_id)
    return judgement.decision, judgement.verdict


def _places(facts: TradeFacts) -> list[str]:
    return [place for place in (facts.destination, facts.onward_destination) if place]


def _verdict(
    facts: TradeFacts, rule_set: RuleSet | None, rules: Sequence[Rule], opened: OpenDestinations, stage: str
) -> Verdict:
    if rule_set is None:
        return Verdict(outcome=BLOCK, rules=(), missing=(), unknown=("rule_set",))
    countries = opened.for_goods(facts.hs_code)
    try:
        verdict = evaluate(facts, rules, opened=countries, stage=stage)
    except Exception:
        logger.exception("trade rules could not be evaluated at stage %s", stage)
        return Verdict(outcome=BLOCK, rules=(), missing=(), unknown=("evaluation",))
    if all(place in countries for place in _places(facts)):
        return verdict
    return Verdict(BLOCK, verdict.rules, verdict.missing, (*verdict.unknown, "destination_not_opened"))
