"""What the evaluator is told. Callers fill it; a fact nobody stated is unknown, and unknown is never allowed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

OWNERSHIP_UNKNOWN = "OWNERSHIP_UNKNOWN"


@dataclass(frozen=True)
class TradeFacts:
    """`hs_code` digits only. `upstream_origins`: ISO 3166-2 of every upstream lot, None for one that is not traced; an
    empty tuple means nobody looked, which counts as unknown. `us_nexus` names links that exist (see trade.md, 3.2)."""

    destination: str
    hs_code: str
    upstream_origins: tuple[str | None, ...]
    expected_entry_date: date
    decision_date: date
    onward_destination: str = ""
    seller_flags: frozenset[str] = frozenset({OWNERSHIP_UNKNOWN})
    claims: frozenset[str] = frozenset()
    product_class: str = ""
    party_hits: Mapping[str, frozenset[str]] = field(default_factory=dict, hash=False)  # list -> roles of parties on it
    us_nexus: frozenset[str] = frozenset()
    evidence: frozenset[str] = frozenset()  # verified and unexpired kinds

    def as_json(self) -> dict[str, Any]:
        """Plain values, sorted, for the stored decision."""
        plain = dict(vars(self))  # not asdict, which copies every value of every decision
        plain["party_hits"] = {name: sorted(roles) for name, roles in self.party_hits.items()}
        for name, value in plain.items():
            if isinstance(value, frozenset):
                plain[name] = sorted(value)
            elif isinstance(value, date):
                plain[name] = value.isoformat()
        return plain
