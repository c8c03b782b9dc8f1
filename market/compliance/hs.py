"""The Harmonized System, edition 2022, chapters of farm goods: which six-digit codes exist, and their official text."""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "hs2022_agri_subset.csv"


def is_known(code: str) -> bool:
    """By its first six digits: what follows is national."""
    return code[:6] in _subheadings()


def description(code: str) -> str:
    """The official English text of the subheading; empty when there is none."""
    return _subheadings().get(code[:6], "")


def search_codes(text: str, limit: int = 30) -> list[tuple[str, str]]:
    """(code, text) by the first digits of the code, or by English words that all occur in the text."""
    words = text.lower().split()
    if not words:
        return []
    digits = "".join(words).replace(".", "")
    if digits.isdigit():
        found = [(code, label) for code, label in _subheadings().items() if code.startswith(digits)]
    else:
        found = [(code, label) for code, label in _subheadings().items() if all(w in label.lower() for w in words)]
    return found[:limit]


@cache
def _subheadings() -> Mapping[str, str]:
    with _FILE.open(encoding="utf-8", newline="") as source:
        return {row["hscode"]: row["description"] for row in csv.DictReader(source) if row["level"] == "6"}
