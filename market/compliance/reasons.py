"""Say why a judgement came out as it did: the rule's sentence in the reader's language, its law and since when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from market.common.dates import format_day
from market.common.languages import ZH, active_language, listed
from market.compliance.actions.decide_trade import Judgement
from market.compliance.evaluator import BLOCK, NEEDS_EVIDENCE, Verdict
from market.compliance.evidence import UNKNOWN_FACTS
from market.compliance.queries import closed_reason, reason_in_language

PLATFORM_POLICY = "DEST-NOT-OPENED"


@dataclass(frozen=True)
class Reason:
    """`law` and `since` are empty where no law speaks: a fact is missing, or the platform's own list decides."""

    rule: str
    text: str
    law: str = ""
    since: str = ""

    @property
    def sentence(self) -> str:
        source = listed(filter(None, [self.law, self.since]))
        if not source:
            return self.text
        return f"{self.text}（{source}）" if active_language() == ZH else f"{self.text} ({source})"


def reasons_of(verdict: Verdict) -> list[Reason]:
    """What stands in the way, blocks first. Rules that only inform, or that block nothing here, are left out."""
    language = active_language()
    wanted = [BLOCK] if verdict.outcome == BLOCK else [NEEDS_EVIDENCE]
    reasons = []
    for rule in verdict.rules:
        if rule.effect not in wanted:
            continue
        if rule.code == PLATFORM_POLICY:
            continue
        since = format_day(rule.effective_from, language) if rule.effective_from else ""
        reasons.append(Reason(rule.code, reason_in_language(rule), rule.law, since))
    if "destination_not_opened" in verdict.unknown or any(rule.code == PLATFORM_POLICY for rule in verdict.rules):
        reasons.append(Reason(PLATFORM_POLICY, closed_reason()))
    reasons += [Reason("", str(UNKNOWN_FACTS[name])) for name in verdict.unknown if name in UNKNOWN_FACTS]
    return reasons


def refused_lines(judgements: Iterable[Judgement], goods: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """JSON values for an error's details, one entry per label. `goods`: label -> what the caller says of the goods."""
    return [
        {
            **goods[label],
            "outcome": judgement.verdict.outcome,
            "reasons": [
                {"rule": reason.rule, "reason": reason.text, "law": reason.law, "since": reason.since}
                for reason in reasons_of(judgement.verdict)
            ],
            "missing_evidence": list(judgement.verdict.missing),
        }
        for judgement in judgements
        for label in judgement.question.about
    ]


def summary_of(judgements: Iterable[Judgement], goods: Mapping[str, Mapping[str, Any]]) -> str:
    """For the message a person reads: the products that share their reasons, then the reasons. Needs `product`."""
    return " ".join(
        f"{', '.join(str(goods[label]['product']) for label in judgement.question.about)}: "
        f"{' '.join(reason.sentence for reason in reasons_of(judgement.verdict))}"
        for judgement in judgements
    )
