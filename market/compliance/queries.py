"""Reads of the live rules and destinations."""

from django.utils.translation import gettext as _

from market.common.languages import ZH, active_language
from market.compliance.models import DestinationPolicy, RuleSet, TradeRule
from market.compliance.rules import Rule

HOME = "CN"


def live_rule_set() -> RuleSet | None:
    return RuleSet.objects.filter(published_at__isnull=False).order_by("-published_at", "-pk").first()


def rules_of(rule_set: RuleSet) -> list[Rule]:
    fields = [name for name in Rule.__dataclass_fields__ if name not in ("evidence_required", "stages")]
    return [
        Rule(
            evidence_required=tuple(row.evidence_required),
            stages=tuple(row.stages),
            **{name: getattr(row, name) for name in fields},
        )
        for row in TradeRule.objects.filter(rule_set=rule_set)
    ]


def opened_destinations() -> frozenset[str]:
    """Home, and what an officer opened. No row means closed."""
    rows = DestinationPolicy.objects.filter(status=DestinationPolicy.Status.OPEN)
    return frozenset(rows.values_list("country", flat=True)) | {HOME}


def is_open(country: str, hs_code: str = "") -> bool:
    """Whether the platform delivers these goods there at all; the law's rules speak besides."""
    if country == HOME:
        return True
    policy = DestinationPolicy.objects.filter(country=country, status=DestinationPolicy.Status.OPEN).first()
    if policy is None:
        return False
    return not policy.hs_prefixes or any(hs_code.startswith(prefix) for prefix in policy.hs_prefixes)


def reason_in_language(rule: Rule) -> str:
    return rule.reason_zh if active_language() == ZH else rule.reason_en


def closed_reason() -> str:
    return _("This destination has not been opened by our compliance office.")
