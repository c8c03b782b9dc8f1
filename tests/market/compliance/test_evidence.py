import json
from pathlib import Path

import pytest
from django.utils import translation

from market.compliance.evidence import UNKNOWN_FACTS, evidence_label

SEED = Path(__file__).resolve().parents[3] / "market/compliance/data/rules_seed.json"
UNKNOWN = [f"unknown:{name}" for name in ("destination_not_opened", *UNKNOWN_FACTS)]
CODES = sorted({code for rule in json.loads(SEED.read_text("utf-8"))["rules"] for code in rule["evidence_required"]})


@pytest.mark.parametrize("language", ["zh-hans", "en", "ru"])
@pytest.mark.parametrize("code", [*CODES, *UNKNOWN])
def test_every_kind_the_rules_ask_for_has_a_name(code: str, language: str) -> None:
    with translation.override("en"):
        english = evidence_label(code)

    with translation.override(language):
        label = evidence_label(code)

    assert label != code
    assert (label == english) is (language == "en")


def test_a_code_nobody_named_is_shown_as_it_is() -> None:
    assert evidence_label("NEW_PAPER") == "NEW_PAPER"
