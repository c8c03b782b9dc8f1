"""What our own style sheets must not do: reach outside the house, or shout with !important."""

import re
from pathlib import Path

import pytest
from django.conf import settings

SHEETS = sorted((settings.BASE_DIR / "market").glob("**/static/**/*.css"))
BANNED = {
    "another host": re.compile(r"(https?:)?//[a-z0-9]", re.IGNORECASE),
    "@import": re.compile(r"@import\b"),
    "outline removed": re.compile(r"outline\s*:\s*(none|0)\b"),
}


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda p: p.name)
def test_style_sheet_has_nothing_banned(sheet: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)

    assert [name for name, pattern in BANNED.items() if pattern.search(text)] == []
