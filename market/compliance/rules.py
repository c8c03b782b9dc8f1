"""Rules as values: what the evaluator needs of a `TradeRule` row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

EU = frozenset("AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split())


@dataclass(frozen=True)
class Rule:
    code: str
    title: str
    effect: str
    date_basis: str
    effective_from: date | None
    effective_to: date | None
    match: Mapping[str, Any]
    evidence_required: tuple[str, ...]
    override: str
    stages: tuple[str, ...]
    reason_zh: str
    reason_en: str
    reason_ru: str
    citation: str

    @classmethod
    def from_seed(cls, row: Mapping[str, Any]) -> "Rule":
        def day(name: str) -> date | None:
            return date.fromisoformat(row[name]) if row[name] else None

        return cls(
            code=row["id"],
            title=row["title"],
            effect=row["effect"],
            date_basis=row["date_basis"],
            effective_from=day("effective_from"),
            effective_to=day("effective_to"),
            match=row["match"],
            evidence_required=tuple(row["evidence_required"]),
            override=row["override"],
            stages=tuple(row["stages"]),
            reason_zh=row["reason_zh"],
            reason_en=row["reason_en"],
            reason_ru=row.get("reason_ru", ""),
            citation=row["citation"],
        )

    def holds_on(self, expected_entry: date, decided: date) -> bool:
        """Both ends inclusive, by the date this rule goes by."""
        day = expected_entry if self.date_basis == "expected_entry_date" else decided
        return (self.effective_from is None or self.effective_from <= day) and (
            self.effective_to is None or day <= self.effective_to
        )

    @property
    def law(self) -> str:
        """The citation as it can stand alone: a row that only points at the row above it is named by its title."""
        return self.title if self.citation.startswith("as ") else self.citation

    def bars_origin(self, subdivision: str, hs_code: str) -> bool:
        """Whether it blocks goods of this origin and code as such, whoever sells them and by whatever route."""
        prefixes = self.match.get("hs_prefixes", ["*"])
        return (
            self.effect == "block"
            and subdivision in self.match.get("upstream_origin_subdivisions", ())
            and any(prefix == "*" or (hs_code and hs_code.startswith(prefix)) for prefix in prefixes)
            and set(self.match) <= {"destinations", "upstream_origin_subdivisions", "hs_prefixes"}
        )
