"""What our own style sheets must not do: reach outside the house, or ask more than the oldest browser can. What came
from elsewhere is what VENDOR.md says it is; what is sent stays small."""

import hashlib
import re
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

SHEETS = sorted((settings.BASE_DIR / "market").glob("**/static/**/*.css"))
BANNED = {
    "another host": re.compile(r"(https?:)?//[a-z0-9]", re.IGNORECASE),
    "@import": re.compile(r"@import\b"),
    "outline removed": re.compile(r"outline\s*:\s*(none|0)\b"),
    "newer than Chrome 109, Firefox 115 or Safari 15.4": re.compile(
        r"oklch|color-mix|light-dark\(|subgrid|text-wrap|:popover-open|@starting-style|@scope|@layer|(^|[;{}\s])&",
        re.MULTILINE,
    ),
}
COMMON = settings.BASE_DIR / "market" / "common" / "static" / "common"
VENDORED = re.findall(r"^\| (\S+) \|.*\| ([0-9a-f]{64}) \|", (COMMON / "vendor/VENDOR.md").read_text(), re.MULTILINE)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda p: p.name)
def test_style_sheet_has_nothing_banned(sheet: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)

    assert [name for name, pattern in BANNED.items() if pattern.search(text)] == []


def test_vendor_list_is_not_empty() -> None:
    assert {name for name, _ in VENDORED} >= {"icons.svg", "vendor/lucide-LICENSE.txt"}


@pytest.mark.parametrize(("name", "digest"), VENDORED)
def test_vendored_file_is_the_one_on_the_list(name: str, digest: str) -> None:
    assert hashlib.sha256((COMMON / name).read_bytes()).hexdigest() == digest


def test_every_icon_a_page_names_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (COMMON / "icons.svg").read_text()))
    pages = (settings.BASE_DIR / "market").glob("**/templates/**/*.html")
    named = {name for page in pages for name in re.findall(r'{% icon "([^"]+)"', page.read_text(encoding="utf-8"))}

    assert named - drawn == set()


def test_style_and_script_stay_within_their_budgets() -> None:
    """ui.md, sections 2 and 4: 12 KB of style, 16 KB of script, our own 3 KB of it, all as sent (brotli)."""
    style, own = (COMMON / "app.css").read_bytes(), (COMMON / "app.js").read_bytes()
    found = finders.find("django_htmx/htmx-2.min.js")
    assert isinstance(found, str)
    htmx = Path(found).read_bytes()

    assert len(brotli.compress(style)) <= 12 * 1024
    assert len(brotli.compress(own)) <= 3 * 1024
    assert len(own) <= 4 * 1024
    assert len(brotli.compress((COMMON / "photos.js").read_bytes())) <= 1024  # two pages only
    assert len(brotli.compress(htmx)) + len(brotli.compress(own)) <= 16 * 1024
