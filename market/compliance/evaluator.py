"""Facts and rules in, a verdict out. Pure; behaviour: trade.md, 3.3. Strictest wins, unknown is never allow."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from market.compliance.facts import TradeFacts
from market.compliance.rules import EU, Rule

ALLOW, NEEDS_EVIDENCE, BLOCK, WATCH = "allow", "needs_evidence", "block", "watch"
Tables = Mapping[str, Iterable[str]]


@dataclass(frozen=True)
class Verdict:
    """`rules` matched and spoke; `missing` evidence kinds; `unknown` facts nobody stated."""

    outcome: str
    rules: tuple[Rule, ...]
    missing: tuple[str, ...]
    unknown: tuple[str, ...]


def evaluate(
    facts: TradeFacts, rules: Iterable[Rule], *, opened: frozenset[str], stage: str, tables: Tables | None = None
) -> Verdict:
    """`opened`: countries an officer opened. `tables`: dated code tables by name; a missing one counts as a match.

    Evidence lifts `needs_evidence` only; an allow row never cancels a block; `watch` rows only inform.
    """
    known_tables = tables or {}
    matched = [
        rule
        for rule in rules
        if (stage in rule.stages or rule.effect == WATCH)
        and rule.holds_on(facts.expected_entry_date, facts.decision_date)
        and _matches(rule, facts, opened, known_tables)
    ]
    asking = [rule for rule in matched if rule.effect == NEEDS_EVIDENCE]
    missing = tuple(sorted({kind for rule in asking for kind in rule.evidence_required} - facts.evidence))
    still_asking = [rule for rule in asking if set(rule.evidence_required) - facts.evidence]
    blocking = [rule for rule in matched if rule.effect == BLOCK]
    unknown = _unknown(facts)
    if blocking:
        outcome = BLOCK
    elif still_asking or unknown:
        outcome = NEEDS_EVIDENCE
    else:
        outcome = ALLOW
    spoken = tuple(rule for rule in matched if rule.effect != NEEDS_EVIDENCE or rule in still_asking)
    return Verdict(outcome=outcome, rules=spoken, missing=missing, unknown=unknown)


def _unknown(facts: TradeFacts) -> tuple[str, ...]:
    """A sale at home needs no HS code; a foreign measure never limits it."""
    names = []
    if not facts.destination:
        names.append("destination")
    if facts.destination != "CN":
        if not facts.hs_code:
            names.append("hs_code")
        if not facts.upstream_origins or None in facts.upstream_origins:
            names.append("upstream_origins")
    return tuple(names)


def _destinations(facts: TradeFacts) -> list[str]:
    return [place for place in (facts.destination, facts.onward_destination) if place]


def _match_destinations(wanted: list[str], facts: TradeFacts, opened: frozenset[str], tables: Tables) -> bool:
    for place in _destinations(facts) or [""]:
        for value in wanted:
            if (
                value == place
                or (value == "EU" and place in EU)
                or (value == "@not_opened" and place not in opened)
                or (value.startswith("!") and place != value[1:])
            ):
                return True
    return False


def _match_origin_country(wanted: list[str], facts: TradeFacts, opened: frozenset[str], tables: Tables) -> bool:
    origins = facts.upstream_origins or (None,)
    return any(origin is None or origin.split("-")[0] in wanted for origin in origins)


def _match_hs(wanted: list[str], facts: TradeFacts, opened: frozenset[str], tables: Tables) -> bool:
    if not facts.hs_code:
        return True
    for prefix in wanted:
        if prefix == "*":
            return True
        if prefix.startswith("@table:"):
            table = tables.get(prefix.removeprefix("@table:"))
            if table is None or any(facts.hs_code.startswith(code) for code in table):
                return True
        elif facts.hs_code.startswith(prefix):
            return True
    return False


_TESTS: Final[dict[str, Callable[[Any, TradeFacts, frozenset[str], Tables], bool]]] = {
    "destinations": _match_destinations,
    "upstream_origin_subdivisions": lambda wanted, f, o, t: bool(set(wanted) & set(f.upstream_origins)),
    "upstream_origin_unknown": lambda wanted, f, o, t: (not f.upstream_origins or None in f.upstream_origins) == wanted,
    "origin_country": _match_origin_country,
    "hs_prefixes": _match_hs,
    "seller_flags": lambda wanted, f, o, t: bool(set(wanted) & f.seller_flags),
    "claims": lambda wanted, f, o, t: bool(set(wanted) & f.claims),
    "product_classes": lambda wanted, f, o, t: f.product_class in wanted,
    "us_nexus_any": lambda wanted, f, o, t: bool(set(wanted) & _nexus(f)),
}


def _nexus(facts: TradeFacts) -> frozenset[str]:
    to_us = any(place in {"US", "PR", "GU", "VI", "AS", "MP", "UM"} for place in _destinations(facts))
    return facts.us_nexus | ({"destination"} if to_us else frozenset())


def _matches(rule: Rule, facts: TradeFacts, opened: frozenset[str], tables: Tables) -> bool:
    """Every key present must hold; a key this evaluator does not know counts as holding (fail closed)."""
    for key, wanted in rule.match.items():
        if key == "roles":
            continue
        if key == "party_lists":
            roles = set(rule.match.get("roles", ()))
            if not any(roles & facts.party_hits.get(name, frozenset()) for name in wanted):
                return False
        elif key in _TESTS and not _TESTS[key](wanted, facts, opened, tables):
            return False
    return True
